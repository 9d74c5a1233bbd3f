"""Send a case back (退回): its marking is restored as it was when the target was begun."""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import delete, update

from engine.actors import person_key
from engine.catalog.steps import Step
from engine.commands.access import check_separation, key_used, may_act
from engine.commands.advance import Moved, advance
from engine.commands.complete import MAX_OPINION
from engine.commands.locate import Located, locate
from engine.commands.sending_back import (
    Moves,
    Target,
    choose,
    last_hand,
    moves,
    targets,
)
from engine.commands.start import Acted
from engine.commands.straight_back import remember
from engine.commands.task_clock import drop_jobs
from engine.commands.task_rows import OpenedTask, drop_advice, release_signers
from engine.commands.trail import Trail
from engine.commands.undoing import forget_entered, undo_decisions, undo_effects
from engine.commands.votes import not_asked
from engine.errors import AlreadyClaimed, NoSuchTarget, ReasonRequired
from engine.runtime import elements_of
from engine.runtime.execution import Execution
from engine.runtime.visits import PutBack, Visits
from engine.store.candidates import candidate_rows
from engine.store.case import Case, save
from engine.store.tables import task, task_candidate
from engine.store.unit_of_work import UnitOfWork

#: walk: the way is walked again; jump: once handed in, the case goes straight back to the returner.
Then = Literal["walk", "jump"]


def send_back(
    uow: UnitOfWork,
    task_id: str,
    target: str,
    *,
    reason: str,
    then: Then = "walk",
    whole_block: bool = False,
) -> Acted:
    """Put the case back to `target`: an element's id, `previous`, or `applicant`.

    Raise `ReasonRequired`, `NoSuchTarget` for a place that is not offered, `IrreversibleEffect` where
    something on the way can no longer be undone.
    """
    found = locate(uow, task_id)
    case = found.case
    check_separation(case, found.step.id, uow.actor.id)
    if found.claimed_by not in (None, found.person):
        raise AlreadyClaimed(task=task_id, by=found.claimed_by)
    if found.tally is not None and found.signing != "open":
        raise not_asked(uow, found)
    found.check_no_advice()
    reason = reason.strip()[:MAX_OPINION]
    if not reason:
        raise ReasonRequired(task=task_id)
    trail = Trail(uow.connection, case)
    chosen = find_target(trail, case, found.token, target, found.step)
    if then == "jump" and not chosen.may_jump:
        raise NoSuchTarget(target=target, then=then)
    found.note_actor(uow)
    _close(uow, found, reason)
    put = put_back(uow, case, trail, chosen, whole_block=whole_block, jump=then == "jump")
    case.record(
        uow,
        "task.returned",
        found.subject(target=chosen.element, then=then),
        {
            **found.names(uow),
            "as": found.key,
            "opinion": reason,
            "whole_block": whole_block,
            **put,
        },
    )
    return _finish(uow, case, put.moved, found)


class Put(dict[str, Any]):
    """What the event keeps of a put-back, with the moves it is made of."""

    moved: Moved


def find_target(
    trail: Trail, case: Case, token: str, name: str, step: Step | None = None
) -> Target:
    """The place a person means; raise `NoSuchTarget`, or what forbids going there."""
    assert case.tokens is not None
    return choose(targets(trail, case.tokens, token), name, step)


def put_back(
    uow: UnitOfWork,
    case: Case,
    trail: Trail,
    target: Target,
    *,
    whole_block: bool = False,
    jump: bool = False,
) -> Put:
    """Restore the marking; return what the event keeps. The caller records and saves."""
    assert case.tokens is not None
    visits = trail.visits
    back = visits.put_back(target.visit.token, whole_block=whole_block)
    undone = undo_effects(uow, case, visits, back)
    lost = undo_decisions(uow, case, back.undone)
    forget_entered(case, visits, back)
    planned = moves(case.definition, case.tokens, visits, back)
    for token in [one for one in case.returns if one in back.undone]:
        del case.returns[token]
    put = Put(undone=sorted(back.undone, key=int), effects=undone)
    put.moved = _move(uow, case, visits, back, planned, lost if jump else None)
    for one in put.moved.opened:
        _give_back(uow, case, visits, back, one, put.moved)
    put.update(put.moved.payload())
    return put


def _move(
    uow: UnitOfWork,
    case: Case,
    visits: Visits,
    back: PutBack,
    planned: Moves,
    lost: dict[str, Any] | None,
) -> Moved:
    def act(execution: Execution) -> None:
        entries = execution.held_entries(planned.kill) if lost is not None else ()
        placed = execution.move(planned.kill, planned.enter)
        if lost is not None:
            remember(case, visits, back, entries, placed, lost)

    return advance(uow, case, act, elements_of(planned.enter))


def _give_back(
    uow: UnitOfWork, case: Case, visits: Visits, back: PutBack, opened: OpenedTask, moved: Moved
) -> None:
    """Whoever did the target before has it again, and is told; not the whole pool anew."""
    again = {one.element: one.token for one in back.again}
    if opened.element not in again:
        return
    person = last_hand(uow.connection, case.id, again[opened.element])
    if person is not None and not opened.signers and _may_have(uow, case, opened, person):
        for row in moved.rows.tasks:
            if row["id"] == opened.id:
                row["claimed_by"] = person
        rows = moved.rows.candidates
        keys = [row["who"] for row in rows if row["which"] == opened.id]
        rows[:] = [row for row in rows if row["which"] != opened.id]
        rows += candidate_rows(uow, opened.id, keys, claimed_by=person)
        opened.claimed_by = person
    told = (
        [person]
        if person is not None
        else [key.removeprefix("person:") for key in opened.keys if key.startswith("person:")]
    )
    uow.tell("returned", told, instance=case.id, task=opened.id, step=opened.element)


def _may_have(uow: UnitOfWork, case: Case, opened: OpenedTask, person: str) -> bool:
    directory = uow.engine.directory
    return (
        directory.is_active(person)
        and key_used(directory.actor(person), opened.keys) is not None
        and opened.keys != [person_key(person)]
        and may_act(case, opened.element, person)
    )


def _close(uow: UnitOfWork, found: Located, reason: str) -> None:
    """The returner's own task is over, whatever becomes of the others."""
    uow.execute(
        update(task)
        .where(task.c.id == found.id)
        .values(
            state="returned",
            closed_at=uow.now,
            completed_by=uow.actor.id,
            completed_for=found.acts_for,
            decided_how=found.how,
            opinion=reason,
            claimed_by=None,
        )
    )
    uow.execute(delete(task_candidate).where(task_candidate.c.task_id == found.id))
    release_signers(uow, [found.id])
    drop_advice(uow, [found.id] if found.advice else [])
    drop_jobs(uow, found.case, {found.token: found.step.id})
    found.case.open.pop(found.token)
    found.case.note_task(found.id, state="returned")


def _finish(uow: UnitOfWork, case: Case, moved: Moved, found: Located) -> Acted:
    save(uow, case)
    moved.insert(uow)
    return Acted(case, moved, task_id=found.id, element=found.step.id, closes=True)
