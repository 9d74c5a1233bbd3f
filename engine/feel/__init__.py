"""FEEL and DMN 1.5: the one expression language of conditions, tables, forms and rules.

    >>> evaluate("申请金额 > 20000", {"申请金额": 25000})
    True

An expression that cannot be computed is null, and its `Result` says why; a text that is not FEEL
raises `FeelSyntaxError`. Nothing here runs code, reads a file or asks the machine for the time if
a clock is given.
"""

from collections.abc import Mapping
from typing import Any

from engine.feel.builtins import BUILTINS
from engine.feel.convert import NotAFeelValue, to_feel, to_json, to_python
from engine.feel.dmn import DecisionResult, DmnModel, Miss, TableExplanation, load_dmn
from engine.feel.errors import (
    DmnError,
    FeelError,
    FeelLimitError,
    FeelSyntaxError,
    Problem,
    ProblemKind,
)
from engine.feel.expression import (
    Expression,
    Result,
    UnaryTest,
    compile_expression,
    compile_unary_tests,
    evaluate_result,
    unary_test_result,
)
from engine.feel.free_names import names_in
from engine.feel.parser import parse, parse_unary_tests
from engine.feel.runtime import Limits
from engine.feel.tree import Node


def evaluate(text: str, context: Mapping[str, object] | None = None, **options: Any) -> Any:
    """The value of an expression; `evaluate_result` also says what was wrong."""
    return evaluate_result(text, context or {}, **options).value


def unary_test(
    text: str, value: object, context: Mapping[str, object] | None = None, **options: Any
) -> bool | None:
    """Whether a value satisfies the content of a decision table cell."""
    found: bool | None = unary_test_result(text, value, context or {}, **options).value
    return found


def names_used(
    text: str, *, names: frozenset[str] = frozenset(), filters: bool = False
) -> frozenset[str]:
    """The variables an expression needs; built-in functions are left out.

    A name inside a filter (`items[price > 5]`) may belong to the elements; such names are
    included only with `filters`.
    """
    node = compile_expression(text, names=names).node
    return frozenset(names_in(node, filters=filters) - BUILTINS.keys())


__all__ = [
    "DecisionResult",
    "DmnError",
    "DmnModel",
    "Expression",
    "FeelError",
    "FeelLimitError",
    "FeelSyntaxError",
    "Limits",
    "Miss",
    "Node",
    "NotAFeelValue",
    "Problem",
    "ProblemKind",
    "Result",
    "TableExplanation",
    "UnaryTest",
    "compile_expression",
    "compile_unary_tests",
    "evaluate",
    "evaluate_result",
    "load_dmn",
    "names_in",
    "names_used",
    "parse",
    "parse_unary_tests",
    "to_feel",
    "to_json",
    "to_python",
    "unary_test",
]
