"""Between FEEL's values, JSON's and Python's.

Into FEEL: numbers become decimals (a float by the digits it prints), `datetime` values become
dates and times, text stays text; a date inside JSON is tagged, `{"@": "2024-05-01"}`.

Out to JSON: a whole number becomes an int; any other becomes a float only if that float prints
the same digits, otherwise its text, because a rounded amount is worse than a string; dates, times
and durations become their ISO texts, ranges their FEEL text.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal, DecimalException
from typing import Any
from zoneinfo import ZoneInfo

from engine.feel import iso
from engine.feel.compare import Budget
from engine.feel.errors import FeelError, FeelLimitError
from engine.feel.number import NUMBERS, as_integer, number_text
from engine.feel.temporal import Date, DateTime, DaysTime, Time, YearsMonths
from engine.feel.text import text_of
from engine.feel.values import SCALARS, Function, Range

#: `{"@": "2024-05-01"}` in JSON is what `@"2024-05-01"` is in FEEL.
TAG = "@"


class NotAFeelValue(FeelError):
    """A Python value has no counterpart in FEEL."""


def to_feel(value: Any) -> Any:
    """The FEEL value of a JSON or Python value."""
    kind = type(value)
    if kind in SCALARS:
        return value
    if kind is int:
        return NUMBERS.create_decimal(value)
    if isinstance(value, Mapping):
        if len(value) == 1 and isinstance(value.get(TAG), str):
            return _tagged(value[TAG])
        return {str(key): to_feel(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_feel(item) for item in value]
    if isinstance(value, Range | Function):
        return value
    return _scalar(value)


def _tagged(text: str) -> Any:
    try:
        return iso.read_temporal(text)
    except ValueError as error:
        raise NotAFeelValue(str(error)) from error


def _scalar(value: Any) -> Any:
    if isinstance(value, bool):
        return bool(value)
    if isinstance(value, Decimal | int | float):
        try:
            return NUMBERS.create_decimal(repr(value) if isinstance(value, float) else value)
        except DecimalException as error:
            raise NotAFeelValue("the number is too large") from error
    if isinstance(value, str):
        return str(value)
    if isinstance(value, dt.datetime):
        return DateTime(Date(value.year, value.month, value.day), _time(value, value.utcoffset()))
    if isinstance(value, dt.date):
        return Date(value.year, value.month, value.day)
    if isinstance(value, dt.time):
        return _time(value, value.utcoffset())
    if isinstance(value, dt.timedelta):
        return DaysTime(round(value / dt.timedelta(microseconds=1)) * 1000)
    raise NotAFeelValue(f"{type(value).__name__} is not a FEEL value")


def _time(value: dt.datetime | dt.time, offset: dt.timedelta | None) -> Time:
    nano = value.microsecond * 1000
    if isinstance(value.tzinfo, ZoneInfo) and value.tzinfo.key:
        return Time(value.hour, value.minute, value.second, nano, None, value.tzinfo.key)
    seconds = None if offset is None else int(offset.total_seconds())
    return Time(value.hour, value.minute, value.second, nano, seconds)


def to_python(value: Any) -> Any:
    """Python's own type where it can hold the value; other values stay as they are."""
    if isinstance(value, list):
        return [to_python(item) for item in value]
    if isinstance(value, dict):
        return {key: to_python(item) for key, item in value.items()}
    if isinstance(value, DaysTime):
        try:
            return dt.timedelta(microseconds=value.nanos // 1000)
        except OverflowError:
            return value
    if isinstance(value, Date):
        return dt.date(value.year, value.month, value.day) if 1 <= value.year <= 9999 else value
    if isinstance(value, Time):
        return _python_time(value)
    if isinstance(value, DateTime):
        day = to_python(value.date)
        if not isinstance(day, dt.date):
            return value
        return dt.datetime.combine(day, _python_time(value.time))
    return value


def _python_time(value: Time) -> dt.time:
    zone: dt.tzinfo | None = None
    if value.zone is not None:
        zone = ZoneInfo(value.zone)
    elif value.offset is not None:
        zone = dt.timezone(dt.timedelta(seconds=value.offset))
    return dt.time(value.hour, value.minute, value.second, value.nano // 1000, zone)


def to_json(value: Any) -> Any:
    """What `json.dumps` takes, without losing a digit."""
    try:
        return _json(value, Budget())
    except RecursionError as error:
        raise FeelLimitError("the value is nested too deeply") from error


def _json(value: Any, budget: Budget) -> Any:
    budget.spend(1)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        budget.spend(len(value) >> 6)
        return value
    if isinstance(value, Decimal):
        return _json_number(value)
    if isinstance(value, list):
        return [_json(item, budget) for item in value]
    if isinstance(value, dict):
        return {key: _json(item, budget) for key, item in value.items()}
    if isinstance(value, Date | Time | DateTime | YearsMonths | DaysTime):
        budget.spend(3)
        return str(value)
    budget.spend(5)
    return text_of(value)


def _json_number(value: Decimal) -> int | float | str:
    whole = as_integer(value)
    if whole is not None:
        return whole
    as_float = float(value)
    return as_float if Decimal(repr(as_float)) == value else number_text(value)
