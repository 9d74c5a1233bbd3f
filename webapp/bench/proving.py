"""How long it takes to prove a process, a large one and one three times as large."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from engine.catalog.bpmn import Diagram, Element, Flow, read_diagram
from engine.catalog.check import check
from engine.catalog.definition import forget_compiled
from engine.proving import Explored, Facts, Net, explore, told
from webapp.bench.organisation import PROCESSES
from webapp.bench.report import Figure

#: seconds that the whole check of a large package may take
WHOLE = 1.0
#: how often each is measured; the median counts
ROUNDS = 9
TIMES = 3
_ANY = "every database"


def figures() -> list[Figure]:
    """The figures; no database takes part."""
    folder = PROCESSES / "illness_aid"
    diagram = read_diagram((folder / "process.bpmn").read_bytes())
    large = repeated(diagram, TIMES)
    found = [
        Figure(_ANY, "illness_aid checked", _median(lambda: _checked(folder)), "s", bar=WHOLE),
        _proved("illness_aid", diagram),
        _proved(f"{TIMES} × illness_aid", large),
    ]
    return found


def _checked(folder: Path) -> None:
    # As one draws, no two checks are of the same files: nothing is compiled already.
    forget_compiled()
    check(folder)


def _proved(name: str, diagram: Diagram) -> Figure:
    explored = _prove(diagram)
    assert explored.complete
    assert not told(explored)
    milliseconds = 1000 * _median(lambda: _prove(diagram))
    note = f"{len(diagram.elements)} elements, {len(explored.markings) - 2} situations"
    return Figure(_ANY, f"{name} proved", milliseconds, "ms", note=note)


def _prove(diagram: Diagram) -> Explored:
    found = explore(Net(diagram), Facts(diagram))
    told(found)
    return found


def _median(work: Callable[[], object]) -> float:
    work()
    seconds = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds)


def repeated(diagram: Diagram, times: int) -> Diagram:
    """The process several times, one after the other: where one ends, the next begins."""
    elements: dict[str, Element] = {}
    flows: dict[str, Flow] = {}
    start = next(one.id for one in diagram.inside(None) if one.kind == "startEvent")
    for copy in range(times):
        for element in diagram.elements.values():
            elements[_named(element.id, copy)] = _copied(element, copy)
        for flow in diagram.flows.values():
            flows[_named(flow.id, copy)] = replace(
                flow,
                id=_named(flow.id, copy),
                source=_named(flow.source, copy),
                target=_named(flow.target, copy),
                condition=flow.condition.replace("outcomes.", f"outcomes.c{copy}_"),
                parent=_named(flow.parent, copy) if flow.parent else None,
            )
    for copy in range(times - 1):
        for end in [one for one in diagram.inside(None) if one.kind == "endEvent"]:
            first, then = _named(end.id, copy), _named(start, copy + 1)
            flow = Flow(f"{first}__next", first, then)
            flows[flow.id] = flow
            elements[first] = replace(
                elements[first], kind="exclusiveGateway", event=None, outgoing=(flow.id,)
            )
            after = elements[then]
            incoming = (*after.incoming, flow.id)
            elements[then] = replace(after, kind="exclusiveGateway", event=None, incoming=incoming)
    return replace(diagram, elements=elements, flows=flows, findings=())


def _named(name: str, copy: int) -> str:
    return f"c{copy}_{name}"


def _copied(element: Element, copy: int) -> Element:
    return replace(
        element,
        id=_named(element.id, copy),
        parent=_named(element.parent, copy) if element.parent else None,
        attached_to=_named(element.attached_to, copy) if element.attached_to else None,
        default=_named(element.default, copy) if element.default else None,
        incoming=tuple(_named(one, copy) for one in element.incoming),
        outgoing=tuple(_named(one, copy) for one in element.outgoing),
    )
