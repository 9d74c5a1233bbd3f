"""How much of a diagram its stories go through."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.catalog.package import Package
from engine.testing import Coverage, coverage

PROCESSES = Path(__file__).resolve().parents[2] / "processes"
CAST = PROCESSES / "_shared" / "cast.yaml"
STORIES = {
    f"scenarios/{path.name}": path.read_bytes()
    for path in (PROCESSES / "approve3" / "scenarios").glob("*.yaml")
}


@pytest.fixture(scope="module")
def package() -> Package:
    return Package.from_folder(PROCESSES / "approve3")


@pytest.fixture(scope="module")
def whole(package: Package) -> Coverage:
    return coverage(package, STORIES, CAST)


def test_elements_and_flows_are_counted_story_by_story(whole: Coverage) -> None:
    assert whole.failed == {}
    assert whole.untaken == []
    assert whole.elements["check"] == 2
    assert whole.flows["approve_gate__ended_agreed"] == 1
    assert whole.by["approve"] == ("agreed", "refused")
    assert whole.by["ended_refused"] == ("refused",)


def test_what_no_story_comes_to_counts_none(package: Package) -> None:
    found = coverage(package, {"agreed": STORIES["scenarios/agreed.yaml"]}, CAST)
    assert found.untaken == ["approve_gate__ended_refused"]
    assert found.elements["ended_refused"] == 0
    assert "ended_refused" not in found.by


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"says: [", "this is no scenario"),
        (b"says: x", "this is no scenario"),
        (b"at: 2026-03-02\nstarter: chen_jing\nsteps: [{wait: 3 days}]", "begins no case"),
        (b"at: 2026-03-02\nstarter: chen_jing\nsteps: [{wait: 9999999999 days}]", "no scenario"),
        (
            STORIES["scenarios/agreed.yaml"].replace(b"outcome: agree", b"outcome: perhaps"),
            "perhaps",
        ),
    ],
)
def test_a_story_that_fails_says_why_and_covers_nothing(
    package: Package, text: bytes, said: str
) -> None:
    found = coverage(package, {"broken": text}, CAST)
    assert said in str(found.failed["broken"])
    assert set(found.flows.values()) == {0}
