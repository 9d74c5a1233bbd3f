"""What a condition says where only the latest outcomes are known: true, false, or it depends.

Outcomes are the one kind of fact that nobody can correct by hand, so a proof may rest on them alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from engine.catalog.checks.names import FUNCTIONS
from engine.feel import FeelSyntaxError, compile_expression
from engine.feel import tree as feel
from engine.forms.problems import RESERVED

#: The latest outcome of a task; None where it has none. `KeyError`: nobody can say.
Outcomes = Callable[[str], str | None]
_CONSTANTS = (feel.StringLiteral, feel.NumberLiteral, feel.BooleanLiteral)


def truth(text: str, outcomes: Outcomes) -> bool | None:
    """The condition's value by the outcomes; None where it depends on something else."""
    node = _parsed(text)
    return None if node is None else _truth(node, outcomes)


def tasks_named(text: str) -> frozenset[str]:
    """The tasks whose outcomes a condition asks for."""
    node = _parsed(text)
    return frozenset() if node is None else frozenset(filter(None, map(_task, _walk(node))))


@lru_cache(maxsize=4096)
def _parsed(text: str) -> feel.Node | None:
    try:
        return compile_expression(text, names=RESERVED | FUNCTIONS).node
    except FeelSyntaxError:
        return None  # a name with spaces that only the package knows: nothing is known of it here


def _truth(node: feel.Node, outcomes: Outcomes) -> bool | None:
    match node:
        case feel.BooleanLiteral(value=value):
            return value
        case feel.Logic(op=op, operands=operands):
            return _joined(op, [_truth(one, outcomes) for one in operands])
        case feel.Compare(op="=" | "!=" as op, left=left, right=right):
            return _compared(op, left, right, outcomes)
        case feel.In(value=value, tests=tests) if _task(value):
            return _joined("or", [_tested(value, test, outcomes) for test in tests])
        case feel.Call(function=feel.Name(name="not"), arguments=(inner,)):
            found = _truth(inner, outcomes)
            return None if found is None else not found
    return None


def _joined(op: str, parts: list[bool | None]) -> bool | None:
    decides = op == "or"
    if decides in parts:
        return decides
    return None if None in parts else not decides


def _tested(value: feel.Node, test: feel.Node, outcomes: Outcomes) -> bool | None:
    match test:
        case feel.ListLiteral(items=items):
            return _joined("or", [_tested(value, item, outcomes) for item in items])
        case feel.UnaryCompare(op="=" | "!=" as op, operand=operand):
            return _compared(op, value, operand, outcomes)
    return _compared("=", value, test, outcomes)


def _compared(op: str, left: feel.Node, right: feel.Node, outcomes: Outcomes) -> bool | None:
    try:
        one, other = _value(left, outcomes), _value(right, outcomes)
    except KeyError:
        return None
    return (one == other) is (op == "=")


def _value(node: feel.Node, outcomes: Outcomes) -> object:
    if task := _task(node):
        return outcomes(task)
    if isinstance(node, _CONSTANTS):
        return node.value
    if isinstance(node, feel.NullLiteral):
        return None
    raise KeyError(node)


def _task(node: feel.Node) -> str:
    match node:
        case feel.Path(base=feel.Name(name="outcomes"), name=task):
            return task
    return ""


def _walk(node: feel.Node) -> Iterator[feel.Node]:
    yield node
    for child in feel.children(node):
        yield from _walk(child)
