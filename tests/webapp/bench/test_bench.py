"""The benchmark measures, says what it found, and leaves nothing behind."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from webapp.bench.children import Child, ChildFailed
from webapp.bench.client import Client, drive, percentile
from webapp.bench.homes import SQLITE, place
from webapp.bench.options import add_options
from webapp.bench.report import MISS, PASS, Figure, NotRun, Report, number
from webapp.bench.run import run
from webapp.bench.sample import Blocks, Sample, ratio

CHECKOUT = Path(__file__).parents[3]


def options(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_options(parser)
    return parser.parse_args(arguments)


def test_a_quick_run_prints_every_figure_and_leaves_nothing_behind(tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    command = [sys.executable, "-m", "webapp.cli", "bench", "--quick", "--database", "sqlite"]
    done = subprocess.run(
        [*command, "--out", str(out)],
        cwd=CHECKOUT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "approve3 CPU against bare" in done.stdout
    figures = {one["name"]: one for one in json.loads(out.read_text())["figures"]}
    assert figures["approve3 commits per completion"]["value"] == 1
    # The exact number has a test of its own; here a slow machine adds "seen just now" of a session.
    assert 6 < figures["approve3 statements per completion"]["value"] < 15
    assert figures["30 sign at once: errors"]["value"] == 0
    assert 0 < figures["approve3 bytes per finished case"]["value"] < 20 * 1024
    assert figures["inbox of 10,000 tasks, who sees 15 %: p95"]["value"] > 0
    assert figures["search of 1,000 tasks, who sees none: p95"]["bar"] == 100
    assert figures["illness_aid checked"]["verdict"] == PASS
    assert figures["3 × illness_aid proved"]["value"] < 1000
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def test_a_server_that_cannot_start_is_named_with_its_reason() -> None:
    with place(SQLITE) as where, pytest.raises(ChildFailed, match="gongban init"):
        Child("gongban", where.home("empty"))


def test_a_home_knows_only_its_own_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GONGBAN_TIMEZONE", "Mars/Olympus")
    with place(SQLITE) as where:
        home = where.home("own")
        assert home.settings.home == home.folder
        assert "GONGBAN_TIMEZONE" not in home.environment
    assert not home.folder.exists()


def test_a_lane_that_fails_fails_the_run() -> None:
    def broken(_client: Client) -> None:
        raise ValueError("no answer")

    with pytest.raises(ValueError, match="no answer"):
        drive(9, [broken, lambda _client: None])


def test_the_middle_block_stands_for_all() -> None:
    def blocks(*cpu: float) -> Blocks:
        return Blocks([Sample([0.01, 0.03], 0.04, seconds, None) for seconds in cpu])

    ours, bare = blocks(0.004, 0.040, 0.006), blocks(0.002, 0.004, 0.002)
    assert ours.cpu_ms == pytest.approx(3)
    assert ratio(ours, bare) == pytest.approx(3)
    assert ours.rate == pytest.approx(50)
    assert ours.database_ms is None
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0


def test_a_figure_is_held_to_its_bar() -> None:
    assert Figure("sqlite", "statements", 12, "", 12).verdict == PASS
    assert Figure("sqlite", "statements", 12.5, "", 12).verdict == MISS
    assert Figure("sqlite", "rate", 12.5, "/s", bare=25).ratio == 0.5


def test_the_report_is_the_same_for_people_and_programs() -> None:
    report = Report([Figure("sqlite", "answer p50", 7.5, "ms", 5)], [NotRun("postgresql", "why")])
    content = json.loads(report.as_json(quick=True))
    assert content["figures"][0]["verdict"] == MISS
    assert content["not_run"] == [{"database": "postgresql", "reason": "why"}]
    assert report.rows()[1][:5] == ["sqlite", "answer p50", "7.50", "ms", "≤ 5"]
    assert number(20480) == "20,480"


def test_a_soak_loses_nothing_and_does_nothing_twice(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(options("--soak", "--seconds", "3", "--database", "sqlite")) == 0
    assert "nothing lost, nothing twice" in capsys.readouterr().out


def test_a_part_can_be_measured_by_itself(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "webapp.cli", "bench", "--quick", "--database", "sqlite"]
    done = subprocess.run(
        [*command, "--part", "inbox", "--json"],
        cwd=CHECKOUT,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    names = [one["name"] for one in json.loads(done.stdout)["figures"]]
    assert names
    assert all(name.startswith(("inbox of", "search of")) for name in names)
