"""What can be named in a draft's expressions: for completion while somebody types."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.catalog.checks.candidates import PLACES
from engine.catalog.checks.parts import BPMN_FILE, FACTS_FILE, Parts
from engine.catalog.checks.services import CONTRACTS
from engine.catalog.package import Package
from engine.errors import InvalidPackage
from engine.feel.builtins.registry import BUILTINS
from engine.forms.types import TYPES

#: Facts that every case has of its applicant and of itself.
_APPLICANT = ("id", "name", "member_no", "unit", "unit_name", "group", "group_name")
_CASE = {
    "id": "text",
    "number": "text",
    "process": "text",
    "title": "text",
    "started on": "date",
    "starter": "text",
}
#: What the engine lends to expressions beside FEEL's own functions.
_LENT = (
    "add working days(from, days)",
    "working days between(from, to)",
    "add working hours(from, hours)",
    "working hours between(from, to)",
    "heads(place)",
    "heads up(place)",
    "holders(role, place)",
    "today()",
    "now()",
)
_FEEL_TYPES = {
    "text": "text",
    "long_text": "text",
    "number": "number",
    "money": "number",
    "option": "text",
    "boolean": "boolean",
    "options": "list",
    "date": "date",
    "persons": "list",
    "attachments": "list",
}
#: Stands in for facts that cannot be read just now, so that the rest still can.
_NO_FACTS = b'id = "draft"\ntitle = "draft"\nowner = "draft"\n[start]\nroles = ["draft"]\n'


def words_of(package: Package) -> dict[str, Any]:
    """Names, functions, outcomes, places, abilities, files, rules; what cannot be read is left out."""
    parts = _parts(package)
    names = list(_names(parts))
    return {
        "names": list({one["name"]: one for one in reversed(names)}.values())[::-1],
        "functions": sorted(
            {usage for one in BUILTINS.values() for usage in one.usage()} | set(_LENT)
        ),
        "outcomes": {
            step.id: [{"id": one.id, "label": one.label, "kind": one.kind} for one in step.outcomes]
            for step in parts.steps.values()
        },
        "places": list(PLACES),
        "abilities": [
            {
                "id": name,
                "needs": sorted(one.needs),
                "may": sorted(one.may),
                "errors": sorted(one.errors),
            }
            for name, one in sorted(CONTRACTS.items())
        ],
        "decisions": [
            {"id": decision.name, "file": path.removesuffix(".dmn")}
            for path, model in sorted(parts.models.items())
            for decision in model.decisions
        ],
        "forms": sorted(parts.package.names("forms", ".json")),
        "letters": sorted(parts.package.names("letters", ".typ")),
        "separation": [
            {"id": rule.id, "why": rule.why, "elements": sorted(frozenset().union(*rule.groups))}
            for rule in parts.manifest.separation
        ],
    }


def _parts(package: Package) -> Parts:
    try:
        return Parts.read(package, None)
    except InvalidPackage:
        return Parts.read(Package({**package.files, FACTS_FILE: _NO_FACTS}), None)


def _names(parts: Parts) -> Iterator[dict[str, str]]:
    for name in _APPLICANT:
        yield _name(f"applicant.{name}", "text", "")
    for name, kind in _CASE.items():
        yield _name(f"case.{name}", kind, "")
    for form, schema in sorted(parts.schemas.items()):
        yield from _fields(schema, (), f"forms/{form}.json")
    for step in (*parts.steps.values(), *parts.messages.values()):
        yield _name(f"outcomes.{step.id}", "text", BPMN_FILE, step.name)
        yield _name(f"opinions.{step.id}.opinion", "text", BPMN_FILE, step.name)
        yield _name(f"decided.{step.id}", "text", BPMN_FILE, step.name)
        yield _name(f"people.{step.id}", "list", BPMN_FILE, step.name)
    for element in parts.diagram.elements.values():
        if into := element.properties.get("into"):
            yield _name(into, "any", BPMN_FILE, element.name)
        contract = CONTRACTS.get(element.properties.get("ability", ""))
        for fact in sorted(contract.facts) if contract else ():
            yield _name(fact, "any", BPMN_FILE, element.name)
        if element.loop is not None and element.loop.item:
            yield _name(element.loop.item, "any", BPMN_FILE, element.name)


def _fields(schema: Any, above: tuple[str, ...], source: str) -> Iterator[dict[str, str]]:
    components = schema.get("components") if isinstance(schema, dict) else None
    for one in components if isinstance(components, list) else ():
        if not isinstance(one, dict):
            continue
        kind, inner = one.get("type"), one.get("type") in ("group", "dynamiclist")
        written = one.get("path") if inner else one.get("key")
        path = (*above, written) if isinstance(written, str) and written else above
        label = one.get("label") if isinstance(one.get("label"), str) else ""
        if kind == "dynamiclist" and path != above:
            # Its columns are the fields of each row, not of the case.
            yield _name(".".join(path), "list", source, str(label))
        elif kind == "group":
            yield from _fields(one, path, source)
        elif path != above and (kind in TYPES or kind == "expression"):
            shown = TYPES[kind].kind if kind in TYPES else "any"
            yield _name(".".join(path), _FEEL_TYPES.get(shown, "text"), source, str(label))


def _name(name: str, kind: str, source: str, label: str = "") -> dict[str, str]:
    return {"name": name, "type": kind, "from": source, "label": label}
