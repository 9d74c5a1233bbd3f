"""The syntax tree: frozen, plain data. Positions do not take part in equality."""

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Node:
    """Anything that stands for a value; `pos` is its offset in the text."""

    pos: int = field(default=0, compare=False, repr=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class NumberLiteral(Node):
    """`20000`, `.5`, `1.2e3`"""

    value: Decimal


@dataclass(frozen=True, slots=True)
class StringLiteral(Node):
    """`"text"`"""

    value: str


@dataclass(frozen=True, slots=True)
class BooleanLiteral(Node):
    """`true`, `false`"""

    value: bool


@dataclass(frozen=True, slots=True)
class NullLiteral(Node):
    """`null`"""


@dataclass(frozen=True, slots=True)
class AtLiteral(Node):
    """`@"2024-05-01"`"""

    text: str


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A variable or function, with spaces and symbols as the scope spells it."""

    name: str


@dataclass(frozen=True, slots=True)
class Path(Node):
    """`base.name`"""

    base: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """`base[condition]`"""

    base: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """`a and b and c`, `a or b`"""

    op: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Step(Node):
    """One further operand of an arithmetic chain."""

    op: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """`a + b - c`: operators of one precedence, left to right."""

    first: Node
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Negation(Node):
    """`-a`"""

    operand: Node


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """`a < b`, `a = b` ..."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Between(Node):
    """`a between b and c`"""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    """`a in b`, `a in (tests)`"""

    value: Node
    tests: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class UnaryCompare(Node):
    """`> 5`: a test, or inside brackets `(> 5)` a range without an end."""

    op: str
    operand: Node


@dataclass(frozen=True, slots=True)
class RangeLiteral(Node):
    """`[a..b]`, `(a..b]` ..."""

    start: Node
    end: Node
    start_included: bool
    end_included: bool


@dataclass(frozen=True, slots=True)
class If(Node):
    """`if a then b else c`"""

    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Iteration(Node):
    """`name in source`, or `name in start..end`"""

    name: str
    source: Node
    end: Node | None = None


@dataclass(frozen=True, slots=True)
class For(Node):
    """`for a in b, c in d return e`"""

    iterations: tuple[Iteration, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """`some a in b satisfies c`, `every ...`"""

    kind: str
    iterations: tuple[Iteration, ...]
    condition: Node


@dataclass(frozen=True, slots=True)
class TypeNode:
    """A type as written: `list<number>` is name "list" with one argument."""

    name: str
    arguments: tuple["TypeNode", ...] = ()
    fields: tuple[tuple[str, "TypeNode"], ...] = ()


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    """`a instance of type`"""

    value: Node
    type: TypeNode


@dataclass(frozen=True, slots=True)
class Parameter:
    """A formal parameter, with its type if one is written."""

    name: str
    type: TypeNode | None = None


@dataclass(frozen=True, slots=True)
class FunctionLiteral(Node):
    """`function(a, b: number) a + b`"""

    parameters: tuple[Parameter, ...]
    body: Node
    external: bool = False


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`f(a, b)`"""

    function: Node
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class NamedCall(Node):
    """`f(name: a)`"""

    function: Node
    arguments: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class ListLiteral(Node):
    """`[a, b]`"""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ContextLiteral(Node):
    """`{a: 1, "b": 2}`"""

    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class UnaryTests(Node):
    """The content of a decision table cell; no tests at all means "-"."""

    tests: tuple[Node, ...]
    negated: bool = False


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below one."""
    match node:
        case Path(base=base):
            return (base,)
        case Filter(base=base, condition=condition):
            return (base, condition)
        case In(value=value, tests=tests):
            return (value, *tests)
        case For(iterations=iterations, body=body):
            return (*_sources(iterations), body)
        case Quantified(iterations=iterations, condition=condition):
            return (*_sources(iterations), condition)
        case FunctionLiteral(body=body):
            return (body,)
        case ContextLiteral(entries=entries):
            return tuple(value for _, value in entries)
        case Logic(operands=operands):
            return operands
        case Arithmetic(first=first, steps=steps):
            return (first, *(step.operand for step in steps))
        case Negation(operand=operand) | UnaryCompare(operand=operand):
            return (operand,)
        case Compare(left=left, right=right):
            return (left, right)
        case Between(value=value, low=low, high=high):
            return (value, low, high)
        case RangeLiteral(start=start, end=end):
            return (start, end)
        case If(condition=condition, then=then, otherwise=otherwise):
            return (condition, then, otherwise)
        case InstanceOf(value=value):
            return (value,)
        case Call(function=function, arguments=arguments):
            return (function, *arguments)
        case NamedCall(function=function, arguments=named):
            return (function, *(argument for _, argument in named))
        case ListLiteral(items=items) | UnaryTests(tests=items):
            return items
    return ()


def _sources(iterations: tuple[Iteration, ...]) -> tuple[Node, ...]:
    ends = [each.end for each in iterations if each.end is not None]
    return (*(each.source for each in iterations), *ends)
