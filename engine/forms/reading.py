"""From a request's JSON to nodes: every value read by its type, nothing raised, nothing guessed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from engine.forms.field import Bad, Field, KnownValues
from engine.forms.node import Node, laid_over, leaves
from engine.forms.paths import find, has
from engine.forms.values import MAX_ITEMS

#: A token is made by the server; anything longer is not one.
MAX_TOKEN = 1_000


class Reader:
    """Reads one request; `refuse(path, code)` takes errors that belong to no field."""

    def __init__(self, known: KnownValues, refuse: Callable[[str, str], None]) -> None:
        self._known = known
        self._refuse = refuse

    def read(
        self, fields: tuple[Field, ...], data: Mapping[str, Any], base: str, old: Mapping[str, Any]
    ) -> list[Node]:
        """The nodes of some fields; `old` is the document (or the row) at the same level."""
        nodes = []
        for field in fields:
            node = Node(field, base + field.dotted)
            nodes.append(node)
            if field.type == "group":
                node.children = [self.read(field.children, data, base, old)]
                continue
            if not field.path:
                continue
            raw = find(data, field.path)
            node.sent = raw is not None or has(data, field.path)
            if node.locked:
                node.lock(find(old, field.path))
            elif node.type is not None:
                self._value(node, raw)
                node.given = (node.value, node.empty, node.error)
            elif field.type == "dynamiclist":
                self._rows(node, raw, find(old, field.path))
        return nodes

    def _value(self, node: Node, raw: Any) -> None:
        kind = node.type
        assert kind is not None
        if isinstance(raw, dict) and node.field.sensitive is not None:
            self._keep(node, raw)
            return
        if raw is not None and raw != "" and raw != []:
            try:
                node.value = kind.read(node.field, raw)
            except Bad as bad:
                node.error = bad
                return
            node.empty = node.value == [] or (
                isinstance(node.value, str) and not node.value.strip()
            )
        if node.empty:
            node.value = list(kind.empty) if isinstance(kind.empty, tuple) else kind.empty

    def _keep(self, node: Node, raw: dict[str, Any]) -> None:
        """A stored sensitive value that the page never saw: it came back as its token."""
        token = raw.get("keep")
        if len(raw) != 1 or not isinstance(token, str):
            node.error = Bad("wrong_type")
        elif len(token) > MAX_TOKEN or not self._known.may_keep(node.path, token):
            node.error = Bad("unknown_reference")
        else:
            node.value, node.empty, node.kept = {"keep": token}, False, True

    def _rows(self, node: Node, raw: Any, before: Any) -> None:
        node.value = node.rows
        old_rows = before if isinstance(before, list) else []
        if not node.field.growing:
            # As in form-js: the rows the document has, or those the form begins with.
            node.fixed_count = len(old_rows) or node.field.repetitions
        if raw is None:
            return
        if not isinstance(raw, list):
            node.error = Bad("wrong_type")
            return
        if len(raw) > MAX_ITEMS:
            node.error = Bad("too_many_items", max=MAX_ITEMS)
            return
        for number, row in enumerate(raw):
            place = f"{node.path}[{number}]"
            if not isinstance(row, dict):
                self._refuse(place, "wrong_type")
                continue
            old = old_rows[number] if number < len(old_rows) else None
            old = old if isinstance(old, Mapping) else {}
            nodes = self.read(node.field.children, row, place + ".", old)
            node.children.append(nodes)
            node.rows.append(laid_over(_locked_values(nodes), nodes))
        node.empty = not node.rows


def _locked_values(nodes: list[Node]) -> dict[str, Any]:
    """A row is written whole, so what is read-only in it comes from the row before."""
    return {
        node.field.key: node.value
        for node in leaves(nodes)
        if node.locked and len(node.field.path) == 1
    }
