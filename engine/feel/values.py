"""The values of FEEL and what they are called.

null is None, numbers are `Decimal`, strings `str`, booleans `bool`, lists `list`, contexts `dict`;
dates, times and durations are in `temporal`; ranges and functions are here. Values are never
changed once made.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.feel.temporal import Date, DateTime, DaysTime, Time, YearsMonths


@dataclass(frozen=True, slots=True)
class Range:
    """`[start..end]`; None is "without end" on that side."""

    start: Any
    end: Any
    start_included: bool = True
    end_included: bool = True
    #: "=" or "!=" if written as `(= value)`, `(!= value)`; start and end are the value then
    unary: str = ""


class Function:
    """Anything that can be called."""

    name: str = "function"
    parameters: tuple[str, ...] = ()

    def call(self, run: Any, arguments: Sequence[Any]) -> Any:
        """Call with positional arguments."""
        raise NotImplementedError

    def call_named(self, run: Any, arguments: dict[str, Any]) -> Any:
        """Call with named arguments."""
        raise NotImplementedError


_NAMES: dict[type, str] = {
    type(None): "null",
    Decimal: "number",
    str: "string",
    bool: "boolean",
    Date: "date",
    Time: "time",
    DateTime: "date and time",
    YearsMonths: "years and months duration",
    DaysTime: "days and time duration",
    Range: "range",
    list: "list",
    dict: "context",
}

#: Types of which every value is already a FEEL value.
SCALARS = frozenset([type(None), Decimal, str, bool, Date, Time, DateTime, YearsMonths, DaysTime])


def type_name(value: object) -> str:
    """What FEEL calls the type of a value."""
    name = _NAMES.get(type(value))
    if name:
        return name
    return "function" if isinstance(value, Function) else type(value).__name__
