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
from engine.runtime import Execution, Run

#: an element and the sub-processes around it; an instance, told by its number, is inside
#: its multi-instance activity
Place = tuple[str, ...]


class Coin:
    """Conditions decided by chance, but the same for everyone who asks in the same turn.

    An instance is known by its number, so whoever mixes two up gets another answer. How many were
    done before it is a matter of order, except to the condition that asks for just that.
    """

    def __init__(self, seed: int) -> None:
        self.seed, self.turn = seed, 0

    def __call__(self, text: str, runs: tuple[Run, ...] = ()) -> object:
        where = str([(run.element_id, run.index) for run in runs])
        if text.startswith("done_"):
            *outer, last = runs
            where = f"{outer} {last.element_id} {last.total} {last.done} {last.active}"
        chance = sha256(f"{self.seed} {self.turn} {text} {where}".encode()).digest()[0]
        if text.startswith("count_"):
            return chance % 4
        if text.startswith("list_"):
            return ["item"] * (chance % 4)
        return chance % 2 == 0


#: what the runtime's verb for a kind of open work is
VERBS = {"timer": "fire", "message": "receive"}


def choices(execution: Execution) -> list[tuple[str, str]]:
    """Everything somebody could do now, as verb and token."""
    offered = []
    for work in execution.open_work():
        offered.append((VERBS.get(work.kind, "complete"), work.token))
        if work.kind == "service":
            offered.append(("fail", work.token))
    return offered


def act(execution: Execution, verb: str, token: str) -> None:
    """Do one of the `choices`; services fail with the code `returned`."""
    if verb == "fail":
        execution.fail(token, "returned")
    else:
        getattr(execution, verb)(token)


def labelled(element_id: str, index: int | None) -> str:
    """What stands for an element, or one of its instances, in a place."""
    return element_id if index is None else f"{element_id} {index}"


@dataclass(eq=False)
class Scope:
    """The process or one run of a sub-process: tokens on flows, and activities under way."""

    tokens: Counter[str] = field(default_factory=Counter)
    busy: list[Activity] = field(default_factory=list)
    #: the activity that this is the inside of
    around: Activity | None = None

    @property
    def is_empty(self) -> bool:
        return not self.busy and not self.tokens.total()


@dataclass(eq=False)
class Activity:
    """An activity or event under way, with the timers still waiting on its edge.

    An event-based gateway is under way as long as it waits. A multi-instance activity holds its
    instances, each of them an activity with an index.
    """

    element: Element
    scope: Scope
    number: int
    inside: Scope | None = None
    timers: list[str] = field(default_factory=list)
    instances: list[Activity] = field(default_factory=list)
    index: int | None = None
    whole: Activity | None = None
    total: int = 0
    done: int = 0

    @property
    def label(self) -> str:
        """Its name in a place."""
        return labelled(self.element.id, self.index)

    @property
    def insides(self) -> list[Activity]:
        """Itself or its instances, where they are sub-processes."""
        return [a for a in (self, *self.instances) if a.inside is not None]


