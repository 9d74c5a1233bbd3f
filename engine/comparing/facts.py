"""What differs between two process.toml, and between two files of translations."""

from __future__ import annotations

from typing import Any

from engine.comparing.node import Node, flattened
from engine.comparing.properties import property_changes
from schemas.difference import ADDED, CHANGED, REMOVED, ThingChange


def compare_facts(before: Node, after: Node) -> list[ThingChange]:
    """The facts as one thing, and each rule of a list of rules by its id."""
    things = []
    changes = property_changes(_said(before.values), _said(after.values))
    if changes:
        things.append(ThingChange("facts", CHANGED, "", properties=changes))
    old, new = before.children, after.children
    for key in [*new, *(key for key in old if key not in new)]:
        was, now = old.get(key), new.get(key)
        changes = property_changes(
            _said(was.values) if was else {}, _said(now.values) if now else {}
        )
        if changes:
            shown = now or was
            assert shown is not None
            things.append(
                ThingChange(
                    "rule",
                    ADDED if was is None else REMOVED if now is None else CHANGED,
                    str(shown.values.get("id") or key.partition("#")[2]),
                    str(shown.values.get("why") or shown.values.get("title") or ""),
                    shown.tag.replace("/", "."),
                    properties=changes,
                )
            )
    return things


def compare_texts(before: Node, after: Node) -> list[ThingChange]:
    """Translations by the text they translate."""
    things = []
    for key in [*after.values, *(key for key in before.values if key not in after.values)]:
        changes = property_changes(
            {("translation", ""): before.values[key]} if key in before.values else {},
            {("translation", ""): after.values[key]} if key in after.values else {},
        )
        if changes:
            text = key.replace("~1", "/").replace("~0", "~")
            action = (
                ADDED
                if key not in before.values
                else REMOVED
                if key not in after.values
                else CHANGED
            )
            things.append(ThingChange("text", action, text, text, properties=changes))
    return things


def _said(values: Any) -> dict[tuple[str, str], Any]:
    return {
        (path.replace("/", "."), ""): value
        for name, whole in values.items()
        for path, value in (flattened(whole, name) if isinstance(whole, dict) else [(name, whole)])
    }
