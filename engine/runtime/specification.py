"""Turns a checked diagram into the specs that SpiffWorkflow runs.

The specs are built from our own reading of the file, not by SpiffWorkflow's parser: that one orders
a gateway's conditions by the height of the shapes in the picture, nests calls as deep as the
process is long, and lets an activity called `End` empty the process. Built once per definition and
shared by all its cases, a specification never changes; a test compares it before and after.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from engine.runtime import nodes, scopes
from engine.runtime.diagram import Diagram, Element, Flow
from engine.runtime.errors import NotSupported
from engine.runtime.marking import Evaluate
from engine.runtime.supported import errors

_PLAIN = {
    "startEvent": nodes.Node,
    "userTask": nodes.UserTask,
    "manualTask": nodes.UserTask,
    "serviceTask": nodes.ServiceTask,
    "businessRuleTask": nodes.Decision,
    "exclusiveGateway": nodes.ExclusiveGateway,
    "parallelGateway": nodes.ParallelGateway,
    "inclusiveGateway": nodes.InclusiveGateway,
    "eventBasedGateway": scopes.EventGateway,
    "receiveTask": nodes.ReceiveTask,
    "subProcess": scopes.SubProcess,
}
_CATCHES = {"timer": nodes.Timer, "message": nodes.MessageEvent}
_ENDS = {
    "none": nodes.EndEvent,
    "terminate": nodes.TerminateEndEvent,
    "error": nodes.ErrorEndEvent,
}
_EDGES = {"timer": nodes.BoundaryTimer, "error": nodes.BoundaryEvent}


@dataclass(frozen=True, slots=True)
class Specification:
    """What all cases of one definition share."""

    diagram: Diagram
    spec: WorkflowSpec
    nodes: dict[str, nodes.Node]
    #: the start event of the process
    start: str

    def leaves_by(self, element_id: str, evaluate: Evaluate) -> list[str]:
        """The sequence flows a gateway outside of any instance would choose with these facts."""
        flows = self.nodes[element_id].choose(lambda text: evaluate(text, ()))
        return [flow.id for flow in flows]


def compile_process(diagram: Diagram) -> Specification:
    """Raises NotSupported, with the findings, where the diagram may not run."""
    if found := errors(diagram):
        raise NotSupported(found)
    spec = WorkflowSpec(name=diagram.process_id)
    spec.start = nodes.Root(spec, Element(nodes.PROCESS, "process"), ())
    made: dict[str, nodes.Node] = {}
    for element in diagram.elements.values():
        made |= {node.name: node for node in _nodes(spec, diagram, element)}
    for node in list(made.values()):
        _attach(made, node.element)
        if isinstance(node, nodes.InclusiveGateway):
            node.reach = _reach(diagram, node.element)
    return Specification(diagram, spec, made, _start_of(diagram, None))


def _nodes(spec: WorkflowSpec, diagram: Diagram, element: Element) -> Iterator[nodes.Node]:
    """The node of an element; of a multi-instance activity also that of its instances."""
    flows: tuple[Flow, ...] = tuple(diagram.flows[name] for name in element.outgoing)
    kind = _kind(element)
    if element.loop is None:
        node = kind(spec, element, flows)
    else:
        node = scopes.MultiInstance(spec, element, flows)
        node.each = scopes.EACH.format(element.id)
    node.attached_to = element.attached_to or diagram.gateway_before(element)
    node.home = node.attached_to or _inside_of(diagram, element.parent)
    each = kind(spec, element, (), node.each) if node.each else None
    if each is not None:
        each.home = node.name
        yield each
    inner = each or node
    if isinstance(inner, scopes.SubProcess):
        inner.start = _start_of(diagram, element.id)
    yield node


def _kind(element: Element) -> type[nodes.Node]:
    event = element.event.kind if element.event else ""
    if element.kind == "startEvent" and element.parent is None:
        return nodes.StartEvent
    if element.kind == "endEvent":
        return _ENDS[event]
    if element.kind == "boundaryEvent":
        return _EDGES[event]
    if element.kind == "intermediateCatchEvent":
        return _CATCHES[event]
    return _PLAIN[element.kind]


def _inside_of(diagram: Diagram, scope: str | None) -> str:
    """The node that holds the tokens of what is drawn inside an element."""
    if scope is None:
        return nodes.PROCESS
    return scopes.EACH.format(scope) if diagram.elements[scope].loop else scope


def _start_of(diagram: Diagram, scope: str | None) -> str:
    return next(e.id for e in diagram.inside(scope) if e.kind == "startEvent")


def _attach(made: dict[str, nodes.Node], edge: Element) -> None:
    """Tell an activity of the event on its edge."""
    if edge.attached_to is None or edge.event is None:
        return
    host = made[edge.attached_to]
    if edge.event.kind == "timer":
        host.timers += (edge.id,)
    else:
        host.catchers[edge.event.error_code] = edge.id


def _reach(diagram: Diagram, join: Element) -> dict[str, frozenset[str]]:
    """By element: the incoming flows of a join that a token there can reach without passing it."""
    found: dict[str, set[str]] = {}
    for name in join.incoming:
        todo = [diagram.flows[name].source]
        while todo:
            element = diagram.elements[todo.pop()]
            if element.id == join.id or name in found.setdefault(element.id, set()):
                continue
            found[element.id].add(name)
            todo += [diagram.flows[flow].source for flow in element.incoming]
            if element.attached_to:
                todo.append(element.attached_to)
    return {element: frozenset(flows) for element, flows in found.items()}
