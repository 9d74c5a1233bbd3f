"""Which names an expression of the package may use: the fields that some part of it writes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.catalog.checks.parts import Parts
from engine.catalog.checks.services import CONTRACTS
from engine.forms.problems import RESERVED

#: What the engine adds to FEEL's own functions.
FUNCTIONS = frozenset(
    {
        *("today", "now", "add working days", "working days between"),
        *("heads", "heads up", "holders"),
    }
)


def known_names(parts: Parts) -> frozenset[str] | None:
    """Top-level fields of the case document; None while a file that would say so cannot be read."""
    if not parts.diagram.elements or any(
        task.id not in parts.steps for task in parts.people_tasks()
    ):
        return None
    found = set(RESERVED)
    used = [(step.form, step.into) for step in parts.steps.values()]
    if parts.start_event in parts.schemas:
        used.append((str(parts.start_event), ""))
    for form, field in used:
        if form not in parts.schemas:
            return None
        found.update([field] if field else form_names(parts.schemas[form]))
    for element in parts.diagram.elements.values():
        if into := element.properties.get("into"):
            found.add(into)
        contract = CONTRACTS.get(element.properties.get("ability", ""))
        if contract is not None:
            found.update(contract.facts)
    return frozenset(found)


def form_names(schema: Any) -> Iterator[str]:
    """The first part of the path of every field, as far as the form can be read."""
    components = schema.get("components") if isinstance(schema, dict) else None
    for component in components if isinstance(components, list) else ():
        if not isinstance(component, dict):
            continue
        group = component.get("type") == "group"
        written = component.get("path") if group or component.get("path") else component.get("key")
        if isinstance(written, str) and written:
            yield written.split(".")[0]
        elif group:
            yield from form_names(component)
