"""A token game written from the BPMN 2.0.2 specification (13.3 to 13.5), to judge the runtime by.

It is slow and plain on purpose: tokens lie on sequence flows and are counted, an element acts when
its flows carry what it needs, and nothing is remembered in between. Where the specification leaves
the order open, everything that can move moves before an inclusive join is asked.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from engine.catalog.bpmn import Diagram, Element
from engine.runtime import Execution

#: an element and the sub-processes around it
Place = tuple[str, ...]


class Coin:
    """Conditions decided by chance, but the same for everyone who asks in the same turn."""

    def __init__(self, seed: int) -> None:
        self.seed, self.turn = seed, 0

    def __call__(self, text: str) -> object:
        return sha256(f"{self.seed} {self.turn} {text}".encode()).digest()[0] % 2 == 0


def choices(execution: Execution) -> list[tuple[str, str]]:
    """Everything somebody could do now, as verb and token."""
    offered = []
    for work in execution.open_work():
        offered.append(("fire" if work.kind == "timer" else "complete", work.token))
        if work.kind == "service":
            offered.append(("fail", work.token))
    return offered


def act(execution: Execution, verb: str, token: str) -> None:
    """Do one of the `choices`; services fail with the code `returned`."""
    if verb == "fail":
        execution.fail(token, "returned")
    else:
        getattr(execution, verb)(token)


@dataclass(eq=False)
class Scope:
    """The process or one run of a sub-process: tokens on flows, and activities under way."""

    tokens: Counter[str] = field(default_factory=Counter)
    busy: list[Activity] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not self.busy and not self.tokens.total()


@dataclass(eq=False)
class Activity:
    """An activity or timer under way, with the timers still waiting on its edge."""

    element: Element
    scope: Scope
    number: int
    inside: Scope | None = None
    timers: list[str] = field(default_factory=list)


class TokenGame:
    """One case."""

    def __init__(self, diagram: Diagram, evaluate: Callable[[str], object]) -> None:
        self.diagram, self.evaluate = diagram, evaluate
        self.numbers = itertools.count()
        self.taken: list[str] = []
        self.ended: list[str] = []
        self.top = Scope()
        self._begin(self.top, None)
        self._run()

    def open(self) -> list[tuple[Place, str, int]]:
        """What waits: where, which verb, and the age that tells equals apart."""
        found = []
        for activity, around in self._under_way(self.top, ()):
            kind, place = activity.element.kind, (*around, activity.element.id)
            if kind != "subProcess":
                verb = "fire" if kind == "intermediateCatchEvent" else "complete"
                found.append((place, verb, activity.number))
            if kind == "serviceTask":
                found.append((place, "fail", activity.number))
            for timer in activity.timers:
                found.append(((*place, timer), "fire", activity.number))
        return sorted(found)

    def play(self, place: Place, verb: str, number: int) -> None:
        """Do one of the things that are open."""
        self.taken, self.ended = [], []
        activity = next(a for a, _ in self._under_way(self.top, ()) if a.number == number)
        if verb == "fail":
            self._throw(activity, "returned")
        elif place[-1] == activity.element.id:
            self._leave(activity, activity.element)
        else:
            timer = self.diagram.elements[place[-1]]
            activity.timers.remove(timer.id)
            if timer.cancel_activity:
                self._leave(activity, timer)
            else:
                self._put(activity.scope, timer.outgoing)
        self._run()

    def _run(self) -> None:
        while self._move(self.top) or self._join(self.top):
            pass

    def _move(self, scope: Scope) -> bool:
        """Let one element act that can; False if none can."""
        for name in [name for name, count in scope.tokens.items() if count]:
            target = self.diagram.elements[self.diagram.flows[name].target]
            if target.kind == "inclusiveGateway":
                continue
            if target.kind == "parallelGateway":
                if all(scope.tokens[flow] for flow in target.incoming):
                    scope.tokens.subtract(target.incoming)
                    self._put(scope, target.outgoing)
                    return True
                continue
            scope.tokens[name] -= 1
            self._arrive(scope, target)
            return True
        for activity in scope.busy:
            if activity.inside is None:
                continue
            if self._move(activity.inside):
                return True
            if activity.inside.is_empty:
                self._leave(activity, activity.element)
                return True
        return False

    def _arrive(self, scope: Scope, target: Element) -> None:
        if target.kind == "exclusiveGateway":
            self._put(scope, self._chosen(target)[:1])
        elif target.kind == "endEvent":
            self._end(scope, target)
        else:
            edges = self.diagram.boundary_events(target.id)
            timers = [e.id for e in edges if e.event and e.event.kind == "timer"]
            activity = Activity(target, scope, next(self.numbers), timers=timers)
            scope.busy.append(activity)
            if target.kind == "subProcess":
                activity.inside = Scope()
                self._begin(activity.inside, target.id)

    def _end(self, scope: Scope, end: Element) -> None:
        self.ended.append(end.id)
        assert end.event is not None
        if end.event.kind == "terminate":
            scope.tokens.clear()
            scope.busy.clear()
        elif end.event.kind == "error":
            around = next(a for a, _ in self._under_way(self.top, ()) if a.inside is scope)
            self._throw(around, end.event.error_code or "")

    def _throw(self, activity: Activity, code: str) -> None:
        for wanted in (code, None):
            for edge in self.diagram.boundary_events(activity.element.id):
                if edge.event and edge.event.kind == "error" and edge.event.error_code == wanted:
                    self._leave(activity, edge)
                    return
        around = [a for a, _ in self._under_way(self.top, ()) if a.inside is activity.scope]
        if around:
            self._throw(around[0], code)

    def _join(self, scope: Scope) -> bool:
        """Let one inclusive gateway act that may; False if none may."""
        for element in self.diagram.elements.values():
            carrying = [flow for flow in element.incoming if scope.tokens[flow]]
            if element.kind != "inclusiveGateway" or not carrying:
                continue
            if not any(self._blocks(starts, element, carrying) for starts in self._starts(scope)):
                scope.tokens.subtract(carrying)
                flows = self._chosen(element) if len(element.outgoing) > 1 else element.outgoing
                self._put(scope, flows)
                return True
        return any(a.inside is not None and self._join(a.inside) for a in scope.busy)

    def _starts(self, scope: Scope) -> Iterator[list[str]]:
        """For each token: the flows by which it can go on."""
        for name, count in scope.tokens.items():
            if count:
                yield [name]
        for activity in scope.busy:
            yield self._ways_out(activity.element)

    def _ways_out(self, element: Element) -> list[str]:
        edges = self.diagram.boundary_events(element.id)
        return [*element.outgoing, *(flow for edge in edges for flow in edge.outgoing)]

    def _blocks(self, starts: list[str], join: Element, carrying: list[str]) -> bool:
        """Whether a token reaches an incoming flow without token, and none with one."""
        reached: set[str] = set()
        todo = list(starts)
        while todo:
            flow = todo.pop()
            if flow in reached:
                continue
            reached.add(flow)
            target = self.diagram.elements[self.diagram.flows[flow].target]
            if target.id != join.id:
                todo += self._ways_out(target)
        arrivals = reached & set(join.incoming)
        return bool(arrivals) and not arrivals & set(carrying)

    def _chosen(self, gateway: Element) -> tuple[str, ...]:
        flows = [self.diagram.flows[flow] for flow in gateway.outgoing]
        if len(flows) == 1:
            return gateway.outgoing
        holding = tuple(f.id for f in flows if f.condition and self.evaluate(f.condition))
        return holding or tuple(f.id for f in flows if f.is_default)

    def _begin(self, scope: Scope, parent: str | None) -> None:
        start = next(e for e in self.diagram.inside(parent) if e.kind == "startEvent")
        self._put(scope, start.outgoing)

    def _leave(self, activity: Activity, by: Element) -> None:
        activity.scope.busy.remove(activity)
        self._put(activity.scope, by.outgoing)

    def _put(self, scope: Scope, flows: tuple[str, ...]) -> None:
        scope.tokens.update(flows)
        self.taken += flows

    def _under_way(self, scope: Scope, around: Place) -> Iterator[tuple[Activity, Place]]:
        for activity in scope.busy:
            yield activity, around
            if activity.inside is not None:
                yield from self._under_way(activity.inside, (*around, activity.element.id))
