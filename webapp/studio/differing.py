"""A difference as its page shows it: in sentences, on two diagrams, and file by file."""

from __future__ import annotations

from typing import Any

from engine.catalog.package import Package
from engine.comparing.difference import compare
from engine.comparing.naming import Names
from engine.comparing.phrases import capital
from engine.comparing.sentences import Telling, summary
from engine.comparing.words import action_word
from engine.comparing.xml_node import NotReadable, parse
from schemas.difference import (
    ADDED,
    REMOVED,
    SAME,
    Difference,
    FileChange,
    PropertyChange,
    TableChange,
    ThingChange,
)
from webapp.language import gettext as _
from webapp.language import language
from webapp.studio.readable import readable
from webapp.views.drawing import drawn

_DIAGRAM = "process.bpmn"
#: More rules of a table that stay than this are folded away.
_NEAR = 1


def difference_view(before: Package, after: Package) -> dict[str, Any]:
    """What the page of a difference shows."""
    difference = compare(before, after)
    telling = Telling(Names.of(before, after, readable), language())
    return {
        "same": not difference.changed,
        "summary": summary(before, after, difference, language(), readable),
        "diagram": _diagram(before, after, difference, telling),
        "files": [_file(one, telling) for one in difference.changed],
        "drawn": sum(len(one.drawn) for one in difference.files),
    }


# -- the diagrams -------------------------------------------------------------------------


def _diagram(
    before: Package, after: Package, difference: Difference, telling: Telling
) -> dict[str, Any] | None:
    """Both diagrams with their marks; None where nothing in them differs, or one cannot be drawn."""
    found = next((one for one in difference.changed if one.path == _DIAGRAM), None)
    if found is None or not found.things:
        return None
    sources = [package.files.get(_DIAGRAM) for package in (before, after)]
    english = telling.names.english if language() == "en" else None
    shown = [None if one is None else _drawable(one, english) for one in sources]
    if shown[0] is None and shown[1] is None:
        return None
    return {
        "before": {"xml": shown[0], "marks": _marks(found, telling, old=True)},
        "after": {"xml": shown[1], "marks": _marks(found, telling, old=False)},
    }


def _drawable(source: bytes, english: Any) -> str | None:
    try:
        parse(source)
        return drawn(source, english)
    except (NotReadable, UnicodeDecodeError):
        return None


def _marks(file: FileChange, telling: Telling, *, old: bool) -> dict[str, dict[str, str]]:
    marks = {}
    for one in file.things:
        if one.action == (ADDED if old else REMOVED):
            continue
        kind = one.action if one.action in (ADDED, REMOVED) else "changed"
        name = one.was if old and one.was else one.id
        marks[name] = {"kind": kind, "text": telling.thing(one)}
    return marks


# -- files --------------------------------------------------------------------------------


def _file(file: FileChange, telling: Telling) -> dict[str, Any]:
    return {
        "path": file.path,
        "kind": file.kind,
        "title": _title(file, telling),
        "action": file.action,
        "action_text": action_word(file.action, language()),
        "companion": file.companion,
        "things": [_thing(one, telling, in_diagram=file.path == _DIAGRAM) for one in file.things],
        "tables": [_table(one, telling) for one in file.tables],
        "lines": [
            {
                "action": one.action,
                "text": one.text,
                "before": one.number_before,
                "after": one.number_after,
            }
            for one in file.lines
        ],
        "written": file.written,
    }


def _title(file: FileChange, telling: Telling) -> str:
    name = file.path.rpartition("/")[2].partition(".")[0]
    match file.kind:
        case "diagram":
            return _("Diagram")
        case "facts":
            return _("Facts")
        case "form":
            return _("Form “%(name)s”", name=telling.names.element(name, language()))
        case "tables":
            title = file.tables[0].title if file.tables else name
            return _("Decision table “%(name)s”", name=telling.text(title))
        case "texts":
            return _("English texts")
    if file.path.startswith("letters/"):
        return _("Letter “%(name)s”", name=name)
    if file.path.startswith("scenarios/"):
        return _("Story “%(name)s”", name=name)
    return file.path


def _thing(thing: ThingChange, telling: Telling, *, in_diagram: bool) -> dict[str, Any]:
    whole = thing.action in (ADDED, REMOVED)
    return {
        "id": thing.id,
        "was": thing.was,
        "title": capital(telling.called(thing)) if thing.name or thing.id else "",
        "said": telling.thing(thing) if whole or thing.action == "moved" else "",
        "action": thing.action,
        "action_text": action_word(thing.action, language()),
        "guessed": thing.guessed,
        "element": thing.id if in_diagram and thing.what not in ("process", "message") else None,
        "properties": [
            _property(one, telling, money=thing.kind == "money") for one in thing.properties
        ],
    }


def _property(change: PropertyChange, telling: Telling, *, money: bool = False) -> dict[str, Any]:
    """One row: what it is called, what it was, what it is; None where it was or is not said."""
    before, after = (
        None if value is None else telling.value(change, value, money)
        for value in (change.before, change.after)
    )
    return {"label": telling.word(change), "before": before, "after": after}


def _table(table: TableChange, telling: Telling) -> dict[str, Any]:
    columns = [
        {
            "label": telling.label(one.label),
            "side": one.side,
            "action": one.action,
            "action_text": action_word(one.action, language()),
        }
        for one in table.columns
    ]
    changed = [number for number, rule in enumerate(table.rules) if rule.action != SAME]
    rules: list[dict[str, Any]] = []
    for number, rule in enumerate(table.rules):
        near = any(abs(number - other) <= _NEAR for other in changed)
        cells = []
        for column, (before, after) in zip(table.columns, rule.cells, strict=True):
            old, new = (
                None if text is None else telling.cell(text, column.money)
                for text in (before, after)
            )
            cells.append({"before": old, "after": new, "same": before == after})
        rules.append(
            {
                "action": rule.action,
                "action_text": action_word(rule.action, language()),
                "before": rule.number_before,
                "after": rule.number_after,
                "cells": cells,
                "note": {
                    "before": rule.note_before,
                    "after": rule.note_after,
                    "same": rule.note_before == rule.note_after,
                },
                "far": rule.action == SAME and not near,
            }
        )
    return {
        "title": telling.text(table.title),
        "name": table.name,
        "action": table.action,
        "action_text": action_word(table.action, language()),
        "properties": [_property(one, telling) for one in table.properties],
        "column_properties": [
            {**_property(change, telling), "of": telling.label(one.label)}
            for one in table.columns
            for change in one.properties
        ],
        "columns": columns,
        "rules": rules,
        "notes": any(not rule["note"]["same"] for rule in rules),
        "far": sum(rule["far"] for rule in rules),
    }
