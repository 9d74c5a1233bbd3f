"""`value.name` and `list[condition]`."""

from decimal import Decimal
from typing import Any

from engine.feel.arithmetic import seconds_of
from engine.feel.errors import Place, ProblemKind
from engine.feel.number import as_integer
from engine.feel.runtime import Env, Evaluator, Run
from engine.feel.suggest import did_you_mean
from engine.feel.temporal import Date, DateTime, DaysTime, Time, YearsMonths
from engine.feel.values import Range, type_name

_UNKNOWN = object()


def property_of(value: Any, name: str, run: Run, place: Place) -> Any:
    """An entry of a context, a part of a date, or the same of each element of a list."""
    if value is None:
        if run.problems:
            return None  # whatever made it null has been reported
        message = f'there is no "{name}" of null'
        return run.report(ProblemKind.UNKNOWN_PROPERTY, message, place)
    if isinstance(value, dict):
        if name in value:
            return value[name]
        return run.report(
            ProblemKind.UNKNOWN_PROPERTY,
            lambda: f'the context has no entry "{name}"' + did_you_mean(name, value),
            place,
        )
    if isinstance(value, list):
        run.spend(len(value))
        return [property_of(item, name, run, place) for item in value]
    found = _part(value, name)
    if found is not _UNKNOWN:
        return found
    return run.report(ProblemKind.UNKNOWN_PROPERTY, f'a {type_name(value)} has no "{name}"', place)


def _part(value: Any, name: str) -> Any:
    if isinstance(value, Date):
        return _of_date(value, name)
    if isinstance(value, Time):
        return _of_time(value, name, None)
    if isinstance(value, DateTime):
        found = _of_date(value.date, name)
        return _of_time(value.time, name, value.date) if found is _UNKNOWN else found
    if isinstance(value, YearsMonths):
        sign = -1 if value.months < 0 else 1
        years, months = divmod(abs(value.months), 12)
        return {"years": Decimal(sign * years), "months": Decimal(sign * months)}.get(
            name, _UNKNOWN
        )
    if isinstance(value, DaysTime):
        return _of_days_time(value, name)
    if isinstance(value, Range):
        return {
            "start": value.start,
            "end": value.end,
            "start included": value.start_included,
            "end included": value.end_included,
        }.get(name, _UNKNOWN)
    return _UNKNOWN


def _of_date(value: Date, name: str) -> Any:
    match name:
        case "year":
            return Decimal(value.year)
        case "month":
            return Decimal(value.month)
        case "day":
            return Decimal(value.day)
        case "weekday":
            return Decimal(value.weekday())
    return _UNKNOWN


def _of_time(value: Time, name: str, date: Date | None) -> Any:
    match name:
        case "hour":
            return Decimal(value.hour)
        case "minute":
            return Decimal(value.minute)
        case "second":
            return Decimal(value.second)
        case "time offset":
            offset = value.utc_offset(date)
            return None if offset is None else DaysTime(offset * 1_000_000_000)
        case "timezone":
            return value.zone
    return _UNKNOWN


def _of_days_time(value: DaysTime, name: str) -> Any:
    days, hours, minutes, seconds, nano = value.parts()
    sign = -1 if value.nanos < 0 else 1
    match name:
        case "days":
            return Decimal(sign * days)
        case "hours":
            return Decimal(sign * hours)
        case "minutes":
            return Decimal(sign * minutes)
        case "seconds":
            return seconds_of(sign * (seconds * 1_000_000_000 + nano))
    return _UNKNOWN


def filter_list(value: Any, condition: Evaluator, env: Env, place: Place) -> Any:
    """A number picks an element (from 1, or from the end below 0); a condition selects."""
    if value is None:
        # The standard's own rule: null[...] is the empty list's filter, null for a position.
        items: list[Any] = []
    else:
        items = value if isinstance(value, list) else [value]
    selected = []
    for index, item in enumerate(items or [None]):
        env.run.spend(1)
        scope = Env({"item": item}, env, env.run)
        if isinstance(item, dict):
            scope = Env(item, scope, env.run)
        chosen = condition(scope)
        if index == 0 and isinstance(chosen, Decimal):
            return _at(items, chosen, env, place)
        if chosen is True and items:
            selected.append(item)
        elif chosen is not True and chosen is not False and chosen is not None:
            return env.run.report(
                ProblemKind.WRONG_TYPE,
                f"a filter is a condition or a position, not a {type_name(chosen)}",
                place,
            )
    return selected


def _at(items: list[Any], position: Decimal, env: Env, place: Place) -> Any:
    index = as_integer(position)
    if index is not None and 0 < abs(index) <= len(items):
        return items[index - 1 if index > 0 else index]
    return env.run.report(
        ProblemKind.INVALID_VALUE, f"there is no element {position} among {len(items)}", place
    )
