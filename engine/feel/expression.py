"""Expressions that are compiled once and evaluated often."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from engine.feel import cells, tree
from engine.feel.callables import host_functions
from engine.feel.compare import Budget, measure
from engine.feel.compiler import Compiler
from engine.feel.convert import NotAFeelValue, to_feel
from engine.feel.errors import NOWHERE, FeelLimitError, Problem, ProblemKind
from engine.feel.free_names import names_in
from engine.feel.names import is_plain_name, special_names
from engine.feel.parser import parse, parse_unary_tests
from engine.feel.runtime import DEFAULT_LIMITS, Env, Evaluator, Limits, Run

Clock = Callable[[], dt.datetime]
_NO_FUNCTIONS: Mapping[str, Callable[..., Any]] = {}


@dataclass(frozen=True, slots=True)
class Result:
    """A value, and why parts on the way to it were null."""

    value: Any
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Expression:
    """A compiled expression; safe to share between threads."""

    text: str
    node: tree.Node
    #: variables it may use; built-in functions among them
    names: frozenset[str]
    run: Evaluator = field(repr=False, compare=False)

    def evaluate(
        self,
        context: Mapping[str, object],
        *,
        now: Clock | None = None,
        functions: Mapping[str, Callable[..., Any]] = _NO_FUNCTIONS,
        limits: Limits = DEFAULT_LIMITS,
    ) -> Result:
        """Evaluate with these variables. Never raises for what the expression does."""
        run = Run(limits, now, host_functions(functions) if functions else {}, offered=context)
        return guarded(run, lambda: self.run(Env(_needed(self.names, context), None, run)))


def guarded(run: Run, work: Callable[[], Any]) -> Result:
    """Turn a spent budget and foreign values into null with a problem."""
    try:
        value = work()
        if isinstance(value, list | dict):
            measure(value, Budget())
    except FeelLimitError as error:
        value = run.report(ProblemKind.LIMIT, f"stopped: {error}", NOWHERE)
    except RecursionError:
        value = run.report(ProblemKind.LIMIT, "stopped: nested too deeply", NOWHERE)
    except NotAFeelValue as error:
        value = run.report(ProblemKind.WRONG_TYPE, str(error), NOWHERE)
    return Result(value, tuple(run.problems))


def _needed(names: frozenset[str], context: Mapping[str, object]) -> dict[str, Any]:
    # Only what the expression mentions is converted: cases hold far more than a condition reads.
    return {name: to_feel(context[name]) for name in names if name in context}


def compile_expression(text: str, *, names: frozenset[str] = frozenset()) -> Expression:
    """Compile; `names` are variables whose names hold operators or keywords. Cached."""
    return _compile(text, special_names(names))


@lru_cache(maxsize=4096)
def _compile(text: str, names: frozenset[str]) -> Expression:
    node = parse(text, names=names)
    return Expression(text, node, names_in(node), Compiler(text).compile(node))


def forget() -> None:
    """Empty the caches of compiled texts, so that a measurement begins at the text."""
    _compile.cache_clear()
    _compile_tests.cache_clear()


def evaluate_result(text: str, context: Mapping[str, object], **options: Any) -> Result:
    """Compile for the names of this context and evaluate."""
    names = _special_keys(context) | _special_keys(options.get("functions") or {})
    return _compile(text, names).evaluate(context, **options)


def _special_keys(context: Mapping[str, Any], depth: int = 0) -> frozenset[str]:
    found = {name for name in context if not is_plain_name(name)}
    if depth < 4:
        for value in context.values():
            if isinstance(value, list) and value:
                value = value[0]
            if isinstance(value, Mapping):
                found |= _special_keys(value, depth + 1)
    return frozenset(found)


@dataclass(frozen=True, slots=True)
class UnaryTest:
    """A compiled decision table cell."""

    text: str
    node: tree.UnaryTests
    names: frozenset[str]
    run: Callable[[Env], bool | None] = field(repr=False, compare=False)

    def test(
        self,
        value: object,
        context: Mapping[str, object],
        *,
        now: Clock | None = None,
        functions: Mapping[str, Callable[..., Any]] = _NO_FUNCTIONS,
        limits: Limits = DEFAULT_LIMITS,
    ) -> Result:
        """Whether a value satisfies the tests."""
        run = Run(limits, now, host_functions(functions) if functions else {}, offered=context)

        def work() -> bool | None:
            outer = Env(_needed(self.names, context), None, run)
            return self.run(Env({"?": to_feel(value)}, outer, run))

        return guarded(run, work)


def compile_unary_tests(text: str, *, names: frozenset[str] = frozenset()) -> UnaryTest:
    """Compile the content of a cell. Cached."""
    return _compile_tests(text, special_names(names))


@lru_cache(maxsize=4096)
def _compile_tests(text: str, names: frozenset[str]) -> UnaryTest:
    node = parse_unary_tests(text, names=names)
    return UnaryTest(
        text, node, names_in(node) - {"?"}, cells.compile_unary_tests(Compiler(text), node)
    )


def unary_test_result(
    text: str, value: object, context: Mapping[str, object], **options: Any
) -> Result:
    """Compile for the names of this context and test a value."""
    return _compile_tests(text, _special_keys(context)).test(value, context, **options)
