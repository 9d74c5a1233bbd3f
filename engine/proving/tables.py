"""Decision tables: what no rule answers, where rules contradict one another, and rules that never answer.

Exact as far as cells compare with constants; what goes beyond that is said, not guessed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Protocol

from engine.catalog.checks.parts import Parts, error, warning
from engine.catalog.package import Package
from engine.catalog.steps import Step
from engine.feel import DmnModel, FeelSyntaxError, compile_expression
from engine.feel.compare import equal
from engine.feel.dmn.elements import DecisionTable, HitPolicy
from engine.proving.boxes import Box, TooManyBoxes, meeting, uncovered
from engine.proving.columns import Column, Grid, Odd, grid_of
from engine.proving.pieces import Piece, piece_of, said
from engine.proving.values import possible_values
from engine.runtime.diagram import Diagram
from schemas.finding import Cell, Finding

#: Of each kind, in one table: more are counted.
_SHOWN = 3
_SINGLE = (HitPolicy.UNIQUE, HitPolicy.ANY, HitPolicy.PRIORITY, HitPolicy.FIRST)


def problems(parts: Parts) -> Iterator[Finding]:
    """Everything about the rules of the package's tables."""
    for path, model in parts.models.items():
        if not model.problems:  # said of the table already
            yield from of_model(model, path, parts)


def of_model(model: DmnModel, path: str, parts: Asked | None = None) -> Iterator[Finding]:
    """What is wrong with the rules of one file's tables, asked by this package or by anybody."""
    for use in model.tables:
        yield from of_table(model, use.owner, use.table, path, parts)


def of_table(
    model: DmnModel, owner: str, table: DecisionTable, path: str, parts: Asked | None = None
) -> Iterator[Finding]:
    """What is wrong with the rules of one table."""
    if not table.inputs or not table.rules:
        return
    grid = grid_of(model, table)
    yield from _odd(grid, owner, path)
    try:
        yield from _empty(grid, owner, path)
        if table.hit_policy in (HitPolicy.UNIQUE, HitPolicy.ANY):
            yield from _overlaps(grid, owner, path)
        if table.hit_policy in (HitPolicy.FIRST, HitPolicy.PRIORITY):
            yield from _hidden(grid, owner, path)
        if table.hit_policy in _SINGLE and not any(one.default for one in table.outputs):
            yield from _gaps(grid if parts is None else narrowed(grid, parts), owner, path)
    except TooManyBoxes:
        message = f"{owner}: there are too many combinations to look at"
        yield warning("table_not_looked_at", owner, path, message)


class Asked(Protocol):
    """The package that asks a table: its forms say what can be asked."""

    @property
    def diagram(self) -> Diagram: ...
    @property
    def steps(self) -> Mapping[str, Step]: ...
    @property
    def package(self) -> Package: ...


def narrowed(grid: Grid, asked: Asked) -> Grid:
    """The table with only those inputs that a case of this package can bring."""
    schemas = {
        name: _json(content) for name, content in asked.package.names("forms", ".json").items()
    }
    start = next((e.id for e in asked.diagram.inside(None) if e.kind == "startEvent"), None)
    columns = []
    for column, written in zip(grid.columns, grid.table.inputs, strict=True):
        values = possible_values(
            written.expression.strip(),
            diagram=asked.diagram,
            steps=asked.steps,
            schemas=schemas,
            start=start,
        )
        columns.append(column if values is None else _only(column, values))
    return Grid(grid.table, columns, grid.odd)


def _only(column: Column, values: list[Any]) -> Column:
    """The column with one piece for each value that can be asked."""
    held = [piece_of(column.pieces, value) for value in values]
    pieces = [
        (value, piece)
        for value, piece in zip(values, held, strict=True)
        if piece is not None and column.space >> piece & 1
    ]
    if not pieces:
        return column

    def moved(mask: int) -> int:
        return sum((mask >> piece & 1) << place for place, (_, piece) in enumerate(pieces))

    return Column(
        column.name,
        tuple(Piece(value, text=said(value)) for value, _ in pieces),
        moved(column.space),
        {text: moved(mask) for text, mask in column.masks.items()},
    )


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None  # said of the form already


def _gaps(grid: Grid, owner: str, path: str) -> Iterator[Finding]:
    boxes = [grid.box(rule) for rule in range(len(grid.table.rules))]
    found = uncovered(grid.space, boxes, most=_SHOWN + 1)
    for box in found[:_SHOWN]:
        example = _example(grid, box)
        message = f"{owner}: no rule answers for {grid.said(box)} (for example {example})"
        one = warning("table_gap", owner, path, message)
        yield replace(one, parts={"input": grid.said(box), "example": example})
    if len(found) > _SHOWN:
        yield warning("table_gap", owner, path, f"{owner}: there is more that no rule answers for")


