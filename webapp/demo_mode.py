"""A demonstration: its people, and its clock that may be moved. None of it exists outside one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from engine.errors import NotFound
from engine.store.tables import setting
from engine.store.unit_of_work import UnitOfWork
from webapp.requests import engine, session_or_none

#: Settings rows of a demonstration.
DEMO, OFFSET, STORY = "demo", "clock_offset_seconds", "demo_people"


def is_demo() -> bool:
    """True in an installation that was set up as a demonstration."""
    with engine().database.read() as connection:
        return bool(_value(connection, DEMO))


def story() -> list[dict[str, Any]]:
    """The people to try, in the order of the story."""
    with engine().database.read() as connection:
        people: list[dict[str, Any]] = _value(connection, STORY) or []
    return people


def demo_state() -> dict[str, Any] | None:
    """What the banner shows, or None outside a demonstration."""
    with engine().database.read() as connection:
        if not _value(connection, DEMO):
            return None
        people = _value(connection, STORY) or []
    found = session_or_none()
    return {
        "now": engine().clock.now(),
        "people": [
            {**one, "is_me": found is not None and found.username == one["username"]}
            for one in people
        ],
    }


def move_clock(uow: UnitOfWork, by: timedelta) -> None:
    """Move the demonstration's clock forward; raise `NotFound` outside one."""
    if not _value(uow.connection, DEMO):
        raise NotFound
    seconds = int(_value(uow.connection, OFFSET) or 0) + int(by.total_seconds())
    changed = uow.execute(update(setting).where(setting.c.name == OFFSET).values(value=seconds))
    if changed.rowcount == 0:
        uow.execute(insert(setting).values(name=OFFSET, value=seconds))
    uow.record_in("system", "demo.clock_moved", {"seconds": int(by.total_seconds())}, {})
    uow.after_commit(uow.engine.wake.set)


def _value(connection: Connection, name: str) -> Any:
    return connection.execute(
        select(setting.c.value).where(setting.c.name == name)
    ).scalar_one_or_none()
