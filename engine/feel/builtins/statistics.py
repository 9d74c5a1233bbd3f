"""Functions that boil a list of numbers, or of comparable values, down to one."""

from collections.abc import Callable
from decimal import Decimal, DecimalException
from functools import reduce
from typing import Any

from engine.feel.arithmetic import add, divide
from engine.feel.builtins.registry import builtin
from engine.feel.compare import order
from engine.feel.errors import FeelFailure, ProblemKind
from engine.feel.number import NUMBERS, ONE, ZERO
from engine.feel.runtime import Run
from engine.feel.temporal import DaysTime, YearsMonths
from engine.feel.values import type_name


def _over_a_list(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register for both spellings: `sum([1, 2])` and `sum(1, 2)`."""

    def register(body: Callable[[Run, list[Any]], Any]) -> Callable[..., Any]:
        def from_list(run: Run, values: list[Any]) -> Any:
            run.spend(len(values))
            return body(run, values)

        def from_arguments(run: Run, *values: Any) -> Any:
            if values == (None,):
                raise FeelFailure("list is null", ProblemKind.WRONG_TYPE)
            return from_list(run, list(values))

        builtin(name, "list: list")(from_list)
        builtin(name, "list: any?", variadic=True)(from_arguments)
        return body

    return register


def _numbers(values: list[Any]) -> list[Decimal]:
    for value in values:
        if not isinstance(value, Decimal):
            raise FeelFailure(
                f"the list should hold numbers only, not {type_name(value)}",
                ProblemKind.WRONG_TYPE,
            )
    return values


def _nonempty(values: list[Any]) -> list[Any]:
    if not values:
        raise FeelFailure("the list is empty")
    return values


@_over_a_list("count")
def count(run: Run, values: list[Any]) -> Decimal:
    """How many elements."""
    return Decimal(len(values))


@_over_a_list("sum")
def total(run: Run, values: list[Any]) -> Any:
    """The sum of numbers, or of durations of one kind; null for an empty list."""
    for value in _nonempty(values):
        if not isinstance(value, Decimal | YearsMonths | DaysTime):
            raise FeelFailure(f"cannot sum {type_name(value)}", ProblemKind.WRONG_TYPE)
    return reduce(add, values)


@_over_a_list("mean")
def mean(run: Run, values: list[Any]) -> Any:
    """The average."""
    return divide(total(run, values), Decimal(len(values)))


@_over_a_list("product")
def product(run: Run, values: list[Any]) -> Decimal:
    """All numbers multiplied."""
    try:
        return reduce(NUMBERS.multiply, _numbers(_nonempty(values)), ONE)
    except DecimalException as error:
        raise FeelFailure("the product is too large") from error


@_over_a_list("min")
def minimum(run: Run, values: list[Any]) -> Any:
    """The smallest."""
    return _extreme(values, -1)


@_over_a_list("max")
def maximum(run: Run, values: list[Any]) -> Any:
    """The largest."""
    return _extreme(values, 1)


def _extreme(values: list[Any], wanted: int) -> Any:
    best = _nonempty(values)[0]
    for value in values:
        position = order(value, best)
        if position is None:
            raise FeelFailure(
                f"cannot compare {type_name(value)} with {type_name(best)}",
                ProblemKind.WRONG_TYPE,
            )
        if position == wanted:
            best = value
    return best


@_over_a_list("median")
def median(run: Run, values: list[Any]) -> Decimal:
    """The middle number, or the mean of the two in the middle."""
    ordered = sorted(_numbers(_nonempty(values)))
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return NUMBERS.divide(NUMBERS.add(ordered[middle - 1], ordered[middle]), Decimal(2))


@_over_a_list("stddev")
def standard_deviation(run: Run, values: list[Any]) -> Decimal:
    """The sample standard deviation."""
    numbers = _numbers(values)
    if len(numbers) < 2:
        raise FeelFailure("at least two numbers are needed")
    try:
        average = NUMBERS.divide(reduce(NUMBERS.add, numbers), Decimal(len(numbers)))
        squares = [NUMBERS.power(NUMBERS.subtract(n, average), 2) for n in numbers]
        variance = NUMBERS.divide(reduce(NUMBERS.add, squares, ZERO), Decimal(len(numbers) - 1))
        return NUMBERS.sqrt(variance)
    except DecimalException as error:
        raise FeelFailure("the numbers are too large") from error


@_over_a_list("mode")
def mode(run: Run, values: list[Any]) -> list[Decimal]:
    """The most frequent numbers, in ascending order."""
    counts: dict[Decimal, int] = {}
    for number in _numbers(values):
        counts[number] = counts.get(number, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(number for number, times in counts.items() if times == most)


@_over_a_list("all")
def conjunction(run: Run, values: list[Any]) -> bool | None:
    """False if one is false, else true if all are true, else null."""
    return _logic(values, decisive=False)


@_over_a_list("any")
def disjunction(run: Run, values: list[Any]) -> bool | None:
    """True if one is true, else false if all are false, else null."""
    return _logic(values, decisive=True)


def _logic(values: list[Any], *, decisive: bool) -> bool | None:
    if any(value is decisive for value in values):
        return decisive
    return (not decisive) if all(isinstance(value, bool) for value in values) else None
