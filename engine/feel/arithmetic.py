"""`+ - * / **` and unary minus on every pair of types that has them (10.3.2.3.6)."""

from collections.abc import Callable
from decimal import Decimal, DecimalException
from typing import Any

from engine.feel.errors import FeelFailure, ProblemKind
from engine.feel.number import NUMBERS
from engine.feel.temporal import (
    DAY_NANOS,
    NANO,
    Date,
    DateTime,
    DaysTime,
    Time,
    YearsMonths,
)
from engine.feel.values import type_name

#: Durations beyond this cannot come from dates and are refused.
MAX_NANOS = 10**9 * 366 * DAY_NANOS


def _mismatch(verb: str, a: Any, b: Any) -> FeelFailure:
    return FeelFailure(f"cannot {verb} {type_name(a)} and {type_name(b)}", ProblemKind.WRONG_TYPE)


def add(a: Any, b: Any) -> Any:
    """`a + b`"""
    if isinstance(a, Decimal) and isinstance(b, Decimal):
        return _number(NUMBERS.add, a, b)
    if isinstance(a, str) and isinstance(b, str):
        return a + b
    if isinstance(a, YearsMonths) and isinstance(b, YearsMonths):
        return months(a.months + b.months)
    if isinstance(a, DaysTime) and isinstance(b, DaysTime):
        return nanos(a.nanos + b.nanos)
    if isinstance(a, YearsMonths | DaysTime) and isinstance(b, Date | DateTime | Time):
        a, b = b, a
    if isinstance(b, YearsMonths):
        return _plus_months(a, b.months)
    if isinstance(b, DaysTime):
        return _plus_nanos(a, b.nanos, b)
    raise _mismatch("add", a, b)


def subtract(a: Any, b: Any) -> Any:
    """`a - b`"""
    if isinstance(a, Decimal) and isinstance(b, Decimal):
        return _number(NUMBERS.subtract, a, b)
    if isinstance(a, YearsMonths) and isinstance(b, YearsMonths):
        return months(a.months - b.months)
    if isinstance(a, DaysTime) and isinstance(b, DaysTime):
        return nanos(a.nanos - b.nanos)
    if isinstance(b, YearsMonths):
        return _plus_months(a, -b.months)
    if isinstance(b, DaysTime):
        return _plus_nanos(a, -b.nanos, b)
    if isinstance(a, Date) and isinstance(b, Date):
        return nanos((a.ordinal() - b.ordinal()) * DAY_NANOS)
    if isinstance(a, Date | DateTime) and isinstance(b, Date | DateTime):
        return _between(_midnight(a), _midnight(b))
    if isinstance(a, Time) and isinstance(b, Time):
        day = Date(2024, 1, 1)
        return _between(DateTime(day, a), DateTime(day, b))
    raise _mismatch("subtract", a, b)


def multiply(a: Any, b: Any) -> Any:
    """`a * b`"""
    if isinstance(a, Decimal) and isinstance(b, Decimal):
        return _number(NUMBERS.multiply, a, b)
    if isinstance(a, Decimal) and isinstance(b, YearsMonths | DaysTime):
        a, b = b, a
    if isinstance(b, Decimal):
        if isinstance(a, YearsMonths):
            return months(_whole(_number(NUMBERS.multiply, Decimal(a.months), b)))
        if isinstance(a, DaysTime):
            return nanos(_whole(_number(NUMBERS.multiply, Decimal(a.nanos), b)))
    raise _mismatch("multiply", a, b)


def divide(a: Any, b: Any) -> Any:
    """`a / b`"""
    if isinstance(a, Decimal) and isinstance(b, Decimal):
        return _number(NUMBERS.divide, a, b)
    if isinstance(a, YearsMonths):
        if isinstance(b, YearsMonths):
            return _number(NUMBERS.divide, Decimal(a.months), Decimal(b.months))
        if isinstance(b, Decimal):
            return months(_whole(_number(NUMBERS.divide, Decimal(a.months), b)))
    if isinstance(a, DaysTime):
        if isinstance(b, DaysTime):
            return _number(NUMBERS.divide, Decimal(a.nanos), Decimal(b.nanos))
        if isinstance(b, Decimal):
            return nanos(_whole(_number(NUMBERS.divide, Decimal(a.nanos), b)))
    raise _mismatch("divide", a, b)


def power(a: Any, b: Any) -> Any:
    """`a ** b`"""
    if isinstance(a, Decimal) and isinstance(b, Decimal):
        return _number(NUMBERS.power, a, b)
    raise _mismatch("raise", a, b)


def negate(a: Any) -> Any:
    """`-a`"""
    if isinstance(a, Decimal):
        return NUMBERS.minus(a)
    if isinstance(a, YearsMonths):
        return YearsMonths(-a.months)
    if isinstance(a, DaysTime):
        return DaysTime(-a.nanos)
    raise FeelFailure(f"cannot negate {type_name(a)}", ProblemKind.WRONG_TYPE)


OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "**": power,
}


def _number(operation: Callable[[Decimal, Decimal], Decimal], a: Decimal, b: Decimal) -> Decimal:
    try:
        result = operation(a, b)
        if result.is_finite():  # 0 ** -1 is infinite without a signal
            return result
        raise FeelFailure("the result is infinite")
    except DecimalException as error:
        if not b and operation == NUMBERS.divide:
            raise FeelFailure("division by zero") from error
        raise FeelFailure("the result is not a number this large or of this kind") from error


def _whole(value: Decimal) -> int:
    if value.adjusted() > 40:
        raise FeelFailure("the duration is too long")
    return int(value)


def months(count: int) -> YearsMonths:
    """A duration of so many months, unless it is absurd."""
    if abs(count) > 10**18:
        raise FeelFailure("the duration is too long")
    return YearsMonths(count)


def nanos(count: int) -> DaysTime:
    """A duration of so many nanoseconds, unless it is absurd."""
    if abs(count) > MAX_NANOS:
        raise FeelFailure("the duration is too long")
    return DaysTime(count)


def _plus_months(value: Any, count: int) -> Any:
    if not isinstance(value, Date | DateTime):
        raise _mismatch("combine", value, YearsMonths(count))
    try:
        if isinstance(value, DateTime):
            return DateTime(value.date.plus_months(count), value.time)
        return value.plus_months(count)
    except ValueError as error:
        raise FeelFailure(str(error)) from error


def _plus_nanos(value: Any, count: int, duration: DaysTime) -> Any:
    try:
        if isinstance(value, Date):
            # The time part the duration adds is dropped: a date stays a date.
            return Date.from_ordinal((value.ordinal() * DAY_NANOS + count) // DAY_NANOS)
        if isinstance(value, DateTime):
            return DateTime.from_wall(value.wall_nanos() + count, value.time)
        if isinstance(value, Time):
            return Time.from_nanos(value.nanos() + count, value)
    except ValueError as error:
        raise FeelFailure("the year is out of range") from error
    raise _mismatch("combine", value, duration)


def _midnight(value: Date | DateTime) -> DateTime:
    return value if isinstance(value, DateTime) else DateTime(value, Time(0, 0, 0, offset=0))


def _between(a: DateTime, b: DateTime) -> DaysTime:
    left, right = a.instant(), b.instant()
    if (left is None) != (right is None):
        raise FeelFailure("one of the two has a time offset and the other has not")
    if left is None or right is None:
        left, right = a.wall_nanos(), b.wall_nanos()
    return nanos(left - right)


def seconds_of(count: int) -> Decimal:
    """Nanoseconds as a number of seconds."""
    return NUMBERS.divide(Decimal(count), Decimal(NANO))
