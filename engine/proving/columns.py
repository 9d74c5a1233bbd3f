"""The input columns of a decision table as pieces, and its rules as boxes of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from engine.feel import DmnModel, FeelSyntaxError, names_used
from engine.feel.dmn.elements import DecisionTable, Input, ItemDefinition
from engine.proving.boxes import Box, bits
from engine.proving.pieces import KINDS, Beyond, Piece, Tests, cut, kind_of, read_tests, words

#: Cells asked, in one table, before it is given up: each distinct cell about each piece of its column.
MOST_QUESTIONS = 200_000
#: Money is whole 分.
_WHOLE = re.compile(r"([^\W\d]\w*\.)*\w+_fen")


@dataclass(frozen=True, slots=True)
class Column:
    """One input column."""

    name: str
    pieces: tuple[Piece, ...]
    #: the pieces that can occur at all
    space: int
    #: the content of a cell → the pieces for which it holds
    masks: dict[str, int]


@dataclass(frozen=True, slots=True)
class Odd:
    """A cell that could not be looked at: rule and column from 1 (rule 0: the column), and why."""

    row: int
    column: int
    why: str


@dataclass(slots=True)
class Grid:
    """A table in pieces."""

    table: DecisionTable
    columns: list[Column]
    odd: list[Odd] = field(default_factory=list)

    @property
    def space(self) -> Box:
        """Everything that can be asked."""
        return tuple(column.space for column in self.columns)

    def box(self, rule: int) -> Box:
        """What a rule holds for; a cell that could not be looked at holds for all, for all that is known."""
        tests = self.table.rules[rule].tests
        return tuple(
            column.masks.get(tests[place] if place < len(tests) else "", column.space)
            for place, column in enumerate(self.columns)
        )

    def is_known(self, rule: int) -> bool:
        """Whether all cells of a rule could be looked at."""
        return not any(one.row in (0, rule + 1) for one in self.odd)

    def example(self, box: Box) -> list[Any]:
        """Values of the inputs inside a box."""
        return [
            column.pieces[bits(mask)[0]].value
            for column, mask in zip(self.columns, box, strict=True)
        ]

    def said(self, box: Box) -> str:
        """A box in words; columns in which it holds for all are left out."""
        told = [
            words(column.name, column.pieces, bits(mask))
            for column, mask in zip(self.columns, box, strict=True)
            if mask != column.space
        ]
        return " and ".join(told) or "any input"

    def depends(self) -> bool:
        """Whether two columns ask for the same fact, so that not everything can occur together."""
        seen: set[str] = set()
        for column in self.table.inputs:
            try:
                names = names_used(column.expression)
            except FeelSyntaxError:
                return True
            if names & seen:
                return True
            seen |= names
        return False


def grid_of(model: DmnModel, table: DecisionTable) -> Grid:
    """Cut a table into pieces; what cannot be is named in `odd`."""
    grid = Grid(table, [])
    asked = [0]
    for place, column in enumerate(table.inputs):
        grid.columns.append(_column(model, table, place, column, grid.odd, asked))
    return grid


def _column(
    model: DmnModel,
    table: DecisionTable,
    place: int,
    column: Input,
    odd: list[Odd],
    asked: list[int],
) -> Column:
    name = column.label or column.expression
    cells: dict[str, Tests | None] = {}
    for row, rule in enumerate(table.rules, start=1):
        text = rule.tests[place] if place < len(rule.tests) else ""
        try:
            if text not in cells:
                cells[text] = read_tests(text)
        except Beyond as reason:
            odd.append(Odd(row, place + 1, str(reason)))
    try:
        kind, allowed = _type(model, column.type_ref)
        limits = [one for one in (_limit(column.values), *map(_limit, allowed)) if one is not None]
        known = [one for one in (*cells.values(), *limits) if one is not None]
        constants = [value for one in known for value in one.constants]
        found = kind or kind_of(constants)
        if found == "number" and _WHOLE.fullmatch(column.expression.strip()):
            found = "whole number"
        ordered = any(one.ordered for one in known)
        pieces = cut(found, constants, ordered=ordered)
        asked[0] += len(pieces) * len(cells)
        if asked[0] > MOST_QUESTIONS:
            raise Beyond("the table is too large")
    except Beyond as reason:
        odd.append(Odd(0, place + 1, str(reason)))
        return Column(name, (Piece(None, text="anything"),), 1, {})
    space = _mask(pieces, limits)
    masks = {
        text: space if cell is None else _mask(pieces, [cell]) & space
        for text, cell in cells.items()
    }
    return Column(name, tuple(pieces), space, masks)


def _mask(pieces: Iterable[Piece], tests: Iterable[Tests]) -> int:
    """The pieces for which all tests hold."""
    tests = list(tests)
    found = 0
    for place, piece in enumerate(pieces):
        if all(test.holds(piece.value) for test in tests):
            found |= 1 << place
    return found


def _limit(text: str) -> Tests | None:
    return read_tests(text)


def _type(model: DmnModel, reference: str | None) -> tuple[str, list[str]]:
    """What kind of value a type is, and what limits it; raise `Beyond` for lists and contexts."""
    limits: list[str] = []
    seen: set[str] = set()
    while reference:
        plain = reference.removeprefix("feel:")
        item = _item(model, reference)
        if item is None:
            if plain in KINDS:
                return _KIND_NAMES.get(plain, plain), limits
            if plain in ("Any", "dateTime", "dayTimeDuration", "yearMonthDuration"):
                return _KIND_NAMES.get(plain, ""), limits
            raise Beyond(f"its type {reference} has no pieces")
        if item.is_collection or item.components or item.function is not None:
            raise Beyond("its value is a list or has parts")
        if item.name in seen:
            raise Beyond("its type contains itself")
        seen.add(item.name)
        limits += [text for text in (item.allowed_values, item.type_constraint) if text]
        reference = item.type_ref
    return "", limits


_KIND_NAMES = {
    "dateTime": "date and time",
    "dayTimeDuration": "days and time duration",
    "yearMonthDuration": "years and months duration",
}


def _item(model: DmnModel, reference: str) -> ItemDefinition | None:
    found = next((one for one in model.definitions.items if one.name == reference), None)
    if found is None:
        for alias, imported in model.imports:
            name = reference.removeprefix(f"{alias}.") if alias else reference
            if name != reference or not alias:
                found = _item(imported, name)
                if found is not None:
                    return found
    return found
