"""Something to begin with in every field of a form that is tried: invented, and of the right kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from typing import Any

import yaml

from engine.catalog.package import Package
from engine.forms import Field, Form
from engine.forms.paths import find, put

#: Numbers that pass their checks and belong to nobody.
_INVENTED = {
    "idcard": "329900198104125026",
    "bankaccount": "6299999900000012340",
    "mobile": "13900000017",
}
_TEXT = "示例内容，用于试办，不是真实情况。"


def sample_form(
    form: Form | None,
    today: date,
    people: Mapping[str, list[str]],
    example: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """A value for every field that somebody fills in: that of an example where there is one.

    `people`: candidates of a field → who may be chosen.
    """
    values: dict[str, Any] = {}
    for one in asked(form.components if form is not None else ()):
        known = find(example, one.path) if example else None
        put(values, one.path, _sample(one, today, people) if known is None else known)
    return values


def examples(package: Package) -> dict[str, dict[str, Any]]:
    """What the package's own stories write: element → the first form for it, "" for the start form.

    The story with the most steps is asked first: it goes furthest.
    """
    found: dict[str, dict[str, Any]] = {}
    for story in sorted(_stories(package), key=lambda one: -len(one["steps"])):
        for step in story["steps"]:
            if not isinstance(step, dict):
                continue
            for element, form in (("", step.get("start")), (step.get("task"), step.get("form"))):
                if isinstance(element, str) and isinstance(form, dict) and form:
                    found.setdefault(element, _as_sent(form))
    return found


def usual_starters(package: Package) -> list[str]:
    """Who starts the package's own stories, the most frequent first."""
    counted = Counter(str(one.get("starter")) for one in _stories(package))
    return [name for name, _times in counted.most_common()]


def _stories(package: Package) -> Iterator[dict[str, Any]]:
    for path, text in sorted(package.companions.items()):
        if path.startswith("scenarios/"):
            with suppress(yaml.YAMLError, UnicodeDecodeError):
                story = yaml.safe_load(text)
                if isinstance(story, dict) and isinstance(story.get("steps"), list):
                    yield story


def _as_sent(value: Any) -> Any:
    """YAML reads dates; a form gets them as text."""
    if isinstance(value, dict):
        return {str(key): _as_sent(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_sent(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


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
            return one.required
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
