"""Any value as text, the way `string()` writes it."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from engine.feel.compare import Budget
from engine.feel.lexer import quote
from engine.feel.names import key_text
from engine.feel.number import number_text
from engine.feel.temporal import Date, DateTime, DaysTime, Time, YearsMonths
from engine.feel.values import Function, Range


def text_of(value: Any, *, budget: Budget | None = None) -> str:
    """Text at the top is itself; inside lists and contexts it is quoted."""
    return value if isinstance(value, str) else _write(value, budget or Budget())


def _write(value: Any, budget: Budget) -> str:
    budget.spend(1)
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case Decimal():
            return number_text(value)
        case str():
            budget.spend(len(value) >> 6)
            return quote(value)
        case list():
            return f"[{', '.join(_each(value, budget))}]"
        case dict():
            entries = [f"{key_text(key)}: {_write(item, budget)}" for key, item in value.items()]
            return "{" + ", ".join(entries) + "}"
        case Range():
            return _range(value, budget)
        case Function():
            return f"function({', '.join(value.parameters)})"
    return str(value)


def _each(values: Sequence[Any], budget: Budget) -> list[str]:
    return [_write(value, budget) for value in values]


def _range(value: Range, budget: Budget) -> str:
    if value.unary:
        return f"{value.unary} {_end(value.start, budget)}"
    if value.start is None:
        return f"{'<=' if value.end_included else '<'} {_end(value.end, budget)}"
    if value.end is None:
        return f"{'>=' if value.start_included else '>'} {_end(value.start, budget)}"
    opening = "[" if value.start_included else "("
    closing = "]" if value.end_included else ")"
    return f"{opening}{_end(value.start, budget)}..{_end(value.end, budget)}{closing}"


def _end(value: Any, budget: Budget) -> str:
    if isinstance(value, Date | Time | DateTime | YearsMonths | DaysTime):
        return f'@"{value}"'
    return _write(value, budget)
