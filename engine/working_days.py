"""Working days: which days count, and on which day a period of n working days ends.

Published years come from `chinesecalendar` (the State Council's yearly notices, weekends that are
worked included). An administrator's table wins over it, day by day, and may complete a year that
the installed library does not know yet. A day nobody has published is judged by weekends and the
statutory holidays, and said to be *provisional*: the caller computes it again once the notice
is out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

import chinese_calendar

if TYPE_CHECKING:
    from engine.working_hours import OfficeHours

_ONE_DAY = timedelta(days=1)
#: The years the installed chinesecalendar was published for.
LIBRARY_FIRST_YEAR: int = min(chinese_calendar.constants.holidays).year
LIBRARY_LAST_YEAR: int = max(chinese_calendar.constants.holidays).year
_MOST_REMEMBERED = 20_000
#: Longest period, in working days (about forty years): a typing error must not walk for ever.
LONGEST_PERIOD = 10_000

#: Statutory holidays of fixed date: New Year, Labour Day (2), National Day (3).
#: Source: 全国年节及纪念日放假办法, revised 10 November 2024, in force since 1 January 2025.
FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})

#: First day of the lunar year, Qingming, Dragon Boat (fifth of the fifth month), Mid-Autumn
#: (fifteenth of the eighth month). Computed after GB/T 33661-2017 (the lunar calendar): new moons
#: in Beijing time by Meeus, Astronomical Algorithms, chapter 49; Qingming as chinesecalendar's
#: solar terms give it. Approximate calendars (ICU's among them) are a day off in 2027 and 2030,
#: when the first new moon falls within ten minutes of midnight.
LUNAR_HOLIDAYS: Mapping[int, tuple[date, date, date, date]] = {
    year: (
        date(year, *spring),
        date(year, *qingming),
        date(year, *dragon_boat),
        date(year, *mid_autumn),
    )
    for year, spring, qingming, dragon_boat, mid_autumn in (
        (2025, (1, 29), (4, 4), (5, 31), (10, 6)),
        (2026, (2, 17), (4, 5), (6, 19), (9, 25)),
        (2027, (2, 6), (4, 5), (6, 9), (9, 15)),
        (2028, (1, 26), (4, 4), (5, 28), (10, 3)),
        (2029, (2, 13), (4, 4), (6, 16), (9, 22)),
        (2030, (2, 3), (4, 5), (6, 5), (9, 12)),
        (2031, (1, 23), (4, 5), (6, 24), (10, 1)),
        (2032, (2, 11), (4, 4), (6, 12), (9, 19)),
        (2033, (1, 31), (4, 4), (6, 1), (9, 8)),
        (2034, (2, 19), (4, 5), (6, 20), (9, 27)),
        (2035, (2, 8), (4, 5), (6, 10), (9, 16)),
    )
}


class Day(NamedTuple):
    """Whether a day is worked, and whether that may still change."""

    working: bool
    provisional: bool


class Deadline(NamedTuple):
    """The last day of a period; provisional if any day on the way to it is."""

    day: date
    provisional: bool


class WorkingDays:
    """A calendar of working days. Holds no clock and no database; safe to share between threads.

    `overrides`: day → is it worked; wins over everything and is never provisional.
    `published_until`: the last year whose notice is known. Default: the library's last year. Later:
    the administrators' table holds that notice (only the days that differ from weekends and
    statutory holidays need a row). Earlier: as if the library were older (for tests and scenarios).
    `hours`: when the office is open on such a day; None: the ordinary hours.
    """

    def __init__(
        self,
        overrides: Mapping[date, bool] | None = None,
        published_until: int | None = None,
        hours: OfficeHours | None = None,
    ) -> None:
        self.hours = hours
        self._overrides = dict(overrides or {})
        self.published_until = LIBRARY_LAST_YEAR if published_until is None else published_until
        self._known: dict[date, Day] = {}

    def year_published(self, year: int) -> bool:
        """Whether the year's notice is known, so that its days will not change."""
        return LIBRARY_FIRST_YEAR <= year <= self.published_until

    def is_working(self, day: date) -> Day:
        """Whether `day` is worked, and whether that is provisional."""
        known = self._known.get(day)
        if known is None:
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            known = self._known[day] = self._judge(day)
        return known

    def add(self, day: date, n: int, *, include_start_day: bool = False) -> Deadline:
        """The `n`th working day after `day`; before it, if `n` is negative.

        With `include_start_day` the start day is the first of the n if it is worked (notices posted
        in the morning are counted so). `n` = 0 is the day itself, worked or not.
        Raises `ValueError` beyond `LONGEST_PERIOD` or the year 9999.
        """
        if not -LONGEST_PERIOD <= n <= LONGEST_PERIOD:
            raise ValueError(f"at most {LONGEST_PERIOD} working days, not {n}")
        step = _ONE_DAY if n > 0 else -_ONE_DAY
        missing = abs(n)
        provisional = False
        if missing and include_start_day:
            day -= step  # one step back, so that the first step arrives at the start day
        try:
            while missing:
                day += step
                working, uncertain = self._known.get(day) or self.is_working(day)
                missing -= working
                provisional |= uncertain
        except OverflowError as error:
            raise ValueError("the period leaves the calendar") from error
        return Deadline(day, provisional)

    def between(self, a: date, b: date, *, include_start_day: bool = False) -> int:
        """How many working days lie after `a` up to and including `b`: the inverse of `add`.

        With `include_start_day`, `a` is counted too. Negative if `b` is before `a`.
        Raises `ValueError` for spans of more than 40 years.
        """
        step = _ONE_DAY if b >= a else -_ONE_DAY
        if abs((b - a).days) > 40 * 366:
            raise ValueError("the two days are more than forty years apart")
        count = int(include_start_day and self.is_working(a).working)
        while a != b:
            a += step
            count += self.is_working(a).working
        return count if step is _ONE_DAY else -count

    def _judge(self, day: date) -> Day:
        override = self._overrides.get(day)
        if override is not None:
            return Day(override, provisional=False)
        if self.year_published(day.year) and day.year <= LIBRARY_LAST_YEAR:
            working = bool(chinese_calendar.is_workday(day))
        else:
            working = day.weekday() < 5 and not _is_statutory_holiday(day)
        return Day(working, provisional=not self._is_settled(day))

    def _is_settled(self, day: date) -> bool:
        # New Year's notice of the next year reaches back: Saturday 29 December 2018 was worked,
        # Monday the 31st was not. So its last week is settled by the following year's notice.
        last_week = day.month == 12 and day.day > 25
        return self.year_published(day.year + 1 if last_week else day.year)


def _is_statutory_holiday(day: date) -> bool:
    """Whether the law names the day. Days given in lieu are the notice's to name."""
    if (day.month, day.day) in FIXED_HOLIDAYS:
        return True
    if day.year not in LUNAR_HOLIDAYS:
        return False
    spring, qingming, dragon_boat, mid_autumn = LUNAR_HOLIDAYS[day.year]
    # New Year's Eve and the first three days of the year: four days since 2025.
    return -1 <= (day - spring).days <= 2 or day in (qingming, dragon_boat, mid_autumn)
