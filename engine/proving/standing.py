"""What a case under way has passed already, read from its own record: the state its policies are in."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from engine.catalog.checks.policies import counts_as_passed
from engine.catalog.definition import Definition
from engine.how_decided import PERSON, PROXY
from engine.proving.monitors import NOT, PASSED, State
from engine.proving.signing import parts_in
from engine.runtime.visits import Visit, Visits
from schemas.policy import Policy

#: Only a person's decision counts; neither the clock nor an agreement given elsewhere does.
_BY_PEOPLE = frozenset({PERSON, PROXY})


@dataclass(frozen=True, slots=True)
class Record:
    """What is on the record of a case: its visits that count, who decided what, and what is still open."""

    definition: Definition
    visits: Visits
    participants: Mapping[str, Any]
    living: Collection[str]
    #: the token whose work is being done just now
    completing: str = ""


def standing(record: Record, policy: Policy) -> State:
    """The state of a policy's monitor after what has happened in the case."""
    if policy.signed:
        return _signed(record, policy)
    elements = sorted(policy.named)
    passed = {name: _passed(record, policy, name) for name in elements}
    if policy.in_order:
        _in_order(policy, passed)
    return tuple(PASSED if passed[name] else NOT for name in elements)


def _in_order(policy: Policy, passed: dict[str, int]) -> None:
    """What was passed before something of an earlier list counts no more."""
    floor = 0
    seen: set[str] = set()
    for group in policy.passes:
        names = {one.element for one in group}
        for name in names - seen:
            if passed[name] <= floor:
                passed[name] = 0
        seen |= names
        floor = max([floor, *(passed[name] for name in names)])


def _passed(record: Record, policy: Policy, element: str) -> int:
    """The number of the visit by which an element was passed; 0 where its latest result does not count."""
    visit = _latest(record, element)
    if visit is None or not _is_done(record, visit):
        return 0
    step = record.definition.steps.get(element)
    if step is None:
        return int(visit.token)
    results = _results(record, element)
    known = {outcome.id: outcome for outcome in step.outcomes}
    if not results or not all(
        one.get("how", PERSON) in _BY_PEOPLE
        and one.get("outcome") in known
        and counts_as_passed(policy, step, known[one["outcome"]])
        for one in results
    ):
        return 0
    return int(visit.token)


def _signed(record: Record, policy: Policy) -> State:
    """Whether the last that touched the field was a person who signed it."""
    latest, signs = 0, False
    for element, part in parts_in(record.definition, policy.signed).items():
        visit = _latest(record, element)
        if visit is None or not _is_done(record, visit) or int(visit.token) < latest:
            continue
        latest = int(visit.token)
        results = _results(record, element)
        signs = (
            part.signs and bool(results) and all(_agrees(record, element, one) for one in results)
        )
    return (PASSED if signs else NOT,)


def _agrees(record: Record, element: str, result: Mapping[str, Any]) -> bool:
    step = record.definition.steps[element]
    kinds = {outcome.id: outcome.kind for outcome in step.outcomes}
    by_people = result.get("how", PERSON) in _BY_PEOPLE
    return by_people and kinds.get(result.get("outcome", "")) == "positive"


def _results(record: Record, element: str) -> list[Mapping[str, Any]]:
    """An element's latest result, or those of all its instances."""
    entry = record.participants.get(element, {})
    if record.definition.diagram.loops_around(element) and entry.get("runs"):
        return list(entry["runs"].values())
    return [entry] if "outcome" in entry else []


def _latest(record: Record, element: str) -> Visit | None:
    """The latest visit that is over, or is being ended; an instance of several is part of one."""
    found = None
    for visit in record.visits.visits.values():
        around = record.visits.visits.get(visit.scope)
        is_part = around is not None and around.element == element
        if visit.element != element or is_part:
            continue
        if visit.token not in record.living or visit.token == record.completing:
            found = visit
    return found


def _is_done(record: Record, visit: Visit) -> bool:
    """Whether a visit was left as drawn, not by an event on its edge."""
    if visit.token == record.completing:
        return True
    outgoing = record.definition.diagram.elements[visit.element].outgoing
    return any(
        one.source == visit.token and one.flow in outgoing
        for one in record.visits.arrivals.values()
    )
