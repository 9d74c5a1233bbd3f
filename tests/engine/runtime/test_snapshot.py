"""Snapshots of every format ever released must load, and come out as they went in."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine.runtime import Execution, snapshot
from engine.runtime.errors import BadSnapshot
from tests.engine.runtime.drawing import compiled
from tests.engine.runtime.playing import Play, nothing_to_evaluate, say

GOLDEN = sorted((Path(__file__).parent / "golden").glob("*.json"))
FORK = compiled(
    "start s", "parallel p", "user a", "user b", "parallel j", "user c", "end e",
    "s > p > a > j > c > e", "p > b > j",
)  # fmt: skip


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_a_snapshot_of_a_released_format_still_loads_and_goes_on(path: Path) -> None:
    golden = json.loads(path.read_text(encoding="utf-8"))
    specification = compiled(*golden["drawing"])
    execution = Execution.restore(specification, golden["snapshot"], say(**golden["values"]))
    works = [[work.token, work.element_id, work.kind] for work in execution.open_work()]
    assert works == golden["open"]
    for verb, token in golden["then"]:
        getattr(execution, verb)(token)
    assert sorted(work.element_id for work in execution.open_work()) == golden["after"]


def test_there_is_a_golden_snapshot_of_every_format() -> None:
    formats = {json.loads(path.read_text())["snapshot"]["format"] for path in GOLDEN}
    assert formats == set(range(1, snapshot.FORMAT + 1))
    assert len(snapshot.UPGRADES) == snapshot.FORMAT - 1


def test_a_snapshot_holds_tokens_and_nothing_else() -> None:
    play = Play(FORK).complete("a")
    assert play.execution.snapshot() == {
        "format": 2,
        "next": 6,
        "tokens": [["4", "b"], ["5", "j", "", "a__j"]],
    }


def test_restoring_gives_back_the_same_tokens() -> None:
    box = compiled(
        "start s", "sub box", "start s2", "user a", "timer t on a", "end e2", "end e3",
        "s2 > a > e2", "t > e3", "close", "timer late on box", "end e", "end f", "s > box > e",
        "late > f",
    )  # fmt: skip
    execution = Execution.start(box, nothing_to_evaluate)
    saved = json.loads(json.dumps(execution.snapshot()))
    again = Execution.restore(box, saved, nothing_to_evaluate)
    assert again.tokens() == execution.tokens()
    assert again.snapshot() == saved
    assert again.passed() == []


def test_a_finished_case_has_a_snapshot_without_tokens() -> None:
    play = Play(FORK).complete("a", "b", "c")
    saved = play.execution.snapshot()
    assert saved["tokens"] == []
    assert Execution.restore(FORK, saved, nothing_to_evaluate).finished


@pytest.mark.parametrize("number", [None, 0, 3, 99, "1"])
def test_an_unknown_format_is_refused_by_name(number: object) -> None:
    with pytest.raises(BadSnapshot) as caught:
        Execution.restore(FORK, {"format": number, "next": 1, "tokens": []}, nothing_to_evaluate)
    assert caught.value.parts["format"] == number


@pytest.mark.parametrize(
    "tokens",
    [
        [["4", "elsewhere"]],
        [["4", "p"]],
        [["5", "j"]],
        [["5", "j", "", "p__a"]],
        [["5", "a", "3"]],
        [["5"]],
        [["5", "a", "", "", [1]]],
        "nonsense",
    ],
    ids=str,
)
def test_a_snapshot_that_does_not_fit_the_definition_is_refused(tokens: object) -> None:
    with pytest.raises(BadSnapshot):
        Execution.restore(FORK, {"format": 1, "next": 9, "tokens": tokens}, nothing_to_evaluate)


def test_upgrades_are_applied_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    def second(old: dict[str, Any]) -> dict[str, Any]:
        return old | {"format": 2, "way": [*old.get("way", []), "second"]}

    def third(old: dict[str, Any]) -> dict[str, Any]:
        return old | {"format": 3, "way": [*old["way"], "third"]}

    monkeypatch.setattr(snapshot, "FORMAT", 3)
    monkeypatch.setattr(snapshot, "UPGRADES", [second, third])
    assert snapshot.upgraded({"format": 1})["way"] == ["second", "third"]
    assert snapshot.upgraded({"format": 2, "way": []})["way"] == ["third"]
