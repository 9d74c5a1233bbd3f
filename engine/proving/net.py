"""A diagram as a net: what each element does with a token, looked up instead of asked.

The meaning of the elements is the runtime's (docs/supported-elements.md); the code is not, so that
the two can be compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.runtime.diagram import PEOPLE, Diagram, Element

#: kinds at which a token rests until somebody outside acts
ACTIVITIES = PEOPLE | {"serviceTask", "receiveTask", "intermediateCatchEvent"}
#: the code of an error that only a boundary event for every error catches
ANY_ERROR = "*"
#: more instances than this show nothing that these do not: instances share no tokens
MOST_INSTANCES = 2


@dataclass(frozen=True, slots=True)
class Place:
    """An element as the game needs it."""

    id: str
    element: Element
    #: how a token behaves here: rest, event_gateway, scope, parallel, inclusive, choice, end, pass
    manner: str
    #: the verb that moves a token on: complete, fire or receive
    verb: str
    outgoing: tuple[str, ...]
    incoming: tuple[str, ...]
    #: timers on its edge: those that end it, and those that do not
    deadlines: tuple[str, ...] = ()
    reminders: tuple[str, ...] = ()
    #: error boundary events by code; None catches every error
    catchers: dict[str | None, str] = field(default_factory=dict)
    #: codes with which a service may fail, as far as anybody around catches them
    codes: tuple[str, ...] = ()
    #: of an event-based gateway: the events awaited
    awaited: tuple[str, ...] = ()
    #: of a sub-process: its start event
    start: str = ""
    #: of an inclusive join, by element: incoming flows that a token there can still reach
    reach: dict[str, frozenset[str]] = field(default_factory=dict)


class Net:
    """All places of a diagram that has no errors."""

    def __init__(self, diagram: Diagram) -> None:
        self.diagram = diagram
        self.target = {flow.id: flow.target for flow in diagram.flows.values()}
        self.edges: dict[str, list[Element]] = {}
        for element in diagram.elements.values():
            if element.attached_to is not None:
                self.edges.setdefault(element.attached_to, []).append(element)
        self.places = {one.id: self._place(one) for one in diagram.elements.values()}
        self.start = self._start_of(None)

    def scopes(self) -> Iterator[str | None]:
        """The process, and every sub-process."""
        yield None
        for element in self.diagram.elements.values():
            if element.kind == "subProcess":
                yield element.id

    def within(self, element_id: str) -> Iterator[str]:
        """An element and everything drawn inside it."""
        yield element_id
        for one in self.diagram.inside(element_id):
            yield from self.within(one.id)

    def name(self, element_id: str) -> str:
        """What people call an element."""
        element = self.diagram.elements.get(element_id)
        return (element.name if element is not None else "") or element_id

    def _place(self, element: Element) -> Place:
        edges = self.edges.get(element.id, [])
        timers = [one for one in edges if one.event is not None and one.event.kind == "timer"]
        return Place(
            element.id,
            element,
            _manner(element),
            _verb(element),
            element.outgoing,
            element.incoming,
            deadlines=tuple(one.id for one in timers if one.cancel_activity),
            reminders=tuple(one.id for one in timers if not one.cancel_activity),
            catchers=_catchers(edges),
            codes=self._codes(element) if element.kind == "serviceTask" else (),
            awaited=tuple(self.target[flow] for flow in element.outgoing)
            if element.kind == "eventBasedGateway"
            else (),
            start=self._start_of(element.id) if element.kind == "subProcess" else "",
            reach=self._reach(element) if element.kind == "inclusiveGateway" else {},
        )

    def _start_of(self, scope: str | None) -> str:
        return next(e.id for e in self.diagram.inside(scope) if e.kind == "startEvent")

    def _codes(self, element: Element) -> tuple[str, ...]:
        codes: list[str] = []
        at: str | None = element.id
        while at is not None:
            for code in _catchers(self.edges.get(at, [])):
                codes.append(ANY_ERROR if code is None else code)
            at = self.diagram.elements[at].parent
        return tuple(dict.fromkeys(codes))

    def _reach(self, join: Element) -> dict[str, frozenset[str]]:
        """By element: the incoming flows of a join that a token there can reach without passing it."""
        found: dict[str, set[str]] = {}
        for name in join.incoming:
            todo = [self.diagram.flows[name].source]
            while todo:
                element = self.diagram.elements[todo.pop()]
                if element.id == join.id or name in found.setdefault(element.id, set()):
                    continue
                found[element.id].add(name)
                todo += [self.diagram.flows[flow].source for flow in element.incoming]
                if element.attached_to:
                    todo.append(element.attached_to)
        return {element: frozenset(flows) for element, flows in found.items()}


def _manner(element: Element) -> str:
    if element.loop is not None or element.kind == "subProcess":
        return "scope"
    if element.kind in ACTIVITIES:
        return "rest"
    return {
        "eventBasedGateway": "event_gateway",
        "parallelGateway": "parallel",
        "inclusiveGateway": "inclusive",
        "exclusiveGateway": "choice",
        "endEvent": "end",
    }.get(element.kind, "pass")


def _verb(element: Element) -> str:
    kind = element.event.kind if element.event is not None else ""
    return {"timer": "fire", "message": "receive"}.get(kind, "complete")


def _catchers(edges: list[Element]) -> dict[str | None, str]:
    return {
        one.event.error_code: one.id
        for one in edges
        if one.event is not None and one.event.kind == "error"
    }
