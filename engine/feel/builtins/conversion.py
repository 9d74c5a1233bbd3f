"""Functions that turn one kind of value into another, and `not` and `is`."""

import re
from decimal import Decimal, DecimalException
from typing import Any

from engine.feel.builtins.registry import builtin
from engine.feel.compare import Budget, equal
from engine.feel.errors import FeelFailure
from engine.feel.number import NUMBERS
from engine.feel.runtime import Run
from engine.feel.temporal import DateTime, Time
from engine.feel.text import text_of

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,6})?")


@builtin("string", "from: any?")
def string(run: Run, value: Any) -> str | None:
    """Any value as text; null stays null."""
    if value is None:
        return None
    budget = Budget(run.steps)
    text = text_of(value, budget=budget)
    run.spend(run.steps - budget.left)
    return text


@builtin("number", "from: string", "grouping separator: string?=", "decimal separator: string?=")
def number(run: Run, text: str, grouping: str | None, point: str | None) -> Decimal:
    """`number("1,000.50", ",", ".")`"""
    if grouping is not None and grouping not in (" ", ",", "."):
        raise FeelFailure('grouping separator should be " ", "," or "."')
    if point is not None and point not in (",", "."):
        raise FeelFailure('decimal separator should be "," or "."')
    if grouping is not None and grouping == point:
        raise FeelFailure("the two separators should differ")
    plain = text.replace(grouping, "") if grouping else text
    if point == ",":
        if "." in plain:
            raise FeelFailure(f'"{text[:40]}" is not a number')
        plain = plain.replace(",", ".")
    if not _NUMBER.fullmatch(plain):
        raise FeelFailure(f'"{text[:40]}" is not a number')
    try:
        return NUMBERS.create_decimal(plain)
    except DecimalException as error:
        raise FeelFailure("the number is too large") from error


@builtin("not", "negand: any?")
def negation(run: Run, negand: Any) -> bool | None:
    """The opposite; null of anything but a boolean."""
    negand = negand[0] if isinstance(negand, list) and len(negand) == 1 else negand
    return (not negand) if isinstance(negand, bool) else None


@builtin("is", "value1: any?", "value2: any?")
def is_same(run: Run, a: Any, b: Any) -> bool:
    """Whether two values are the same element of the same domain; stricter than `=`."""
    if type(a) is not type(b):
        return False
    if isinstance(a, Time) and isinstance(b, Time):
        return a.nanos() == b.nanos() and a.utc_offset() == b.utc_offset()
    if isinstance(a, DateTime) and isinstance(b, DateTime):
        return a.wall_nanos() == b.wall_nanos() and a.instant() == b.instant()
    return equal(a, b) is True
