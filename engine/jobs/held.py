"""A held decision's time is over: it counts, as if its maker decided now, or its maker is told why not."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, RowMapping, select, update

from engine.actors import SYSTEM, Actor
from engine.commands.complete import complete
from engine.commands.hold import facts_of, keep_as_draft, release, what_was_said
from engine.commands.locate import locate
from engine.commands.refusals import record_refusal
from engine.errors import EngineError, NoLongerAsked, NotAllowed
from engine.jobs.leases import finish, take
from engine.store.case import lock, save
from engine.store.tables import held_decision, job
from engine.store.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from engine.engine import Engine

#: By how much a clock of the case comes after a decision it waits for, and how long it waits at most.
_AFTER = timedelta(seconds=1)
_AT_MOST = timedelta(minutes=1)


def count(engine: Engine, connection: Connection, row: RowMapping, owner: str) -> None:
    """Complete the task as whoever decided, with the roles held now. The case is locked already."""
    held = _held(connection, row)
    if held is None:
        finish(connection, row["id"])
        connection.commit()
        return
    try:
        _complete(engine, connection, row, held)
    except EngineError as error:
        connection.rollback()
        _drop(engine, row["id"], owner, error)


def waits_for(connection: Connection, row: RowMapping, now: datetime) -> datetime | None:
    """Until when a clock of a case waits because a decision made before its time does not count yet."""
    last = connection.execute(
        select(held_decision.c.counts_at)
        .where(
            held_decision.c.instance_id == row["instance_id"],
            held_decision.c.held_at <= row["due_at"],
            held_decision.c.counts_at > now - _AT_MOST,
        )
        .order_by(held_decision.c.counts_at.desc())
        .limit(1)
    ).scalar_one_or_none()
    return None if last is None else max(last, now) + _AFTER


def postpone(connection: Connection, job_id: str, until: datetime) -> None:
    """Leave a job alone until then. It stays due at its own time: the record knows no other."""
    connection.execute(
        update(job).where(job.c.id == job_id).values(lease_owner=None, lease_until=until)
    )


def _held(connection: Connection, row: RowMapping) -> Row[Any] | None:
    return connection.execute(
        select(held_decision).where(held_decision.c.id == row["payload"]["held"])
    ).one_or_none()


def _complete(engine: Engine, connection: Connection, row: RowMapping, held: Row[Any]) -> None:
    uow = UnitOfWork(engine, connection, engine.directory.actor(held.person_id))
    if not engine.directory.is_active(held.person_id):
        raise NotAllowed(instance=held.instance_id, task=held.task_id)
    release(uow, held)
    if locate(uow, held.task_id).person != held.owner_id:
        # Whose part it was is no longer this person's to do; the own one is another decision.
        raise NoLongerAsked(task=held.task_id)
    complete(uow, held.task_id, **what_was_said(engine.keyring, held))
    finish(connection, row["id"])
    uow.commit()


def _drop(engine: Engine, job_id: str, owner: str, error: EngineError) -> None:
    """It cannot count any more: keep what was typed, and say why, to its maker and in the record."""
    with engine.database.write() as connection:
        uow = UnitOfWork(engine, connection, SYSTEM)
        found = connection.execute(select(job.c.instance_id).where(job.c.id == job_id)).scalar_one()
        case = lock(uow, found)
        row = take(connection, job_id, owner)
        held = None if row is None else _held(connection, row)
        if row is None or held is None:
            return
        release(uow, held)
        keep_as_draft(UnitOfWork(engine, connection, Actor(held.person_id)), held)
        subject, payload = facts_of(uow, held)
        case.record(uow, "decision.dropped", subject | {"problem": error.problem}, payload)
        uow.tell(
            "decision_dropped",
            [held.person_id],
            instance=held.instance_id,
            task=held.task_id,
            step=subject["element"],
            why=error.problem,
        )
        save(uow, case)
        finish(connection, job_id)
        uow.commit()
    if isinstance(error, NotAllowed):
        record_refusal(engine, Actor(held.person_id), error)
