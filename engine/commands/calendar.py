"""The administrators' working-day table and office hours: every change is on the record.

What was provisional is computed again; a deadline that was certain stands as people know it.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete, insert, update

from engine.abilities.notice_dates import recompute_notices
from engine.errors import NotFound
from engine.jobs.timers import recompute_provisional
from engine.store.calendar import OFFICE_HOURS, load_working_days
from engine.store.tables import setting, working_day
from engine.store.unit_of_work import UnitOfWork
from engine.working_hours import OfficeHours


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


def set_office_hours(uow: UnitOfWork, hours: OfficeHours) -> int:
    """Say when the office is open; return how many provisional deadlines moved."""
    values = hours.as_dict()
    changed = uow.execute(
        update(setting).where(setting.c.name == OFFICE_HOURS).values(value=values)
    )
    if changed.rowcount == 0:
        uow.execute(insert(setting).values(name=OFFICE_HOURS, value=values))
    uow.record_in("system", "calendar.hours_set", {}, values)
    return _recompute(uow)


def _recompute(uow: UnitOfWork) -> int:
    calendar = load_working_days(uow.connection)
    uow.after_commit(uow.engine.forget_working_days)
    # Notices first: their timers read the day that a notice ends from the case document.
    return recompute_notices(uow, calendar) + recompute_provisional(uow, calendar)
