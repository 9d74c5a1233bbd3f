"""Office hours: which hours of a working day count, and when a period of n working hours ends.

Whether a day is worked is the calendar's to say (`engine.working_days`); this module says when the
office is open on such a day. A Saturday that is worked in exchange for a holiday has the ordinary
hours, unless the organisation has said otherwise for that weekday.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from engine.working_days import LONGEST_PERIOD, WorkingDays

#: From when until when the office is open, as often as it opens on one day.
Spans = tuple[tuple[time, time], ...]

ORDINARY: Spans = ((time(8, 30), time(12)), (time(13, 30), time(17, 30)))
_ONE_DAY = timedelta(days=1)
_NOTHING = timedelta()
_SPAN = re.compile(r"\s*(\d{1,2})[:：](\d{2})\s*[-–—~至]\s*(\d{1,2})[:：](\d{2})\s*")


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """When the office is open on a day that is worked."""

    ordinary: Spans = ORDINARY
    #: weekday (0 is Monday) → its own hours
    weekdays: Mapping[int, Spans] = field(default_factory=dict)

    def on(self, day: date) -> Spans:
        """The hours of a day, if it is worked."""
        return self.weekdays.get(day.weekday(), self.ordinary)

    @classmethod
    def read(cls, stored: Mapping[str, Any] | None) -> OfficeHours:
        """The hours as `as_dict` gave them; nothing stored means the ordinary ones."""
        if not stored:
            return cls()
        weekdays = {int(number): read_spans(text) for number, text in stored["weekdays"].items()}
        return cls(read_spans(stored["ordinary"]), weekdays)

    def as_dict(self) -> dict[str, Any]:
        """For the setting and for the record: `{"ordinary": "08:30-12:00, …", "weekdays": {"4": …}}`."""
        return {
            "ordinary": write_spans(self.ordinary),
            "weekdays": {str(day): write_spans(spans) for day, spans in self.weekdays.items()},
        }


def read_spans(text: str) -> Spans:
    """Read `08:30-12:00, 13:30-17:30`; raise `ValueError` for what are no hours in order of the day."""
    spans = []
    for part in re.split(r"[,，;；、]", text):
        found = _SPAN.fullmatch(part)
        if found is None:
            raise ValueError(f"{part.strip()!r} is not from hh:mm to hh:mm")
        first, last = time(int(found[1]), int(found[2])), time(int(found[3]), int(found[4]))
        spans.append((first, last))
    flat = [instant for span in spans for instant in span]
    if any(one >= other for one, other in pairwise(flat)):
        raise ValueError("the hours of a day follow one another")
    return tuple(spans)


def write_spans(spans: Spans) -> str:
    """The hours as people write them."""
    return ", ".join(f"{first:%H:%M}-{last:%H:%M}" for first, last in spans)


class Moment(NamedTuple):
    """The end of a period; provisional if any day on the way to it is."""

    at: datetime
    provisional: bool


def add_hours(calendar: WorkingDays, start: datetime, hours: timedelta, zone: ZoneInfo) -> Moment:
    """The instant at which so much office time has passed since `start`; before it, if negative.

    No time at all is `start` itself, in or out of hours. A period that is over when the office closes
    ends then, not when it opens again. Raises `ValueError` where it takes too many days.
    """
    if hours == _NOTHING:
        return Moment(start, provisional=False)
    forwards = hours > _NOTHING
    missing = abs(hours)
    provisional = False
    for day, uncertain in _days(calendar, start.astimezone(zone).date(), forwards=forwards):
        provisional |= uncertain
        spans = open_on(calendar, day, zone)
        for first, last in spans if forwards else reversed(spans):
            opens, closes = (max(first, start), last) if forwards else (first, min(last, start))
            length = closes - opens
            if length <= _NOTHING:
                continue
            if missing <= length:
                end = opens + missing if forwards else closes - missing
                return Moment(end.astimezone(zone), provisional)
            missing -= length
    raise ValueError("the period leaves the calendar")


def hours_between(
    calendar: WorkingDays, start: datetime, end: datetime, zone: ZoneInfo
) -> tuple[timedelta, bool]:
    """Office time from one instant to another, and whether it may still change; negative backwards."""
    if end < start:
        passed, uncertain = hours_between(calendar, end, start, zone)
        return -passed, uncertain
    if (end - start).days > 40 * 366:
        raise ValueError("the two instants are more than forty years apart")
    passed, provisional = _NOTHING, False
    last_day = end.astimezone(zone).date()
    for day, uncertain in _days(calendar, start.astimezone(zone).date(), forwards=True):
        if day > last_day:
            break
        provisional |= uncertain
        for opens, closes in open_on(calendar, day, zone):
            passed += max(_NOTHING, min(closes, end) - max(opens, start))
    return passed, provisional


def _days(calendar: WorkingDays, day: date, *, forwards: bool) -> Iterator[tuple[date, bool]]:
    step = _ONE_DAY if forwards else -_ONE_DAY
    for _ in range(2 * LONGEST_PERIOD):
        yield day, calendar.is_working(day).provisional
        try:
            day += step
        except OverflowError as error:
            raise ValueError("the period leaves the calendar") from error


def open_on(calendar: WorkingDays, day: date, zone: ZoneInfo) -> list[tuple[datetime, datetime]]:
    """When the office is open on a day, as instants in UTC, so that no change of the clocks lengthens them."""
    if not calendar.is_working(day).working:
        return []
    hours: OfficeHours = calendar.hours or OfficeHours()
    return [
        (
            datetime.combine(day, first, zone).astimezone(UTC),
            datetime.combine(day, last, zone).astimezone(UTC),
        )
        for first, last in hours.on(day)
    ]
