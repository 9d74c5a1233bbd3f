"""Dates, times and durations of FEEL.

Python's own `datetime` ends at the year 9999 and at microseconds and has no time with a named
zone; the standard has all of these. These types hold what the standard can say and convert to
Python's where those suffice.
"""

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

NANO = 1_000_000_000
DAY_SECONDS = 86_400
DAY_NANOS = DAY_SECONDS * NANO
MAX_YEAR = 999_999_999

_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def is_leap(year: int) -> bool:
    """Whether a year of the proleptic Gregorian calendar has 366 days."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in_month(year: int, month: int) -> int:
    """28 to 31."""
    return 29 if month == 2 and is_leap(year) else _MONTH_DAYS[month - 1]


@dataclass(frozen=True, slots=True, order=True)
class Date:
    """A day of the proleptic Gregorian calendar, of any year."""

    year: int
    month: int
    day: int

    def __post_init__(self) -> None:
        if not (
            -MAX_YEAR <= self.year <= MAX_YEAR
            and 1 <= self.month <= 12
            and 1 <= self.day <= days_in_month(self.year, self.month)
        ):
            raise ValueError(f"there is no day {self.day}.{self.month}.{self.year}")

    def ordinal(self) -> int:
        """Days since 0000-03-01; only differences matter."""
        # Years begin in March so that the leap day is the last one.
        year = self.year - (self.month <= 2)
        month = (self.month + 9) % 12
        return (
            365 * year + year // 4 - year // 100 + year // 400 + (153 * month + 2) // 5 + self.day
        )

    @classmethod
    def from_ordinal(cls, ordinal: int) -> "Date":
        """The day with this ordinal."""
        days = ordinal - 1
        era, day_of_era = divmod(days, 146_097)
        year_of_era = (
            day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096
        ) // 365
        day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
        month = (5 * day_of_year + 2) // 153
        day = day_of_year - (153 * month + 2) // 5 + 1
        year = year_of_era + era * 400 + (month >= 10)
        return cls(year, month + 3 if month < 10 else month - 9, day)

    def weekday(self) -> int:
        """Monday is 1, Sunday is 7."""
        return (self.ordinal() + 1) % 7 + 1

    def day_of_year(self) -> int:
        """From 1."""
        return self.ordinal() - Date(self.year, 1, 1).ordinal() + 1

    def week_of_year(self) -> int:
        """The ISO 8601 week."""
        thursday = Date.from_ordinal(self.ordinal() + 4 - self.weekday())
        return (thursday.day_of_year() - 1) // 7 + 1

    def plus_months(self, months: int) -> "Date":
        """The same day some months later, or the last day of a shorter month."""
        years, month = divmod(self.month - 1 + months, 12)
        year = self.year + years
        if not -MAX_YEAR <= year <= MAX_YEAR:
            raise ValueError("the year is out of range")
        return Date(year, month + 1, min(self.day, days_in_month(year, month + 1)))

    def __str__(self) -> str:
        sign = "-" if self.year < 0 else ""
        return f"{sign}{abs(self.year):04d}-{self.month:02d}-{self.day:02d}"


@lru_cache(maxsize=256)
def find_zone(name: str) -> ZoneInfo | None:
    """An IANA zone by name, or None."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


