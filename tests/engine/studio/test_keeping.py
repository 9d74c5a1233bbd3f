"""Of many saves the last stay all, older ones more and more sparsely, the first for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from engine.studio.keeping import LAST, worth_keeping

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def kept(ages: list[timedelta]) -> list[int]:
    saves = [(number, NOW - age) for number, age in enumerate(ages, start=1)]
    return sorted(worth_keeping(saves, NOW))


def test_a_few_saves_stay_all() -> None:
    assert kept([timedelta(days=400)] * LAST) == list(range(1, LAST + 1))


def test_an_hour_of_typing_can_be_gone_back_on_by_minutes() -> None:
    found = kept([timedelta(seconds=2 * (3000 - n)) for n in range(3000)])
    assert set(range(3000 - LAST + 1, 3001)) <= set(found)
    assert 1 in found
    # One for each five minutes of the hundred before.
    assert 20 <= len(found) - LAST <= 22


def test_what_is_long_ago_is_kept_by_days_and_then_not_at_all() -> None:
    ages = [timedelta(days=n, minutes=m) for n in range(200, 1, -1) for m in (30, 0)]
    found = kept(ages + [timedelta()] * LAST)
    assert found[0] == 1
    assert 55 <= len(found) - LAST <= 62
