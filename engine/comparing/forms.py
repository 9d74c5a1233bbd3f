"""What differs between two forms, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.comparing.node import INSIDE, Node, moved, same_value
from engine.comparing.properties import Said, property_changes
from schemas.difference import ADDED, CHANGED, MOVED, REMOVED, RENAMED, ThingChange

#: path in the component → the word for it
_WORDS = {
    "type": "type",
    "key": "key",
    "label": "label",
    "description": "hint",
    "text": "text",
    "validate/required": "required",
    "validate/min": "min",
    "validate/max": "max",
    "validate/minLength": "min_length",
    "validate/maxLength": "max_length",
    "validate/minItems": "min_items",
    "validate/maxItems": "max_items",
    "validate/pattern": "pattern",
    "conditional/hide": "hidden_when",
    "expression": "expression",
    "defaultValue": "default",
    "readonly": "readonly",
    "disabled": "readonly",
    "decimalDigits": "decimals",
    "valuesExpression": "options_from",
    "properties/check": "check",
    "properties/checkMessage": "check_message",
    "properties/sensitive": "sensitive",
    "properties/candidates": "candidates",
    "properties/kinds": "file_kinds",
    "properties/max_mb": "max_mb",
    "properties/prefill": "prefill",
}
#: Said where nothing is written.
_DEFAULTS: Mapping[str, Any] = {"required": False, "readonly": False}
#: Where a field stands in its row: the drawing of a form.
_LAYOUT = "layout/"


def compare_forms(before: Node, after: Node) -> tuple[list[ThingChange], list[str]]:
    """Fields by id, else by key; and the ids of those that only lie elsewhere in their rows."""
    after = aligned(before, after)
    old, new = before.children, after.children
    things: list[ThingChange] = []
    laid: list[str] = []
    if changes := property_changes(_plain(before.values), _plain(after.values)):
        things.append(ThingChange("form", CHANGED, "", properties=changes))
    went = _moved(old, new)
    for key, field in new.items():
        if key not in old:
            things.append(_whole(ADDED, key, field, new))
            continue
        changes = property_changes(_said(old[key]), _said(field))
        if changes or key in went:
            things.append(_changed(key, old[key], field, new, changes, key in went))
        elif _layout(old[key]) != _layout(field):
            laid.append(_id(field, key))
    things += [_whole(REMOVED, key, field, old) for key, field in old.items() if key not in new]
    return things, laid


def aligned(before: Node, after: Node) -> Node:
    """The later form with its fields called as in the earlier, where their key says they are the same."""
    keys = {
        str(field.values["key"]): name
        for name, field in before.children.items()
        if "key" in field.values and name not in after.children
    }
    names: dict[str, str] = {}
    for name, field in after.children.items():
        if name not in before.children and (was := keys.pop(str(field.values.get("key")), None)):
            names[name] = was
    children = {}
    for name, field in after.children.items():
        inside = field.values.get(INSIDE, "")
        values = {**field.values, INSIDE: names.get(inside, inside)}
        children[names.get(name, name)] = Node(field.tag, values, field.children, field.hints)
    return after.with_children(children)


def _moved(old: Mapping[str, Node], new: Mapping[str, Node]) -> set[str]:
    """Fields that stand before or behind others than they did, within their group."""
    found: set[str] = set()
    groups = {str(field.values.get(INSIDE, "")) for field in new.values()}
    for group in groups:
        sides = [
            [key for key, field in side.items() if field.values.get(INSIDE, "") == group]
            for side in (old, new)
        ]
        found |= moved(*sides)
    return found


def _changed(
    key: str, was: Node, field: Node, fields: Mapping[str, Node], changes: Any, went: bool
) -> ThingChange:
    old_id, new_id = _id(was, key), _id(field, key)
    renamed = old_id != new_id or was.values.get("key") != field.values.get("key")
    follows, precedes = _beside(key, fields) if went else ((), ())
    return ThingChange(
        what="field",
        action=MOVED if went else RENAMED if renamed else CHANGED,
        id=new_id,
        name=_name(field),
        kind=str(field.values.get("type", "")),
        was=old_id if old_id != new_id else "",
        follows=follows,
        precedes=precedes,
        properties=changes,
    )


def _whole(action: str, key: str, field: Node, fields: Mapping[str, Node]) -> ThingChange:
    everything = {k: v for k, v in _said(field).items() if k[0] not in ("label", "type")}
    follows, precedes = _beside(key, fields)
    return ThingChange(
        what="field",
        action=action,
        id=_id(field, key),
        name=_name(field),
        kind=str(field.values.get("type", "")),
        follows=follows,
        precedes=precedes,
        properties=property_changes(everything, {})
        if action == REMOVED
        else property_changes({}, everything),
    )


def _beside(key: str, fields: Mapping[str, Node]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    place = fields[key].values.get(INSIDE, "")
    row = [name for name, one in fields.items() if one.values.get(INSIDE, "") == place]
    at = row.index(key)
    return (
        tuple(_name(fields[name]) for name in row[max(0, at - 1) : at]),
        tuple(_name(fields[name]) for name in row[at + 1 : at + 2]),
    )


def _said(field: Node) -> Said:
    found: dict[tuple[str, str], Any] = {}
    for path, value in field.values.items():
        if path == "values" and isinstance(value, list):
            found.update(_options(value))
        elif path == INSIDE:
            if value:
                found[("inside", "")] = str(value).removeprefix("#")
        elif path != "id" and not path.startswith(_LAYOUT):
            word = _WORDS.get(path)
            if word is None:
                # A date's own label repeats the field's.
                if path == "dateLabel" and same_value(value, field.values.get("label")):
                    continue
                found[("other", path)] = value
            elif not same_value(value, _DEFAULTS.get(word)):
                found[(word, "")] = value
    return found


def _options(values: list[Any]) -> Said:
    found: dict[tuple[str, str], Any] = {}
    for number, option in enumerate(values):
        if isinstance(option, dict) and "value" in option:
            rest = {k: v for k, v in option.items() if k != "value"}
            text = rest["label"] if set(rest) == {"label"} else rest
            found[("option", str(option["value"]))] = text
        else:
            found[("option", str(number))] = option
    return found


def _layout(field: Node) -> dict[str, Any]:
    return {path: value for path, value in field.values.items() if path.startswith(_LAYOUT)}


def _plain(values: Mapping[str, Any]) -> Said:
    quiet = ("exporter/name", "exporter/version")
    return {
        ("other", path): value
        for path, value in values.items()
        if path not in (*quiet, "schemaVersion", "id")
    }


def _id(field: Node, key: str) -> str:
    return str(field.values.get("id") or field.values.get("key") or key.removeprefix("#"))


def _name(field: Node) -> str:
    values = field.values
    return str(
        values.get("label") or values.get("text") or values.get("key") or values.get("id") or ""
    )
