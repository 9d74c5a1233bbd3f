"""Fields of a form that is tried, as plain inputs; and what was typed into them, as a form is sent."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.forms import Field, FieldError, Form
from engine.forms.paths import find, put
from engine.rehearsing.samples import NESTED, asked
from webapp.language import language

PREFIX = "field."


def inputs(
    form: Form | None,
    values: Mapping[str, Any],
    english: Mapping[str, str],
    typed: Mapping[str, str],
) -> list[dict[str, Any]]:
    """One input for each field, with what was typed or a value to begin with."""
    labels = english if language() == "en" else {}
    return [
        {
            "name": PREFIX + one.dotted,
            "label": labels.get(one.label, one.label) or one.dotted,
            "kind": _kind(one),
            "value": typed.get(PREFIX + one.dotted, _written(one, find(values, one.path))),
            "required": one.required,
            "options": [
                {"value": str(option.value), "label": labels.get(option.label, option.label)}
                for option in one.options
            ],
        }
        for one in asked(form.components if form is not None else ())
    ]


def read_inputs(form: Form | None, typed: Mapping[str, str]) -> dict[str, Any]:
    """What was typed, as the form sends it; what cannot be read goes as it is, for the form to refuse."""
    values: dict[str, Any] = {}
    for one in asked(form.components if form is not None else ()):
        text = typed.get(PREFIX + one.dotted, "").strip()
        value = _read(one, text)
        if value is not None:
            put(values, one.path, value)
    return values


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


def _kind(one: Field) -> str:
    if one.type in NESTED:
        return "json"
    kinds = {
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
    return "text" if kind == "choice" and not one.options else kind


def _written(one: Field, value: Any) -> str:
    if _kind(one) == "json":
        return json.dumps(value if value is not None else [], ensure_ascii=False)
    if value is None:
        return ""
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
    if _kind(one) == "json":
        try:
            return json.loads(text)
        except ValueError:
            return text
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