@dataclass(frozen=True, slots=True)
class Time:
    """A time of day, local or with an offset (seconds) or a named zone."""

    hour: int
    minute: int
    second: int
    nano: int = 0
    offset: int | None = None
    zone: str | None = None

    def __post_init__(self) -> None:
        if not (0 <= self.hour < 24 and 0 <= self.minute < 60 and 0 <= self.second < 60):
            raise ValueError(f"there is no time {self.hour}:{self.minute}:{self.second}")
        if self.offset is not None and not -18 * 3600 <= self.offset <= 18 * 3600:
            raise ValueError("an offset is at most 18 hours")
        if self.zone is not None and find_zone(self.zone) is None:
            raise ValueError(f"there is no time zone {self.zone}")

    @property
    def is_local(self) -> bool:
        """Whether neither offset nor zone is known."""
        return self.offset is None and self.zone is None

    def nanos(self) -> int:
        """Since midnight, by the wall clock."""
        return (self.hour * 3600 + self.minute * 60 + self.second) * NANO + self.nano

    def utc_offset(self, date: Date | None = None) -> int | None:
        """Seconds east of Greenwich. A named zone needs a date; without one, today's is used."""
        if self.zone is None:
            return self.offset
        zone = find_zone(self.zone)
        # A fixed day stands in when there is none, so that an answer never depends on the clock.
        day = date or Date(2024, 1, 1)
        year = day.year if 2 <= day.year <= 9998 else 2000 + day.year % 400
        local = dt.datetime(
            year, day.month, day.day, self.hour, self.minute, self.second, tzinfo=zone
        )
        offset = local.utcoffset()
        return None if offset is None else int(offset.total_seconds())

    @classmethod
    def from_nanos(cls, nanos: int, like: "Time | None" = None) -> "Time":
        """A wall clock time with the offset or zone of another."""
        seconds, nano = divmod(nanos % DAY_NANOS, NANO)
        hour, rest = divmod(seconds, 3600)
        offset, zone = (like.offset, like.zone) if like else (None, None)
        return cls(hour, rest // 60, rest % 60, nano, offset, zone)

    def __str__(self) -> str:
        text = f"{self.hour:02d}:{self.minute:02d}:{self.second:02d}"
        if self.nano:
            text += f".{self.nano:09d}".rstrip("0")
        if self.zone is not None:
            return f"{text}@{self.zone}"
        return text if self.offset is None else text + offset_text(self.offset)


def offset_text(offset: int) -> str:
    """`Z`, `+08:00`, `-05:30:10`."""
    if offset == 0:
        return "Z"
    hours, rest = divmod(abs(offset), 3600)
    text = f"{'-' if offset < 0 else '+'}{hours:02d}:{rest // 60:02d}"
    return f"{text}:{rest % 60:02d}" if rest % 60 else text


@dataclass(frozen=True, slots=True)
class DateTime:
    """A date with a time; the time carries the offset or zone."""

    date: Date
    time: Time

    def wall_nanos(self) -> int:
        """Position on the wall clock's line."""
        return self.date.ordinal() * DAY_NANOS + self.time.nanos()

    def instant(self) -> int | None:
        """Position on the line of UTC, or None without an offset."""
        offset = self.time.utc_offset(self.date)
        return None if offset is None else self.wall_nanos() - offset * NANO

    @classmethod
    def from_wall(cls, nanos: int, like: Time | None = None) -> "DateTime":
        """The date-time at a position of the wall clock's line."""
        days, rest = divmod(nanos, DAY_NANOS)
        return cls(Date.from_ordinal(days), Time.from_nanos(rest, like))

    def __str__(self) -> str:
        return f"{self.date}T{self.time}"


@dataclass(frozen=True, slots=True, order=True)
class YearsMonths:
    """A duration counted in months."""

    months: int

    def __str__(self) -> str:
        years, months = divmod(abs(self.months), 12)
        text = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return ("-" if self.months < 0 else "") + "P" + (text or "0M")


@dataclass(frozen=True, slots=True, order=True)
class DaysTime:
    """A duration counted in nanoseconds."""

    nanos: int

    def parts(self) -> tuple[int, int, int, int, int]:
        """Days, hours, minutes, seconds and nanoseconds of the absolute value."""
        seconds, nano = divmod(abs(self.nanos), NANO)
        days, rest = divmod(seconds, DAY_SECONDS)
        return days, rest // 3600, rest % 3600 // 60, rest % 60, nano

    def __str__(self) -> str:
        days, hours, minutes, seconds, nano = self.parts()
        fraction = f".{nano:09d}".rstrip("0") if nano else ""
        clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
        clock += f"{seconds}{fraction}S" if seconds or nano else ""
        text = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
        return ("-" if self.nanos < 0 else "") + "P" + (text or "T0S")
