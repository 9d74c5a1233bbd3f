"""A column of a decision table cut into pieces, on each of which every cell of it says the same.

Cells compare with constants: between two neighbouring constants nothing changes, so one value stands for
all there. What a cell says of it is asked of the cell itself, never worked out here.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from engine.feel import FeelSyntaxError, UnaryTest, compile_unary_tests
from engine.feel import tree as feel
from engine.feel.builtins import BUILTINS
from engine.feel.compare import equal, order
from engine.feel.compiler import Compiler
from engine.feel.expression import Expression
from engine.feel.free_names import names_in
from engine.feel.temporal import NANO, Date, DateTime, DaysTime, Time, YearsMonths

#: More pieces than this in one column are not looked at.
MOST_PIECES = 2_000
#: What is another value tomorrow.
_CLOCK = frozenset({"today", "now"})


class Beyond(Exception):
    """A cell that cannot be cut into pieces; the text says why."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a column: one value that stands for all of it, and how it is written."""

    value: Any
    #: `(low, low included, high, high included)` on an ordered line; None for a single other value
    span: tuple[Any, bool, Any, bool] | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """An ordered type as a line of numbers."""

    place: Callable[[Any], Any]
    value: Callable[[Any], Any]
    #: whether there is nothing between one and two
    whole: bool
    least: Any = None
    most: Any = None


NUMBERS = Line(lambda value: value, Decimal, whole=False)
WHOLE_NUMBERS = Line(lambda value: value, Decimal, whole=True)
_LINES: dict[str, Line] = {
    "number": NUMBERS,
    "whole number": WHOLE_NUMBERS,
    "date": Line(lambda value: value.ordinal(), Date.from_ordinal, whole=True),
    "date and time": Line(
        lambda value: value.wall_nanos() // NANO,
        lambda place: DateTime.from_wall(place * NANO),
        whole=True,
    ),
    "time": Line(
        lambda value: value.nanos() // NANO,
        lambda place: Time.from_nanos(place * NANO),
        whole=True,
        least=0,
        most=86_399,
    ),
    "years and months duration": Line(lambda value: value.months, YearsMonths, whole=True),
    "days and time duration": Line(lambda value: value.nanos, DaysTime, whole=True),
}
_KINDS: dict[type, str] = {
    Decimal: "number",
    str: "string",
    bool: "boolean",
    Date: "date",
    DateTime: "date and time",
    Time: "time",
    YearsMonths: "years and months duration",
    DaysTime: "days and time duration",
}
KINDS = frozenset(_KINDS.values())


@dataclass(frozen=True, slots=True)
class Tests:
    """The content of a cell, and the constants it compares with."""

    test: UnaryTest
    constants: tuple[Any, ...]
    ordered: bool

    def holds(self, value: Any) -> bool:
        """What the cell itself says of a value."""
        return self.test.test(value, {}).value is True


def read_tests(text: str) -> Tests | None:
    """A cell; None for one that is always true. Raise `Beyond` for one that cannot be looked at."""
    if text.strip() in ("", "-"):
        return None
    try:
        test = compile_unary_tests(text)
    except FeelSyntaxError as reason:
        raise Beyond("it is not FEEL") from reason
    constants: list[Any] = []
    ordered = [False]
    for node in test.node.tests:
        _collect(node, constants, ordered)
    return Tests(test, tuple(constants), ordered[0])


def _collect(node: feel.Node, constants: list[Any], ordered: list[bool]) -> None:
    if isinstance(node, feel.Name) and node.name == "?":
        return
    named = names_in(node)
    if named & _CLOCK:
        raise Beyond("it asks for the time")
    if not named - BUILTINS.keys():
        _constant(node, constants, ordered)
        return
    match node:
        case feel.Call(function=feel.Name(name="not"), arguments=(inner,)):
            _collect(inner, constants, ordered)
        case feel.Logic() | feel.Compare() | feel.Between() | feel.In():
            if isinstance(node, feel.Between) or getattr(node, "op", "=") in ("<", "<=", ">", ">="):
                ordered[0] = True
            for child in feel.children(node):
                _collect(child, constants, ordered)
        case feel.UnaryCompare(op=op, operand=operand):
            ordered[0] = ordered[0] or op not in ("=", "!=")
            _collect(operand, constants, ordered)
        case _:
            raise Beyond("it computes with the value or with something else than constants")


def _constant(node: feel.Node, constants: list[Any], ordered: list[bool]) -> None:
    match node:
        case feel.UnaryCompare(op=op, operand=operand):
            ordered[0] = ordered[0] or op not in ("=", "!=")
            _constant(operand, constants, ordered)
        case feel.RangeLiteral(start=start, end=end):
            ordered[0] = True
            _constant(start, constants, ordered)
            _constant(end, constants, ordered)
        case feel.ListLiteral(items=items):
            for item in items:
                _constant(item, constants, ordered)
        case feel.UnaryTests(tests=tests):
            for test in tests:
                _constant(test, constants, ordered)
        case _:
            value = Expression("", node, frozenset(), Compiler("").compile(node)).evaluate({}).value
            if value is not None and type(value) not in _KINDS:
                raise Beyond("it compares with something that has no pieces")
            constants.append(value)


def kind_of(constants: Iterable[Any]) -> str:
    """What the constants of a column are; empty where nothing says. Raise `Beyond` for a mixture."""
    kinds = {_KINDS[type(one)] for one in constants if one is not None}
    if len(kinds) > 1:
        raise Beyond("its cells compare with values of different types")
    return next(iter(kinds), "")


