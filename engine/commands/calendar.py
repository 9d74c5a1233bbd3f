"""The administrators' working-day table and office hours: every change is on the record.

What was provisional is computed again; a deadline that was certain stands as people know it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import delete, insert, select, update

from engine.abilities.notice_dates import recompute_notices
from engine.errors import ChangeRefused, NotFound
from engine.jobs.timers import recompute_provisional
from engine.store.calendar import (
    NOTICES,
    OFFICE_HOURS,
    PUBLISHED_UNTIL,
    load_working_days,
)
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
    _set(uow, OFFICE_HOURS, values)
    uow.record_in("system", "calendar.hours_set", {}, values)
    return _recompute(uow)


def set_notice(uow: UnitOfWork, year: int, days: Mapping[date, bool], *, note: str) -> int:
    """Enter a year's official notice: its days off and worked weekends. Return how many deadlines moved.

    The year counts as published from now on, so that its days are no longer provisional; years are
    entered one after the other. Raise `ChangeRefused`.
    """
    note = " ".join(note.split())[:200]
    published = load_working_days(uow.connection).published_until
    if year > published + 1:
        raise ChangeRefused("year_before_missing", year=published + 1)
    if not days or not note:
        raise ChangeRefused("notice_empty")
    # A year's notice reaches into the last days of the one before, and no further.
    if any(day.year != year and not (day.year == year - 1 and day.month == 12) for day in days):
        raise ChangeRefused("notice_other_year", year=year)
    rows = {
        row.day: row
        for row in uow.execute(select(working_day).where(working_day.c.day.in_(list(days))))
    }
    before = {
        day.isoformat(): [rows[day].working, rows[day].note] if day in rows else None
        for day in days
    }
    for day, working in sorted(days.items()):
        values = {"working": working, "note": note}
        if day in rows:
            uow.execute(update(working_day).where(working_day.c.day == day).values(values))
        else:
            uow.execute(insert(working_day).values(day=day, **values))
    entered = {day.isoformat(): working for day, working in sorted(days.items())}
    if year > published:
        _set(uow, PUBLISHED_UNTIL, year)
    notices = _get(uow, NOTICES) or {}
    notices[str(year)] = {
        "note": note,
        "by": uow.actor.id,
        "at": uow.now.isoformat(),
        "days": entered,
        "before": before,
        "published_before": published,
    }
    _set(uow, NOTICES, notices)
    payload = {"note": note, "days": entered, "before": before}
    uow.record_in("system", "calendar.notice_set", {"year": year}, payload)
    return _recompute(uow)


def take_back_notice(uow: UnitOfWork, year: int) -> int:
    """Undo a notice: what stood there before stands again, where nobody has changed it since."""
    notices = _get(uow, NOTICES) or {}
    kept = notices.pop(str(year), None)
    if kept is None:
        raise NotFound(year=year)
    if str(year + 1) in notices:
        raise ChangeRefused("notice_after_it", year=year + 1)
    for text, working in kept["days"].items():
        day, before = date.fromisoformat(text), kept["before"][text]
        same = (
            working_day.c.day == day,
            working_day.c.working.is_(working),
            working_day.c.note == kept["note"],
        )
        if before is None:
            uow.execute(delete(working_day).where(*same))
        else:
            values = {"working": before[0], "note": before[1]}
            uow.execute(update(working_day).where(*same).values(values))
    _set(uow, NOTICES, notices)
    if kept["published_before"] < year:
        _set(uow, PUBLISHED_UNTIL, kept["published_before"])
    payload = {"note": kept["note"], "days": kept["days"]}
    uow.record_in("system", "calendar.notice_taken_back", {"year": year}, payload)
    return _recompute(uow)


def _get(uow: UnitOfWork, name: str) -> Any:
    statement = select(setting.c.value).where(setting.c.name == name).with_for_update()
    return uow.execute(statement).scalar_one_or_none()


def _set(uow: UnitOfWork, name: str, value: Any) -> None:
    changed = uow.execute(update(setting).where(setting.c.name == name).values(value=value))
    if changed.rowcount == 0:
        uow.execute(insert(setting).values(name=name, value=value))


def _recompute(uow: UnitOfWork) -> int:
    calendar = load_working_days(uow.connection)
    uow.after_commit(uow.engine.forget_working_days)
    # Notices first: their timers read the day that a notice ends from the case document.
    return recompute_notices(uow, calendar) + recompute_provisional(uow, calendar)
