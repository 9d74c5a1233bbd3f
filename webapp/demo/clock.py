"""The clock of a demonstration: moved forward by an offset that lies in the database.

Whether an installation is a demonstration was decided when it was made; outside of one the offset is
never read and cannot be set.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, select, update

from engine.clock import Clock, OffsetClock, SystemClock
from engine.errors import Invalid, NotAllowed
from engine.store.database import Database
from engine.store.tables import setting
from engine.store.unit_of_work import UnitOfWork

DEMO = "demo"
OFFSET = "clock_offset_seconds"
#: How long another process's move may go unnoticed, in seconds.
LOOK_AGAIN = 1.0
#: Further than this no published calendar and no case of a demonstration reaches.
FURTHEST = timedelta(days=3 * 366)


def is_demo(database: Database) -> bool:
    """Whether this database was made as a demonstration."""
    return _read(database, DEMO) is True


class SharedOffset:
    """The offset in the database, read again after a second."""

    def __init__(self, database: Database, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._database = database
        self._elapsed = elapsed
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._value = timedelta()

    def __call__(self) -> timedelta:
        """The present offset."""
        with self._lock:
            if self._elapsed() - self._read_at >= LOOK_AGAIN:
                self._value = timedelta(seconds=_read(self._database, OFFSET) or 0)
                self._read_at = self._elapsed()
            return self._value

    def forget(self) -> None:
        """Read it again at once; called after this process has moved the clock."""
        with self._lock:
            self._read_at = float("-inf")


class DemoClock(OffsetClock):
    """The machine's clock plus the offset that all processes share."""

    def __init__(self, database: Database, base: Clock | None = None) -> None:
        self.offset = SharedOffset(database)
        super().__init__(base or SystemClock(), self.offset)


def demo_clock(database: Database) -> DemoClock:
    """The clock of a demonstration's database."""
    return DemoClock(database)


def clock_offset(database: Database) -> timedelta:
    """How far a demonstration's clock is ahead; every page of a demonstration says so."""
    return timedelta(seconds=_read(database, OFFSET) or 0)


def move_clock(uow: UnitOfWork, by: timedelta) -> timedelta:
    """Move a demonstration's clock forward; return the new offset. The caller commits.

    Never back: events and deadlines that have passed would lie in the future.
    """
    if uow.execute(select(setting.c.value).where(setting.c.name == DEMO)).scalar() is not True:
        raise NotAllowed("The clock can be moved in a demonstration only.")
    old = timedelta(
        seconds=uow.execute(select(setting.c.value).where(setting.c.name == OFFSET)).scalar() or 0
    )
    offset = old + by
    if by <= timedelta() or offset > FURTHEST:
        raise Invalid("The clock moves forward, by three years at most.")
    _write(uow, OFFSET, int(offset.total_seconds()))
    uow.record_in(
        "system",
        "demo.clock_moved",
        {"from": int(old.total_seconds()), "to": int(offset.total_seconds())},
        {},
    )
    clock = uow.engine.clock
    if isinstance(clock, DemoClock):
        uow.after_commit(clock.offset.forget)
    # What the move has made due is done at once.
    uow.after_commit(uow.engine.wake.set)
    return offset


def mark_as_demo(uow: UnitOfWork) -> None:
    """Make a new database a demonstration's; called by `init` before anything else is in it."""
    _write(uow, DEMO, True)
    _write(uow, OFFSET, 0)


def _write(uow: UnitOfWork, name: str, value: object) -> None:
    changed = uow.execute(update(setting).where(setting.c.name == name).values(value=value))
    if changed.rowcount == 0:
        uow.execute(insert(setting).values(name=name, value=value))


def _read(database: Database, name: str) -> Any:
    with database.read() as connection:
        return connection.execute(
            select(setting.c.value).where(setting.c.name == name)
        ).scalar_one_or_none()
