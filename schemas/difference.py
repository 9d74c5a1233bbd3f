"""The shape of what `process diff --json` says about two packages."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from marshmallow import RAISE, Schema, fields, validate

ADDED, REMOVED, CHANGED, MOVED, RENAMED, SAME = (
    "added",
    "removed",
    "changed",
    "moved",
    "renamed",
    "same",
)


@dataclass(frozen=True, slots=True)
class PropertyChange:
    """One thing that is said otherwise; None: it was, or is, not said."""

    #: stable word: `name`, `candidates`, `sign_off.threshold`; docs/versions.md lists them
    name: str
    before: str | None
    after: str | None
    #: what inside the thing: an outcome, an argument, a rung
    of: str = ""


@dataclass(frozen=True, slots=True)
class ThingChange:
    """An element of the diagram, a flow, a field, a fact, a text: what became of it."""

    #: task, gateway, event, subprocess, flow, lane, note, process, message, field, facts, rule, text, form
    what: str
    #: added, removed, changed, moved, renamed
    action: str
    id: str
    name: str = ""
    #: the BPMN tag, or the field's type
    kind: str = ""
    #: its id before, where it was renamed
    was: str = ""
    #: True: that it is the same under another id, or has moved, is a guess from its neighbours
    guessed: bool = False
    #: names of what comes before and after it, for what is added, removed or moved
    follows: tuple[str, ...] = ()
    precedes: tuple[str, ...] = ()
    properties: tuple[PropertyChange, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """A column of a decision table."""

    id: str
    #: input, output or annotation
    side: str
    action: str
    label: str
    #: True: its numbers are 分
    money: bool = False
    properties: tuple[PropertyChange, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleChange:
    """A rule of a decision table with all its cells, in the order of the columns."""

    id: str
    action: str
    #: its number from above, from 1
    number_before: int | None
    number_after: int | None
    #: per column: what stood there, what stands there; None where the rule or the column was not, or is not
    cells: tuple[tuple[str | None, str | None], ...]
    note_before: str = ""
    note_after: str = ""


@dataclass(frozen=True, slots=True)
class TableChange:
    """A decision and its table: all columns and rules, those that stayed too."""

    id: str
    name: str
    #: what people call it: the file's title, with the decision's name where it holds several
    title: str
    action: str
    #: name, source, question, hit_policy, aggregation …
    properties: tuple[PropertyChange, ...] = ()
    columns: tuple[ColumnChange, ...] = ()
    rules: tuple[RuleChange, ...] = ()


@dataclass(frozen=True, slots=True)
class LineChange:
    """A line of a text; `gap` stands for lines that are the same and not shown."""

    #: same, added, removed or gap
    action: str
    text: str
    number_before: int | None = None
    number_after: int | None = None


@dataclass(frozen=True, slots=True)
class FileChange:
    """A file that differs, and how."""

    path: str
    #: diagram, tables, form, facts, texts, text
    kind: str
    action: str
    things: tuple[ThingChange, ...] = ()
    tables: tuple[TableChange, ...] = ()
    lines: tuple[LineChange, ...] = ()
    #: ids of what is drawn elsewhere and otherwise the same
    drawn: tuple[str, ...] = ()
    #: True: it is written otherwise, and nothing of the above says how
    written: bool = False
    #: True: it goes with the version without being part of it: README, scenarios
    companion: bool = False

    @property
    def only_drawn(self) -> bool:
        """Whether nothing but the drawing differs."""
        return not (self.things or self.tables or self.lines or self.written)


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs between two packages."""

    #: the versions' ids
    before: str
    after: str
    files: tuple[FileChange, ...] = ()

    @property
    def changed(self) -> tuple[FileChange, ...]:
        """Files in which more than the drawing differs."""
        return tuple(one for one in self.files if not one.only_drawn)

    @property
    def empty(self) -> bool:
        """Whether both are the same version, however they are drawn and whatever goes with them."""
        return all(one.companion for one in self.changed)


class _Property(Schema):
    class Meta:
        unknown = RAISE

    name = fields.Str(required=True)
    of = fields.Str(required=True)
    before = fields.Str(required=True, allow_none=True)
    after = fields.Str(required=True, allow_none=True)


class _Thing(Schema):
    class Meta:
        unknown = RAISE

    what = fields.Str(required=True)
    action = fields.Str(
        required=True, validate=validate.OneOf([ADDED, REMOVED, CHANGED, MOVED, RENAMED])
    )
    id = fields.Str(required=True)
    name = fields.Str(required=True)
    kind = fields.Str(required=True)
    was = fields.Str(required=True)
    guessed = fields.Bool(required=True)
    follows = fields.List(fields.Str(), required=True)
    precedes = fields.List(fields.Str(), required=True)
    properties = fields.List(fields.Nested(_Property), required=True)


class _Column(Schema):
    class Meta:
        unknown = RAISE

    id = fields.Str(required=True)
    side = fields.Str(required=True)
    action = fields.Str(required=True)
    label = fields.Str(required=True)
    money = fields.Bool(required=True)
    properties = fields.List(fields.Nested(_Property), required=True)


class _RuleRow(Schema):
    class Meta:
        unknown = RAISE

    id = fields.Str(required=True)
    action = fields.Str(required=True)
    number_before = fields.Int(required=True, allow_none=True)
    number_after = fields.Int(required=True, allow_none=True)
    cells = fields.List(
        fields.List(fields.Str(allow_none=True), validate=validate.Length(equal=2)), required=True
    )
    note_before = fields.Str(required=True)
    note_after = fields.Str(required=True)


class _Table(Schema):
    class Meta:
        unknown = RAISE

    id = fields.Str(required=True)
    name = fields.Str(required=True)
    title = fields.Str(required=True)
    action = fields.Str(required=True)
    properties = fields.List(fields.Nested(_Property), required=True)
    columns = fields.List(fields.Nested(_Column), required=True)
    rules = fields.List(fields.Nested(_RuleRow), required=True)


class _Line(Schema):
    class Meta:
        unknown = RAISE

    action = fields.Str(required=True, validate=validate.OneOf([SAME, ADDED, REMOVED, "gap"]))
    text = fields.Str(required=True)
    number_before = fields.Int(required=True, allow_none=True)
    number_after = fields.Int(required=True, allow_none=True)


class _File(Schema):
    class Meta:
        unknown = RAISE

    path = fields.Str(required=True)
    kind = fields.Str(required=True)
    action = fields.Str(required=True, validate=validate.OneOf([ADDED, REMOVED, CHANGED]))
    things = fields.List(fields.Nested(_Thing), required=True)
    tables = fields.List(fields.Nested(_Table), required=True)
    lines = fields.List(fields.Nested(_Line), required=True)
    drawn = fields.List(fields.Str(), required=True)
    written = fields.Bool(required=True)
    companion = fields.Bool(required=True)


class DifferenceSchema(Schema):
    """A difference on the wire."""

    class Meta:
        unknown = RAISE

    before = fields.Str(required=True)
    after = fields.Str(required=True)
    files = fields.List(fields.Nested(_File), required=True)


def dumped(difference: Difference) -> dict[str, Any]:
    """The difference as JSON."""
    return asdict(difference)


__all__ = [
    "ADDED",
    "CHANGED",
    "MOVED",
    "REMOVED",
    "RENAMED",
    "SAME",
    "ColumnChange",
    "Difference",
    "DifferenceSchema",
    "FileChange",
    "LineChange",
    "PropertyChange",
    "RuleChange",
    "TableChange",
    "ThingChange",
    "dumped",
]
