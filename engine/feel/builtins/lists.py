"""Functions of lists. Positions count from 1, or from the end below 0."""

from decimal import ROUND_DOWN, Decimal
from functools import cmp_to_key
from typing import Any

from engine.feel.builtins.registry import builtin
from engine.feel.compare import equal
from engine.feel.errors import FeelFailure, ProblemKind
from engine.feel.number import as_integer
from engine.feel.runtime import Run
from engine.feel.values import Function


def _index(values: list[Any], position: Decimal) -> int:
    """A position as a Python index that is not negative."""
    whole = as_integer(position.to_integral_value(ROUND_DOWN))
    if whole is None:
        raise FeelFailure("position is too large")
    index = whole - 1 if whole > 0 else len(values) + whole
    if whole == 0 or not 0 <= index < len(values):
        raise FeelFailure(f"there is no position {whole} in a list of {len(values)}")
    return index


def _same(a: Any, b: Any, run: Run) -> bool:
    return equal(a, b, run) is True


@builtin("list contains", "list: list", "element: any?")
def list_contains(run: Run, values: list[Any], element: Any) -> bool:
    """Whether an element equals the given value; null counts."""
    run.spend(len(values))
    return any(_same(value, element, run) for value in values)


@builtin("sublist", "list: list", "start position: number", "length: number?=")
def sublist(run: Run, values: list[Any], start: Decimal, length: Decimal | None) -> list[Any]:
    """Elements from a position on."""
    begin = _index(values, start)
    if length is None:
        return values[begin:]
    size = as_integer(length)
    if size is None or size < 1 or begin + size > len(values):
        raise FeelFailure("length should be a whole number that fits into the list")
    return values[begin : begin + size]


@builtin("append", "list: any?", variadic=True)
def append(run: Run, values: Any, *items: Any) -> list[Any]:
    """A list with further elements behind."""
    if values is None:
        raise FeelFailure("list is null", ProblemKind.WRONG_TYPE)
    return [*_as_list(values), *items]


@builtin("concatenate", "list: any?", variadic=True)
def concatenate(run: Run, *lists: Any) -> list[Any]:
    """Lists one after the other."""
    if any(values is None for values in lists):
        raise FeelFailure("one of the lists is null", ProblemKind.WRONG_TYPE)
    return [value for values in lists for value in _as_list(values)]


@builtin("union", "list: any?", variadic=True)
def union(run: Run, *lists: Any) -> list[Any]:
    """Lists one after the other, each value once."""
    return _distinct(run, concatenate(run, *lists))


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


@builtin("distinct values", "list: list")
def distinct_values(run: Run, values: list[Any]) -> list[Any]:
    """Each value once, in the order of first appearance."""
    return _distinct(run, values)


def _distinct(run: Run, values: list[Any]) -> list[Any]:
    kept: list[Any] = []
    for value in values:
        run.spend(1 + (len(kept) >> 3))
        if not any(_same(value, other, run) for other in kept):
            kept.append(value)
    return kept


@builtin("flatten", "list: list")
def flatten(run: Run, values: list[Any]) -> list[Any]:
    """Lists inside lists dissolved."""
    flat: list[Any] = []
    _flatten_into(flat, values, run)
    return flat


def _flatten_into(flat: list[Any], values: list[Any], run: Run) -> None:
    run.spend(1 + (len(values) >> 2))
    for value in values:
        if isinstance(value, list):
            _flatten_into(flat, value, run)
        else:
            flat.append(value)


@builtin("insert before", "list: list", "position: number", "newItem: any?")
def insert_before(run: Run, values: list[Any], position: Decimal, item: Any) -> list[Any]:
    """A list with an element more."""
    index = _index(values, position)
    return [*values[:index], item, *values[index:]]


@builtin("remove", "list: list", "position: number")
def remove(run: Run, values: list[Any], position: Decimal) -> list[Any]:
    """A list with an element less."""
    index = _index(values, position)
    return [*values[:index], *values[index + 1 :]]


@builtin("list replace", "list: list", "position: number", "newItem: any?")
def replace_at(run: Run, values: list[Any], position: Decimal, item: Any) -> list[Any]:
    """A list with another element at a position."""
    index = _index(values, position)
    return [*values[:index], item, *values[index + 1 :]]


@builtin("list replace", "list: list", "match: function", "newItem: any?")
def replace_matching(run: Run, values: list[Any], match: Function, item: Any) -> list[Any]:
    """A list with another element wherever `match(element, newItem)` is true."""
    result = []
    for value in values:
        verdict = _ask(run, match, value, item)
        if not isinstance(verdict, bool):
            raise FeelFailure("match should answer true or false", ProblemKind.WRONG_TYPE)
        result.append(item if verdict else value)
    return result


@builtin("reverse", "list: list")
def reverse(run: Run, values: list[Any]) -> list[Any]:
    """Last first."""
    return values[::-1]


@builtin("index of", "list: list", "match: any?")
def index_of(run: Run, values: list[Any], match: Any) -> list[Decimal]:
    """The positions of a value."""
    run.spend(len(values))
    return [Decimal(at) for at, value in enumerate(values, 1) if _same(value, match, run)]


@builtin("sort", "list: list", "precedes: function")
def sort(run: Run, values: list[Any], precedes: Function) -> list[Any]:
    """Sorted by a function that says whether its first argument comes before its second."""

    def position(a: Any, b: Any) -> int:
        if _ask(run, precedes, a, b) is True:
            return -1
        return 1 if _ask(run, precedes, b, a) is True else 0

    return sorted(values, key=cmp_to_key(position))


def _ask(run: Run, function: Function, a: Any, b: Any) -> Any:
    run.enter()
    try:
        return function.call(run, [a, b])
    finally:
        run.leave()
