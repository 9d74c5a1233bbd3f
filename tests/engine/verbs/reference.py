"""A written token game with verbs, to judge the engine's by: BPMN 2.0.2 (13.3 to 13.5) and one sentence more.

It keeps no marking that could be put back. It keeps the list of what people and clocks have done, and the
marking is what playing that list from the start comes to. *Sending a case back to a visit* is leaving out
of the list the visit itself and everything it led to, and playing the rest again. That is the whole
definition; joins, timers and sub-processes follow from it.

A visit is known by what it came from, so it is the same visit in every playing of the list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

from engine.runtime.diagram import Diagram, Element


def name_of(*parts: Any) -> str:
    """The identity of a visit: a digest of its element, its flows and what it came from."""
    return sha256(repr(parts).encode()).hexdigest()[:16]


def _verb(element: Element) -> str:
    """What happens at an element that waits."""
    if element.event is not None and element.event.kind == "message":
        return "receive"
    return "fire" if element.event is not None else "complete"


@dataclass(frozen=True)
class Act:
    """Something done: to which visit, and by which of its events where it has several."""

    visit: str
    verb: str
    edge: str = ""


@dataclass(frozen=True)
class Mark:
    """A token on a sequence flow."""

    flow: str
    source: str


@dataclass(eq=False)
class Scope:
    """The process, a run of a sub-process, or a multi-instance activity as a whole."""

    marks: list[Mark] = field(default_factory=list)
    busy: list[Doing] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Nothing is left inside."""
        return not self.busy and not self.marks


@dataclass(eq=False)
class Doing:
    """An activity or event under way."""

    element: Element
    visit: str
    scope: Scope
    inside: Scope | None = None
    timers: list[str] = field(default_factory=list)
    #: of a multi-instance activity: instances wanted, begun, done
    counts: list[int] = field(default_factory=list)


