"""The way a case would likely take: what a reader is shown of steps that nobody can know yet."""

from __future__ import annotations

import re

from engine.catalog.definition import Definition
from engine.runtime.diagram import Element, Flow

#: `outcomes.<step> = "<outcome>"` in a condition.
_ASKS = re.compile(r'outcomes\.(\w+)\s*=\s*"(\w+)"')


def likely_steps(definition: Definition, at: list[str], done: set[str], most: int) -> list[Element]:
    """The people's steps if all goes well: the flow of an agreement, else the default, else the first."""
    diagram = definition.diagram
    seen: set[str] = set(at)
    found: list[Element] = []
    while at and len(found) < most:
        element = diagram.elements[at.pop(0)]
        for target in _onward(definition, element):
            if target in seen:
                continue
            seen.add(target)
            at.append(target)
            one = diagram.elements[target]
            if one.kind in ("userTask", "manualTask") and target not in done:
                found.append(one)
    return found[:most]


def _onward(definition: Definition, element: Element) -> list[str]:
    flows = [definition.diagram.flows[one] for one in element.outgoing]
    if element.kind == "exclusiveGateway" and flows:
        agreed = (one for one in flows if _is_agreement(definition, one))
        default = (one for one in flows if one.is_default)
        return [next(agreed, next(default, flows[0])).target]
    return [one.target for one in flows]


def _is_agreement(definition: Definition, flow: Flow) -> bool:
    """True when a flow's condition asks for the positive outcome of a step, or for something to be true."""
    return flow.condition.replace(" ", "").endswith("=true") or any(
        outcome.kind == "positive"
        for step, wanted in _ASKS.findall(flow.condition)
        if step in definition.steps
        for outcome in definition.steps[step].outcomes
        if outcome.id == wanted
    )
