"""One request's values beside the fields they belong to, and what conditions see of them."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import Any

from engine.forms.field import Bad, Field
from engine.forms.paths import Path, drop, find, put
from engine.forms.types import TYPES, Type


class Node:
    """One field of one request. A group has one list of children, a list one per row."""

    __slots__ = (
        "children",
        "empty",
        "error",
        "field",
        "fixed_count",
        "given",
        "hidden",
        "kept",
        "locked",
        "path",
        "rows",
        "sent",
        "type",
        "value",
    )

    def __init__(self, field: Field, path: str) -> None:
        self.field = field
        self.path = path
        self.type: Type | None = TYPES.get(field.type)
        self.value: Any = None
        #: The request has this key, be it with null.
        self.sent = False
        self.empty = True
        #: A stored sensitive value that stays.
        self.kept = False
        self.hidden = False
        #: Shown, but not taken from the request.
        self.locked = field.readonly is True
        self.error: Bad | None = None
        #: Value, emptiness and error as sent, for a field that is read-only only sometimes.
        self.given: tuple[Any, bool, Bad | None] = (None, True, None)
        self.children: list[list[Node]] = []
        #: How many rows a list must have that cannot grow or shrink.
        self.fixed_count: int | None = None
        #: What the columns of each row see as `this`.
        self.rows: list[dict[str, Any]] = []

    @property
    def is_group(self) -> bool:
        """Whether this only holds others, at its own level of the data."""
        return self.field.type == "group"

    def lock(self, old: object) -> None:
        """Take the document's value instead of the one that was sent."""
        self.locked, self.error, self.kept = True, None, False
        self.value, self.empty = old, old is None

    def unlock(self) -> None:
        """Take the value that was sent after all."""
        self.locked = False
        self.value, self.empty, self.error = self.given

    def show_in(self, home: dict[str, Any]) -> None:
        """Make the value visible to conditions, or not when it is hidden."""
        if self.is_group or not self.field.path:
            return
        if self.hidden:
            drop(home, self.field.path)
        else:
            put(home, self.field.path, feel_value(self))


def leaves(nodes: list[Node]) -> Iterator[Node]:
    """The nodes with groups dissolved; lists stay closed."""
    for node in nodes:
        if node.is_group:
            yield from leaves(node.children[0])
        else:
            yield node


def laid_over(document: Mapping[str, Any], nodes: list[Node]) -> dict[str, Any]:
    """The document with the sent values over it; objects on the way are copied, not changed."""
    scope = dict(document)
    copied: set[Path] = set()
    for node in leaves(nodes):
        path = node.field.path
        # A kept value is only a token here; conditions see what the document shows of it.
        if not path or node.locked or node.kept or node.field.type == "expression":
            continue
        for depth in range(1, len(path)):
            if path[:depth] not in copied:
                copied.add(path[:depth])
                inner = find(scope, path[:depth])
                put(scope, path[:depth], dict(inner) if isinstance(inner, Mapping) else {})
        put(scope, path, feel_value(node))
    return scope


def feel_value(node: Node) -> Any:
    """The value as conditions see it: a date field is a date, what is malformed is null."""
    if node.error is not None:
        return None
    value = node.value
    if node.field.type == "datetime" and isinstance(value, str):
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:  # a read-only date comes from the document, whoever wrote it there
            return None
    return value


def row_scope(outer: Mapping[str, Any], row: Mapping[str, Any], number: int) -> dict[str, Any]:
    """What a column of a list sees: `this` (its row), `parent` (outside), `i` (counted from 1).

    As form-js has it: a bare name is the document's, never the row's.
    """
    above = outer.get("_i_")
    indexes = [*(above if isinstance(above, list) else []), number + 1]
    own = {"this": row, "parent": outer, "i": indexes}
    return {**own, **outer, **own, "_this_": row, "_parent_": outer, "_i_": indexes}
