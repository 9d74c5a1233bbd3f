"""The administrators' working-day table and office hours, read into the calendar."""

from __future__ import annotations

from sqlalchemy import Connection, select

from engine.store.tables import setting, working_day
from engine.working_days import LIBRARY_LAST_YEAR, WorkingDays
from engine.working_hours import OfficeHours

#: The setting that holds the office hours.
OFFICE_HOURS = "office_hours"
#: The last year whose notice the administrators have entered.
PUBLISHED_UNTIL = "calendar_published_until"
#: The notices they have entered, by year, with what stood there before.
NOTICES = "calendar_notices"


def load_working_days(connection: Connection) -> WorkingDays:
    """The calendar as of now."""
    rows = connection.execute(select(working_day.c.day, working_day.c.working)).all()
    until = connection.execute(
        select(setting.c.value).where(setting.c.name == PUBLISHED_UNTIL)
    ).scalar_one_or_none()
    hours = connection.execute(
        select(setting.c.value).where(setting.c.name == OFFICE_HOURS)
    ).scalar_one_or_none()
    return WorkingDays(
        {row.day: row.working for row in rows},
        published_until=max(LIBRARY_LAST_YEAR, int(until or 0)),
        hours=OfficeHours.read(hours),
    )
