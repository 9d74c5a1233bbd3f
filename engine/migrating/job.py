"""The job of one case of a batch: moved, put back, or told why not; each in its own transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, RowMapping, select, update

from engine.actors import SYSTEM, Actor
from engine.errors import CannotMigrate, EngineError
from engine.jobs.leases import finish, take
from engine.migrating.carry import Why, carry, put_case_back
from engine.migrating.mapping import mapping_of
from engine.migrating.plan import Ends, plan_for
from engine.migrating.reasons import Reason
from engine.migrating.standing import standing_of
from engine.store.case import Case, lock
from engine.store.tables import migration, migration_case
from engine.store.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from engine.engine import Engine

#: What is known of markings that can end; the cases of a batch stand at few different places.
_ends: Ends = {}
_MOST_KNOWN = 10_000


def migrate_one(
    engine: Engine, connection: Connection, case: Case, row: RowMapping, owner: str
) -> None:
    """Do what the job says. The case is locked already; what cannot be is written down, not tried again."""
    batch, undo = row["payload"]["migration"], row["payload"]["undo"]
    try:
        uow = UnitOfWork(engine, connection, _actor(engine, connection, batch, undo=undo))
        state, values = _put_back(uow, case, batch) if undo else _move(uow, case, batch)
    except EngineError as error:
        connection.rollback()
        _refuse(engine, row["id"], case.id, batch, owner, error, undo=undo)
        return
    if state:
        _write(uow, batch, case.id, state, values)
    finish(connection, row["id"])
    uow.commit()


def _actor(engine: Engine, connection: Connection, batch: str, *, undo: bool) -> Actor:
    who = migration.c.undone_by if undo else migration.c.created_by
    found = connection.execute(select(who).where(migration.c.id == batch)).scalar_one()
    return SYSTEM if found in (SYSTEM.id, None) else engine.directory.actor(found)


def _move(uow: UnitOfWork, case: Case, batch: str) -> tuple[str, dict[str, Any]]:
    """Move the case; its new state in the batch, "" where somebody else was first."""
    row = _row(uow, batch, case.id)
    if row.state != "waiting":
        return "", {}
    wish = uow.execute(select(migration).where(migration.c.id == batch)).one()
    if case.definition.id != wish.from_id:
        return "skipped", {"reasons": [Reason("other_version").as_dict()]}
    target = uow.engine.catalog.get(wish.to_id)
    names = mapping_of(case.definition.diagram, target.diagram, wish.mapping)
    standing = standing_of(uow.connection, [case.id])[case.id]
    if len(_ends) > _MOST_KNOWN:
        _ends.clear()
    plan = plan_for(uow, case, standing, target, names, _ends)
    if plan.reasons:
        ended = any(one.why == "not_running" for one in plan.reasons)
        state = "skipped" if ended else "refused"
        return state, {"reasons": [one.as_dict() for one in plan.reasons]}
    before = carry(uow, case, standing, plan, Why(batch, wish.reason))
    return "done", {"version": case.version, "before": before}


def _put_back(uow: UnitOfWork, case: Case, batch: str) -> tuple[str, dict[str, Any]]:
    row = _row(uow, batch, case.id)
    if row.state != "undoing":
        return "", {}
    if case.version != row.version or row.before is None:
        return "kept", {"reasons": [Reason("moved_since").as_dict()], "before": None}
    put_case_back(uow, case, row.before, batch)
    return "undone", {"before": None}


def _row(uow: UnitOfWork, batch: str, case: str) -> Any:
    return uow.execute(
        select(migration_case)
        .where(migration_case.c.migration_id == batch, migration_case.c.instance_id == case)
        .with_for_update()
    ).one()


def _write(uow: UnitOfWork, batch: str, case: str, state: str, values: dict[str, Any]) -> None:
    uow.execute(
        update(migration_case)
        .where(migration_case.c.migration_id == batch, migration_case.c.instance_id == case)
        .values(state=state, at=uow.now, **values)
    )


def _refuse(
    engine: Engine,
    job_id: str,
    case_id: str,
    batch: str,
    owner: str,
    error: EngineError,
    *,
    undo: bool,
) -> None:
    """The new version could not take the case after all: nothing of it was kept, and the batch says why."""
    reasons = [Reason("expression", facts={"problem": error.problem})]
    if isinstance(error, CannotMigrate):
        reasons = list(error.parts["reasons"])  # type: ignore[call-overload]
    with engine.database.write() as connection:
        uow = UnitOfWork(engine, connection, SYSTEM)
        lock(uow, case_id)
        if take(connection, job_id, owner) is None:
            return
        state = "kept" if undo else "refused"
        _write(uow, batch, case_id, state, {"reasons": [one.as_dict() for one in reasons]})
        finish(connection, job_id)
        uow.commit()
