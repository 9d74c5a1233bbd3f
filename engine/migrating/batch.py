"""Many running cases to another version: one job for each, which can be stopped and put back.

A batch is durable work like any other: whatever process dies, the rest of it is due until it is done.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, insert, select, update

from engine.actors import SYSTEM
from engine.catalog.definition import Definition
from engine.errors import CannotMigrate, Invalid, NotFound, ReasonRequired
from engine.ids import new_id
from engine.migrating.carry import Why, carry
from engine.migrating.mapping import Names, complete, mapping_of, reused
from engine.migrating.plan import plan_for
from engine.migrating.reasons import Reason
from engine.migrating.standing import parts, standing_of
from engine.store.case import ACTIVE, SUSPENDED, lock
from engine.store.tables import instance, job, migration, migration_case
from engine.store.tables.jobs import MIGRATE
from engine.store.unit_of_work import UnitOfWork

LONGEST_REASON = 500
RUNNING = (ACTIVE, SUSPENDED)

#: Element of the old version → element of the new one; what is not named is mapped by itself.
Chosen = Mapping[str, str | None]


def names_between(old: Definition, new: Definition, chosen: Chosen) -> Names:
    """How the old version's names are read in the new one; raise `Invalid` for a mapping that is none."""
    if old.key != new.key or old.id == new.id:
        raise Invalid(fields=["to"])
    if twice := reused(old.diagram, new.diagram):
        raise Invalid(fields=twice)
    mapped = complete(old.diagram, new.diagram, chosen)
    return mapping_of(old.diagram, new.diagram, {one.old: one.new for one in mapped})


def running_cases(old: Definition) -> Any:
    """The statement for the ids of a version's running cases, the oldest first."""
    return (
        select(instance.c.id)
        .where(instance.c.definition_id == old.id, instance.c.state.in_(RUNNING))
        .order_by(instance.c.id)
    )


def begin_migration(
    uow: UnitOfWork,
    old: Definition,
    new: Definition,
    *,
    chosen: Chosen,
    reason: str,
    cases: Collection[str] | None = None,
) -> str:
    """Write a job for each running case of the old version (or of `cases`); return the batch's id."""
    _check(uow)
    reason = _reason(reason)
    names = names_between(old, new, chosen)
    ids = list(uow.execute(running_cases(old)).scalars())
    if cases is not None:
        wanted = set(cases)
        ids = [one for one in ids if one in wanted]
    if not ids:
        raise Invalid(fields=["instances"])
    batch = _open(uow, old, new, names, reason)
    for part in parts(ids, 500):
        uow.execute_many(
            insert(migration_case),
            [
                {"migration_id": batch, "instance_id": one, "state": "waiting", "reasons": []}
                for one in part
            ],
        )
        uow.execute_many(insert(job), [_job(uow, one, batch) for one in part])
    _record(uow, "migration.begun", batch, old, new, names, reason=reason, cases=len(ids))
    uow.after_commit(uow.engine.wake.set)
    return batch


def migrate(
    uow: UnitOfWork, instance_id: str, new: Definition, *, chosen: Chosen, reason: str
) -> str:
    """Move one case now; return the id by which it can be put back. Raise `CannotMigrate` with reasons."""
    _check(uow)
    reason = _reason(reason)
    case = lock(uow, instance_id)
    old = case.definition
    if old.id == new.id:
        raise CannotMigrate(instance=case.id, reasons=[Reason("other_version")])
    names = names_between(old, new, chosen)
    standing = standing_of(uow.connection, [case.id])[case.id]
    plan = plan_for(uow, case, standing, new, names)
    if plan.reasons:
        raise CannotMigrate(instance=case.id, reasons=plan.reasons)
    batch = _open(uow, old, new, names, reason)
    before = carry(uow, case, standing, plan, Why(batch, reason))
    uow.execute(
        insert(migration_case).values(
            migration_id=batch,
            instance_id=case.id,
            state="done",
            reasons=[],
            version=case.version,
            before=before,
            at=uow.now,
        )
    )
    return batch


