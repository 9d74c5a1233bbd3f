"""The loops of `for`, `some` and `every`."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.feel.compare import order
from engine.feel.errors import Place, ProblemKind
from engine.feel.number import NUMBERS, as_integer
from engine.feel.runtime import Env, Evaluator, Run
from engine.feel.temporal import Date
from engine.feel.values import Range


@dataclass(frozen=True, slots=True)
class Iteration:
    """`name in source` or `name in source..end`, compiled."""

    name: str
    source: Evaluator
    end: Evaluator | None
    place: Place


class NotIterable(Exception):
    """The problem is already reported; the whole loop is null."""


def collect(
    iterations: list[Iteration], body: Evaluator, env: Env, *, wants_partial: bool = True
) -> list[Any] | None:
    """`for ... return body`; earlier results are visible as `partial`."""
    results: list[Any] = []
    try:
        for variables in _rounds(iterations, env, results if wants_partial else None):
            results.append(body(variables))
            if len(results) > env.run.limits.list_size:
                env.run.sized(results)
    except NotIterable:
        return None
    return results


def quantify(
    iterations: list[Iteration], condition: Evaluator, env: Env, *, decisive: bool
) -> bool | None:
    """`some` (decisive true) and `every` (decisive false) in three-valued logic."""
    unknown = False
    try:
        for variables in _rounds(iterations, env, None):
            value = condition(variables)
            if isinstance(value, bool) and value is decisive:
                return value
            if value is not True and value is not False:
                unknown = True
    except NotIterable:
        return None
    return None if unknown else not decisive


def _rounds(
    iterations: list[Iteration], env: Env, partial: list[Any] | None, depth: int = 0
) -> Iterator[Env]:
    iteration = iterations[depth]
    for value in _values(iteration, env):
        env.run.spend(1)
        variables = {iteration.name: value}
        inner = Env(variables, env, env.run)
        if depth + 1 < len(iterations):
            yield from _rounds(iterations, inner, partial, depth + 1)
        else:
            if partial is not None:
                # A copy: a result may keep it, and must not come to contain itself.
                env.run.spend(len(partial) >> 2)
                variables["partial"] = list(partial)
            yield inner


def _values(iteration: Iteration, env: Env) -> Iterator[Any]:
    source = iteration.source(env)
    if iteration.end is not None:
        return _steps(source, iteration.end(env), iteration.place, env.run)
    if isinstance(source, list):
        return iter(source)
    if isinstance(source, Range):
        if source.start is None or source.end is None:
            env.run.report(
                ProblemKind.INVALID_VALUE, "a range without end cannot be walked", iteration.place
            )
            raise NotIterable
        return (
            value
            for value in _steps(source.start, source.end, iteration.place, env.run)
            if (source.start_included or order(value, source.start) != 0)
            and (source.end_included or order(value, source.end) != 0)
        )
    if source is None:
        env.run.report(ProblemKind.WRONG_TYPE, "there is no list to walk: null", iteration.place)
        raise NotIterable
    return iter([source])


def _steps(start: Any, end: Any, place: Place, run: Run) -> Iterator[Any]:
    if isinstance(start, Decimal) and isinstance(end, Decimal):
        low, high = as_integer(start), as_integer(end)
        if low is not None and high is not None:
            step = 1 if low <= high else -1
            return (NUMBERS.create_decimal(n) for n in range(low, high + step, step))
    elif isinstance(start, Date) and isinstance(end, Date):
        low, high = start.ordinal(), end.ordinal()
        step = 1 if low <= high else -1
        return (Date.from_ordinal(n) for n in range(low, high + step, step))
    run.report(ProblemKind.WRONG_TYPE, "only whole numbers and dates can be counted through", place)
    raise NotIterable
