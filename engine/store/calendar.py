"""The administrators' working-day table and office hours, read into the calendar."""

from __future__ import annotations

from sqlalchemy import Connection, select

from engine.store.tables import setting, working_day
from engine.working_days import WorkingDays
from engine.working_hours import OfficeHours

#: The setting that holds the office hours.
OFFICE_HOURS = "office_hours"


def load_working_days(connection: Connection) -> WorkingDays:
    """The calendar as of now."""
    rows = connection.execute(select(working_day.c.day, working_day.c.working)).all()
    hours = connection.execute(
        select(setting.c.value).where(setting.c.name == OFFICE_HOURS)
    ).scalar_one_or_none()
    return WorkingDays({row.day: row.working for row in rows}, hours=OfficeHours.read(hours))