def _overlaps(grid: Grid, owner: str, path: str) -> Iterator[Finding]:
    known = [rule for rule in range(len(grid.table.rules)) if grid.is_known(rule)]
    boxes = {rule: grid.box(rule) for rule in known}
    say = warning if grid.depends() else error
    for place, one in enumerate(known):
        for other in known[place + 1 :]:
            common = meeting(boxes[one], boxes[other])
            if common is None or not _contradict(grid.table, one, other):
                continue
            example = _example(grid, common)
            message = (
                f"{owner}: rules {one + 1} and {other + 1} both answer for {grid.said(common)} "
                f"(for example {example})"
            )
            found = say("table_overlap", owner, path, message)
            yield replace(
                found,
                cells=(*_row(grid, one), *_row(grid, other)),
                parts={"input": grid.said(common), "example": example},
            )


def _hidden(grid: Grid, owner: str, path: str) -> Iterator[Finding]:
    for rule in range(len(grid.table.rules)):
        box, before = grid.box(rule), _first(grid.table, rule)
        above = [grid.box(one) for one in before if grid.is_known(one)]
        if all(box) and not uncovered(box, above):
            message = f"{owner}: rule {rule + 1} never answers, for others always do before it"
            found = warning("rule_unreachable", owner, path, message)
            yield replace(found, cells=_row(grid, rule))


def _empty(grid: Grid, owner: str, path: str) -> Iterator[Finding]:
    """Rules with a cell that nothing satisfies."""
    for rule in range(len(grid.table.rules)):
        for place, mask in enumerate(grid.box(rule)):
            if not mask:
                name = grid.columns[place].name
                message = f"{owner}: rule {rule + 1} never answers, for nothing satisfies {name}"
                found = warning("rule_unreachable", owner, path, message)
                yield replace(found, cells=(Cell(rule + 1, place + 1),))
                break


def _odd(grid: Grid, owner: str, path: str) -> Iterator[Finding]:
    for row, column, why in _together(grid.odd):
        name = grid.columns[column - 1].name
        where = f"rule {row}, {name}" if row else f"the column {name}"
        message = f"{owner}: {where} is not looked at: {why}"
        found = warning("table_not_looked_at", owner, path, message)
        rows = (row,) if row else range(1, len(grid.table.rules) + 1)
        yield replace(found, cells=tuple(Cell(one, column) for one in rows))


def _together(odd: Iterable[Odd]) -> Iterator[tuple[int, int, str]]:
    """A column that is not looked at says enough for its cells."""
    odd = list(odd)
    whole = {one.column for one in odd if not one.row}
    for one in odd:
        if not one.row or one.column not in whole:
            yield one.row, one.column, one.why


def _first(table: DecisionTable, rule: int) -> list[int]:
    """The rules that are asked before this one."""
    if table.hit_policy is HitPolicy.FIRST:
        return list(range(rule))
    ranks = [_rank(table, one) for one in range(len(table.rules))]
    own = ranks[rule]
    if own is None:
        return []
    return [
        one
        for one, rank in enumerate(ranks)
        if rank is not None and (rank < own or (rank == own and one < rule))
    ]


def _rank(table: DecisionTable, rule: int) -> tuple[int, ...] | None:
    """The place of a rule's outputs among the output values; None where they are computed."""
    rank = []
    for column, output in enumerate(table.outputs):
        values = [] if output.values in ("", "-") else _constants(f"[{output.values}]")
        written = constant_output(table, rule, column)
        if values is None or written is None:
            return None
        places = (place for place, value in enumerate(values) if equal(value, written[0]) is True)
        rank.append(next(places, len(values)))
    return tuple(rank)


def _contradict(table: DecisionTable, one: int, other: int) -> bool:
    """Whether it is wrong that both rules answer: under ANY they may say the same."""
    if table.hit_policy is not HitPolicy.ANY:
        return True
    for column in range(len(table.outputs)):
        mine, theirs = constant_output(table, one, column), constant_output(table, other, column)
        if mine is not None and theirs is not None and equal(mine[0], theirs[0]) is not True:
            return True
    return False


def constant_output(table: DecisionTable, rule: int, column: int) -> tuple[Any] | None:
    """The value of an output cell; None where it is computed."""
    outputs = table.rules[rule].outputs
    text = outputs[column] if column < len(outputs) else ""
    if text in ("", "-"):
        return (None,)
    found = _constants(f"[{text}]")
    return (found[0],) if found is not None and len(found) == 1 else None


def _constants(text: str) -> list[Any] | None:
    try:
        expression = compile_expression(text)
    except FeelSyntaxError:
        return None
    if expression.names:
        return None
    value = expression.evaluate({}).value
    return value if isinstance(value, list) else None


def _row(grid: Grid, rule: int) -> tuple[Cell, ...]:
    return tuple(Cell(rule + 1, column) for column in range(1, len(grid.columns) + 1))


def _example(grid: Grid, box: Box) -> str:
    pairs = zip(grid.columns, grid.example(box), strict=True)
    return ", ".join(f"{column.name} = {said(value)}" for column, value in pairs)


__all__ = ["constant_output", "narrowed", "of_model", "of_table", "problems"]
