"""Run one job: one transaction, one commit, like any command."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import ColumnElement, RowMapping, select, update

from engine.actors import SYSTEM
from engine.commands.complete import close_at_deadline
from engine.commands.ladder import climb
from engine.commands.locate import locate_for_clock
from engine.errors import EngineError
from engine.jobs.abilities import run_ability
from engine.jobs.held import count, postpone, waits_for
from engine.jobs.leases import claim, claim_due, fail, finish, take
from engine.jobs.rehearsals import give_up_rehearsal, tell_slice
from engine.jobs.scenarios import give_up_run, play_slice
from engine.jobs.timers import fire_timer
from engine.migrating.batch import of_migration
from engine.migrating.job import migrate_one
from engine.store.case import lock, save
from engine.store.tables import job
from engine.store.tables.jobs import HELD, MIGRATE
from engine.store.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from engine.engine import Engine

#: Work that belongs to no case: it makes its own transactions.
_OF_THE_HOUSE = {"rehearsal": tell_slice, "scenarios": play_slice}
#: What becomes of that work when its job is given up: it belongs to no case whose incident it would be.
_GIVEN_UP = {"rehearsal": give_up_rehearsal, "scenarios": give_up_run}
#: What time does to a case; a decision made before that moment comes first.
_CLOCKS = ("timer", "deadline", "rung")

log = structlog.get_logger()


def run_due(engine: Engine, owner: str, limit: int = 20) -> int:
    """Run what is due now; return how many jobs were claimed."""
    ids = claim_due(engine, owner, limit)
    for job_id in ids:
        run_job(engine, job_id, owner)
    return len(ids)


def run_migration(engine: Engine, batch: str, owner: str) -> int:
    """Run a migration's jobs now, for whoever waits for it; return how many.

    What another worker has leased is that worker's to do.
    """
    return _run(engine, owner, of_migration(batch))


def run_these(engine: Engine, ids: Sequence[str], owner: str) -> int:
    """Run certain jobs now that are due; return how many."""
    return _run(engine, owner, job.c.id.in_(ids)) if ids else 0


def _run(engine: Engine, owner: str, which: ColumnElement[bool]) -> int:
    done = 0
    for job_id in claim(engine, owner, which):
        run_job(engine, job_id, owner)
        done += 1
    return done


def run_job(engine: Engine, job_id: str, owner: str) -> None:
    """Run a leased job; a failure is counted in a transaction of its own."""
    try:
        kind, case_id = _about(engine, job_id)
        if of_the_house := _OF_THE_HOUSE.get(kind):
            of_the_house(engine, job_id, owner)
            return
        with engine.database.write() as connection:
            uow = UnitOfWork(engine, connection, SYSTEM)
            # The case is locked before the job, in the order every command uses.
            case = lock(uow, case_id) if case_id else None
            row = take(connection, job_id, owner)
            if row is None:
                return
            assert case is not None
            if row["kind"] == HELD:
                count(engine, connection, row, owner)
                return
            if row["kind"] == MIGRATE:
                migrate_one(engine, connection, case, row, owner)
                return
            if row["kind"] in _CLOCKS and (until := waits_for(connection, row, uow.now)):
                postpone(connection, job_id, until)
            elif row["kind"] == "timer":
                fire_timer(uow, case, row)
                finish(connection, job_id)
            elif row["kind"] == "deadline":
                close_at_deadline(uow, locate_for_clock(uow, row["payload"]["task"]))
                finish(connection, job_id)
            elif row["kind"] == "rung":
                climb(uow, locate_for_clock(uow, row["payload"]["task"]), row)
                finish(connection, job_id)
            else:
                finish(connection, job_id, run_ability(uow, case, row))
            uow.commit()
    # The outermost loop: whatever an ability raises must not stop the worker.
    except Exception as error:
        _count_failure(engine, job_id, owner, error)


def _about(engine: Engine, job_id: str) -> tuple[str, str | None]:
    """What kind of job it is, and of which case; both are the same as long as there is the job."""
    with engine.database.read() as connection:
        statement = select(job.c.kind, job.c.instance_id).where(job.c.id == job_id)
        row = connection.execute(statement).one_or_none()
    return ("", None) if row is None else (row.kind, row.instance_id)


def _instance_of(uow: UnitOfWork, job_id: str) -> str | None:
    found: str | None = uow.execute(
        select(job.c.instance_id).where(job.c.id == job_id)
    ).scalar_one_or_none()
    return found


def _count_failure(engine: Engine, job_id: str, owner: str, error: Exception) -> None:
    with engine.database.write() as connection:
        uow = UnitOfWork(engine, connection, SYSTEM)
        case_id = _instance_of(uow, job_id)
        case = lock(uow, case_id) if case_id else None
        row = take(connection, job_id, owner)
        if row is None:
            return
        # Only our own errors are sure to hold no case data.
        text = str(error) if isinstance(error, EngineError) else type(error).__name__
        state = fail(connection, row, uow.now, text)
        log.warning("job failed", job=job_id, state=state, error=text)
        if state == "incident" and row["kind"] in _GIVEN_UP:
            _GIVEN_UP[row["kind"]](uow, row["payload"], text)
            finish(connection, job_id)
        if state == "incident" and case is not None:
            case.record(
                uow, "incident", {"job": job_id, "element": row["element_id"]}, {"error": text}
            )
            save(uow, case)
        uow.commit()


def retry(uow: UnitOfWork, job_id: str) -> bool:
    """Make an incident due again, from the first attempt. False when it is no incident (any more)."""
    case_id = _instance_of(uow, job_id)
    # The case first, as everywhere; only then is what the job's row says sure to stay so.
    case = lock(uow, case_id) if case_id else None
    row = _incident(uow, job_id)
    if row is None:
        return False
    uow.execute(
        update(job).where(job.c.id == job_id).values(state="due", attempts=0, due_at=uow.now)
    )
    if case is not None:
        case.record(
            uow,
            "incident.retried",
            {"job": job_id, "element": row["element_id"]},
            {"name": uow.engine.directory.name(uow.actor.id)},
        )
        save(uow, case)
    uow.after_commit(uow.engine.wake.set)
    return True


def _incident(uow: UnitOfWork, job_id: str) -> RowMapping | None:
    row = uow.execute(
        select(job).where(job.c.id == job_id, job.c.state == "incident").with_for_update()
    ).one_or_none()
    return None if row is None else row._mapping
