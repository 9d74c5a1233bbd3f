"""Broken diagrams have the one finding they must, and it happens in the runtime; sound ones have none."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from engine.proving.words import RULES
from engine.runtime.ending import can_end
from engine.runtime.errors import NeverRests, NoWayOut
from schemas.finding import Finding, FindingSchema
from tests.engine.proving.exhausting import Exhausted
from tests.engine.proving.replaying import Replay
from tests.engine.proving.sketched import drawn, names, proved, read, way_of


@pytest.mark.parametrize("name", names("broken"))
def test_a_broken_diagram_has_the_one_finding_it_must_and_the_shortest_way_there(name: str) -> None:
    expected = read("broken", name)
    (found,) = proved(expected["diagram"].splitlines())
    assert (found.rule, found.severity, found.element) == (
        expected["rule"],
        expected["severity"],
        expected["element"],
    )
    assert way_of(found) == expected["way"]
    assert list(found.steps[-1].tokens if found.steps else ()) == expected["tokens"]
    assert FindingSchema().load(FindingSchema().dump(found)) == found


@pytest.mark.parametrize("name", names("broken"))
def test_in_the_runtime_it_really_ends_like_that(name: str) -> None:
    lines = read("broken", name)["diagram"].splitlines()
    (found,) = proved(lines)
    _CONFIRMED[found.rule](lines, found)


@pytest.mark.parametrize("name", names("sound"))
def test_a_sound_diagram_has_no_findings(name: str) -> None:
    expected = read("sound", name)
    assert proved(expected["diagram"].splitlines()) == []


def test_every_kind_of_failure_has_a_broken_diagram() -> None:
    found = {read("broken", name)["rule"] for name in names("broken")}
    assert found == set(RULES) - {"not_proved"}


def _stands_still(lines: list[str], found: Finding) -> None:
    replay = Replay(drawn(lines), found)
    held = {one.token: one for one in replay.tokens}
    (*_, stuck) = [
        one for one in replay.tokens if one.kind == "join" and one.element_id == found.element
    ]
    beside = [one for one in held.values() if one.scope == stuck.scope and not one.attached_to]
    assert {one.kind for one in beside} == {"join"}


def _no_choice(lines: list[str], found: Finding) -> None:
    assert isinstance(Replay(drawn(lines), found).stopped, NoWayOut)


def _never_rests(lines: list[str], found: Finding) -> None:
    assert isinstance(Replay(drawn(lines), found).stopped, NeverRests)


def _cannot_end(lines: list[str], found: Finding) -> None:
    diagram = drawn(lines)
    replay = Replay(diagram, found)
    assert replay.snapshot is not None
    if not any("outcomes" in flow.condition for flow in diagram.flows.values()):
        assert not can_end(replay.specification, replay.snapshot)
    assert Exhausted(diagram, follow_outcomes=True).trapped


def _meets_itself(lines: list[str], found: Finding) -> None:
    replay = Replay(drawn(lines), found)
    twice = Counter((one.element_id, one.flow, one.scope) for one in replay.tokens)
    assert any(name == found.element and count > 1 for (name, _, _), count in twice.items())


def _ends_work(lines: list[str], found: Finding) -> None:
    replay = Replay(drawn(lines), found)
    lost = set(found.parts["lost"].split(", "))
    assert lost <= {one.element_id for one in replay.before}
    assert not lost & {one.element_id for one in replay.tokens}


def _never_reached(lines: list[str], found: Finding) -> None:
    diagram = drawn(lines)
    seen: Any = Exhausted(diagram, follow_outcomes=True)
    element = diagram.elements[found.element]
    # Two conditions on one amount are free to the token game, which knows no numbers.
    if not any("amount" in flow.condition for flow in diagram.flows.values()):
        assert not seen.flows & {*element.incoming, *element.outgoing}


_CONFIRMED = {
    "deadlock": _stands_still,
    "no_choice": _no_choice,
    "never_rests": _never_rests,
    "livelock": _cannot_end,
    "lost_synchronisation": _meets_itself,
    "repeated_reminder": _meets_itself,
    "improper_completion": _ends_work,
    "dead_element": _never_reached,
}


def test_a_circle_that_only_an_empty_list_makes_is_a_warning() -> None:
    (found,) = proved(
        ["start s", "exclusive m", "user a each=people", "exclusive x", "end e",
         "s > m > a > x", "x > m : wrong", "x > e *"]
    )  # fmt: skip
    assert (found.rule, found.severity) == ("never_rests", "warning")


def test_a_failure_that_needs_conditions_of_one_field_to_differ_is_a_warning_that_says_so() -> None:
    (found,) = proved(
        ["start s", "parallel p", "exclusive x", "exclusive y", "user a", "user b", "user c",
         "user d", "parallel j", "parallel k", "exclusive l", "end e", "s > p", "p > x", "p > y",
         "x > a : amount * 2 > limit", "x > b *", "y > c : amount > limit", "y > d *",
         "a > j", "c > j", "b > k", "d > k", "j > l", "k > l", "l > e"]
    )  # fmt: skip
    assert (found.rule, found.severity) == ("deadlock", "warning")
    assert "provided that" in found.message