def cut(kind: str, constants: Sequence[Any], *, ordered: bool) -> list[Piece]:
    """The pieces of a type between and at the constants; null where a cell asks for it."""
    found = list(
        _pieces(kind, [one for one in constants if _KINDS.get(type(one)) == _base(kind)], ordered)
    )
    if any(one is None for one in constants):
        found.append(Piece(None, text="null"))
    if len(found) > MOST_PIECES:
        raise Beyond("it has too many different values")
    return found


def _base(kind: str) -> str:
    return "number" if kind == "whole number" else kind


def _pieces(kind: str, constants: list[Any], ordered: bool) -> Iterator[Piece]:
    if kind == "boolean":
        yield Piece(True, text="true")
        yield Piece(False, text="false")
    elif kind == "string":
        if ordered:
            raise Beyond("it orders texts")
        known = list(dict.fromkeys(constants))
        for one in known:
            yield Piece(one, text=f'"{one}"')
        yield Piece(_another(known), text=_but(known))
    elif kind in _LINES:
        yield from _spans(_LINES[kind], constants)
    else:
        yield Piece(None, text="anything")


def _but(known: list[str]) -> str:
    return "anything but " + ", ".join(f'"{one}"' for one in known) if known else "any text"


def _another(known: list[str]) -> str:
    """A text that is none of these, and looks like one of somebody's else."""
    found = "…"
    while found in known:
        found += "…"
    return found


def _spans(line: Line, constants: list[Any]) -> Iterator[Piece]:
    _one_clock(constants)
    places = sorted({line.place(one) for one in constants})
    if line.whole and any(place != int(place) for place in places):
        line = NUMBERS  # a cell asks for a fraction, so fractions there are
    ends = [None, *places, None]
    for low, high in itertools.pairwise(ends):
        inner = _between(line, low, high)
        if inner is not None:
            shown = [None if one is None else line.value(one) for one in (low, high)]
            yield Piece(line.value(inner), (shown[0], False, shown[1], False))
        if high is not None:
            value = line.value(high)
            yield Piece(value, (value, True, value, True))


def _one_clock(constants: list[Any]) -> None:
    """Local times have no order with those of a zone, and these none without their day."""
    if any(isinstance(one, (Time, DateTime)) and _zoned(one) for one in constants):
        raise Beyond("it compares with times of a time zone")


def _zoned(value: Time | DateTime) -> bool:
    time = value.time if isinstance(value, DateTime) else value
    return time.offset is not None or time.zone is not None


def _between(line: Line, low: Any, high: Any) -> Any:
    """A place strictly between two, the next whole one if there is any; None where there is nothing."""
    if low is None and high is None:
        return line.least if line.least is not None else 0
    if low is None:
        found = _whole(high, -1)
        return found if line.least is None or found >= line.least else None
    found = _whole(low, 1)
    if high is None:
        return found if line.most is None or found <= line.most else None
    if found < high:
        return found
    return None if line.whole else (low + high) / 2


def _whole(place: Any, way: int) -> Any:
    """The next whole place below or above."""
    below = place // 1 if place >= 0 or place == int(place) else place // 1 - 1
    if way > 0:
        return below + 1
    return below - 1 if below == place else below


def piece_of(pieces: Sequence[Piece], value: Any) -> int | None:
    """The piece that a value lies in; None where it is in none."""
    for place, piece in enumerate(pieces):
        if equal(piece.value, value) is True:
            return place
    for place, piece in enumerate(pieces):
        if piece.span is None:
            if (
                isinstance(value, str)
                and isinstance(piece.value, str)
                and piece.text.startswith("any")
            ):
                return place
            continue
        low, _, high, _ = piece.span
        above = low is None or order(low, value) == -1
        if above and (high is None or order(value, high) == -1):
            return place
    return None


def words(name: str, pieces: Sequence[Piece], chosen: Sequence[int]) -> str:
    """Some pieces of a column as a person would say them."""
    spans = [pieces[one] for one in chosen if pieces[one].span is not None]
    others = [pieces[one].text for one in chosen if pieces[one].span is None]
    return f"{name} " + " or ".join([*(_span(*one) for one in _joined(spans)), *_are(others)])


def _are(texts: list[str]) -> list[str]:
    return [text if text.startswith("anything") else f"= {text}" for text in texts]


def _joined(pieces: list[Piece]) -> Iterator[tuple[Any, bool, Any, bool]]:
    """Neighbouring spans as one."""
    current: tuple[Any, bool, Any, bool] | None = None
    for piece in pieces:
        assert piece.span is not None
        low, low_in, high, high_in = piece.span
        if (
            current is not None
            and current[2] == low
            and current[3] is not low_in
            and low is not None
        ):
            current = (current[0], current[1], high, high_in)
            continue
        if current is not None:
            yield current
        current = piece.span
    if current is not None:
        yield current


def _span(low: Any, low_in: bool, high: Any, high_in: bool) -> str:
    if low is None and high is None:
        return "anything"
    if low is None:
        return f"{'<=' if high_in else '<'} {said(high)}"
    if high is None:
        return f"{'>=' if low_in else '>'} {said(low)}"
    if low == high:
        return f"= {said(low)}"
    return f"in {'[' if low_in else '('}{said(low)}..{said(high)}{']' if high_in else ')'}"


def said(value: Any) -> str:
    """A value as FEEL writes it, as far as a person reads it."""
    if value is None:
        return "null"
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


__all__ = [
    "KINDS",
    "Beyond",
    "Piece",
    "Tests",
    "cut",
    "kind_of",
    "read_tests",
    "said",
    "words",
]
