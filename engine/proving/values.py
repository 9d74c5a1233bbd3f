"""Which values a field of the case can have at all, where the forms that write it say so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.catalog.checks.services import CONTRACTS
from engine.catalog.steps import Step
from engine.feel import FeelSyntaxError, compile_expression
from engine.feel.convert import to_feel
from engine.runtime.diagram import Diagram


def possible_values(
    field: str,
    *,
    diagram: Diagram,
    steps: Mapping[str, Step],
    schemas: Mapping[str, Any],
    start: str | None,
) -> list[Any] | None:
    """The values that a field can have where it has one; None where it can be anything."""
    for element in diagram.elements.values():
        contract = CONTRACTS.get(element.properties.get("ability", ""))
        facts = contract.facts if contract is not None else frozenset()
        if element.properties.get("into") == field or field in facts:
            return None
    found: list[Any] = []
    for form in {step.form for step in steps.values() if not step.into} | {start}:
        for component in _written(schemas.get(form or ""), field):
            values = _values(component)
            if values is None:
                return None
            found += values
    return found or None


def _written(schema: Any, field: str) -> Iterator[dict[str, Any]]:
    """The components that write a field at the top of the case."""
    components = schema.get("components") if isinstance(schema, dict) else None
    for component in components if isinstance(components, list) else ():
        if not isinstance(component, dict):
            continue
        where = str(component.get("path") or component.get("key") or "").partition(".")[0]
        if component.get("type") in ("group", "dynamiclist"):
            if where == field:
                yield component
            elif not component.get("path"):
                yield from _written(component, field)
        elif where == field:
            yield component


def _values(component: dict[str, Any]) -> list[Any] | None:
    kind, key = component.get("type"), str(component.get("key") or "")
    if "." in key:
        return None
    if kind in ("select", "radio") and isinstance(component.get("values"), list):
        offered = [one.get("value") for one in component["values"] if isinstance(one, dict)]
        return [to_feel(one) for one in offered if isinstance(one, (str, int, bool))]
    if kind == "expression":
        try:
            expression = compile_expression(
                str(component.get("expression") or "").removeprefix("=")
            )
        except FeelSyntaxError:
            return None
        if not expression.names:
            return [expression.evaluate({}).value]
    return None
