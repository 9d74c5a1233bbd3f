"""The administrators' working-day table: every change is on the record and moves running deadlines."""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete, insert, update

from engine.abilities.notice_dates import recompute_notices
from engine.errors import NotFound
from engine.jobs.timers import recompute_provisional
from engine.store.calendar import load_working_days
from engine.store.tables import working_day
from engine.store.unit_of_work import UnitOfWork


def set_day(uow: UnitOfWork, day: date, *, working: bool, note: str) -> int:
    """Say that a day is worked or not; return how many provisional deadlines moved."""
    values = {"working": working, "note": note[:200]}
    changed = uow.execute(update(working_day).where(working_day.c.day == day).values(values))
    if changed.rowcount == 0:
        uow.execute(insert(working_day).values(day=day, **values))
    uow.record_in(
        "system", "calendar.set", {"day": day.isoformat(), "working": working}, {"note": note}
    )
    return _recompute(uow)


def remove_day(uow: UnitOfWork, day: date) -> int:
    """Let the published calendar speak again; raise `NotFound`. Returns how many deadlines moved."""
    if uow.execute(delete(working_day).where(working_day.c.day == day)).rowcount == 0:
        raise NotFound(day=day.isoformat())
    uow.record_in("system", "calendar.removed", {"day": day.isoformat()}, {})
    return _recompute(uow)


def _recompute(uow: UnitOfWork) -> int:
    calendar = load_working_days(uow.connection)
    uow.after_commit(uow.engine.forget_working_days)
    # Notices first: their timers read the day that a notice ends from the case document.
    return recompute_notices(uow, calendar) + recompute_provisional(uow, calendar)
