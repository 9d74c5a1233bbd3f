"""English for everything a person reads in a package."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.catalog.checks.parts import BPMN_FILE, ENGLISH_FILE, FACTS_FILE, Parts, warning
from schemas.finding import Finding

#: What people read of a form's component.
_READ = ("label", "dateLabel", "description", "text", "checkMessage")
_SHOWN = 5


def problems(parts: Parts) -> Iterator[Finding]:
    """One warning for all texts that have no English."""
    english = parts.english or {}
    missing = [text for text in read(parts) if not english.get(text, "").strip()]
    if missing:
        rest = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
        message = f"no English for {', '.join(missing[:_SHOWN])}{rest}"
        shown = "、".join(missing[:_SHOWN]) + ("…" if rest else "")
        yield warning("no_english", "", ENGLISH_FILE, message, name=shown)


def read(parts: Parts) -> dict[str, str]:
    """Every text that needs English, and the file it is first read in."""
    found: dict[str, str] = {}
    for file, texts in (
        (FACTS_FILE, _facts(parts)),
        (BPMN_FILE, _diagram(parts)),
        *((f"forms/{name}.json", _form(schema)) for name, schema in parts.schemas.items()),
    ):
        for text in texts:
            if text and not text.isascii():
                found.setdefault(text, file)
    return found


def _facts(parts: Parts) -> Iterator[str]:
    yield from (parts.manifest.title, parts.manifest.summary)
    for rule in parts.manifest.separation:
        yield rule.why
    yield from (policy.why for policy in parts.manifest.policies)
    yield from (reason.why for reason in parts.manifest.accepted)


def _diagram(parts: Parts) -> Iterator[str]:
    yield from (element.name.strip() for element in parts.diagram.elements.values())
    yield from (flow.name.strip() for flow in parts.diagram.flows.values())
    yield from parts.diagram.lanes
    for step in parts.steps.values():
        if "outcomes" in parts.diagram.elements[step.id].extensions:
            yield from (outcome.label for outcome in step.outcomes)


def _form(schema: Any) -> Iterator[str]:
    components = schema.get("components") if isinstance(schema, dict) else None
    for component in components if isinstance(components, list) else ():
        if not isinstance(component, dict):
            continue
        properties = component.get("properties")
        for holder in (component, properties if isinstance(properties, dict) else {}):
            # An expression (`=…`) is computed, not read.
            shown = (holder.get(name) for name in _READ)
            yield from (one for one in shown if isinstance(one, str) and not one.startswith("="))
        options = component.get("values")
        for option in options if isinstance(options, list) else ():
            if isinstance(option, dict) and isinstance(option.get("label"), str):
                yield option["label"]
        yield from _form(component)
