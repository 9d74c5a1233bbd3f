"""How a scenario says when: a day, a time, or how long to wait."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from engine.engine import Engine
from engine.testing.house import ZONE
from engine.testing.refusals import ScenarioFailed


def after(engine: Engine, now: datetime, text: str) -> datetime:
    """`10 working days`, `3 days`, `2 hours`, or an ISO duration in days such as P3D."""
    if text.startswith("P") and text.endswith("D"):
        return now + timedelta(days=int(text[1:-1]))
    number, _, unit = text.partition(" ")
    if unit.startswith("working day"):
        local = now.astimezone(ZONE)
        day = engine.working_days.add(local.date(), int(number)).day
        return datetime.combine(day, local.timetz())
    if unit.startswith("day"):
        return now + timedelta(days=int(number))
    if unit.startswith("hour"):
        return now + timedelta(hours=int(number))
    raise ScenarioFailed("cannot_wait", text=repr(text))


def instant_of(value: Any) -> datetime:
    """A day or a time of the file, in the organisation's zone where it names none."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=ZONE)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=ZONE)
    return datetime.fromisoformat(str(value)).replace(tzinfo=ZONE)
