"""Take one's own decision back (拿回), as long as nobody has acted on what it led to."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from engine.commands.access import check_separation, check_stand_in
from engine.commands.send_back import put_back
from engine.commands.sending_back import Target, choose, target_at
from engine.commands.start import Acted
from engine.commands.trail import Trail
from engine.commands.waiting import tell_taken_back, waiting_by_task
from engine.errors import (
    AlreadyDone,
    NoSuchTarget,
    NotAllowed,
    NotFound,
    SomebodyActed,
    Suspended,
)
from engine.how_decided import REPEATED
from engine.queries.proxies import stands_in_for
from engine.runtime.visits import Visits
from engine.store.case import ACTIVE, SUSPENDED, Case, lock, save
from engine.store.tables import signer, task
from engine.store.unit_of_work import UnitOfWork


def take_back(uow: UnitOfWork, task_id: str, *, reason: str = "") -> Acted:
    """Reopen a task the actor has completed; what it led to dies.

    Raise `SomebodyActed` when anybody has decided, signed or taken on what came of it,
    `NoSuchTarget` when the task was decided by several people or a sub-process around it is over,
    `IrreversibleEffect` when something done since cannot be undone.
    """
    row = uow.execute(select(task).where(task.c.id == task_id)).one_or_none()
    owner = None if row is None else row.completed_for or row.completed_by
    if row is None or owner is None:
        raise NotFound(task=task_id)
    case = lock(uow, row.instance_id)
    for_somebody = _stands_in(uow, case, row)
    if case.state == SUSPENDED:
        raise Suspended(instance=case.id)
    if case.state != ACTIVE:
        raise AlreadyDone(task=task_id, state=case.state)
    check_separation(case, row.element_id, uow.actor.id)
    if for_somebody:
        check_stand_in(case, row.element_id, uow.actor.id, owner)
    assert case.tokens is not None
    trail = Trail(uow.connection, case)
    target = takeable(trail, case.tokens, task_id)
    waited = waiting_by_task(uow, case)
    put = put_back(uow, case, trail, target)
    tell_taken_back(uow, case, waited, put.moved.cancelled)
    case.record(
        uow,
        "task.taken_back",
        {"task": task_id, "element": row.element_id, **({"for": owner} if for_somebody else {})},
        {
            "name": uow.engine.directory.name(uow.actor.id),
            **({"for_name": uow.engine.directory.name(owner)} if for_somebody else {}),
            "reason": reason.strip()[:500],
            **put,
        },
    )
    save(uow, case)
    put.moved.insert(uow)
    return Acted(case, put.moved, task_id=task_id, element=row.element_id)


def _stands_in(uow: UnitOfWork, case: Case, row: Row[Any]) -> bool:
    """Whether the actor takes back what is somebody else's, as a deputy; raise what forbids it.

    A deputy whose time is over takes back nothing any more, the own act in that name included.
    """
    owner = row.completed_for or row.completed_by
    if owner == uow.actor.id:
        return False
    standing = stands_in_for(uow.engine, uow.connection, uow.actor.id, uow.now, case.definition.key)
    if any(one.owner.id == owner for one in standing):
        return True
    if row.completed_by == uow.actor.id:
        raise NotAllowed(instance=case.id, element=row.element_id, task=row.id)
    raise NotFound(task=row.id)


def takeable(trail: Trail, tokens: dict[str, Any], task_id: str) -> Target:
    """The visit of a completed task that may still be taken back; raise what forbids it."""
    # Read after the case was locked: what was true before may be so no more.
    row = trail.connection.execute(select(task).where(task.c.id == task_id)).one()
    if row.state != "completed" or row.undone:
        raise AlreadyDone(task=task_id, state=row.state)
    visits = trail.visits
    # What went straight back has led to nothing of its own: the returner has the case again.
    if row.tally is not None or row.token not in visits.visits or row.token in visits.repeats:
        raise NoSuchTarget(task=task_id)
    _check_untouched(trail.connection, trail.instance_id, visits, row.token)
    target = target_at(trail, tokens, row.token)
    if target is None:
        raise NoSuchTarget(task=task_id)
    return choose([target], target.element)


def _check_untouched(connection: Connection, instance_id: str, visits: Visits, token: str) -> None:
    led = visits.after([token]) - {token}
    rows = connection.execute(
        select(
            task.c.id,
            task.c.token,
            task.c.state,
            task.c.claimed_by,
            task.c.completed_by,
            task.c.decided_how,
            task.c.advice,
        ).where(task.c.instance_id == instance_id)
    ).all()
    after = [row for row in rows if row.token in led]
    for row in after:
        if row.decided_how == REPEATED:
            # Nobody was asked.
            continue
        if row.claimed_by is not None or row.completed_by is not None:
            raise SomebodyActed(task=row.id, by=row.claimed_by or row.completed_by)
        if row.advice:
            raise SomebodyActed(task=row.id, by=next(iter(row.advice)))
    voted = connection.execute(
        select(signer.c.person_id)
        .where(
            signer.c.task_id.in_([row.id for row in after]),
            signer.c.state == "voted",
            signer.c.decided_how.is_distinct_from(REPEATED),
        )
        .limit(1)
    ).scalar_one_or_none()
    if voted is not None:
        raise SomebodyActed(by=voted)
