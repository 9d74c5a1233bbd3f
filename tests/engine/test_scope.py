"""What expressions of a package see, and what is said when one has no value."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.forms.expression import Moment
from engine.forms.feel import parse_feel
from engine.scope import ExpressionFailed, Scope
from engine.working_days import WorkingDays

ZONE = ZoneInfo("Asia/Shanghai")
#: A Friday, 23:30 in Shanghai and 15:30 in UTC.
LATE_FRIDAY = datetime(2026, 3, 6, 15, 30, tzinfo=UTC)


def scope(now: datetime = LATE_FRIDAY, **facts: object) -> Scope:
    return Scope(facts, now=now, zone=ZONE, calendar=WorkingDays(published_until=2026))


def test_an_expression_without_a_value_says_where_and_what_was_meant():
    with pytest.raises(ExpressionFailed) as failed:
        scope(申请金额=100).require("申请金饿 > 5", "gate")
    said = str(failed.value)
    assert "gate" in said
    assert "申请金饿" in said
    assert "申请金额" in said


def test_today_is_the_day_of_the_organisation_not_of_the_machine():
    assert scope(LATE_FRIDAY + timedelta(hours=1)).evaluate("today()") == date(2026, 3, 7)


def test_a_date_falls_at_the_end_of_its_day():
    assert scope(ends=date(2026, 3, 9)).instant("ends", "timer") == datetime(
        2026, 3, 9, 16, tzinfo=UTC
    )


def test_a_duration_counts_from_now_and_months_know_their_length():
    assert scope().instant('duration("P2D")', "timer") == LATE_FRIDAY + timedelta(days=2)
    late_january = datetime(2026, 1, 31, 4, tzinfo=UTC)
    assert scope(late_january).instant('duration("P1M")', "timer").astimezone(ZONE).date() == date(
        2026, 2, 28
    )


def test_working_days_skip_the_weekend():
    assert scope().evaluate("add working days(today(), 2)") == date(2026, 3, 10)


def test_a_year_without_a_calendar_makes_a_result_provisional():
    asked = scope(datetime(2026, 12, 30, 4, tzinfo=UTC))
    asked.evaluate("add working days(today(), 5)")
    assert asked.provisional


def test_neither_a_date_nor_a_duration_is_refused():
    with pytest.raises(ExpressionFailed, match="neither a date nor a duration"):
        scope().instant('"tomorrow"', "timer")


def test_functions_whose_names_hold_keywords_are_known_everywhere():
    asked = 'working days between(today(), today() + duration("P7D"))'
    assert scope().evaluate(asked) == 5
    assert parse_feel(asked, ())({}, Moment(LATE_FRIDAY, scope().functions)) == 5
