"""The JSON block of a form island: the form in the reader's language, its data, and who may be chosen."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from flask import url_for

from engine.catalog.definition import Definition
from engine.commands.filled import keep_token
from engine.commands.uploads import MAX_SIZE
from engine.engine import Engine
from engine.forms import FieldError, Form
from engine.forms.paths import laid_under, nested, put
from webapp.language import gettext as _
from webapp.language import language

#: Texts of a form that a person reads.
_TEXTS = ("label", "description", "dateLabel", "timeLabel", "text", "prefix", "suffix")
#: Kinds of attachment → what the browser's file dialog offers.
_KINDS = {"pdf": ".pdf", "jpg": ".jpg,.jpeg", "png": ".png", "ofd": ".ofd"}


#: What makes a text more than words: a value to be filled in, or a mark of Markdown.
_MARKED = re.compile(r"[{<*_#`\[]")


def only_words(definition: Definition, form_name: str) -> list[str] | None:
    """The paragraphs of a form in which there is nothing to fill in; None for any other form.

    Such a page needs no form in the browser: it is light, and works without scripts.
    """
    schema = json.loads(definition.package.files[f"forms/{form_name}.json"])
    found = []
    for one in schema["components"]:
        text = str(one.get("text", ""))
        if one["type"] != "text" or "conditional" in one or _MARKED.search(text):
            return None
        found += [definition.text(text, language())]
    return found


def island(
    engine: Engine,
    definition: Definition,
    form_name: str,
    *,
    places: Mapping[str, str],
    applicant: str,
    stored: Mapping[str, Any],
    context: Mapping[str, Any],
    files: Mapping[str, Mapping[str, Any]],
    draft_url: str | None,
    given: Mapping[str, Any] | None = None,
    sent: Mapping[str, Any] | None = None,
    errors: tuple[FieldError, ...] = (),
) -> dict[str, Any]:
    """What the browser needs to show a form. `sent` are values that came back with errors, or a draft.

    `given`: what is known already of who fills it in, by dotted path; the fields say so.
    """
    form = definition.forms[form_name]
    schema = json.loads(definition.package.files[f"forms/{form_name}.json"])
    if language() == "en":
        schema = _translated(schema, definition)
    data = form.prefilled(stored, token=lambda _path, value: keep_token(value))
    if given:
        data = laid_under(nested(given), data)
        schema = _marked(schema, {one.id for path, one in form.fields() if path in given})
    # What a draft holds counts, except where nobody may change what is given.
    data.update(sent or {})
    for path, one in form.fields():
        if given and one.readonly is True and path in given:
            put(data, one.path, given[path])
    return {
        "schema": schema,
        "data": data,
        "context": {name: value for name, value in context.items() if name not in data},
        "persons": _persons(engine, form, places, applicant),
        "files": [
            {
                "id": one["id"],
                "name": one["name"],
                "size": one.get("bytes", 0),
                "url": one["url"],
            }
            for one in files.values()
        ],
        "upload_url": url_for("pages.upload"),
        "max_bytes": MAX_SIZE,
        "kinds": _KINDS,
        "draft_url": draft_url,
        "errors": [
            {
                "path": one.path,
                "message": one.message(language(), definition.english),
            }
            for one in errors
        ],
    }


def _persons(
    engine: Engine, form: Form, places: Mapping[str, str], applicant: str
) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = {}
    for _path, field in form.fields():
        if field.type != "persons":
            continue
        people: dict[str, dict[str, str]] = {}
        for part in field.candidates.split(","):
            role, _at, place = (piece.strip() for piece in part.partition("@"))
            if not role or place not in places:
                continue
            for person in engine.directory.holders(role, places[place]):
                if person != applicant:
                    facts = engine.directory.facts(person)
                    people[person] = {
                        "id": person,
                        "name": engine.directory.name(person),
                        "unit": str(facts.get("group_name") or facts.get("unit_name") or ""),
                    }
        found[field.key] = list(people.values())
    return found


def _marked(node: Any, prefilled: set[str]) -> Any:
    """The schema with a note below each field whose value is the directory's."""
    if isinstance(node, list):
        return [_marked(one, prefilled) for one in node]
    if not isinstance(node, dict):
        return node
    found = {name: _marked(value, prefilled) for name, value in node.items()}
    if str(node.get("id") or node.get("key")) in prefilled:
        note = _("Filled in from your record.")
        said = found.get("description") or ""
        found["description"] = f"{said} {note}".strip() if language() == "en" else f"{said}{note}"
    return found


def _translated(node: Any, definition: Definition) -> Any:
    if isinstance(node, dict):
        return {
            key: definition.text(value, "en")
            if key in _TEXTS and isinstance(value, str) and not value.startswith("=")
            else _translated(value, definition)
            for key, value in node.items()
        }
    if isinstance(node, list):
        return [_translated(item, definition) for item in node]
    return node
