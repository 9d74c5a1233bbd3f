"""Fields of a form that is tried, as plain inputs; and what was typed into them, as a form is sent."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from werkzeug.datastructures import MultiDict

from engine.forms import Field, FieldError, Form
from engine.forms.paths import find, put
from engine.rehearsing.samples import asked
from webapp.language import language

PREFIX = "field."
#: Between the names of a field that holds several. Choices stand on lines of their own: they may hold commas.
_BETWEEN = re.compile(r"\s*[,，、;；\n]\s*")


def inputs(
    form: Form | None,
    values: Mapping[str, Any],
    english: Mapping[str, str],
    typed: Mapping[str, str],
) -> list[dict[str, Any]]:
    """One input for each field, with what was typed or a value to begin with."""
    labels = english if language() == "en" else {}
    return [
        _input(one, PREFIX + one.dotted, find(values, one.path), labels, typed)
        for one in asked(form.components if form is not None else ())
    ]


def _input(
    one: Field, name: str, value: Any, labels: Mapping[str, str], typed: Mapping[str, str]
) -> dict[str, Any]:
    made: dict[str, Any] = {
        "name": name,
        "label": labels.get(one.label, one.label) or one.dotted,
        "kind": _kind(one),
        "value": typed.get(name, _written(one, value)),
        "required": one.required,
        "options": [
            {"value": str(option.value), "label": labels.get(option.label, option.label)}
            for option in one.options
        ],
    }
    if made["kind"] == "several":
        made["chosen"] = made["value"].split("\n")
    if made["kind"] == "rows":
        known = value if isinstance(value, list) and not typed else []
        # One row more than there are, to be filled or left empty.
        made["rows"] = [
            [
                _input(
                    inner,
                    f"{name}.{number}.{inner.dotted}",
                    _at(known, number, inner),
                    labels,
                    typed,
                )
                for inner in asked(one.children)
            ]
            for number in range(max(len(known), _rows_typed(name, typed)) + 1)
        ]
    return made


def _at(rows: list[Any], number: int, inner: Field) -> Any:
    row = rows[number] if number < len(rows) else None
    return find(row, inner.path) if isinstance(row, dict) else None


def _rows_typed(name: str, typed: Mapping[str, str]) -> int:
    """How many rows were typed into, up to the last that is not empty."""
    own = re.compile(rf"{re.escape(name)}\.(\d{{1,3}})\.")
    found = [int(match[1]) for key, text in typed.items() if text and (match := own.match(key))]
    return max(found, default=-1) + 1


def typed_in(form: MultiDict[str, str]) -> dict[str, str]:
    """What a page's form holds; several choices of one field stand on lines of their own."""
    return {name: "\n".join(values) for name, values in form.lists()}


def read_inputs(form: Form | None, typed: Mapping[str, str]) -> dict[str, Any]:
    """What was typed, as the form sends it; what cannot be read goes as it is, for the form to refuse."""
    return _values(form.components if form is not None else (), PREFIX, typed)


def _values(fields: Iterable[Field], prefix: str, typed: Mapping[str, str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for one in asked(fields):
        value = _value(one, prefix + one.dotted, typed)
        if value is not None:
            put(values, one.path, value)
    return values


def _value(one: Field, name: str, typed: Mapping[str, str]) -> Any:
    if _kind(one) != "rows":
        return _read(one, typed.get(name, "").strip())
    rows = [
        _values(one.children, f"{name}.{number}.", typed)
        for number in range(_rows_typed(name, typed))
    ]
    # A box that is not ticked says no in every row; a row that says nothing else is none.
    return [row for row in rows if any(value is not False for value in row.values())] or None


def reasons(
    form: Form | None, errors: Iterable[FieldError], english: Mapping[str, str]
) -> list[str]:
    """Why a form was refused, a sentence each."""
    labels = english if language() == "en" else {}
    names = {path: one.label for path, one in form.fields()} if form is not None else {}
    found = []
    for error in errors:
        label = names.get(error.path.partition("[")[0], error.path)
        found.append(f"{labels.get(label, label)}: {error.message(language(), labels)}")
    return found


def _parts(text: str) -> list[str]:
    return [part for part in _BETWEEN.split(text.strip()) if part]


def _kind(one: Field) -> str:
    kinds = {
        "dynamiclist": "rows",
        "attachments": "names",
        "persons": "names",
        "checklist": "several",
        "taglist": "several",
        "textarea": "long",
        "number": "number",
        "money": "number",
        "datetime": "date",
        "checkbox": "bool",
        "select": "choice",
        "radio": "choice",
    }
    kind = kinds.get(one.type, "text")
    # Choices that the case itself gives cannot be listed here.
    if not one.options:
        kind = {"choice": "text", "several": "names"}.get(kind, kind)
    return kind


def _written(one: Field, value: Any) -> str:
    if value is None or _kind(one) == "rows":
        return ""
    if _kind(one) == "several":
        return "\n".join(map(str, value))
    if _kind(one) == "names":
        return ", ".join(map(str, value))
    if one.type == "money" and isinstance(value, int):
        return f"{Decimal(value) / 100:.2f}"
    if isinstance(value, bool):
        return "yes" if value else ""
    return str(value)


def _read(one: Field, text: str) -> Any:
    if one.type == "checkbox":
        return text == "yes"
    if not text:
        return None
    if _kind(one) == "names":
        return _parts(text)
    if _kind(one) == "several":
        return [option.value for option in one.options if str(option.value) in text.split("\n")]
    if one.type in ("number", "money"):
        try:
            number = Decimal(text) * (100 if one.type == "money" else 1)
        except InvalidOperation:
            return text
        return int(number) if number == number.to_integral_value() else float(number)
    for option in one.options:
        if str(option.value) == text:
            return option.value
    return text