class TokenGame:
    """One case."""

    def __init__(self, diagram: Diagram, evaluate: Callable[..., object]) -> None:
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
            element, place = activity.element, (*around, activity.label)
            is_whole = element.loop is not None and activity.index is None
            if element.kind == "eventBasedGateway":
                for event in self._awaited(element):
                    found.append(((*place, event.id), self._verb(event), activity.number))
            elif element.kind != "subProcess" and not is_whole:
                found.append((place, self._verb(element), activity.number))
            if element.kind == "serviceTask" and not is_whole:
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
        elif place[-1] == activity.label:
            self._leave(activity, activity.element)
        elif activity.element.kind == "eventBasedGateway":
            event = self.diagram.elements[place[-1]]
            self.taken += event.incoming
            self._leave(activity, event)
        else:
            timer = self.diagram.elements[place[-1]]
            activity.timers.remove(timer.id)
            if timer.cancel_activity:
                self._leave(activity, timer)
            else:
                self._put(activity.scope, timer.outgoing)
        self._run()

    def _awaited(self, gateway: Element) -> list[Element]:
        flows = [self.diagram.flows[name] for name in gateway.outgoing]
        return [self.diagram.elements[flow.target] for flow in flows]

    def _verb(self, element: Element) -> str:
        return VERBS.get(element.event.kind, "complete") if element.event else "complete"

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
        for activity in [inner for one in scope.busy for inner in one.insides]:
            assert activity.inside is not None
            if self._move(activity.inside):
                return True
            if activity.inside.is_empty:
                self._leave(activity, activity.element)
                return True
        return False

    def _arrive(self, scope: Scope, target: Element) -> None:
        if target.kind == "exclusiveGateway":
            self._put(scope, self._chosen(target, scope)[:1])
        elif target.kind == "endEvent":
            self._end(scope, target)
        elif target.loop is not None:
            self._begin_instances(scope, target)
        else:
            self._begin_activity(Activity(target, scope, next(self.numbers)))

    def _begin_activity(self, activity: Activity) -> None:
        element = activity.element
        if activity.whole is None:
            edges = self.diagram.boundary_events(element.id)
            activity.timers = [e.id for e in edges if e.event and e.event.kind == "timer"]
            activity.scope.busy.append(activity)
        else:
            activity.whole.instances.append(activity)
        if element.kind == "subProcess" and not activity.total:
            activity.inside = Scope(around=activity)
            self._begin(activity.inside, element.id)

    def _begin_instances(self, scope: Scope, element: Element) -> None:
        """13.3.7: as many as the data say, all at once or one after the other; none: go on."""
        assert element.loop is not None
        text = element.loop.collection or element.loop.cardinality
        value = self.evaluate(text, self._runs(scope))
        total = len(value) if isinstance(value, list) else value
        assert isinstance(total, int)
        if not total:
            self._put(scope, element.outgoing)
            return
        whole = Activity(element, scope, next(self.numbers), total=total)
        self._begin_activity(whole)
        for index in range(1 if element.loop.sequential else total):
            self._begin_instance(whole, index)

    def _begin_instance(self, whole: Activity, index: int) -> None:
        number = next(self.numbers)
        self._begin_activity(Activity(whole.element, whole.scope, number, index=index, whole=whole))

    def _end_instance(self, whole: Activity, instance: Activity) -> None:
        loop, index = whole.element.loop, instance.index
        assert loop is not None
        assert index is not None
        whole.instances.remove(instance)
        whole.done += 1
        run = Run(whole.element.id, index, whole.total, whole.done, len(whole.instances))
        if loop.until and self.evaluate(loop.until, (*self._runs(whole.scope), run)):
            self._leave(whole, whole.element)
        elif loop.sequential and index + 1 < whole.total:
            self._begin_instance(whole, index + 1)
        elif not whole.instances:
            self._leave(whole, whole.element)

    def _runs(self, scope: Scope) -> tuple[Run, ...]:
        """The instances around, the outermost first."""
        activity, found = scope.around, list[Run]()
        while activity is not None:
            if activity.whole is not None and activity.index is not None:
                whole = activity.whole
                name, left = whole.element.id, len(whole.instances)
                found.insert(0, Run(name, activity.index, whole.total, whole.done, left))
            activity = activity.scope.around
        return tuple(found)

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
        activity = activity.whole or activity
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
                several = len(element.outgoing) > 1
                flows = self._chosen(element, scope) if several else element.outgoing
                self._put(scope, flows)
                return True
        insides = [inner.inside for activity in scope.busy for inner in activity.insides]
        return any(inside is not None and self._join(inside) for inside in insides)

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

    def _chosen(self, gateway: Element, scope: Scope) -> tuple[str, ...]:
        flows = [self.diagram.flows[flow] for flow in gateway.outgoing]
        if len(flows) == 1:
            return gateway.outgoing
        runs = self._runs(scope)
        holding = tuple(f.id for f in flows if f.condition and self.evaluate(f.condition, runs))
        return holding or tuple(f.id for f in flows if f.is_default)

    def _begin(self, scope: Scope, parent: str | None) -> None:
        start = next(e for e in self.diagram.inside(parent) if e.kind == "startEvent")
        self._put(scope, start.outgoing)

    def _leave(self, activity: Activity, by: Element) -> None:
        if activity.whole is not None:
            self._end_instance(activity.whole, activity)
            return
        activity.scope.busy.remove(activity)
        self._put(activity.scope, by.outgoing)

    def _put(self, scope: Scope, flows: tuple[str, ...]) -> None:
        scope.tokens.update(flows)
        self.taken += flows

    def _under_way(self, scope: Scope, around: Place) -> Iterator[tuple[Activity, Place]]:
        for activity in scope.busy:
            yield activity, around
            place = (*around, activity.label)
            for instance in activity.instances:
                yield instance, place
                if instance.inside is not None:
                    yield from self._under_way(instance.inside, (*place, instance.label))
            if activity.inside is not None:
                yield from self._under_way(activity.inside, place)
