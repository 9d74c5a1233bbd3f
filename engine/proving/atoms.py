"""A condition taken apart: `and`, `or`, `not`, and between them atoms that are true or false.

Of an atom only as much is understood as FEEL can tell cheaply: what it reads, whether it compares one
field with constants, whether it reads nothing but the outcomes of tasks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any

from engine.feel import Expression, FeelSyntaxError, compile_expression, tree
from engine.feel.builtins import BUILTINS
from engine.feel.compiler import Compiler
from engine.feel.free_names import names_in

#: the way to a field of the case document: ("route", "amount_fen")
Field = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """`and`, `or` and `not` over parts, or one atom; `atom` is None where there are parts."""

    op: str
    parts: tuple[Condition, ...] = ()
    atom: Atom | None = None


@dataclass(frozen=True, slots=True)
class Atom:
    """Something that is true or false, and that nothing here takes further apart."""

    node: tree.Node | None
    #: the whole condition it is part of
    text: str = field(compare=False)
    #: the fields it reads, as far as they are written
    fields: frozenset[Field] = frozenset()
    #: names it reads that are no built-in function
    names: frozenset[str] = frozenset()

    @property
    def expression(self) -> Expression:
        """Its own expression, to be evaluated."""
        assert self.node is not None
        run = Compiler(self.text).compile(self.node)
        return Expression(self.text, self.node, names_in(self.node), run)


def read_condition(text: str, names: frozenset[str]) -> Condition:
    """A condition as it is written; what is not FEEL is one atom of which nothing is known."""
    try:
        node = compile_expression(text, names=names).node
    except FeelSyntaxError:
        return Condition("atom", atom=Atom(None, text))
    return _read(node, text)


def _read(node: tree.Node, text: str) -> Condition:
    match node:
        case tree.Logic(op=op, operands=operands):
            return Condition(op, tuple(_read(one, text) for one in operands))
        case tree.Call(function=tree.Name(name="not"), arguments=(inner,)):
            return Condition("not", (_read(inner, text),))
        case tree.BooleanLiteral(value=value):
            return Condition("true" if value else "false")
    free = frozenset(names_in(node) - BUILTINS.keys())
    return Condition("atom", atom=Atom(node, text, frozenset(_fields(node, free)), free))


def atoms_of(condition: Condition) -> Iterator[Atom]:
    """Every atom of a condition."""
    if condition.atom is not None:
        yield condition.atom
    for part in condition.parts:
        yield from atoms_of(part)


def _fields(node: tree.Node, free: frozenset[str]) -> Iterator[Field]:
    read = field_of(node)
    if read is not None and read[0] in free:
        yield read
        return
    for child in tree.children(node):
        yield from _fields(child, free)


def field_of(node: tree.Node) -> Field | None:
    """The field that a name or a path is."""
    match node:
        case tree.Name(name=name):
            return (name,)
        case tree.Path(base=base, name=name):
            before = field_of(base)
            return None if before is None else (*before, name)
    return None


def overlap(one: Field, other: Field) -> bool:
    """Whether writing one of two fields changes the other."""
    length = min(len(one), len(other))
    return one[:length] == other[:length]


def constants_of(atom: Atom) -> list[Any] | None:
    """The constants that an atom compares its only field with; None where it does anything else."""
    if atom.node is None or len(atom.fields) != 1:
        return None
    if field_of(atom.node) is not None:
        return [True]
    found: list[Any] = []
    return found if _compares(atom.node, found) else None


def _compares(node: tree.Node, found: list[Any]) -> bool:
    """Whether this is a comparison, in a list or a range, with constants, which are collected."""
    match node:
        case tree.Compare(op=op, left=left, right=right):
            return _sides(left, right, found) and (op in ("=", "!=") or _are_numbers(found))
        case tree.In(value=value, tests=tests):
            return field_of(value) is not None and all(_test(one, found) for one in tests)
        case tree.Between(value=value, low=low, high=high):
            known = _constant(low, found) and _constant(high, found)
            return field_of(value) is not None and known and _are_numbers(found)
    return False


def _sides(left: tree.Node, right: tree.Node, found: list[Any]) -> bool:
    if field_of(left) is not None:
        return _constant(right, found)
    return field_of(right) is not None and _constant(left, found)


def _test(node: tree.Node, found: list[Any]) -> bool:
    match node:
        case tree.UnaryCompare(op=op, operand=operand):
            return _constant(operand, found) and (op in ("=", "!=") or _are_numbers(found))
        case tree.RangeLiteral(start=start, end=end):
            return _constant(start, found) and _constant(end, found) and _are_numbers(found)
        case tree.ListLiteral(items=items):
            return all(_constant(item, found) for item in items)
    return _constant(node, found)


def _constant(node: tree.Node, found: list[Any]) -> bool:
    match node:
        case tree.NumberLiteral(value=number):
            found.append(number)
        case tree.Negation(operand=tree.NumberLiteral(value=number)):
            found.append(-number)
        case tree.StringLiteral(value=text):
            found.append(text)
        case tree.BooleanLiteral(value=truth):
            found.append(truth)
        case tree.NullLiteral():
            found.append(None)
        case _:
            return False
    return True


def _are_numbers(found: list[Any]) -> bool:
    return all(isinstance(one, Decimal) for one in found)


def candidates(constants: list[Any]) -> list[Any]:
    """Values of which each behaves differently when it is compared with the constants."""
    numbers = sorted({one for one in constants if isinstance(one, Decimal)})
    found: list[Any] = [None, *numbers]
    if numbers:
        found += [numbers[0] - 1, numbers[-1] + 1]
        found += [(low + high) / 2 for low, high in pairwise(numbers)]
    texts = sorted({one for one in constants if isinstance(one, str)})
    if texts:
        found += [*texts, "".join(texts) + "?"]
    if any(isinstance(one, bool) for one in constants):
        found += [True, False]
    return found
