"""Holding what was sent against a compiled form.

Read every value; settle what depends on other values; judge what is shown by its rules; collect.
Conditions see the case document with the sent values laid over it, as they do in the browser.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.forms.expression import Expression, Moment
from engine.forms.field import NOTHING, Bad, Field, FieldError, KnownValues
from engine.forms.limits import Surroundings
from engine.forms.node import Node, laid_over, leaves, row_scope
from engine.forms.paths import nested
from engine.forms.reading import Reader
from engine.forms.rules import obey
from engine.forms.settling import settle
from engine.forms.shape import Shape, strangers

#: More errors than this help nobody and cost memory.
MAX_ERRORS = 100


class Result:
    """What `validate` found; `Form.validate` freezes it."""

    def __init__(self) -> None:
        self.flat: dict[str, Any] = {}
        self.errors: list[FieldError] = []
        self.hidden: list[str] = []
        self.ignored: list[str] = []

    def refuse(self, path: str, code: str, params: Mapping[str, Any] = NOTHING) -> None:
        """Add an error; the last one says that there are more."""
        if len(self.errors) < MAX_ERRORS:
            self.errors.append(FieldError(path, code, params))
        elif len(self.errors) == MAX_ERRORS:
            self.errors.append(FieldError("", "too_many_errors"))


def validate(
    fields: tuple[Field, ...],
    shape: Shape,
    data: object,
    context: Mapping[str, Any],
    known: KnownValues,
    moment: Moment,
    *,
    partial: bool,
) -> Result:
    """Read, settle, judge, collect."""
    result = Result()
    if not isinstance(data, dict):
        result.refuse("", "wrong_type")
        return result
    for path, code in strangers(shape, data):
        result.refuse(path, code)
    nodes = Reader(known, result.refuse).read(fields, data, "", context)
    scope = laid_over(context, nodes)
    settle(nodes, scope, context, moment)
    judge = _Judge(result, known, moment, partial=partial)
    judge.rules(nodes, scope)
    # A condition between fields says something only when the fields hold by themselves.
    if not partial and not result.errors:
        judge.checks(nodes, scope)
    _collect(nodes, result, partial=partial)
    return result


class _Judge:
    def __init__(
        self, result: Result, known: KnownValues, moment: Moment, *, partial: bool
    ) -> None:
        self._result = result
        self._known = known
        self._moment = moment
        self._partial = partial

    def rules(self, nodes: list[Node], scope: Mapping[str, Any]) -> None:
        """Apply each shown field's rules."""
        around = Surroundings(scope, self._moment, self._known)
        for node in nodes:
            if node.hidden:
                continue
            if node.error is None and not node.locked:
                try:
                    obey(node, around, partial=self._partial)
                except Bad as bad:
                    node.error = bad
            if node.error is not None:
                self._result.refuse(node.path, node.error.code, node.error.params)
            if node.children:
                for inside, inner in _insides(node, scope):
                    self.rules(inside, inner)

    def checks(self, nodes: list[Node], scope: Mapping[str, Any]) -> None:
        """The package's own conditions between fields; anything but true refuses."""
        for node in nodes:
            if node.hidden:
                continue
            # An empty field that may be empty has nothing to agree with.
            unasked = node.type is not None and node.empty and not node.locked
            if node.field.check is not None and not unasked:
                self._check(node, node.field.check, scope)
            if node.children:
                for inside, inner in _insides(node, scope):
                    self.checks(inside, inner)

    def _check(self, node: Node, condition: Expression, scope: Mapping[str, Any]) -> None:
        if condition.evaluate(scope, self._moment) is not True:
            text = node.field.check_message
            self._result.refuse(node.path or node.field.id, "check", {"text": text})


def _insides(node: Node, scope: Mapping[str, Any]) -> list[tuple[list[Node], Mapping[str, Any]]]:
    """The nodes inside a group or a list, each with what their conditions see."""
    if node.is_group:
        return [(node.children[0], scope)]
    return [
        (inside, row_scope(scope, row, number))
        for number, (inside, row) in enumerate(zip(node.children, node.rows, strict=True))
    ]


def _collect(nodes: list[Node], result: Result, *, partial: bool) -> None:
    """The values by dotted path; what was hidden and what was ignored."""
    for node in leaves(nodes):
        if not node.field.path:
            continue
        if node.hidden:
            result.hidden.append(node.path)
            continue
        taken = not node.locked and node.field.type != "expression"
        if node.sent and not taken:
            result.ignored.append(node.path)
        if node.field.type == "expression" or (taken and (node.sent or not partial)):
            result.flat[node.field.dotted] = _value(node, partial=partial)


def _value(node: Node, *, partial: bool) -> Any:
    if node.field.type != "dynamiclist":
        return node.value
    rows = []
    for inside in node.children:
        flat = {
            leaf.field.dotted: _value(leaf, partial=partial)
            for leaf in leaves(inside)
            if leaf.field.path and not leaf.hidden and _in_row(leaf, partial=partial)
        }
        rows.append(nested(flat))
    return rows


def _in_row(node: Node, *, partial: bool) -> bool:
    """A row is written whole, with its read-only and computed columns."""
    return node.sent or not partial or node.locked or node.field.type == "expression"
