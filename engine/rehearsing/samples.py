"""Something to begin with in every field of a form that is tried: invented, and of the right kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from engine.forms import Field, Form
from engine.forms.paths import put

#: Numbers that pass their checks and belong to nobody.
_INVENTED = {
    "idcard": "329900198104125026",
    "bankaccount": "6299999900000012340",
    "mobile": "13900000017",
}
_TEXT = "示例内容，用于试办，不是真实情况。"
#: Fields that hold several values, written as JSON where no simple input fits.
NESTED = frozenset({"dynamiclist", "persons", "attachments", "checklist", "taglist"})


def sample_form(form: Form | None, today: date, people: Mapping[str, list[str]]) -> dict[str, Any]:
    """A value for every field that somebody fills in. `people`: candidates of a field → who may be chosen."""
    values: dict[str, Any] = {}
    for one in asked(form.components if form is not None else ()):
        put(values, one.path, _sample(one, today, people))
    return values


def asked(fields: Iterable[Field]) -> Iterable[Field]:
    """The fields that somebody fills in, those of groups included; rows of a list are one field."""
    for one in fields:
        if one.type == "group":
            yield from asked(one.children)
        elif one.path and one.type != "expression" and one.readonly is not True:
            yield one


def _sample(one: Field, today: date, people: Mapping[str, list[str]]) -> Any:
    if one.type in _INVENTED:
        return _INVENTED[one.type]
    if one.default is not None:
        return one.default
    options = [option.value for option in one.options]
    match one.type:
        case "checkbox":
            return True
        case "number" | "money":
            return _number(one)
        case "datetime":
            return today.isoformat()
        case "select" | "radio":
            return options[0] if options else None
        case "checklist" | "taglist":
            return options[:1]
        case "persons":
            least = one.rules.get("minItems")
            return people.get(one.candidates, [])[: least if isinstance(least, int) else 1]
        case "attachments":
            return [f"{one.label or one.id}.pdf"] if one.required else []
        case "dynamiclist":
            row: dict[str, Any] = {}
            for inner in asked(one.children):
                put(row, inner.path, _sample(inner, today, people))
            return [row]
    return _text(one)


def _number(one: Field) -> int:
    least, most = one.rules.get("min"), one.rules.get("max")
    usual = 100_000 if one.type == "money" else 1
    if isinstance(least, int) and usual < least:
        return least
    return most if isinstance(most, int) and usual > most else usual


def _text(one: Field) -> str:
    least, most = one.rules.get("minLength"), one.rules.get("maxLength")
    text = _TEXT
    while isinstance(least, int) and len(text) < least:
        text += _TEXT
    return text[:most] if isinstance(most, int) else text
