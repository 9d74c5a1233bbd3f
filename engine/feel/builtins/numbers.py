"""Functions of numbers."""

from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
    DecimalException,
)
from typing import Any

from engine.feel.builtins.registry import builtin
from engine.feel.errors import FeelFailure, ProblemKind
from engine.feel.number import NUMBERS, ONE, ZERO, as_integer
from engine.feel.runtime import Run
from engine.feel.temporal import DaysTime, YearsMonths
from engine.feel.values import type_name

_MIN_SCALE, _MAX_SCALE = -6111, 6176


def _rounded(value: Decimal, scale: Decimal | None, rounding: str) -> Decimal:
    places = 0 if scale is None else as_integer(scale.to_integral_value(ROUND_DOWN))
    if places is None or not _MIN_SCALE <= places <= _MAX_SCALE:
        raise FeelFailure(f"scale should be between {_MIN_SCALE} and {_MAX_SCALE}")
    exponent = value.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= places:
        return value
    if value.adjusted() < -places - 1:
        # Less than a tenth of the last place: quantize would need too many digits.
        away = rounding == ROUND_UP or rounding == (ROUND_FLOOR if value < 0 else ROUND_CEILING)
        return (ONE.scaleb(-places, NUMBERS).copy_sign(value)) if away and value else ZERO
    return value.quantize(ONE.scaleb(-places, NUMBERS), rounding, NUMBERS)


def _register_rounding(name: str, rounding: str, *, scale: str) -> None:
    def body(run: Run, n: Decimal, places: Decimal | None = None) -> Decimal:
        try:
            return _rounded(n, places, rounding)
        except DecimalException as error:
            raise FeelFailure("the result has too many digits") from error

    builtin(name, "n: number", f"scale: number{scale}")(body)


_register_rounding("decimal", ROUND_HALF_EVEN, scale="")
_register_rounding("floor", ROUND_FLOOR, scale="=")
_register_rounding("ceiling", ROUND_CEILING, scale="=")
_register_rounding("round up", ROUND_UP, scale="")
_register_rounding("round down", ROUND_DOWN, scale="")
_register_rounding("round half up", ROUND_HALF_UP, scale="")
_register_rounding("round half down", ROUND_HALF_DOWN, scale="")


@builtin("abs", "n: any")
def absolute(run: Run, n: Any) -> Any:
    """`abs(-1)`, `abs(@"-P1D")`"""
    n = n[0] if isinstance(n, list) and len(n) == 1 else n
    if isinstance(n, Decimal):
        return n.copy_abs()
    if isinstance(n, YearsMonths):
        return YearsMonths(abs(n.months))
    if isinstance(n, DaysTime):
        return DaysTime(abs(n.nanos))
    raise FeelFailure(
        f"n should be a number or a duration, not {type_name(n)}", ProblemKind.WRONG_TYPE
    )


@builtin("modulo", "dividend: number", "divisor: number")
def modulo(run: Run, dividend: Decimal, divisor: Decimal) -> Decimal:
    """The remainder with the sign of the divisor."""
    if not divisor:
        raise FeelFailure("division by zero")
    try:
        remainder = NUMBERS.remainder(dividend, divisor)
    except DecimalException as error:
        raise FeelFailure("the quotient has too many digits") from error
    if remainder and (remainder < 0) != (divisor < 0):
        remainder = NUMBERS.add(remainder, divisor)
    return remainder


@builtin("sqrt", "number: number")
def square_root(run: Run, number: Decimal) -> Decimal:
    """The square root of a number that is not negative."""
    if number < 0:
        raise FeelFailure("there is no square root of a negative number")
    return NUMBERS.sqrt(number)


@builtin("log", "number: number")
def logarithm(run: Run, number: Decimal) -> Decimal:
    """The natural logarithm."""
    run.spend(10)
    if number <= 0:
        raise FeelFailure("there is a logarithm of positive numbers only")
    return NUMBERS.ln(number)


@builtin("exp", "number: number")
def exponential(run: Run, number: Decimal) -> Decimal:
    """e to a power."""
    run.spend(10)
    try:
        return NUMBERS.exp(number)
    except DecimalException as error:
        raise FeelFailure("the result is too large") from error


@builtin("odd", "number: number")
def is_odd(run: Run, number: Decimal) -> bool:
    """Whether a whole number is odd."""
    return _parity(number) == 1


@builtin("even", "number: number")
def is_even(run: Run, number: Decimal) -> bool:
    """Whether a whole number is even."""
    return _parity(number) == 0


def _parity(number: Decimal) -> int:
    whole = as_integer(number)
    if whole is None:
        if number.adjusted() > 40:
            return 0  # 34 digits and more zeros behind them
        raise FeelFailure("number should be whole")
    return whole % 2
