"""Equality and order, by the tables of the standard (10.3.2.13)."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Protocol

from engine.feel.errors import FeelLimitError
from engine.feel.temporal import NANO, Date, DateTime, DaysTime, Time, YearsMonths
from engine.feel.values import Function, Range

#: Elements two values may have in all before comparing them is refused. Values can share parts,
#: so a small text can build one that has more elements than there is memory.
MAX_ELEMENTS = 100_000


class Spender(Protocol):
    """Whatever counts work: a run, or a budget for one walk."""

    def spend(self, steps: int, /) -> None:
        """Take from the budget; raises FeelLimitError when nothing is left."""


class Budget:
    """Counts the elements that one walk over values has seen."""

    __slots__ = ("left",)

    def __init__(self, left: int = MAX_ELEMENTS) -> None:
        self.left = left

    def spend(self, steps: int, /) -> None:
        """Take from the budget."""
        self.left -= steps
        if self.left < 0:
            raise FeelLimitError("a value has too many elements")


def equal(a: Any, b: Any, budget: Spender | None = None) -> bool | None:
    """Whether two values are equal; None when their types cannot be compared.

    Inside an evaluation its run is the budget, so that comparing large lists is paid for.
    """
    if a is None or b is None:
        return a is b
    kind = type(a)
    if kind is type(b) and kind in (Decimal, str, bool, Date, YearsMonths, DaysTime):
        return bool(a == b)
    return _equal(a, b, budget or Budget())


def _equal(a: Any, b: Any, budget: Spender) -> bool | None:
    if a is None or b is None:
        return a is b
    if isinstance(a, DateTime) and isinstance(b, DateTime):
        return _same_moment(a, b)
    if isinstance(a, Time) and isinstance(b, Time):
        return _time_key(a) == _time_key(b) if a.is_local == b.is_local else False
    if type(a) is not type(b):
        return (a is b) if isinstance(a, Function) and isinstance(b, Function) else None
    if isinstance(a, list):
        budget.spend(len(a) + 1)
        if len(a) != len(b):
            return False
        return all(_equal(x, y, budget) is True for x, y in zip(a, b, strict=True))
    if isinstance(a, dict):
        budget.spend(len(a) + 1)
        if a.keys() != b.keys():
            return False
        return all(_equal(value, b[key], budget) is True for key, value in a.items())
    if isinstance(a, Range):
        return (
            a.unary == b.unary
            and a.start_included == b.start_included
            and a.end_included == b.end_included
            and _equal(a.start, b.start, budget) is True
            and _equal(a.end, b.end, budget) is True
        )
    return bool(a == b)


def measure(value: Any, budget: Spender) -> None:
    """Refuse a value whose parts, counted as often as they are reached, are too many.

    Parts can be shared, so a value that takes little memory may print longer than any disk.
    """
    if isinstance(value, list | dict):
        budget.spend(len(value) + 1)
        for item in value.values() if isinstance(value, dict) else value:
            measure(item, budget)


def _same_moment(a: DateTime, b: DateTime) -> bool:
    left, right = a.instant(), b.instant()
    if left is None and right is None:
        return a.wall_nanos() // NANO == b.wall_nanos() // NANO
    return left is not None and right is not None and left // NANO == right // NANO


# The standard compares moments by whole seconds (10.3.2.3.4 and .5); fractions are kept but
# make no difference.
def _time_key(value: Time) -> int:
    return value.nanos() // NANO - (value.utc_offset() or 0)


def order(a: Any, b: Any) -> int | None:
    """-1, 0 or 1; None when the two have no order."""
    if type(a) is not type(b):
        return None
    if isinstance(a, Decimal | str | Date | YearsMonths | DaysTime):
        return -1 if a < b else int(a > b)
    if isinstance(a, DateTime):
        left, right = a.instant(), b.instant()
        if (left is None) != (right is None):
            return None
        if left is None or right is None:
            left, right = a.wall_nanos(), b.wall_nanos()
        left, right = left // NANO, right // NANO
        return -1 if left < right else int(left > right)
    if isinstance(a, Time):
        if a.is_local != b.is_local:
            return None
        left, right = _time_key(a), _time_key(b)
        return -1 if left < right else int(left > right)
    return None


def in_range(value: Any, limits: Range) -> bool | None:
    """Whether a value lies in a range; None when it cannot be compared with its ends."""
    if limits.unary:
        same = equal(value, limits.start)
        return same if same is None or limits.unary == "=" else not same
    result = True
    for end, included, wrong in (
        (limits.start, limits.start_included, -1),
        (limits.end, limits.end_included, 1),
    ):
        if end is None:
            continue
        position = order(value, end)
        if position is None:
            return None
        if position == wrong or (position == 0 and not included):
            result = False
    return result


def matches_test(value: Any, test: Any, budget: Spender | None = None) -> bool | None:
    """Whether a value satisfies the value of a test: equal to it, in its list or range."""
    if isinstance(test, Range) and not isinstance(value, Range):
        return in_range(value, test)
    if isinstance(test, list):
        if isinstance(value, list) and equal(value, test, budget):
            return True
        if budget:
            budget.spend(1 + (len(test) >> 2))
        return any(matches_test(value, item, budget) is True for item in test)
    return equal(value, test, budget)


def comparison(op: str) -> Callable[[Any, Any], bool | None]:
    """The function for a comparison operator; None means "cannot be compared"."""
    return _COMPARISONS[op]


def _not_equal(a: Any, b: Any) -> bool | None:
    result = equal(a, b)
    return None if result is None else not result


def _less(a: Any, b: Any) -> bool | None:
    if type(a) is Decimal and type(b) is Decimal:
        return a < b
    position = order(a, b)
    return None if position is None else position < 0


def _less_or_equal(a: Any, b: Any) -> bool | None:
    position = order(a, b)
    return None if position is None else position <= 0


def _greater(a: Any, b: Any) -> bool | None:
    return _less(b, a)


def _greater_or_equal(a: Any, b: Any) -> bool | None:
    return _less_or_equal(b, a)


_COMPARISONS: dict[str, Callable[[Any, Any], bool | None]] = {
    "=": equal,
    "!=": _not_equal,
    "<": _less,
    "<=": _less_or_equal,
    ">": _greater,
    ">=": _greater_or_equal,
}
