"""The administrators' working-day table, read into the calendar."""

from __future__ import annotations

from sqlalchemy import Connection, select

from engine.store.tables import working_day
from engine.working_days import WorkingDays


def load_working_days(connection: Connection) -> WorkingDays:
    """The calendar as of now."""
    rows = connection.execute(select(working_day.c.day, working_day.c.working))
    return WorkingDays({row.day: row.working for row in rows})
