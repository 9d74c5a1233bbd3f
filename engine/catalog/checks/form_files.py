"""Forms: each holds by itself, its people exist, and somebody uses it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from engine.catalog.checks.candidates import candidate_problems
from engine.catalog.checks.names import FUNCTIONS
from engine.catalog.checks.parts import Parts, error, warning
from engine.feel import FeelSyntaxError, names_used
from engine.forms import problems as form_problems
from engine.forms.expression import source
from schemas.finding import Finding

#: What is known before a case begins: who begins it.
_PERSON = "applicant"


def problems(parts: Parts) -> Iterator[Finding]:
    """Everything about the files in forms/."""
    used = {step.form for step in parts.steps.values()} | {parts.start_event}
    for name, schema in parts.schemas.items():
        file = f"forms/{name}.json"
        chinese = [one.message for one in form_problems(schema, lang="zh")]
        for found, said in zip(form_problems(schema, lang="en"), chinese, strict=True):
            told = {"zh": said}
            yield Finding(
                found.rule, found.severity, found.element, file, found.message, parts=told
            )
        for element, candidates in _properties(schema, "candidates", kind="persons"):
            if candidates.lstrip().startswith(("=", "starter")):
                message = "a choice of people is `role @ place`"
                yield error("bad_candidates", element, file, message)
            else:
                yield from candidate_problems(parts, candidates, element, file)
        yield from _prefills(name == parts.start_event, schema, file)
        if parts.diagram.elements and name not in used and len(parts.steps) == _tasks(parts):
            yield warning("unused_form", "", file, "no task uses this form")


def _prefills(at_start: bool, schema: Any, file: str) -> Iterator[Finding]:
    """A form begins with facts of the applicant: only where a case begins, and only with these."""
    for element, text in _properties(schema, "prefill"):
        if not at_start:
            message = "only the form that starts a case can be prefilled"
            yield error("prefill_misplaced", element, file, message)
            continue
        with suppress(FeelSyntaxError):  # said by the form's own problems
            for name in sorted(names_used(source(text), names=FUNCTIONS) - FUNCTIONS - {_PERSON}):
                message = f"prefill knows `{_PERSON}` alone, not {name}"
                yield error("prefill_name", element, file, message)


def _tasks(parts: Parts) -> int:
    return sum(1 for _ in parts.people_tasks())


def _properties(schema: Any, name: str, *, kind: str = "") -> Iterator[tuple[str, str]]:
    """Each field of a kind that has the property, with what it says."""
    components = schema.get("components") if isinstance(schema, dict) else None
    for component in components if isinstance(components, list) else ():
        if not isinstance(component, dict):
            continue
        properties = component.get("properties")
        text = properties.get(name) if isinstance(properties, dict) else None
        if kind in ("", component.get("type")) and isinstance(text, str) and text:
            yield str(component.get("key") or component.get("id") or ""), text
        yield from _properties(component, name, kind=kind)
