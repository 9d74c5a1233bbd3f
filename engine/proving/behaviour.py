"""The subject of `gongban process check` that asks whether every case can end well."""

from __future__ import annotations

from engine.catalog.checks.names import form_names
from engine.catalog.checks.parts import BPMN_FILE, Parts
from engine.catalog.checks.services import CONTRACTS
from engine.proving.exploring import Bound, Explored, explore
from engine.proving.facts import Facts
from engine.proving.net import Net
from engine.proving.telling import told
from engine.runtime.diagram import PEOPLE, Element
from schemas.finding import Finding


def explored(parts: Parts, bound: Bound | None = None) -> Explored:
    """Everything the diagram of a package without errors can do."""
    return explore(Net(parts.diagram), Facts(parts.diagram, written_fields(parts)), bound)


def problems(parts: Parts, bound: Bound | None = None) -> list[Finding]:
    """What is wrong with the behaviour of a diagram that has no errors of structure."""
    return told(explored(parts, bound), BPMN_FILE)


def leaves_open(found: list[Finding]) -> bool:
    """Whether something was not looked at, so that what is not found may still be there."""
    return any(one.rule in ("not_proved", "lost_synchronisation") for one in found)


def written_fields(parts: Parts) -> dict[str, frozenset[str] | None]:
    """By element: the top-level fields of the case that it writes; None where that cannot be told."""
    return {one.id: _written(parts, one) for one in parts.diagram.elements.values()}


def _written(parts: Parts, element: Element) -> frozenset[str] | None:
    into = element.properties.get("into", "").strip()
    only = frozenset({into} if into else ())
    if element.kind in PEOPLE:
        step = parts.steps.get(element.id)
        form = parts.schemas.get(step.form) if step is not None else None
        if into:
            return only
        return None if form is None else frozenset(form_names(form))
    if element.kind == "serviceTask":
        contract = CONTRACTS.get(element.properties.get("ability", "").strip())
        return None if contract is None else contract.facts | only
    if element.kind == "businessRuleTask":
        return only or None
    return only