def stop_migration(uow: UnitOfWork, batch: str) -> int:
    """Cases that have not moved yet stay where they are; return how many."""
    _check(uow)
    row = find_migration(uow, batch)
    # The jobs first, in the order in which those who run them lock.
    waiting = select(migration_case.c.instance_id).where(
        migration_case.c.migration_id == batch, migration_case.c.state == "waiting"
    )
    ids = list(uow.execute(waiting).scalars())
    for part in parts(ids, 500):
        uow.execute(
            update(job)
            .where(job.c.instance_id.in_(part), of_migration(batch))
            .where(job.c.state.in_(("due", "incident")))
            .values(state="cancelled", lease_owner=None, lease_until=None)
        )
    stopped = uow.execute(
        update(migration_case)
        .where(migration_case.c.migration_id == batch, migration_case.c.state == "waiting")
        .values(state="stopped", at=uow.now)
    ).rowcount
    if row.stopped_at is None and stopped:
        uow.execute(update(migration).where(migration.c.id == batch).values(stopped_at=uow.now))
        uow.record_in(
            f"definition:{row.key}",
            "migration.stopped",
            {"migration": batch, "cases": stopped},
            {"name": uow.engine.directory.name(uow.actor.id)},
        )
    return stopped


def undo_migration(uow: UnitOfWork, batch: str) -> int:
    """Write a job for each case that moved, which puts it back if nothing has moved since; how many."""
    _check(uow)
    row = find_migration(uow, batch)
    stop_migration(uow, batch)
    done = select(migration_case.c.instance_id).where(
        migration_case.c.migration_id == batch, migration_case.c.state == "done"
    )
    ids = list(uow.execute(done.with_for_update()).scalars())
    if not ids:
        return 0
    uow.execute(
        update(migration_case)
        .where(migration_case.c.migration_id == batch, migration_case.c.state == "done")
        .values(state="undoing")
    )
    for part in parts(ids, 500):
        uow.execute_many(insert(job), [_job(uow, one, batch, undo=True) for one in part])
    uow.execute(
        update(migration)
        .where(migration.c.id == batch)
        .values(undone_at=uow.now, undone_by=uow.actor.id)
    )
    uow.record_in(
        f"definition:{row.key}",
        "migration.undone",
        {"migration": batch, "cases": len(ids)},
        {"name": uow.engine.directory.name(uow.actor.id)},
    )
    uow.after_commit(uow.engine.wake.set)
    return len(ids)


def find_migration(uow: UnitOfWork, batch: str) -> Row[Any]:
    """A batch by its id; raise `NotFound`."""
    row = uow.execute(
        select(migration).where(migration.c.id == batch).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound(migration=batch)
    return row


def _check(uow: UnitOfWork) -> None:
    if not (uow.actor.administers or uow.actor.id == SYSTEM.id):
        raise NotFound()


def _reason(reason: str) -> str:
    reason = reason.strip()[:LONGEST_REASON]
    if not reason:
        raise ReasonRequired()
    return reason


def _open(uow: UnitOfWork, old: Definition, new: Definition, names: Names, reason: str) -> str:
    batch = new_id()
    uow.execute(
        insert(migration).values(
            id=batch,
            key=old.key,
            from_id=old.id,
            to_id=new.id,
            mapping=names.elements,
            reason=reason,
            created_by=uow.actor.id,
            created_at=uow.now,
        )
    )
    return batch


def _record(
    uow: UnitOfWork,
    type: str,
    batch: str,
    old: Definition,
    new: Definition,
    names: Names,
    *,
    reason: str,
    cases: int,
) -> None:
    uow.record_in(
        f"definition:{old.key}",
        type,
        {"migration": batch, "from": old.id, "to": new.id, "cases": cases},
        {
            "name": uow.engine.directory.name(uow.actor.id),
            "reason": reason,
            "mapping": names.changed(),
        },
    )


def of_migration(batch: str) -> ColumnElement[bool]:
    """Which jobs are those of a batch."""
    return and_(job.c.kind == MIGRATE, job.c.token == _mark(batch))


def _mark(batch: str) -> str:
    """What stands in place of a token: by it the jobs of a batch are told from those of another."""
    return batch[:36]


def _job(uow: UnitOfWork, case: str, batch: str, *, undo: bool = False) -> dict[str, Any]:
    return {
        "id": new_id(),
        "kind": MIGRATE,
        "instance_id": case,
        "token": _mark(batch),
        "element_id": None,
        "due_at": uow.now,
        "provisional": False,
        "state": "due",
        "attempts": 0,
        "payload": {"migration": batch, "undo": undo},
        "created_at": uow.now,
    }
