"""Forms: each holds by itself, its people exist, and somebody uses it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.catalog.checks.candidates import candidate_problems
from engine.catalog.checks.parts import Parts, error, warning
from engine.forms import problems as form_problems
from schemas.finding import Finding


def problems(parts: Parts) -> Iterator[Finding]:
    """Everything about the files in forms/."""
    used = {step.form for step in parts.steps.values()} | {parts.start_event}
    for name, schema in parts.schemas.items():
        file = f"forms/{name}.json"
        for found in form_problems(schema, lang="en"):
            yield Finding(found.rule, found.severity, found.element, file, found.message)
        for element, candidates in _candidates(schema):
            if candidates.lstrip().startswith(("=", "starter")):
                message = "a choice of people is `role @ place`"
                yield error("bad_candidates", element, file, message)
            else:
                yield from candidate_problems(parts, candidates, element, file)
        if parts.diagram.elements and name not in used and len(parts.steps) == _tasks(parts):
            yield warning("unused_form", "", file, "no task uses this form")


def _tasks(parts: Parts) -> int:
    return sum(1 for _ in parts.people_tasks())


def _candidates(schema: Any) -> Iterator[tuple[str, str]]:
    components = schema.get("components") if isinstance(schema, dict) else None
    for component in components if isinstance(components, list) else ():
        if not isinstance(component, dict):
            continue
        properties = component.get("properties")
        candidates = properties.get("candidates") if isinstance(properties, dict) else None
        if component.get("type") == "persons" and isinstance(candidates, str) and candidates:
            yield str(component.get("key") or component.get("id") or ""), candidates
        yield from _candidates(component)
