"""What differs between two files of decision tables: rule by rule, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from engine.comparing.dmn_node import COLUMNS, columns, kind, rules, text_in
from engine.comparing.node import Node, moved, same, woven
from engine.comparing.properties import Said, property_changes
from schemas.difference import (
    ADDED,
    CHANGED,
    MOVED,
    REMOVED,
    SAME,
    ColumnChange,
    RuleChange,
    TableChange,
    ThingChange,
)

_TABLE = "decisionTable"
_TEXTS = {"description": "source", "question": "question", "allowedAnswers": "answers"}
_ATTRIBUTES = {
    "@name": "name",
    "@hitPolicy": "hit_policy",
    "@aggregation": "aggregation",
    "@label": "label",
    "@typeRef": "type",
    "@outputLabel": "output_label",
}
_DEFAULTS = {"hit_policy": "UNIQUE"}


def compare_tables(before: Node, after: Node) -> tuple[list[TableChange], list[ThingChange]]:
    """The decisions that differ, and what else in the file does; rules of another id that ask for the
    same are the same rule."""
    old, new = before.child("frame"), aligned(before, after).child("frame")
    tables, things = [], []
    if changes := property_changes(_said(old, deep=False), _said(new, deep=False)):
        things.append(ThingChange("file", CHANGED, "", properties=changes))
    for key in woven(list(old.children), list(new.children)):
        was, now = old.children.get(key), new.children.get(key)
        if was is not None and now is not None and same(was, now):
            continue
        shown = now or was
        assert shown is not None
        if kind(shown) == "decision":
            found = _decision(key, was, now, _title(old, new, shown))
            if found is not None:
                tables.append(found)
        elif changes := property_changes(_said(was), _said(now)):
            action = ADDED if was is None else REMOVED if now is None else CHANGED
            things.append(
                ThingChange(
                    "input" if kind(shown) == "inputData" else "other",
                    action,
                    key.removeprefix("#"),
                    str(shown.values.get("@name", "")),
                    kind(shown),
                    properties=changes,
                )
            )
    return tables, things


def aligned(before: Node, after: Node) -> Node:
    """The later file with its columns and rules called as in the earlier, where they are the same."""
    frame = after.child("frame")
    children = {
        key: _aligned_decision(before.child("frame").child(key), one)
        for key, one in frame.children.items()
    }
    return replace(after, children={**after.children, "frame": replace(frame, children=children)})


def _aligned_decision(old: Node, new: Node) -> Node:
    if kind(new) != "decision" or _TABLE not in new.children or _TABLE not in old.children:
        return new
    was, now = old.child(_TABLE), new.child(_TABLE)
    names = _same_columns(columns(was), columns(now))
    now = replace(now, children=_called(now.children, names))
    cells = {f"cell:{key}": f"cell:{name}" for key, name in names.items()}
    table = {
        key: replace(one, children=_called(one.children, cells)) if kind(one) == "rule" else one
        for key, one in now.children.items()
    }
    now = replace(now, children=table)
    now = replace(now, children=_called(now.children, _same_rules(was, now)))
    return replace(new, children={**new.children, _TABLE: now})


def _same_columns(old: Mapping[str, Node], new: Mapping[str, Node]) -> dict[str, str]:
    """New key → old key of columns with another id that ask the same."""

    def sign(one: Node) -> object:
        asked = text_in(one.child("inputExpression"))
        return kind(one), asked or one.values.get("@name") or one.values.get("@label", "")

    return _pairs({k: sign(v) for k, v in old.items()}, {k: sign(v) for k, v in new.items()})


def _same_rules(old: Node, new: Node) -> dict[str, str]:
    """New key → old key of rules with another id that have the same conditions."""
    inputs = [key for key, one in columns(old).items() if kind(one) == "input"]

    def sign(one: Node) -> object:
        return tuple(text_in(one.child(f"cell:{key}")) for key in inputs)

    return _pairs(
        {key: sign(one) for key, one in rules(old).items()},
        {key: sign(one) for key, one in rules(new).items()},
    )


def _pairs(old: Mapping[str, object], new: Mapping[str, object]) -> dict[str, str]:
    waiting: dict[object, list[str]] = {}
    for key, sign in old.items():
        if key not in new:
            waiting.setdefault(sign, []).append(key)
    return {
        key: waiting[sign].pop(0)
        for key, sign in new.items()
        if key not in old and waiting.get(sign)
    }


def _called(children: Mapping[str, Node], names: Mapping[str, str]) -> dict[str, Node]:
    return {names.get(key, key): one for key, one in children.items()}


def _decision(key: str, was: Node | None, now: Node | None, title: str) -> TableChange | None:
    shown = now or was
    assert shown is not None
    old_table = was.child(_TABLE) if was else Node("")
    new_table = now.child(_TABLE) if now else Node("")
    changes = property_changes(_said(was), _said(now))
    found = TableChange(
        id=str(shown.values.get("@id") or key),
        name=str(shown.values.get("@name") or shown.values.get("@id", "")),
        title=title,
        action=ADDED if was is None else REMOVED if now is None else CHANGED,
        properties=changes,
        columns=tuple(_columns(columns(old_table), columns(new_table))),
        rules=tuple(_rules(old_table, new_table)),
    )
    parts = [one.action for one in found.columns] + [one.action for one in found.rules]
    quiet = set(parts) <= {SAME}
    return None if quiet and not changes and found.action == CHANGED else found


def _title(old: Node, new: Node, decision: Node) -> str:
    """What people call a decision: the file's name, and its own where the file holds several."""
    file = new if new.children else old
    own = str(decision.values.get("@name") or decision.values.get("@id", ""))
    named = str(file.values.get("@name", ""))
    several = sum(kind(one) == "decision" for one in file.children.values()) > 1
    return f"{named} · {own}" if named and several else named or own


