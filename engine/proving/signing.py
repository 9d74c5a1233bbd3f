"""Where a field of the case is written, and where a person who sees it puts their name under it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.catalog.checks.services import CONTRACTS
from engine.catalog.definition import Definition
from engine.catalog.steps import Step
from engine.feel import FeelSyntaxError, names_used

#: What a text of a form shows of the case: `{{ FEEL }}`.
_SHOWN = re.compile(r"\{\{(.*?)\}\}", re.S)


@dataclass(frozen=True, slots=True)
class Part:
    """What an element does with a field: one that does not sign it writes it."""

    signs: bool


def parts_in(definition: Definition, field: str) -> dict[str, Part]:
    """The elements that write or sign a field."""
    found: dict[str, Part] = {}
    for element in definition.diagram.elements.values():
        step = definition.steps.get(element.id)
        if step is not None:
            part = _of_people(definition, step, field)
        else:
            contract = CONTRACTS.get(element.properties.get("ability", ""))
            facts = contract.facts if contract is not None else frozenset()
            writes = element.properties.get("into") == field or field in facts
            part = Part(signs=False) if writes else None
        if part is not None:
            found[element.id] = part
    return found


def _of_people(definition: Definition, step: Step, field: str) -> Part | None:
    content = definition.package.files.get(f"forms/{step.form}.json")
    schema = json.loads(content) if content is not None else {}
    used = set(_uses(schema, field, into=step.into))
    if not used and step.into != field:
        return None
    # The applicant asks for an amount; that is no signature under it.
    asks = any(one.starter for one in step.candidates) or step.id == definition.start_event
    return Part(signs=bool(used & {"edited", "shown"}) and not asks)


def _uses(schema: Any, field: str, *, into: str) -> Iterator[str]:
    """What a form does with a field of the case: computed, and edited or shown where nothing can hide it."""
    for component, sure in _components(schema, sure=True):
        kind, key = component.get("type"), str(component.get("key") or "").partition(".")[0]
        if key == field and not into:
            is_shown = component.get("readonly") is True or component.get("disabled") is True
            seen = "shown" if is_shown else "edited"
            yield seen if sure and kind != "expression" else "computed"
        for text in (component.get("text"), component.get("label"), component.get("description")):
            if sure and isinstance(text, str) and field in _named(text):
                yield "shown"


def _components(schema: Any, *, sure: bool) -> Iterator[tuple[dict[str, Any], bool]]:
    """Every component, and whether it is there whatever the case says."""
    components = schema.get("components") if isinstance(schema, dict) else None
    for component in components if isinstance(components, list) else ():
        if not isinstance(component, dict):
            continue
        conditional = component.get("conditional")
        here = sure and not (isinstance(conditional, dict) and conditional.get("hide"))
        yield component, here
        yield from _components(component, sure=here)


def _named(text: str) -> set[str]:
    found: set[str] = set()
    for expression in _SHOWN.findall(text):
        try:
            found |= names_used(expression.strip().removeprefix("="))
        except FeelSyntaxError:
            continue  # said where forms are checked
    return found
