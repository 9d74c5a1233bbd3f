"""Reads dates, times and durations as the standard writes them; raises ValueError otherwise."""

import re

from engine.feel.temporal import NANO, Date, DateTime, DaysTime, Time, YearsMonths

_DATE = r"(-?(?:[0-9]{4}|[1-9][0-9]{4,8}))-([0-9]{2})-([0-9]{2})"
_TIME = (
    r"([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]+))?"
    r"(?:(Z)|([+-])([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?|@([A-Za-z][A-Za-z0-9_+/.-]*))?"
)
_DATE_ONLY = re.compile(_DATE)
_TIME_ONLY = re.compile("T?" + _TIME)
_DATE_TIME = re.compile(f"{_DATE}(?:T{_TIME})?")
_YEARS_MONTHS = re.compile(r"(-?)P(?:([0-9]{1,18})Y)?(?:([0-9]{1,18})M)?")
_DAYS_TIME = re.compile(
    r"(-?)P(?:([0-9]{1,18})D)?"
    r"(T(?:([0-9]{1,18})H)?(?:([0-9]{1,18})M)?(?:([0-9]{1,18})(?:\.([0-9]*))?S)?)?"
)


def read_date(text: str) -> Date:
    """`2024-05-01`"""
    match = _DATE_ONLY.fullmatch(text)
    if not match or match[1] == "-0000":
        raise ValueError(f'"{text[:40]}" is not a date like 2024-05-01')
    return Date(int(match[1]), int(match[2]), int(match[3]))


def read_time(text: str) -> Time:
    """`13:00:00`, `13:00:00+08:00`, `13:00:00@Asia/Shanghai`"""
    match = _TIME_ONLY.fullmatch(text)
    if not match:
        raise ValueError(f'"{text[:40]}" is not a time like 13:00:00')
    return _time(match.groups())


def read_date_time(text: str) -> DateTime:
    """`2024-05-01T13:00:00`, with offset or zone; a date alone means its midnight."""
    match = _DATE_TIME.fullmatch(text)
    if not match or match[1] == "-0000":
        raise ValueError(f'"{text[:40]}" is not a date and time like 2024-05-01T13:00:00')
    date = Date(int(match[1]), int(match[2]), int(match[3]))
    groups = match.groups()[3:]
    return DateTime(date, _time(groups) if groups[0] else Time(0, 0, 0))


def _time(groups: tuple[str | None, ...]) -> Time:
    hour, minute, second, fraction, utc, sign, oh, om, os, zone = groups
    offset = None
    if utc:
        offset = 0
    elif sign:
        if int(om or 0) > 59 or int(os or 0) > 59:
            raise ValueError("an offset has at most 59 minutes and seconds")
        offset = (int(oh or 0) * 3600 + int(om or 0) * 60 + int(os or 0)) * (
            -1 if sign == "-" else 1
        )
    return Time(
        int(hour or 0), int(minute or 0), int(second or 0), _nano(fraction or ""), offset, zone
    )


def _nano(fraction: str) -> int:
    return int(fraction[:9].ljust(9, "0")) if fraction else 0


def read_duration(text: str) -> YearsMonths | DaysTime:
    """`P1Y2M` or `P3DT4H5M6.7S`"""
    match = _YEARS_MONTHS.fullmatch(text)
    if match and (match[2] or match[3]):
        months = int(match[2] or 0) * 12 + int(match[3] or 0)
        return YearsMonths(-months if match[1] else months)
    match = _DAYS_TIME.fullmatch(text)
    if match and (match[2] or (match[3] and match[3] != "T")):
        seconds = int(match[2] or 0) * 86_400 + int(match[4] or 0) * 3600
        seconds += int(match[5] or 0) * 60 + int(match[6] or 0)
        nanos = seconds * NANO + _nano(match[7] or "")
        return DaysTime(-nanos if match[1] else nanos)
    raise ValueError(f'"{text[:40]}" is not a duration like P1Y2M or P3DT4H')


def read_temporal(text: str) -> Date | Time | DateTime | YearsMonths | DaysTime:
    """Whatever `@"..."` may hold."""
    body = text.lstrip("-")
    if body.startswith("P"):
        return read_duration(text)
    if _DATE_ONLY.fullmatch(text):
        return read_date(text)
    if "T" in text[1:] and "-" in text.split("T")[0]:
        return read_date_time(text)
    return read_time(text)
