"""The house itself from the command line, and what every command says when it is used wrongly."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.webapp.cli.conftest import one_line

PROCESSES = Path(__file__).parents[3] / "processes"


def test_init_makes_a_home_once_and_leaves_it_as_it_is(home: Path, gongban: Any) -> None:
    assert gongban("init").code == 0
    secret = (home / "secret_key").read_text()
    again = gongban("init", "--json")
    assert again.code == 0
    assert json.loads(again.out)["demo"] is False
    assert (home / "secret_key").read_text() == secret


def test_a_database_in_use_does_not_become_a_demonstration(ready: Path, gongban: Any) -> None:
    gongban("user", "add", "anna", "--name", "Anna", "--root", "The house")
    answer = gongban("init", "--demo")
    assert answer.code == 1
    assert one_line(answer.err)


def test_before_init_a_command_says_what_to_do(home: Path, gongban: Any) -> None:
    for command in (["process", "list"], ["audit", "verify"], ["upgrade"]):
        answer = gongban(*command)
        assert answer.code == 1
        assert "gongban init" in answer.err
        assert one_line(answer.err)


def test_a_new_key_seals_and_the_old_one_still_opens(ready: Path, gongban: Any) -> None:
    answer = json.loads(gongban("keys", "rotate", "--json").out)
    assert answer["key"] != answer["before"]
    assert {answer["key"], answer["before"]} <= set(answer["keys"])
    assert (ready / "keys" / "current").read_text().strip() == answer["key"]
    assert gongban("audit", "verify").code == 0


def test_the_trail_is_verified_and_exported(ready: Path, gongban: Any, tmp_path: Path) -> None:
    gongban("process", "deploy", PROCESSES / "approve3")
    assert gongban("audit", "verify").code == 0
    out = tmp_path / "trail.zip"
    assert gongban("audit", "export", "--out", out).code == 0
    answer = gongban("audit", "verify", out, "--json")
    assert json.loads(answer.out)["ok"] is True
    assert gongban("audit", "export", "--out", out).code == 2
    assert gongban("audit", "verify", tmp_path).code == 2


def test_upgrade_has_nothing_to_do_after_init(ready: Path, gongban: Any) -> None:
    assert gongban("upgrade").out == "engine: up to date\naccounts: up to date\n"


@pytest.mark.parametrize("home", ["sqlite"], indirect=True)
class TestWithoutDatabase:
    """Commands that touch no database are tried once."""

    @pytest.mark.parametrize(
        "arguments",
        [
            (),
            ("nonsense",),
            ("feel",),
            ("feel", "1", "--context", "{"),
            ("feel", "1", "--context", "[1]"),
            ("decide", "missing.dmn", "--decision", "x"),
            ("process", "check", "nowhere"),
            ("process", "play", "nowhere"),
        ],
    )
    def test_wrong_usage_is_two_without_a_traceback(
        self, home: Path, gongban: Any, arguments: tuple[str, ...]
    ) -> None:
        answer = gongban(*arguments)
        assert answer.code == 2
        assert "Traceback" not in answer.err

    def test_a_wrong_setting_is_one_line(
        self, home: Path, gongban: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GONGBAN_PORT", "none")
        answer = gongban("serve")
        assert answer.code == 1
        assert one_line(answer.err)

    def test_a_worker_on_sqlite_is_told_that_the_server_does_it(
        self, home: Path, gongban: Any
    ) -> None:
        gongban("init")
        answer = gongban("worker")
        assert answer.code == 1
        assert "gongban serve" in answer.err