def _columns(old: Mapping[str, Node], new: Mapping[str, Node]) -> Iterator[ColumnChange]:
    went = moved(list(old), list(new))
    for key in woven(list(old), list(new)):
        was, now = old.get(key), new.get(key)
        shown = now or was
        assert shown is not None
        changes = property_changes(_said(was), _said(now)) if was and now else ()
        yield ColumnChange(
            id=str(shown.values.get("@id") or key),
            side=kind(shown),
            action=_action(was, now, bool(changes), key in went),
            label=_label(shown),
            money=_is_money(shown),
            properties=changes,
        )


def _rules(old: Node, new: Node) -> Iterator[RuleChange]:
    before, after = rules(old), rules(new)
    numbers = [{key: n for n, key in enumerate(side, start=1)} for side in (before, after)]
    order = woven(list(columns(old)), list(columns(new)))
    there = (set(columns(old)), set(columns(new)))
    went = moved(list(before), list(after))
    for key in woven(list(before), list(after)):
        was, now = before.get(key), after.get(key)
        shown = now or was
        assert shown is not None
        cells = tuple((_cell(was, c, there[0]), _cell(now, c, there[1])) for c in order)
        notes = [text_description(one) for one in (was, now)]
        differs = any(a != b for a, b in cells) or notes[0] != notes[1]
        yield RuleChange(
            id=str(shown.values.get("@id") or key),
            action=_action(was, now, differs, key in went),
            number_before=numbers[0].get(key),
            number_after=numbers[1].get(key),
            cells=cells,
            note_before=notes[0],
            note_after=notes[1],
        )


def text_description(node: Node | None) -> str:
    """What a rule, a table or a decision says of itself."""
    return "" if node is None else str(node.child("description").values.get("#text", ""))


def _action(was: Node | None, now: Node | None, differs: bool, went: bool) -> str:
    if was is None or now is None:
        return ADDED if was is None else REMOVED
    return MOVED if went else CHANGED if differs else SAME


def _cell(rule: Node | None, column: str, there: set[str]) -> str | None:
    if rule is None or column not in there:
        return None
    return text_in(rule.child(f"cell:{column}"))


def _label(column: Node) -> str:
    asked = text_in(column.child("inputExpression"))
    return str(column.values.get("@label") or column.values.get("@name") or asked)


def _is_money(column: Node) -> bool:
    """Whether its numbers are 分: fields of money end so."""
    asked = text_in(column.child("inputExpression")) or str(column.values.get("@name", ""))
    return asked.strip().endswith("_fen")


def _said(node: Node | None, *, deep: bool = True) -> Said:
    """Everything but columns and rules of a table, by name."""
    found: dict[tuple[str, str], str] = {}
    if node is None:
        return found
    for name, value in node.values.items():
        word = _ATTRIBUTES.get(name, "other")
        if word != "other":
            if value != _DEFAULTS.get(word):
                found[(word, "")] = value
        elif name not in ("@id", "@exporter", "@exporterVersion"):
            found[("other", name.lstrip("@#"))] = value
    for key, child in node.children.items() if deep else ():
        name = kind(child)
        if name in (*COLUMNS.values(), "rule") and kind(node) == _TABLE:
            continue
        if name in _TEXTS:
            found[(_TEXTS[name], "")] = str(child.values.get("#text", ""))
        elif name == "inputExpression":
            found[("asks", "")] = text_in(child)
            found.update(_plain(child, {"@id"}, "type", skip="text"))
        elif name in ("inputValues", "outputValues"):
            found[("values", "")] = text_in(child)
        elif name == _TABLE:
            # A table may say of itself what its decision says of itself, too.
            found.update(
                {
                    (w, of or ("table" if w in _TEXTS.values() else "")): v
                    for (w, of), v in _said(child).items()
                }
            )
        elif name == "variable":
            found.update(_plain(child, {"@id", "@name"}, "type"))
        else:
            found.update(_rest(child, key))
    return found


def _plain(node: Node, hidden: set[str], word: str, skip: str = "") -> Said:
    found: dict[tuple[str, str], str] = {}
    for name, value in node.values.items():
        if name not in hidden:
            found[(word, "") if name == "@typeRef" else ("other", name.lstrip("@#"))] = value
    for key, child in node.children.items():
        if key != skip:
            found.update(_rest(child, key))
    return found


def _rest(node: Node, path: str) -> Said:
    found: dict[tuple[str, str], str] = {("other", path): ""}
    for name, value in node.values.items():
        if name != "@id":
            found[("other", f"{path} {name.lstrip('@')}")] = value
    for key, child in node.children.items():
        found.update(_rest(child, f"{path} {key}"))
    return found
