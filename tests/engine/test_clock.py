from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from engine.clock import FakeClock, OffsetClock, SystemClock, end_of_day, start_of_day, today, utc

SHANGHAI = "Asia/Shanghai"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_the_machines_clock_is_aware_and_in_utc():
    assert SystemClock().now().utcoffset() == timedelta(0)


def test_a_fake_clock_stands_still_until_it_is_moved():
    clock = FakeClock(NOON)
    assert clock.now() == clock.now() == NOON
    assert clock.advance(timedelta(hours=1)) == NOON + timedelta(hours=1)
    clock.set(NOON)
    assert clock.now() == NOON


def test_a_fake_clock_answers_in_utc_whatever_zone_it_was_given():
    clock = FakeClock(NOON.astimezone(timezone(timedelta(hours=8))))
    assert clock.now() == NOON
    assert clock.now().tzinfo is UTC


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        FakeClock(datetime(2026, 3, 2))
    with pytest.raises(ValueError, match="time zone"):
        utc(datetime(2026, 3, 2))


def test_an_offset_clock_asks_for_its_offset_every_time():
    offset = timedelta(0)
    clock = OffsetClock(FakeClock(NOON), lambda: offset)
    assert clock.now() == NOON
    offset = timedelta(days=10)
    assert clock.now() == NOON + timedelta(days=10)


def test_today_is_the_organisations_day_not_the_machines():
    evening = FakeClock(datetime(2026, 3, 2, 16, 30, tzinfo=UTC))
    assert today(evening, SHANGHAI) == date(2026, 3, 3)
    assert today(evening, ZoneInfo("UTC")) == date(2026, 3, 2)


def test_a_day_ends_when_the_next_one_begins():
    day = date(2026, 3, 2)
    assert end_of_day(day, SHANGHAI) == datetime(2026, 3, 2, 16, tzinfo=UTC)
    assert end_of_day(day, SHANGHAI) == start_of_day(date(2026, 3, 3), SHANGHAI)


def test_a_day_of_changing_clocks_is_not_always_24_hours():
    day, zone = date(2026, 3, 29), "Europe/Berlin"
    assert end_of_day(day, zone) - start_of_day(day, zone) == timedelta(hours=23)
