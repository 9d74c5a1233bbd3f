"""Which jobs are due, and whose they are for the moment.

A lease that runs out is claimed again: a worker that was killed loses nothing. Exclusion per case is
the instance row's lock, not the lease; the lease only keeps two workers from doing the same work.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, or_, select, update

from engine.store.tables import job

if TYPE_CHECKING:
    from engine.engine import Engine

LEASE = timedelta(minutes=2)
#: Attempts before a job becomes an incident, and how long to wait after each.
BACK_OFF = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800))


def claim_due(engine: Engine, owner: str, limit: int = 20) -> list[str]:
    """Lease the jobs that are due now; return their ids, oldest due first."""
    with engine.database.write() as connection:
        now = engine.clock.now()
        ids = _due(connection, now, limit)
        if ids:
            connection.execute(
                update(job)
                .where(job.c.id.in_(ids))
                .values(lease_owner=owner, lease_until=now + LEASE)
            )
        connection.commit()
    return ids


def claim(engine: Engine, owner: str, which: ColumnElement[bool]) -> Iterator[str]:
    """Lease one after the other of certain jobs that are due now, each as the caller comes to it."""
    while True:
        with engine.database.write() as connection:
            now = engine.clock.now()
            ids = _due(connection, now, 1, which)
            if not ids:
                return
            connection.execute(
                update(job)
                .where(job.c.id == ids[0])
                .values(lease_owner=owner, lease_until=now + LEASE)
            )
            connection.commit()
        yield ids[0]


def _due(
    connection: Connection, now: datetime, limit: int, which: ColumnElement[bool] | None = None
) -> list[str]:
    statement = (
        select(job.c.id)
        .where(
            job.c.state == "due",
            job.c.due_at <= now,
            or_(job.c.lease_until.is_(None), job.c.lease_until < now),
        )
        .order_by(job.c.due_at, job.c.id)
        .limit(limit)
    )
    if which is not None:
        statement = statement.where(which)
    if connection.dialect.name != "sqlite":
        statement = statement.with_for_update(skip_locked=True)
    return list(connection.execute(statement).scalars())


def take(connection: Connection, job_id: str, owner: str) -> RowMapping | None:
    """The job's row if the lease is still the owner's and the job still due; locked."""
    row = connection.execute(
        select(job)
        .where(and_(job.c.id == job_id, job.c.state == "due", job.c.lease_owner == owner))
        .with_for_update()
    ).one_or_none()
    return None if row is None else row._mapping


def finish(connection: Connection, job_id: str, state: str = "done") -> None:
    """The job is done, or waits for the outside world."""
    connection.execute(
        update(job)
        .where(job.c.id == job_id)
        .values(state=state, lease_owner=None, lease_until=None, error=None)
    )


def go_on(connection: Connection, job_id: str) -> None:
    """A part of the job is done; the next is anybody's, and begins at its first attempt."""
    connection.execute(
        update(job)
        .where(job.c.id == job_id)
        .values(attempts=0, error=None, lease_owner=None, lease_until=None)
    )


def fail(connection: Connection, row: RowMapping, now: datetime, error: str) -> str:
    """Count a failed attempt: try again later, or make it an incident. Return the new state."""
    attempts = row["attempts"] + 1
    given_up = attempts > len(BACK_OFF)
    state = "incident" if given_up else "due"
    due_at = now if given_up else now + BACK_OFF[attempts - 1]
    connection.execute(
        update(job)
        .where(job.c.id == row["id"])
        .values(
            state=state,
            attempts=attempts,
            due_at=due_at,
            error=error[:2000],
            lease_owner=None,
            lease_until=None,
        )
    )
    return state


def next_due(engine: Engine) -> datetime | None:
    """When the next job falls due, or None."""
    with engine.database.read() as connection:
        return connection.execute(
            select(job.c.due_at).where(job.c.state == "due").order_by(job.c.due_at).limit(1)
        ).scalar_one_or_none()
