"""The FEEL inside forms: what it names is a field of the form, or one that the case has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from engine.catalog.checks.names import FUNCTIONS, form_names, known_names, local_names
from engine.catalog.checks.parts import Parts, error
from engine.feel import FeelSyntaxError, names_used
from engine.feel.suggest import did_you_mean
from engine.forms.expression import is_expression, source
from schemas.finding import Finding

#: What a text shows of the case; `{{#if …}}` and the like are form-js's own.
_SHOWN = re.compile(r"\{\{([^#/}].*?)\}\}", re.S)
#: What form-js calls the row of a list that one is in.
_ROW = frozenset({"this", "parent", "i"})
_TEXTS = ("text", "label", "description", "dateLabel")


def problems(parts: Parts) -> Iterator[Finding]:
    """Names in the forms' expressions that nothing writes."""
    known = known_names(parts)
    if known is None:
        return
    local = _locals(parts)
    for name, schema in parts.schemas.items():
        names = known | frozenset(form_names(schema)) | local.get(name, frozenset())
        for element, text, around in _expressions(schema, frozenset()):
            yield from _unknown(f"forms/{name}.json", element, text, names | around)


def _locals(parts: Parts) -> dict[str, frozenset[str]]:
    """By form: what only the steps that use it know, items and counters of several instances."""
    found: dict[str, frozenset[str]] = {}
    for step in parts.steps.values():
        here = local_names(parts.diagram, step.id)
        found[step.form] = found.get(step.form, frozenset()) | here
    return found


def _unknown(file: str, element: str, text: str, names: frozenset[str]) -> Iterator[Finding]:
    try:
        used = names_used(source(text), names=names | FUNCTIONS)
    except FeelSyntaxError:
        return  # said by the form's own problems
    for name in sorted(used - names - FUNCTIONS):
        message = f'the case has no field "{name}"{did_you_mean(name, [*names, *FUNCTIONS])}'
        yield error("feel_name", element, file, message, name=name)


def _expressions(schema: Any, around: frozenset[str]) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Each expression of a form: at which component, its text, and what the rows around it know."""
    components = schema.get("components") if isinstance(schema, dict) else None
    for component in components if isinstance(components, list) else ():
        if not isinstance(component, dict):
            continue
        element = str(component.get("key") or component.get("path") or component.get("id") or "")
        for text in _texts(component):
            yield element, text, around
        inner = around
        if component.get("type") == "dynamiclist":
            inner = around | frozenset(form_names(component)) | _ROW
        yield from _expressions(component, inner)


def _texts(component: dict[str, Any]) -> Iterator[str]:
    holders = [component, *(one for one in component.values() if isinstance(one, dict))]
    for holder in holders:
        for name, value in holder.items():
            # A prefill knows the applicant alone, and is looked at by itself.
            if isinstance(value, str) and is_expression(value) and name != "prefill":
                yield value
    properties = component.get("properties")
    check = properties.get("check") if isinstance(properties, dict) else None
    if isinstance(check, str) and check and not is_expression(check):
        yield check
    for name in _TEXTS:
        text = component.get(name)
        if isinstance(text, str) and not is_expression(text):
            yield from _SHOWN.findall(text)
