"""The checker says what it has not looked at, and what people wait for it is short."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from engine.catalog.check import check
from engine.catalog.package import Package
from engine.proving import Bound, Facts, Net, explore, told
from engine.proving.behaviour import explored
from tests.engine.proving.sketched import drawn

PROCESSES = Path(__file__).parents[3] / "processes"


def wide(branches: int) -> list[str]:
    """Branches of two tasks each beside one another."""
    lines = ["start s", "parallel p", "parallel j", "end e", "s > p", "j > e"]
    for number in range(branches):
        lines += [f"user a{number}", f"user b{number}", f"p > a{number} > b{number} > j"]
    return lines


def test_beyond_the_bound_it_is_said_that_nothing_is_proved() -> None:
    diagram = drawn(wide(6))
    found = told(explore(Net(diagram), Facts(diagram), Bound(markings=50)))
    assert [(one.rule, one.severity) for one in found] == [("not_proved", "warning")]


def test_the_time_is_bounded_too() -> None:
    diagram = drawn(wide(4))
    clock = itertools.count().__next__
    found = explore(Net(diagram), Facts(diagram), Bound(seconds=20), clock)
    assert not found.complete


def test_branches_beside_one_another_are_proved() -> None:
    diagram = drawn(wide(5))
    found = explore(Net(diagram), Facts(diagram), Bound(seconds=60))
    assert found.complete
    # Each branch is at one of its tasks or at the join; all at the join is the end.
    assert len(found.markings) - 2 == 3**5 - 1
    assert told(found) == []


@pytest.mark.parametrize("name", ["approve3", "illness_aid"])
def test_the_packages_shipped_are_proved_whole(name: str) -> None:
    from engine.catalog.checks.parts import Parts

    package = Package.from_folder(PROCESSES / name)
    found = explored(Parts.read(package, None))
    assert found.complete
    assert told(found) == []


def test_a_missing_default_flow_is_no_warning_once_every_outcome_has_a_way() -> None:
    source = Package.from_folder(PROCESSES / "approve3")
    text = source.files["process.bpmn"].decode()
    (flow,) = re.findall(r' default="(.+?)"', text)
    (agreed,) = re.findall(r"<bpmn:conditionExpression[^>]*>(.+?)<", text)
    inside = f"<bpmn:conditionExpression>not({agreed})</bpmn:conditionExpression>"
    text = text.replace(f' default="{flow}"', "")
    text = re.sub(
        rf'(<bpmn:sequenceFlow id="{flow}"[^>]*?) ?/>', rf"\1>{inside}</bpmn:sequenceFlow>", text
    )
    assert check(Package({**source.files, "process.bpmn": text.encode()})) == []
