"""What time it is: given in, never read from the machine below the outermost layer.

Instants are aware `datetime` in UTC; days ("today", the end of a day) belong to the organisation's
time zone, never to the machine's.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

_ONE_DAY = timedelta(days=1)


class Clock(Protocol):
    """Anything that knows the present instant."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)


class FakeClock:
    """A clock that stands still until a test or a scenario moves it."""

    def __init__(self, start: datetime) -> None:
        """`start` must be aware; `ValueError` otherwise."""
        self._now = utc(start)

    def now(self) -> datetime:
        """The instant this clock was last set to."""
        return self._now

    def set(self, instant: datetime) -> None:
        """Go to an instant, forwards or backwards (a machine's clock may be corrected, too)."""
        self._now = utc(instant)

    def advance(self, by: timedelta) -> datetime:
        """Move by a duration and return the new instant."""
        self._now += by
        return self._now


class OffsetClock:
    """Another clock, moved by an offset that somebody else keeps (a demonstration's date).

    The offset is asked for at every reading, because several processes share the one in the
    database and any of them may change it.
    """

    def __init__(self, base: Clock, offset: Callable[[], timedelta]) -> None:
        self._base = base
        self._offset = offset

    def now(self) -> datetime:
        """The base clock's instant plus the present offset."""
        return self._base.now() + self._offset()

    @property
    def base(self) -> Clock:
        """The clock that is moved."""
        return self._base


def outside_now(clock: Clock) -> datetime:
    """What time it is for those outside, who know nothing of a demonstration's moved date."""
    return (clock.base if isinstance(clock, OffsetClock) else clock).now()


def utc(instant: datetime) -> datetime:
    """The same instant in UTC. A naive one is refused with `ValueError`: nobody knows its zone."""
    if instant.tzinfo is None or instant.utcoffset() is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(UTC)


def today(clock: Clock, zone: str | ZoneInfo) -> date:
    """The calendar day it is now in `zone` (an IANA name such as Asia/Shanghai)."""
    return clock.now().astimezone(_zone(zone)).date()


def start_of_day(day: date, zone: str | ZoneInfo) -> datetime:
    """The first instant of `day` in `zone`, in UTC."""
    return datetime.combine(day, time.min, _zone(zone)).astimezone(UTC)


def end_of_day(day: date, zone: str | ZoneInfo) -> datetime:
    """The instant at which `day` has ended in `zone`, in UTC: a deadline on it passes now."""
    return start_of_day(day + _ONE_DAY, zone)


def _zone(zone: str | ZoneInfo) -> ZoneInfo:
    return ZoneInfo(zone) if isinstance(zone, str) else zone
