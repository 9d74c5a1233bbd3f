"""Once a day administrators are told what stands still, if something of it is new; the caller commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from engine.clock import today
from engine.commands.who import administrators
from engine.engine import Engine
from engine.queries.lying import count_lying
from engine.queries.stuck import ids_nobody_can_do
from engine.store.tables import setting
from engine.store.unit_of_work import UnitOfWork

#: The setting that remembers the day of the last look and what nobody could do then.
LOOKED = "stuck_looked"


@dataclass(frozen=True, slots=True)
class Found:
    """What stands still on a day."""

    day: date
    #: The day of the look before, None: there was none.
    before: str | None
    #: Ids of what nobody can do.
    unable: frozenset[str]
    lying: int
    #: How much of that did not lie too long at the look before.
    newly_lying: int


def look(connection: Connection, engine: Engine) -> Found | None:
    """What stands still today; None: it has been looked today. Slow in a big house, so it takes no lock."""
    day = today(engine.clock, engine.zone)
    before = (connection.execute(_KNOWN).scalar_one_or_none() or {}).get("day")
    if before is not None and before >= day.isoformat():
        return None
    since = date.fromisoformat(before) if before else None
    return Found(
        day,
        before,
        ids_nobody_can_do(connection, engine),
        count_lying(connection, engine, day),
        count_lying(connection, engine, day, since),
    )


def tell_stuck(uow: UnitOfWork, found: Found) -> bool:
    """Tell administrators if something is new, and remember the look; False: another one was first."""
    known = _locked(uow)
    if known.get("day") != found.before:
        return False
    new = len(found.unable.difference(known.get("unable", ()))) + found.newly_lying
    if new:
        uow.tell(
            "found_stuck",
            administrators(uow),
            unable=len(found.unable),
            lying=found.lying,
            new=new,
        )
    value = {"day": found.day.isoformat(), "unable": sorted(found.unable)}
    uow.execute(update(setting).where(setting.c.name == LOOKED).values(value=value))
    return True


_KNOWN = select(setting.c.value).where(setting.c.name == LOOKED)


def _locked(uow: UnitOfWork) -> dict[str, Any]:
    # Two workers may look for the first time at once: one makes the row, both lock it.
    make = insert_sqlite if uow.engine.database.is_sqlite else insert_postgresql
    uow.execute(make(setting).values(name=LOOKED, value={}).on_conflict_do_nothing())
    known: dict[str, Any] = uow.execute(_KNOWN.with_for_update()).scalar_one()
    return known
