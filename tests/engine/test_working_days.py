from __future__ import annotations

import time
from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.working_days import (
    LIBRARY_LAST_YEAR,
    LUNAR_HOLIDAYS,
    Deadline,
    WorkingDays,
)

DAYS = st.dates(date(2005, 1, 1), date(2040, 12, 31))


def test_the_notice_of_12_march_2024_ran_for_five_working_days_start_day_counted():
    deadline = WorkingDays().add(date(2024, 3, 12), 5, include_start_day=True)
    assert deadline == Deadline(date(2024, 3, 18), provisional=False)


def test_the_notice_of_31_january_2024_needs_the_sunday_that_was_worked():
    calendar = WorkingDays()
    assert calendar.is_working(date(2024, 2, 4)) == (True, False)
    assert calendar.add(date(2024, 1, 31), 4, include_start_day=True).day == date(2024, 2, 4)
    assert calendar.add(date(2024, 1, 31), 5, include_start_day=True).day == date(2024, 2, 5)


def test_without_the_start_day_a_period_begins_on_the_next_day():
    assert WorkingDays().add(date(2024, 3, 12), 5).day == date(2024, 3, 19)


def test_a_start_day_that_is_not_worked_is_not_counted():
    saturday = date(2024, 3, 16)
    assert WorkingDays().add(saturday, 1, include_start_day=True).day == date(2024, 3, 18)


def test_no_days_is_the_day_itself_even_on_a_holiday():
    assert WorkingDays().add(date(2024, 10, 1), 0, include_start_day=True).day == date(2024, 10, 1)


def test_a_negative_number_counts_backwards():
    calendar = WorkingDays()
    assert calendar.add(date(2024, 3, 18), -4).day == date(2024, 3, 12)
    assert calendar.add(date(2024, 3, 18), -5, include_start_day=True).day == date(2024, 3, 12)


def test_the_administrators_table_wins_over_the_published_calendar():
    calendar = WorkingDays({date(2024, 3, 13): False, date(2024, 3, 16): True})
    assert calendar.is_working(date(2024, 3, 13)) == (False, False)
    assert calendar.is_working(date(2024, 3, 16)) == (True, False)


def test_a_period_into_an_unpublished_year_is_provisional():
    december = date(LIBRARY_LAST_YEAR, 12, 21)
    calendar = WorkingDays()
    assert not calendar.add(december, 2).provisional
    assert calendar.add(december, 10).provisional


def test_the_same_period_is_settled_when_the_notice_is_entered():
    started = date(2024, 12, 25)
    before = WorkingDays(published_until=2024)
    assert before.add(started, 30) == Deadline(date(2025, 2, 12), provisional=True)
    after = WorkingDays()
    # 26 January and 8 February 2025 were worked, 3 and 4 February were not.
    assert after.add(started, 30) == Deadline(date(2025, 2, 12), provisional=False)
    assert before.add(date(2025, 1, 27), 1).day == date(2025, 2, 3)
    assert after.add(date(2025, 1, 27), 1).day == date(2025, 2, 5)


def test_administrators_may_publish_a_year_that_the_library_does_not_know():
    year = LIBRARY_LAST_YEAR + 1
    new_year = date(year, 1, 1)
    calendar = WorkingDays({new_year + timedelta(days=1): False}, published_until=year)
    assert calendar.year_published(year)
    assert not calendar.year_published(year + 1)
    assert calendar.is_working(new_year) == (False, False)
    assert calendar.is_working(new_year + timedelta(days=1)) == (False, False)
    assert calendar.is_working(date(year, 5, 1)) == (False, False)


def test_the_last_week_of_a_year_waits_for_the_next_years_notice():
    monday = date(2018, 12, 31)
    assert WorkingDays().is_working(monday) == (False, False)
    assert WorkingDays(published_until=2018).is_working(monday).provisional
    assert not WorkingDays(published_until=2018).is_working(date(2018, 12, 25)).provisional


def test_an_unpublished_year_knows_the_thirteen_statutory_holidays():
    calendar = WorkingDays(published_until=2024)
    for year, (spring, qingming, dragon_boat, mid_autumn) in LUNAR_HOLIDAYS.items():
        holidays = {spring + timedelta(days=shift) for shift in (-1, 0, 1, 2)}
        holidays |= {qingming, dragon_boat, mid_autumn, date(year, 1, 1)}
        holidays |= {date(year, 5, 1), date(year, 5, 2)}
        holidays |= {date(year, 10, day) for day in (1, 2, 3)}
        # Mid-Autumn falls into the National Day holiday in 2028 and 2031.
        assert len(holidays) == (12 if year in (2028, 2031) else 13)
        assert not any(calendar.is_working(day).working for day in holidays)


def test_lunar_new_year_2027_and_2030_are_the_days_after_midnight_in_beijing():
    assert LUNAR_HOLIDAYS[2027][0] == date(2027, 2, 6)
    assert LUNAR_HOLIDAYS[2030][0] == date(2030, 2, 3)


def test_qingming_agrees_with_the_solar_terms():
    for year, (_, qingming, _, _) in LUNAR_HOLIDAYS.items():
        terms = chinese_calendar.get_solar_terms(date(year, 4, 1), date(year, 4, 10))
        assert qingming in [day for day, _ in terms]


def test_a_year_before_every_publication_is_provisional():
    assert WorkingDays().is_working(date(1999, 6, 1)) == (True, True)


def test_a_period_of_absurd_length_is_refused():
    with pytest.raises(ValueError, match="at most"):
        WorkingDays().add(date(2024, 1, 1), 1_000_000)
    with pytest.raises(ValueError, match="leaves the calendar"):
        WorkingDays().add(date(9999, 12, 30), 10)
    with pytest.raises(ValueError, match="forty years"):
        WorkingDays().between(date(1900, 1, 1), date(2024, 1, 1))


@given(DAYS, st.integers(-60, 60))
def test_between_undoes_add(day, n):
    calendar = WorkingDays()
    assert calendar.between(day, calendar.add(day, n).day) == n


@given(DAYS, st.integers(1, 60))
def test_with_the_start_day_between_undoes_add_too(day, n):
    calendar = WorkingDays()
    end = calendar.add(day, n, include_start_day=True).day
    assert calendar.between(day, end, include_start_day=True) == n


@given(DAYS, st.integers(1, 60))
def test_a_deadline_is_always_a_working_day(day, n):
    calendar = WorkingDays()
    assert calendar.is_working(calendar.add(day, n).day).working


def test_ten_days_take_microseconds():
    calendar = WorkingDays()
    calendar.add(date(2026, 3, 2), 10)
    best = 1.0
    for _ in range(20):
        begun = time.perf_counter()
        for _ in range(100):
            calendar.add(date(2026, 3, 2), 10)
        best = min(best, (time.perf_counter() - begun) / 100)
    assert best < 20e-6
