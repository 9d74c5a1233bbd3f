"""Decide, and be able to take it back for some seconds: a decision that is held until it counts.

Holding runs `complete` and rolls it back, so that what is held is known to hold; a job runs it for
good when the time is over. Until then nothing has happened in the case, others are told that it is
being decided, and whoever decided may take it back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from engine.commands.complete import complete
from engine.commands.drafts import place_of_task, save_draft
from engine.commands.locate import Located, locate
from engine.commands.start import Acted
from engine.errors import ConfirmationRequired, NotFound, NothingToUndo
from engine.ids import new_id
from engine.queries.case import may_read
from engine.queries.preferences import preferences_of
from engine.sealing import Keyring
from engine.store.case import lock, save
from engine.store.tables import held_decision, job, task
from engine.store.tables.jobs import HELD
from engine.store.unit_of_work import UnitOfWork

#: A decision made shortly before its task falls due counts before that.
_BEFORE_DUE = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Held:
    """A decision that does not count yet."""

    task_id: str
    instance_id: str
    outcome: str
    held_at: datetime
    counts_at: datetime


def hold(
    uow: UnitOfWork,
    task_id: str,
    *,
    outcome: str | None = None,
    form: Mapping[str, Any] | None = None,
    opinion: str = "",
    version: int | None = None,
) -> Held:
    """Decide the actor's part of a task; it counts after the seconds that the actor has chosen.

    Takes what `complete` takes and refuses what it refuses. Raise `ConfirmationRequired` for an
    outcome after which nothing can be undone: that is completed, not held.
    """
    found = locate(uow, task_id)
    said = {"outcome": outcome, "form": form, "opinion": opinion, "version": version}
    _try_out(uow, task_id, said)
    chosen = found.step.outcome(outcome)
    if found.step.is_final(chosen):
        raise ConfirmationRequired(task=task_id, element=found.step.id)
    counts_at = _counts_at(uow, found)
    held_id, job_id = new_id(), new_id()
    uow.execute(
        insert(job).values(
            id=job_id,
            kind=HELD,
            instance_id=found.case.id,
            element_id=found.step.id,
            due_at=counts_at,
            provisional=False,
            state="due",
            attempts=0,
            payload={"held": held_id},
            created_at=uow.now,
        )
    )
    uow.execute(
        insert(held_decision).values(
            id=held_id,
            task_id=task_id,
            instance_id=found.case.id,
            person_id=uow.actor.id,
            owner_id=found.person,
            outcome=chosen.id,
            sealed=_seal(uow, held_id, {**said, "outcome": chosen.id}),
            held_at=uow.now,
            counts_at=counts_at,
            job_id=job_id,
        )
    )
    _note(uow, task_id, {**found.held, found.person: uow.actor.id})
    uow.after_commit(uow.engine.wake.set)
    return Held(task_id, found.case.id, chosen.id, uow.now, counts_at)


def undo(uow: UnitOfWork, task_id: str) -> Held:
    """Take the actor's own held decision back: what was typed is the actor's draft again.

    Raise `NothingToUndo` once it counts. The record says that it was made and taken back.
    """
    found = _of_actor(uow, task_id)
    if found is None:
        raise _nothing(uow, task_id)
    # The case first, as everywhere; only then is what the row says sure to stay so.
    case = lock(uow, found.instance_id)
    row = _of_actor(uow, task_id)
    if row is None:
        raise NothingToUndo(task=task_id)
    release(uow, row)
    uow.execute(update(job).where(job.c.id == row.job_id).values(state="cancelled"))
    keep_as_draft(uow, row)
    subject, payload = facts_of(uow, row)
    case.record(uow, "decision.undone", subject, payload)
    save(uow, case)
    return Held(task_id, row.instance_id, row.outcome, row.held_at, row.counts_at)


def release(uow: UnitOfWork, row: Row[Any]) -> None:
    """The decision is held no more. The caller has the case's lock."""
    uow.execute(delete(held_decision).where(held_decision.c.id == row.id))
    held = uow.execute(select(task.c.held).where(task.c.id == row.task_id)).scalar_one() or {}
    held.pop(row.owner_id, None)
    _note(uow, row.task_id, held)


def keep_as_draft(uow: UnitOfWork, row: Row[Any]) -> None:
    """What was typed becomes the draft of the actor, who made the decision."""
    said = what_was_said(uow.engine.keyring, row)
    save_draft(uow, place_of_task(row.task_id), said["form"] or {}, said["opinion"] or "")


def what_was_said(keyring: Keyring, row: Row[Any]) -> dict[str, Any]:
    """What `complete` is to be given."""
    found: dict[str, Any] = json.loads(keyring.open_sealed(row.sealed, _context(row.id)))
    return found


def facts_of(uow: UnitOfWork, row: Row[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Subject and payload of an event about a held decision."""
    element = uow.execute(select(task.c.element_id).where(task.c.id == row.task_id)).scalar_one()
    directory = uow.engine.directory
    subject = {"task": row.task_id, "element": element, "outcome": row.outcome}
    payload = {"name": directory.name(row.person_id), "held_at": row.held_at.isoformat()}
    if row.owner_id != row.person_id:
        subject["for"] = row.owner_id
        payload["for_name"] = directory.name(row.owner_id)
    return subject, payload


def _try_out(uow: UnitOfWork, task_id: str, said: dict[str, Any]) -> Acted:
    """Complete the task and take it back: events, notices and wake-ups of the trial go with it."""
    trial = UnitOfWork(uow.engine, uow.connection, uow.actor)
    with uow.connection.begin_nested() as point:
        acted = complete(trial, task_id, **said)
        point.rollback()
    return acted


def _counts_at(uow: UnitOfWork, found: Located) -> datetime:
    seconds = preferences_of(uow.engine, uow.connection, uow.actor.id).hold_seconds
    counts_at = uow.now + timedelta(seconds=seconds)
    if found.due_at is not None and uow.now < found.due_at <= counts_at:
        counts_at = max(uow.now, found.due_at - _BEFORE_DUE)
    return counts_at


def _note(uow: UnitOfWork, task_id: str, held: dict[str, str]) -> None:
    uow.execute(update(task).where(task.c.id == task_id).values(held=held or None))


def _of_actor(uow: UnitOfWork, task_id: str) -> Row[Any] | None:
    return uow.execute(
        select(held_decision)
        .where(held_decision.c.task_id == task_id, held_decision.c.person_id == uow.actor.id)
        .order_by(held_decision.c.held_at.desc())
    ).first()


def _nothing(uow: UnitOfWork, task_id: str) -> NotFound | NothingToUndo:
    case = uow.execute(select(task.c.instance_id).where(task.c.id == task_id)).scalar_one_or_none()
    if case is None or not may_read(uow.connection, uow.engine, uow.actor, case):
        return NotFound(task=task_id)
    return NothingToUndo(task=task_id)


def _seal(uow: UnitOfWork, held_id: str, said: dict[str, Any]) -> str:
    text = json.dumps(said, ensure_ascii=False)
    return uow.engine.keyring.seal(text, _context(held_id))


def _context(held_id: str) -> str:
    return f"held/{held_id}"
