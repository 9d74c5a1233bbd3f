"""Where a case can be sent back to from a task, and what that does to its tokens.

One definition serves every verb that puts a case back: send back, take back, withdraw to revise, and an
administrator's move. The visits behind the target die with their tasks, timers and sign-offs; a branch
beside it keeps what it had brought to a join. A target whose marking cannot be shown able to end is not
offered (DESIGN 7).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from engine.actors import SYSTEM
from engine.catalog.definition import Definition
from engine.catalog.steps import Step
from engine.commands.trail import Trail
from engine.errors import EngineError, IrreversibleEffect, NoSuchTarget
from engine.runtime import Entry
from engine.runtime.ending import can_end, imagine
from engine.runtime.marking import ROOT
from engine.runtime.visits import PutBack, Visit, Visits
from engine.store.tables import task

#: What a person may name instead of an element.
APPLICANT, PREVIOUS = "applicant", "previous"


@dataclass(frozen=True, slots=True)
class Target:
    """A place the case can be sent back to."""

    element: str
    visit: Visit
    #: Words of the package's `send_back` that allow it: applicant, previous, any.
    words: frozenset[str]
    #: True where branches beside it could be opened again as well.
    has_block: bool
    #: True where, handed in again, the case may jump straight back to who returned it.
    may_jump: bool
    #: What an ability did on the way that cannot be undone: the case cannot go there.
    irreversible: Any = None


def targets(trail: Trail, tokens: dict[str, Any], token: str) -> list[Target]:
    """Where the case can be sent back to from the task of this token; the nearest first."""
    found = (
        target_at(trail, tokens, visit.token, words)
        for visit, words in candidates(trail.definition, trail.visits, tokens, token)
    )
    return [one for one in found if one is not None]


def target_at(
    trail: Trail, tokens: dict[str, Any], token: str, words: frozenset[str] = frozenset()
) -> Target | None:
    """A visit as a target; None where the case could not be shown able to end from there."""
    visits = trail.visits
    visit = visits.visits[token]
    living = {entry[0] for entry in tokens["tokens"]}
    scope = visits.now(visit.scope)
    back = visits.put_back(token)
    if scope not in {ROOT, *living} or not _ends(trail.definition, tokens, visits, back):
        return None
    done = touched(trail.standing, visits, back)
    return Target(
        visit.element,
        visit,
        words,
        has_block=bool(back.arrivals),
        may_jump=not done,
        irreversible=next((row for row in done if row.policy == "irreversible"), None),
    )


def candidates(
    definition: Definition, visits: Visits, tokens: dict[str, Any], token: str
) -> Iterator[tuple[Visit, frozenset[str]]]:
    """The visits a token has come through and that are over, latest first, each element once."""
    living = {entry[0] for entry in tokens["tokens"]}
    scopes = set(visits.scopes_around(token))
    passed = [
        visits.visits[one]
        for one in sorted(visits.before(token), key=int, reverse=True)
        if one in visits.visits and one not in living
    ]
    seen: set[str] = set()
    nearest = True
    applicant = _applicants_visit(definition, passed)
    for visit in passed:
        if visits.now(visit.token) != visit.token or visits.now(visit.scope) not in scopes:
            continue
        if visit.element in seen or not is_place(definition, visit):
            continue
        seen.add(visit.element)
        words = {"any"}
        if nearest:
            words.add(PREVIOUS)
            nearest = False
        if applicant is not None and visit.token == applicant.token:
            words.add(APPLICANT)
        yield visit, frozenset(words)


def is_place(definition: Definition, visit: Visit) -> bool:
    """Whether people did something in the visit: a step, the application, or a whole sub-process."""
    element = definition.diagram.elements[visit.element]
    if element.kind in ("subProcess",):
        return any(step in definition.steps for step in _inside(definition, element.id))
    return visit.element in definition.steps


def _inside(definition: Definition, scope: str) -> Iterator[str]:
    for element in definition.diagram.inside(scope):
        yield element.id
        if element.kind == "subProcess":
            yield from _inside(definition, element.id)


def _applicants_visit(definition: Definition, passed: list[Visit]) -> Visit | None:
    """Where the applicant said what the case is about: the start form, else the own first step."""
    own = [visit for visit in passed if _is_applicants(definition, visit.element)]
    begun = [visit for visit in own if visit.element == definition.start_event]
    return next(iter(begun or own[-1:]), None)


def _is_applicants(definition: Definition, element: str) -> bool:
    step = definition.steps.get(element)
    return step is not None and any(one.starter for one in step.candidates)


def choose(found: list[Target], name: str, step: Step | None = None) -> Target:
    """The target a person means by an element's id, `previous` or `applicant`.

    Raise `NoSuchTarget`, or `IrreversibleEffect` where something on the way forbids it.
    """
    for one in found:
        named = name == one.element or name in one.words & {APPLICANT, PREVIOUS}
        if not named or (step is not None and not one.words & step.send_back):
            continue
        if one.irreversible is not None:
            row = one.irreversible
            raise IrreversibleEffect(
                instance=row.instance_id, ability=row.ability, element=row.element_id
            )
        return one
    raise NoSuchTarget(target=name)


def allowed(found: list[Target], step: Step) -> list[Target]:
    """Those of the targets that this step may send the case back to now."""
    return [one for one in found if one.words & step.send_back and one.irreversible is None]


def touched(standing: list[Any], visits: Visits, back: PutBack) -> list[Any]:
    """The effects of visits that are undone."""
    elements = {visits.visits[one].element for one in back.undone if one in visits.visits}
    return [
        row
        for row in standing
        # Effects of an earlier version do not say which visit left them.
        if (row.token in back.undone if row.token else row.element_id in elements)
    ]


@dataclass(frozen=True, slots=True)
class Moves:
    """A put-back as the runtime takes it."""

    kill: list[str]
    enter: list[Entry]


def moves(definition: Definition, tokens: dict[str, Any], visits: Visits, back: PutBack) -> Moves:
    """Which living tokens end and where new ones are placed."""
    living = [entry[0] for entry in tokens["tokens"]]
    dying = {one for one in living if one in back.undone}
    kill = [one for one in living if one in dying and not dying & _around(tokens, one)]
    enter = [
        Entry(
            definition.diagram.flows[one.flow].target,
            flow=one.flow,
            scope=_scope(visits.now(one.scope)),
            cause=(one.source,),
        )
        for one in back.arrivals
    ]
    for visit in back.again:
        arrival = visits.arrivals.get(visit.token)
        # The flow it was reached by may be gone since: in the case's former version it was another way.
        known = definition.diagram.elements[visit.element].incoming
        enter.append(
            Entry(
                visit.element,
                flow=arrival.flow if arrival and arrival.flow in known else "",
                scope=_scope(visits.now(visit.scope)),
                cause=(arrival.source,) if arrival else visit.causes,
                hold=visit.element == definition.start_event,
            )
        )
    return Moves(kill, enter)


def _scope(token: str) -> str | None:
    return None if token == ROOT else token


def _around(tokens: dict[str, Any], token: str) -> set[str]:
    """The living tokens a token is nested in."""
    parents = {entry[0]: (entry[2] if len(entry) > 2 else "") for entry in tokens["tokens"]}
    found: set[str] = set()
    at = parents.get(token, "")
    while at:
        found.add(at)
        at = parents.get(at, "")
    return found


def _ends(definition: Definition, tokens: dict[str, Any], visits: Visits, back: PutBack) -> bool:
    """Whether the marking that the put-back leads to can be shown able to end."""
    planned = moves(definition, tokens, visits, back)
    execution = imagine(definition.specification, tokens)
    try:
        execution.move(planned.kill, planned.enter)
        return can_end(definition.specification, execution.snapshot())
    except EngineError:
        return False


def last_hand(connection: Connection, instance_id: str, token: str) -> str | None:
    """Who finished the visit, if one person did."""
    row = connection.execute(
        select(task.c.completed_by, task.c.completed_for, task.c.tally).where(
            task.c.instance_id == instance_id, task.c.token == token, task.c.state == "completed"
        )
    ).one_or_none()
    if row is None or row.tally is not None:
        return None
    found: str = row.completed_for or row.completed_by
    return None if found == SYSTEM.id else found
