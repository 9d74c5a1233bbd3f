"""Spans of time that people name: overdue, today, this week; in the organisation's time zone."""

from __future__ import annotations

from datetime import datetime, timedelta

from engine.clock import start_of_day
from engine.engine import Engine

#: From when (with it) and until when (without it); None: without an end.
Span = tuple[datetime | None, datetime | None]
DUE = ("overdue", "today", "week")


def due_span(house: Engine, name: str) -> Span:
    """Which deadlines a word means. Each begins where the one before ends, except that the week has today.

    A deadline at the end of a day falls on the next midnight: it still belongs to that day.
    """
    now = house.clock.now()
    today = now.astimezone(house.zone).date()
    tomorrow = start_of_day(today + timedelta(days=1), house.zone)
    # Just behind midnight: a deadline on it is the day's before.
    after = timedelta(microseconds=1)
    if name == "overdue":
        return None, now
    if name == "today":
        return now, tomorrow + after
    monday = today + timedelta(days=7 - today.weekday())
    return now, start_of_day(monday, house.zone) + after
