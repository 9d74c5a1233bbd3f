"""Office hours: lunch, nights, weekends that are worked, and years that nobody has published."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.scope import Scope
from engine.working_days import WorkingDays
from engine.working_hours import OfficeHours, add_hours, hours_between, read_spans

ZONE = ZoneInfo("Asia/Shanghai")
CALENDAR = WorkingDays(published_until=2026)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


def scope(now: str = "2026-03-02T09:00", hours: OfficeHours | None = None) -> Scope:
    calendar = WorkingDays(published_until=2026, hours=hours)
    return Scope({}, now=at(now), zone=ZONE, calendar=calendar)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        # Monday morning, within the morning
        ("2026-03-02T09:00", 2, "2026-03-02T11:00"),
        # over lunch
        ("2026-03-02T11:00", 2, "2026-03-02T14:30"),
        # exactly until lunch: then, not after it
        ("2026-03-02T09:00", 3, "2026-03-02T12:00"),
        # over night
        ("2026-03-02T16:30", 2, "2026-03-03T09:30"),
        # from before the office opens, at lunch, after it has closed
        ("2026-03-02T06:00", 1, "2026-03-02T09:30"),
        ("2026-03-02T12:30", 1, "2026-03-02T14:30"),
        ("2026-03-02T20:00", 1, "2026-03-03T09:30"),
        # over a weekend
        ("2026-03-06T17:00", 1, "2026-03-09T09:00"),
        # half an hour
        ("2026-03-02T09:00", 0.5, "2026-03-02T09:30"),
        # a Saturday that is worked before the Spring Festival, then nine days off
        ("2026-02-13T17:00", 1, "2026-02-14T09:00"),
        ("2026-02-14T17:00", 1, "2026-02-24T09:00"),
        # the Saturday that is worked after it
        ("2026-02-27T17:30", 7.5, "2026-02-28T17:30"),
        # backwards: over lunch, over night, from midnight, over the same Saturday
        ("2026-03-02T14:30", -2, "2026-03-02T11:00"),
        ("2026-03-03T09:30", -2, "2026-03-02T16:30"),
        ("2026-03-06T00:00", -7.5, "2026-03-05T08:30"),
        ("2026-02-24T09:00", -1, "2026-02-14T17:00"),
        # nothing at all stays where it is, even at night
        ("2026-03-02T23:00", 0, "2026-03-02T23:00"),
    ],
)
def test_hours_count_while_the_office_is_open(start: str, hours: float, end: str) -> None:
    found = scope().evaluate(
        f'add working hours(date and time("{start}:00@Asia/Shanghai"), {hours})'
    )
    assert found == at(end)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("2026-03-02T09:00", "2026-03-02T11:00", "2"),
        ("2026-03-02T11:00", "2026-03-02T14:30", "2"),
        ("2026-03-02T12:10", "2026-03-02T13:10", "0"),
        ("2026-03-06T17:00", "2026-03-09T09:00", "1"),
        ("2026-02-13T17:00", "2026-02-24T09:00", "8.5"),
        ("2026-03-02T11:00", "2026-03-02T09:20", "-1.666666666666666666666666667"),
    ],
)
def test_the_hours_between_two_instants_are_those_the_office_was_open(
    start: str, end: str, hours: str
) -> None:
    asked = (
        f'working hours between(date and time("{start}:00@Asia/Shanghai"),'
        f' date and time("{end}:00@Asia/Shanghai"))'
    )
    assert abs(scope().evaluate(asked) - Decimal(hours)) < Decimal("1e-9")


def test_a_day_begins_with_its_first_instant() -> None:
    assert scope().evaluate("add working hours(today(), 1)") == at("2026-03-02T09:30")


def test_working_days_may_be_counted_backwards() -> None:
    assert scope().evaluate("add working days(today(), -2)") == at("2026-02-27T00:00").date()


def test_midnight_is_the_end_of_the_day_before_when_days_are_counted() -> None:
    # A task due on Thursday is due when Thursday has ended; a day before is Wednesday's end.
    due = 'date and time("2026-03-06T00:00:00@Asia/Shanghai")'
    assert scope().instant(f"add working days({due}, -1)", "x") == at("2026-03-05T00:00")


def test_the_organisation_says_when_its_office_is_open() -> None:
    short = OfficeHours(read_spans("09:00-12:00"), {4: read_spans("10:00-11:00")})
    # Wednesday has one hour left, Thursday three, Friday one.
    asked = scope("2026-03-04T11:00", short)
    assert asked.evaluate("add working hours(now(), 5)") == at("2026-03-06T11:00")


def test_a_year_without_a_calendar_makes_hours_provisional() -> None:
    asked = scope("2026-12-23T16:00")
    asked.evaluate("add working hours(now(), 8)")
    assert not asked.provisional
    asked.evaluate("add working hours(now(), 40)")
    assert asked.provisional
    again = scope("2026-12-23T16:00")
    again.evaluate('working hours between(now(), now() + duration("P20D"))')
    assert again.provisional


@pytest.mark.parametrize(
    "text", ["", "morning", "09:00", "12:00-09:00", "09:00-12:00, 11:00-13:00", "09:00-25:00"]
)
def test_what_are_no_hours_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"hh:mm|follow|hour must"):
        read_spans(text)


def test_hours_are_kept_as_people_write_them() -> None:
    hours = OfficeHours(read_spans("8:30—12:00，13:30 至 17:30"), {4: read_spans("08:30-12:00")})
    stored = hours.as_dict()
    assert stored == {"ordinary": "08:30-12:00, 13:30-17:30", "weekdays": {"4": "08:30-12:00"}}
    assert OfficeHours.read(stored) == hours
    assert OfficeHours.read(None) == OfficeHours()


def test_a_period_longer_than_any_calendar_is_no_value() -> None:
    assert scope().evaluate("add working hours(now(), 1000000)") is None


@given(
    st.datetimes(datetime(2026, 1, 5), datetime(2026, 11, 30)),
    st.integers(min_value=1, max_value=60 * 60),
)
def test_as_many_hours_lie_between_as_were_added(start: datetime, minutes: int) -> None:
    begin, span = start.replace(tzinfo=UTC), timedelta(minutes=minutes)
    end = add_hours(CALENDAR, begin, span, ZONE).at
    assert hours_between(CALENDAR, begin, end, ZONE)[0] == span
    assert hours_between(CALENDAR, end, begin, ZONE)[0] == -span
    back = add_hours(CALENDAR, end, -span, ZONE).at
    assert hours_between(CALENDAR, back, end, ZONE)[0] == span
