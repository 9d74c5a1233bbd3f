"""Working out what depends on other values: hidden, read-only and computed fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.feel import to_json
from engine.forms.expression import Expression, Moment
from engine.forms.node import Node, row_scope
from engine.forms.paths import find, put

#: Conditions that still change after so many rounds depend on each other in a circle.
MAX_ROUNDS = 6


def settle(
    nodes: list[Node], scope: dict[str, Any], document: Mapping[str, Any], moment: Moment
) -> None:
    """Go over the fields in order until nothing changes; `scope` is kept up to date.

    Hidden fields are out of sight for the conditions of others, as in form-js.
    """
    settler = _Settler(moment)
    for _ in range(MAX_ROUNDS):
        if not settler.round(nodes, scope, scope, document, hidden=False):
            return


class _Settler:
    def __init__(self, moment: Moment) -> None:
        self._moment = moment

    def round(
        self,
        nodes: list[Node],
        home: dict[str, Any],
        scope: Mapping[str, Any],
        old: Mapping[str, Any],
        *,
        hidden: bool,
    ) -> bool:
        """One round; whether anything changed. `home` holds the values, `scope` is what is seen."""
        changed = False
        for node in nodes:
            field = node.field
            if not (field.dynamic or hidden or node.hidden):
                continue
            now_hidden = hidden or self._true(field.hide, scope)
            if now_hidden != node.hidden:
                node.hidden, changed = now_hidden, True
                node.show_in(home)
            if node.is_group:
                changed |= self.round(node.children[0], home, scope, old, hidden=now_hidden)
            elif now_hidden:
                continue
            elif field.expression is not None:
                changed |= self._compute(node, field.expression, home, scope)
            elif field.type == "dynamiclist":
                changed |= self._rows(node, scope, old)
            elif isinstance(field.readonly, Expression):
                changed |= self._lock(node, field.readonly, home, scope, old)
        return changed

    def _rows(self, node: Node, scope: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
        changed = False
        before = find(old, node.field.path)
        for number, (nodes, row) in enumerate(zip(node.children, node.rows, strict=True)):
            old_row = before[number] if isinstance(before, list) and number < len(before) else {}
            inner = row_scope(scope, row, number)
            changed |= self.round(nodes, row, inner, old_row, hidden=False)
        return changed

    def _lock(
        self,
        node: Node,
        condition: Expression,
        home: dict[str, Any],
        scope: Mapping[str, Any],
        old: Mapping[str, Any],
    ) -> bool:
        locked = self._true(condition, scope)
        if locked == node.locked:
            return False
        if locked:
            node.lock(find(old, node.field.path))
        else:
            node.unlock()
        node.show_in(home)
        return True

    def _compute(
        self, node: Node, expression: Expression, home: dict[str, Any], scope: Mapping[str, Any]
    ) -> bool:
        value = expression.evaluate(scope, self._moment)
        plain = to_json(value)
        if plain == node.value and find(home, node.field.path) is not None:
            return False
        changed: bool = plain != node.value
        node.value, node.empty = plain, plain is None
        put(home, node.field.path, value)
        return changed

    def _true(self, condition: Expression | None, scope: Mapping[str, Any]) -> bool:
        return condition is not None and condition.evaluate(scope, self._moment) is True
