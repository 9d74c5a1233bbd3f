"""A rehearsal, slice by slice: a worker that is killed loses one slice, which is told again."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import Connection, Row, insert, select, update

from engine.actors import SYSTEM
from engine.jobs.leases import finish, go_on, take
from engine.rehearsing.cases import cases_behind
from engine.rehearsing.tried import tried
from engine.rehearsing.verdict import UNTOLD, Verdict, judge
from engine.store.tables import job, rehearsal, rehearsed_case
from engine.store.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from engine.engine import Engine

log = structlog.get_logger()

#: A slice ends after so many cases or so many seconds: other work is waiting, too.
MOST_CASES, MOST_SECONDS = 100, 1.5


def tell_slice(engine: Engine, job_id: str, owner: str) -> None:
    """Tell the next cases of a rehearsal. Reading takes no lock; what was found is written at once."""
    with engine.database.read() as connection:
        row = _rehearsal(connection, job_id)
        found = [] if row is None or row.state != "running" else _told(engine, connection, row)
    with engine.database.write() as connection:
        taken = take(connection, job_id, owner)
        if taken is None:
            return
        # Somebody may have stopped it meanwhile.
        now = None if row is None else _locked(connection, row.id)
        if now is None or now.state != "running" or now.after != row.after:  # type: ignore[union-attr]
            finish(connection, job_id)
            connection.commit()
            return
        uow = UnitOfWork(engine, connection, SYSTEM)
        _write(uow, now, found)
        if found:
            go_on(connection, job_id)
            uow.after_commit(engine.wake.set)
        else:
            finish(connection, job_id)
        uow.commit()


def give_up_rehearsal(uow: UnitOfWork, payload: Mapping[str, Any], error: str) -> None:
    """Tell no further cases: the next slice failed again and again."""
    row = _locked(uow.connection, payload["rehearsal"])
    if row.state == "running":
        values = {"state": "failed", "ended_at": uow.now}
        uow.execute(update(rehearsal).where(rehearsal.c.id == row.id).values(**values))
        subject = {"rehearsal": row.id}
        facts = {"done": row.done, "total": row.total, "error": error}
        uow.record_in(f"definition:{row.key}", "rehearsal.failed", subject, facts)


def _told(engine: Engine, connection: Connection, row: Row[Any]) -> list[dict[str, Any]]:
    now = tried(connection, row.id, row.package)
    ends, found = time.monotonic() + MOST_SECONDS, []
    cases = cases_behind(connection, row.key, row.since, row.until, row.after, MOST_CASES)
    for instance_id, definition_id, past, kept in cases:
        try:
            verdict = judge(engine, engine.catalog.get(definition_id), now, past, kept)
        # Whatever a case of long ago holds must not keep the others from being told.
        except Exception as error:
            log.warning("case not told again", instance=instance_id, error=type(error).__name__)
            verdict = Verdict([UNTOLD], {"why": "differs"})
        found.append(
            {
                "rehearsal_id": row.id,
                "instance_id": instance_id,
                "kinds": f" {' '.join(verdict.kinds)} ",
                "cost_fen": verdict.cost_fen,
                "seconds": verdict.seconds,
                "facts": verdict.facts,
            }
        )
        if time.monotonic() > ends:
            break
    return found


def _write(uow: UnitOfWork, row: Row[Any], found: list[dict[str, Any]]) -> None:
    changes: dict[str, Any] = {"done": row.done + len(found)}
    if found:
        uow.execute(insert(rehearsed_case), found)
        changes["after"] = found[-1]["instance_id"]
    else:
        # Cases may have ended since they were counted.
        changes |= {"state": "done", "ended_at": uow.now, "total": row.done}
        uow.record_in(
            f"definition:{row.key}", "rehearsal.done", {"rehearsal": row.id}, {"cases": row.done}
        )
    uow.execute(update(rehearsal).where(rehearsal.c.id == row.id).values(**changes))


def _rehearsal(connection: Connection, job_id: str) -> Row[Any] | None:
    payload = connection.execute(select(job.c.payload).where(job.c.id == job_id)).scalar_one()
    return connection.execute(
        select(rehearsal).where(rehearsal.c.id == payload["rehearsal"])
    ).one_or_none()


def _locked(connection: Connection, rehearsal_id: str) -> Row[Any]:
    return connection.execute(
        select(rehearsal).where(rehearsal.c.id == rehearsal_id).with_for_update()
    ).one()
