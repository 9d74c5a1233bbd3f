"""Dates, times and durations: what may be written, and what prints."""

import pytest

from engine.feel.iso import read_date, read_date_time, read_duration, read_temporal, read_time
from engine.feel.temporal import Date, DateTime, Time


@pytest.mark.parametrize(
    "text",
    [
        "2024-02-29", "-0044-03-15", "99999-12-31", "10:00:00", "10:00:00.5", "10:00:00Z",
        "10:00:00+08:00", "10:00:00-00:30:15", "10:00:00@Asia/Shanghai",
        "2024-05-01T10:00:00", "-2024-05-01T10:00:00.123456789@Etc/UTC",
        "P1Y2M", "-P3M", "P1DT2H3M4.5S", "-PT1S",
    ],
)  # fmt: skip
def test_a_value_prints_as_it_was_written(text: str) -> None:
    assert str(read_temporal(text)) == text


@pytest.mark.parametrize(
    ("text", "normal"),
    [("P14M", "P1Y2M"), ("PT25H", "P1DT1H"), ("P0D", "PT0S"), ("P0Y", "P0M"), ("PT90S", "PT1M30S"),
     ("10:00:00+00:00", "10:00:00Z")],
)  # fmt: skip
def test_a_value_prints_in_its_normal_form(text: str, normal: str) -> None:
    assert str(read_temporal(text)) == normal


@pytest.mark.parametrize(
    "text", ["2023-02-29", "2024-1-1", "02024-01-01", "+2024-01-01", "2024-13-01"]
)
def test_what_is_no_date(text: str) -> None:
    with pytest.raises(ValueError, match=r"no day|not a date"):
        read_date(text)


@pytest.mark.parametrize(
    "text", ["24:00:00", "10:60:00", "10:00", "10:00:00+19:00", "10:00:00@Mars/Olympus", "7:00:00"]
)
def test_what_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match=r"time|offset"):
        read_time(text)


@pytest.mark.parametrize("text", ["P", "PT", "P1YT1H", "1Y", "P1.5D", "P-1D", "P1M1D"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        read_duration(text)


def test_months_stay_inside_the_shorter_month() -> None:
    assert Date(2024, 1, 31).plus_months(1) == Date(2024, 2, 29)
    assert Date(2024, 1, 31).plus_months(-2) == Date(2023, 11, 30)


def test_a_zone_knows_summer_and_winter() -> None:
    paris = Time(12, 0, 0, zone="Europe/Paris")

    assert paris.utc_offset(Date(2024, 7, 1)) == 7200
    assert paris.utc_offset(Date(2024, 1, 1)) == 3600
    assert paris.utc_offset(Date(99_999, 7, 1)) == 7200


def test_a_date_time_is_an_instant_only_with_an_offset() -> None:
    assert read_date_time("2024-05-01T10:00:00").instant() is None
    assert (
        read_date_time("2024-05-01T10:00:00@Asia/Shanghai").instant()
        == DateTime(Date(2024, 5, 1), Time(2, 0, 0, offset=0)).instant()
    )
