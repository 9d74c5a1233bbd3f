"""Going straight back (直达): the case returns to who sent it back, without walking the way again.

What was on the way stays decided, so it is only offered where no ability has acted there, and it is only
done where the way would be the same today: every table is asked again, every gateway on the way has
to choose as it did, and every policy has to hold behind what stays decided. Otherwise the case walks, and
the record says so.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import select

from engine.commands.advance import Callbacks, Moved, advance
from engine.commands.policies_hold import first_failing
from engine.commands.sending_back import Moves
from engine.commands.trail import read_visits
from engine.commands.undoing import mark_undone
from engine.errors import EngineError
from engine.proving.standing import Record
from engine.runtime import Entry, elements_of
from engine.runtime.diagram import CHOICES
from engine.runtime.ending import imagine
from engine.runtime.visits import PutBack, Visits
from engine.store.case import Case
from engine.store.tables import task
from engine.store.unit_of_work import UnitOfWork


def remember(
    case: Case,
    visits: Visits,
    back: PutBack,
    entries: tuple[Entry, ...],
    placed: list[str],
    lost: dict[str, Any],
) -> None:
    """Keep what going straight back needs, at the token of the target's new task.

    `placed` are the tokens put at joins again and, last, the target's own.
    """
    *arrivals, target = placed
    case.returns[target] = {
        "entries": [asdict(_as_it_came(visits, entry)) for entry in entries],
        "arrivals": arrivals,
        "again": back.again[0].token,
        "redone": sorted(back.undone, key=int),
        "way": [
            [visit.element, sorted(_left_by(visits, visit.token, back))]
            for visit in visits.visits.values()
            if visit.token in back.undone and _is_asked(case, visit.element)
        ],
        "lost": {
            element: entry for element, entry in lost.items() if element != back.again[0].element
        },
    }


def _as_it_came(visits: Visits, entry: Entry) -> Entry:
    """The entry with what a token at a join came from, in place of that token itself."""
    arrival = visits.arrivals.get(entry.cause[0]) if entry.flow else None
    return replace(
        entry,
        cause=(arrival.source,) if arrival is not None else entry.cause,
        inside=None
        if entry.inside is None
        else tuple(_as_it_came(visits, inner) for inner in entry.inside),
    )


def _is_asked(case: Case, element: str) -> bool:
    kind = case.definition.diagram.elements[element].kind
    return kind in CHOICES or kind == "businessRuleTask"


def _left_by(visits: Visits, token: str, back: PutBack) -> list[str]:
    return [
        one.flow
        for one in visits.arrivals.values()
        if one.source == token and one.token in back.undone
    ]


def complete_token(uow: UnitOfWork, case: Case, token: str) -> Moved:
    """A task is decided: its token goes straight back where that was agreed and still holds, else on."""
    plan = case.returns.get(token)
    if plan is None:
        return advance(uow, case, lambda execution: execution.complete(token))
    asked = Callbacks(uow, case, Moved())
    way = straight_way(case, token, asked)
    if way is None:
        moved = advance(uow, case, lambda execution: execution.complete(token))
        moved.straight = "changed"
        return moved
    rows = uow.execute(
        select(task.c.id).where(
            task.c.instance_id == case.id,
            task.c.token.in_(plan["redone"]),
            task.c.state == "completed",
        )
    ).scalars()
    mark_undone(uow, list(rows), undone=False)
    moved = advance(
        uow,
        case,
        lambda execution: execution.move(way.kill, way.enter),
        elements_of(way.enter),
    )
    moved.straight = "gone"
    moved.redone = plan["redone"]
    moved.repeats = {token: plan["again"]}
    moved.decisions[:0] = asked.moved.decisions
    return moved


def straight_way(case: Case, token: str, asked: Callbacks) -> Moves | None:
    """How the case goes straight back from a token, once; None where it walks.

    The results that elements on the way had before it was sent back count again.
    """
    plan = case.returns.pop(token, None)
    if plan is None:
        return None
    assert case.tokens is not None
    living = {entry[0] for entry in case.tokens["tokens"]}
    for element, entry in plan["lost"].items():
        case.participants.setdefault(element, {"people": []}).update(entry)
    way = Moves([token, *plan["arrivals"]], [_entry(one) for one in plan["entries"]])
    if (
        not living.issuperset(plan["arrivals"])
        or not _is_same_way(case, plan["way"], asked)
        or not _holds(case, token, plan["redone"], way, asked)
    ):
        for element in plan["lost"]:
            case.forget_outcome(element)
        return None
    return way


def _holds(case: Case, token: str, redone: list[str], way: Moves, asked: Callbacks) -> bool:
    """Whether every policy still holds behind what was decided on the way, now that this was done again."""
    definition = case.definition
    if not definition.manifest.policies:
        return True
    assert case.tokens is not None
    visits = read_visits(asked.connection, definition, case.id)
    visits.redo(redone)
    living = {entry[0] for entry in case.tokens["tokens"]}
    record = Record(definition, visits, case.participants, living, completing=token)
    execution = imagine(definition.specification, case.tokens)
    execution.move(way.kill, way.enter)
    entered = [one.id for one in execution.passed() if one.kind == "element"]
    return first_failing(record, case.outcomes, execution.snapshot(), entered) is None


def _is_same_way(case: Case, way: list[Any], asked: Callbacks) -> bool:
    """Whether every table and gateway on the way says today what it said then."""
    specification = case.definition.specification
    try:
        for element, taken in way:
            if case.definition.diagram.elements[element].kind == "businessRuleTask":
                asked.decide(element)
            elif sorted(specification.leaves_by(element, asked.evaluate)) != taken:
                return False
    except EngineError:
        return False
    return True


def _entry(facts: dict[str, Any]) -> Entry:
    inside = facts.pop("inside")
    facts["cause"], facts["fired"] = tuple(facts["cause"]), tuple(facts["fired"])
    return Entry(**facts, inside=None if inside is None else tuple(_entry(one) for one in inside))
