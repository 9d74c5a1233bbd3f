"""Tests of a value: the cells of decision tables, and the right side of `in`.

The tested value is the variable `?` of the innermost scope.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from engine.feel import tree
from engine.feel.compare import comparison, in_range, matches_test
from engine.feel.errors import Place, ProblemKind
from engine.feel.runtime import Env, Evaluator
from engine.feel.values import Range, type_name

if TYPE_CHECKING:
    from engine.feel.compiler import Compiler

CellTest = Callable[[Env], bool | None]


def compile_test(compiler: "Compiler", node: tree.Node) -> CellTest:
    """A test of the value that the scope calls `?`."""
    place = compiler.place(node)
    if isinstance(node, tree.UnaryCompare):
        operand, check = compiler.compile(node.operand), comparison(node.op)
        ordering = node.op not in ("=", "!=")

        def compare(env: Env) -> bool | None:
            a, b = env.variables["?"], operand(env)
            if a is None and ordering:
                return None  # an empty field is no fault of the table
            result = check(a, b)
            return incomparable(env, a, b, place) if result is None else result

        return compare
    evaluate = compiler.compile(node)
    if isinstance(node, tree.NumberLiteral | tree.StringLiteral | tree.BooleanLiteral):
        constant = node.value

        def same(env: Env) -> bool | None:
            value = env.variables["?"]
            if type(value) is type(constant):
                return value == constant
            return matches_test(value, constant, env.run)

        return same
    mentions = compiler.mentions(node, "?")
    is_range = isinstance(node, tree.RangeLiteral)

    def check_value(env: Env) -> bool | None:
        value = env.variables["?"]
        found = evaluate(env)
        if isinstance(found, bool) and (mentions or not isinstance(value, bool | None)):
            return found
        if found is None and (mentions or is_range):
            return None
        if isinstance(found, Range) and not isinstance(value, Range | list):
            if value is None:
                return None
            result = in_range(value, found)
            return incomparable(env, value, found.start, place) if result is None else result
        return matches_test(value, found, env.run)

    if isinstance(node, tree.RangeLiteral):
        return _number_range(node, check_value)
    return check_value


def _number_range(node: tree.RangeLiteral, otherwise: CellTest) -> CellTest:
    """The commonest cell, `[100..200)`, without making a range each time."""
    if not (
        isinstance(node.start, tree.NumberLiteral) and isinstance(node.end, tree.NumberLiteral)
    ):
        return otherwise
    low, high = node.start.value, node.end.value
    low_included, high_included = node.start_included, node.end_included

    def within(env: Env) -> bool | None:
        value = env.variables["?"]
        if type(value) is Decimal:
            return (low < value or (low_included and low == value)) and (
                value < high or (high_included and value == high)
            )
        return otherwise(env)

    return within


def compile_unary_tests(compiler: "Compiler", node: tree.UnaryTests) -> CellTest:
    """All tests of a cell: true if one of them is, or with `not` if none is."""
    tests = [compile_test(compiler, test) for test in node.tests]
    if not tests:
        return lambda env: True
    if len(tests) == 1 and not node.negated:
        return tests[0]
    negated = node.negated

    def check(env: Env) -> bool | None:
        unknown = False
        for test in tests:
            result = test(env)
            if result is True:
                return not negated
            unknown = unknown or result is None
        return None if unknown else negated

    return check


def compile_in(compiler: "Compiler", node: tree.In) -> Evaluator:
    """`value in tests`"""
    value = compiler.compile(node.value)
    tests = [compile_test(compiler, test) for test in node.tests]

    def check(env: Env) -> bool | None:
        env.run.spend(1)
        inner = Env({"?": value(env)}, env, env.run)
        unknown = False
        for test in tests:
            result = test(inner)
            if result is True:
                return True
            unknown = unknown or result is None
        return None if unknown else False

    return check


def incomparable(env: Env, a: Any, b: Any, place: Place) -> Any:
    """Two values whose order or equality is not defined: null, and why."""
    return env.run.report(
        ProblemKind.WRONG_TYPE, lambda: f"cannot compare {type_name(a)} with {type_name(b)}", place
    )