class Reference:
    """One case."""

    def __init__(self, diagram: Diagram, evaluate: Callable[[str], Any]) -> None:
        self.diagram, self.evaluate = diagram, evaluate
        self.acts: list[Act] = []
        #: visit → the flows a gateway chose, or how many instances there were to be
        self.chosen: dict[str, Any] = {}
        #: visit → all that led to it, itself included
        self.behind: dict[str, frozenset[str]] = {}
        #: True while the case waits at its beginning for the applicant.
        self.held = False
        #: visit → element
        self.names: dict[str, str] = {}
        self.play()

    # What people and clocks do

    def act(self, act: Act) -> None:
        """Do something that is open."""
        self.acts.append(act)
        self._do(act)
        self._run()

    def hand_in(self) -> None:
        """The applicant hands the case in again."""
        self.held = False
        self.play()

    def begin_again(self) -> None:
        """The case goes back to its beginning."""
        self.acts, self.chosen, self.held = [], {}, True
        self.play()

    def send_back(self, target: str) -> None:
        """The target begins anew; what it led to has not happened."""
        self.acts = [one for one in self.acts if target not in self.behind[one.visit]]
        self.chosen = {
            visit: value for visit, value in self.chosen.items() if target not in self.behind[visit]
        }
        self.play()

    def led_to(self, target: str, visit: str) -> bool:
        """True when a visit came of another."""
        return target in self.behind[visit]

    def open(self) -> list[tuple[str, str, str]]:
        """What could be done now: visit, verb, edge."""
        found = []
        for doing in self.doing(self.top):
            kind = doing.element.kind
            if doing.inside is None and kind != "eventBasedGateway":
                found.append((doing.visit, _verb(doing.element), ""))
            found += [
                (doing.visit, _verb(self.diagram.elements[edge]), edge) for edge in doing.timers
            ]
        return sorted(found)

    def waiting(self) -> list[tuple[str, str]]:
        """Tokens that wait at joins, by flow and where they came from."""
        scopes = [self.top, *(one.inside for one in self.doing(self.top) if one.inside)]
        return sorted((mark.flow, mark.source) for scope in scopes for mark in scope.marks)

    def doing(self, scope: Scope) -> Iterator[Doing]:
        """Everything under way, those around before those inside."""
        for doing in scope.busy:
            yield doing
            if doing.inside is not None:
                yield from self.doing(doing.inside)

    @property
    def is_over(self) -> bool:
        """No token is left."""
        return not self.held and self.top.is_empty

    # The game

    def play(self) -> None:
        """Play the list of acts from the start."""
        self.top = Scope()
        if self.held:
            return
        self._begin(self.top, None, "")
        self._run()
        for act in self.acts:
            self._do(act)
            self._run()

    def _do(self, act: Act) -> None:
        doing = next(one for one in self.doing(self.top) if one.visit == act.visit)
        if act.edge:
            edge = self.diagram.elements[act.edge]
            gateway = doing.element.kind == "eventBasedGateway"
            visit = self._visit(edge.id, edge.incoming[0] if gateway else "", doing.visit)
            if doing.element.kind == "eventBasedGateway" or edge.cancel_activity:
                doing.scope.busy.remove(doing)
            else:
                doing.timers.remove(edge.id)
            self._put(doing.scope, edge.outgoing, visit)
        elif act.verb == "fail":
            self._throw(doing, "returned")
        else:
            self._leave(doing)

    def _run(self) -> None:
        while self._move(self.top) or self._join(self.top):
            pass

    def _move(self, scope: Scope) -> bool:
        for mark in list(scope.marks):
            target = self.diagram.elements[self.diagram.flows[mark.flow].target]
            if target.kind == "inclusiveGateway":
                continue
            if target.kind == "parallelGateway":
                first = self._first_of_each(scope, target)
                if len(first) == len(target.incoming):
                    self._gather(scope, target, first, target.outgoing)
                    return True
                continue
            scope.marks.remove(mark)
            self._arrive(scope, target, mark)
            return True
        for doing in scope.busy:
            if doing.inside is None:
                continue
            if self._move(doing.inside):
                return True
            if doing.inside.is_empty:
                self._leave(doing)
                return True
        return False

    def _first_of_each(self, scope: Scope, target: Element) -> list[Mark]:
        first: dict[str, Mark] = {}
        for mark in scope.marks:
            if mark.flow in target.incoming:
                first.setdefault(mark.flow, mark)
        return list(first.values())

    def _gather(
        self, scope: Scope, target: Element, marks: list[Mark], leaving: tuple[str, ...] | None
    ) -> None:
        for mark in marks:
            scope.marks.remove(mark)
        pairs = sorted((mark.flow, mark.source) for mark in marks)
        visit = self._visit(target.id, "", *(source for _, source in pairs), key=pairs)
        if leaving is None:
            leaving = self._choice(target, visit)
        self._put(scope, leaving, visit)

    def _arrive(self, scope: Scope, target: Element, mark: Mark) -> None:
        visit = self._visit(target.id, mark.flow, mark.source)
        if target.kind == "exclusiveGateway":
            self._put(scope, self._choice(target, visit)[:1], visit)
        elif target.kind == "endEvent":
            self._end(scope, target, visit)
        else:
            self._start(scope, target, visit)

    def _start(self, scope: Scope, target: Element, visit: str) -> None:
        edges = self.diagram.boundary_events(target.id)
        timers = [e.id for e in edges if e.event and e.event.kind == "timer"]
        doing = Doing(target, visit, scope, timers=timers)
        if target.kind == "eventBasedGateway":
            doing.timers = [self.diagram.flows[flow].target for flow in target.outgoing]
        scope.busy.append(doing)
        if target.loop is not None:
            wanted = self.chosen.setdefault(visit, int(target.loop.cardinality))
            doing.inside, doing.counts = Scope(), [wanted, 0, 0]
            for _ in range(min(1, wanted) if target.loop.sequential else wanted):
                self._begin_instance(doing)
        elif target.kind == "subProcess":
            doing.inside = Scope()
            self._begin(doing.inside, target.id, visit)

    def _begin_instance(self, whole: Doing) -> None:
        assert whole.inside is not None
        visit = self._visit(whole.element.id, f"each {whole.counts[1]}", whole.visit)
        whole.counts[1] += 1
        one = Doing(replace(whole.element, loop=None), visit, whole.inside)
        whole.inside.busy.append(one)
        if whole.element.kind == "subProcess":
            one.inside = Scope()
            self._begin(one.inside, whole.element.id, visit)

    def _end(self, scope: Scope, end: Element, visit: str) -> None:
        assert end.event is not None
        if end.event.kind == "terminate":
            scope.marks.clear()
            scope.busy.clear()
        elif end.event.kind == "error":
            around = next(one for one in self.doing(self.top) if one.inside is scope)
            self._throw(around, end.event.error_code or "")

    def _throw(self, doing: Doing, code: str) -> None:
        for wanted in (code, None):
            for edge in self.diagram.boundary_events(doing.element.id):
                caught = edge.event and edge.event.kind == "error"
                # Edges belong to a multi-instance activity as a whole, not to one instance.
                whole = doing.element.loop is not None or not self._is_instance(doing)
                if whole and caught and edge.event and edge.event.error_code == wanted:
                    doing.scope.busy.remove(doing)
                    visit = self._visit(edge.id, "", doing.visit)
                    self._put(doing.scope, edge.outgoing, visit)
                    return
        around = [one for one in self.doing(self.top) if one.inside is doing.scope]
        if around:
            self._throw(around[0], code)

    def _is_instance(self, doing: Doing) -> bool:
        return any(one.inside is doing.scope and one.counts for one in self.doing(self.top))

    def _join(self, scope: Scope) -> bool:
        for element in self.diagram.elements.values():
            if element.kind != "inclusiveGateway":
                continue
            marks = self._first_of_each(scope, element)
            carrying = [mark.flow for mark in marks]
            if carrying and not any(
                self._blocks(starts, element, carrying) for starts in self._starts(scope)
            ):
                self._gather(scope, element, marks, None)
                return True
        return any(one.inside is not None and self._join(one.inside) for one in scope.busy)

    def _starts(self, scope: Scope) -> Iterator[list[str]]:
        for mark in scope.marks:
            yield [mark.flow]
        for doing in scope.busy:
            yield self._ways_out(doing.element)

    def _ways_out(self, element: Element) -> list[str]:
        edges = self.diagram.boundary_events(element.id)
        return [*element.outgoing, *(flow for edge in edges for flow in edge.outgoing)]

    def _blocks(self, starts: list[str], join: Element, carrying: list[str]) -> bool:
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

    def _choice(self, gateway: Element, visit: str) -> tuple[str, ...]:
        if visit not in self.chosen:
            flows = [self.diagram.flows[flow] for flow in gateway.outgoing]
            holding = tuple(f.id for f in flows if f.condition and self.evaluate(f.condition))
            default = tuple(f.id for f in flows if f.is_default)
            only = gateway.outgoing if len(flows) == 1 else ()
            self.chosen[visit] = only or holding or default
        found: tuple[str, ...] = self.chosen[visit]
        return found

    def _begin(self, scope: Scope, parent: str | None, around: str) -> None:
        start = next(e for e in self.diagram.inside(parent) if e.kind == "startEvent")
        visit = self._visit(start.id, "", *([around] if around else []))
        self._put(scope, start.outgoing, visit)

    def _leave(self, doing: Doing) -> None:
        doing.scope.busy.remove(doing)
        around = next((one for one in self.doing(self.top) if one.inside is doing.scope), None)
        if around is None or not around.counts or around.element.id != doing.element.id:
            self._put(doing.scope, doing.element.outgoing, doing.visit)
            return
        around.counts[2] += 1
        loop = around.element.loop
        if loop is not None and loop.until and self.evaluate(loop.until):
            doing.scope.busy.clear()
        elif loop is not None and loop.sequential and around.counts[1] < around.counts[0]:
            self._begin_instance(around)

    def _put(self, scope: Scope, flows: tuple[str, ...], source: str) -> None:
        scope.marks += [Mark(flow, source) for flow in flows]

    def _visit(self, element: str, flow: str, *causes: str, key: Any = None) -> str:
        visit = name_of(element, flow, sorted(causes) if key is None else key)
        self.behind[visit] = frozenset({visit}).union(*(self.behind[one] for one in causes))
        self.names[visit] = element
        return visit
