"""Reading what a service task hands to an ability: the right type, the right size, or a clear refusal.

A refusal names the argument and what it should have been, never the value: it may be sensitive.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from engine.abilities.base import Call
from engine.errors import Invalid
from engine.feel import to_json

#: More than any fund holds (ten trillion yuan, in 分): a typing error, not money.
LARGEST_FEN = 10**15


class InvalidArgument(Invalid):
    """A service task handed an ability something it cannot use."""

    problem = "invalid_argument"


def refuse(call: Call, name: str, expected: str) -> InvalidArgument:
    """The error for an argument that does not hold."""
    return InvalidArgument(
        instance=call.case.id, element=call.element, argument=name, expected=expected
    )


def argument(call: Call, name: str) -> Any:
    """An argument as a JSON value (whole numbers as int, dates as ISO text); None when absent."""
    return to_json(call.arguments.get(name))


def text(call: Call, name: str, longest: int) -> str:
    """A text of 1 to `longest` characters, trimmed."""
    found = optional_text(call, name, longest)
    if found is None:
        raise refuse(call, name, f"a text of 1 to {longest} characters")
    return found


def optional_text(call: Call, name: str, longest: int) -> str | None:
    """A text, or None when the argument is absent, null or blank."""
    value = argument(call, name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value.strip()) > longest or not value.isprintable():
        raise refuse(call, name, f"a text of at most {longest} characters on one line")
    return value.strip() or None


def whole(call: Call, name: str, least: int, most: int) -> int:
    """A whole number from `least` to `most`."""
    value = argument(call, name)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise refuse(call, name, f"a whole number from {least} to {most}")
    return value


def fen(call: Call, name: str = "amount_fen") -> int:
    """An amount in 分, more than nothing."""
    return whole(call, name, 1, LARGEST_FEN)


def year(call: Call, name: str = "year") -> int:
    """A calendar year, given as a number or as a date in it."""
    value = argument(call, name)
    if isinstance(value, str):
        try:
            return date.fromisoformat(value[:10]).year
        except ValueError:
            raise refuse(call, name, "a year or a date") from None
    return whole(call, name, 1900, 9999)


def flag(call: Call, name: str, default: bool = False) -> bool:
    """True or false; `default` when the argument is absent."""
    value = argument(call, name)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise refuse(call, name, "true or false")
    return value


def context(call: Call, name: str) -> dict[str, Any]:
    """A context of JSON values; empty when the argument is absent."""
    value = argument(call, name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise refuse(call, name, "a context")
    return value
