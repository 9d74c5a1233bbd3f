"""The outcomes that conditions may still ask for: what else was decided makes no difference any more."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from engine.catalog.definition import Definition
from engine.catalog.steps import Outcome
from engine.proving.truth import tasks_named, truth
from engine.proving.walking import Edge, Runs
from engine.runtime.diagram import Diagram

#: A task, the instances it was done in (none: the latest of any), and its outcome.
Known = frozenset[tuple[str, Runs, str]]


class Memory:
    """Follows the outcomes of one definition's tasks as its conditions read them."""

    def __init__(self, definition: Definition) -> None:
        self._diagram = definition.diagram
        self._loops = {
            element: tuple(self._diagram.loops_around(element)) for element in definition.steps
        }
        #: by task: the elements from where a condition can be reached that still reads its outcome
        self._live = {
            task: _live(self._diagram, task, readers)
            for task, readers in _readers(self._diagram).items()
            if task in definition.steps
        }

    def of(self, outcomes: Mapping[str, str]) -> Known:
        """What is known of a case under way; results of several instances are not told apart."""
        return frozenset((task, (), how) for task, how in outcomes.items() if task in self._live)

    def after(self, known: Known, edge: Edge, outcome: Outcome | None) -> Known:
        """After an act."""
        left = [one for one in known if not (one[1] and {name for name, _ in one[1]} & edge.begun)]
        task = edge.element
        if outcome is None or task not in self._live:
            return frozenset(left)
        keys = {(), edge.runs}
        left = [one for one in left if one[0] != task or one[1] not in keys]
        return frozenset([*left, *((task, key, outcome.id) for key in keys)])

    def allows(self, known: Known, edge: Edge) -> bool:
        """Whether the answers an act took are those that the outcomes give."""
        outcomes = {(task, runs): how for task, runs, how in known}
        for text, runs, answer in edge.answers:

            def latest(task: str, seen_from: Runs = runs) -> str | None:
                return outcomes.get((task, self._own(task, seen_from)))

            value = truth(text, latest)
            if value is not None and value is not answer:
                return False
        return True

    def kept(self, known: Known, places: Collection[str]) -> Known:
        """What may still be asked for by a token in one of these places."""
        return frozenset(one for one in known if not self._live[one[0]].isdisjoint(places))

    def _own(self, task: str, runs: Runs) -> Runs:
        """Which result of a task is seen from inside of instances; raise `KeyError` where nobody can say."""
        around = self._loops.get(task, ())
        common = 0
        while common < min(len(around), len(runs)) and around[common] == runs[common][0]:
            common += 1
        if common == 0:
            return ()
        if common < len(around):
            raise KeyError(task)  # the latest of those in the own instance
        return runs[:common]


def _readers(diagram: Diagram) -> dict[str, set[str]]:
    """By task: the elements whose conditions ask for its outcome."""
    found: dict[str, set[str]] = {}
    for flow in diagram.flows.values():
        for task in tasks_named(flow.condition) if flow.condition else ():
            found.setdefault(task, set()).add(flow.source)
    for element in diagram.elements.values():
        if element.loop is not None and element.loop.until:
            for task in tasks_named(element.loop.until):
                found.setdefault(task, set()).add(element.id)
                found[task] |= set(_inside(diagram, element.id))
    return found


def _live(diagram: Diagram, task: str, readers: Iterable[str]) -> frozenset[str]:
    """Where a token may come to a reader from without deciding the task anew on the way."""
    found: set[str] = set()
    ahead = list(readers)
    while ahead:
        at = ahead.pop()
        if at in found:
            continue
        found.add(at)
        ahead += [one for one in _before(diagram, at) if one != task]
    return frozenset(found)


def _before(diagram: Diagram, at: str) -> Iterator[str]:
    element = diagram.elements[at]
    for flow in element.incoming:
        yield from _with_inside(diagram, diagram.flows[flow].source)
    if element.attached_to is not None:
        # What sits on a task's edge leaves it undecided: its earlier outcome still counts.
        yield from _edge_of(diagram, element.attached_to)
    if element.kind == "startEvent" and element.parent is not None:
        yield element.parent


def _edge_of(diagram: Diagram, host: str) -> Iterator[str]:
    yield from _with_inside(diagram, host)
    yield from (one.id for one in diagram.boundary_events(host))
    for flow in diagram.elements[host].incoming:
        yield from _with_inside(diagram, diagram.flows[flow].source)


def _with_inside(diagram: Diagram, at: str) -> Iterator[str]:
    yield at
    yield from _inside(diagram, at)


def _inside(diagram: Diagram, scope: str) -> Iterator[str]:
    for element in diagram.inside(scope):
        yield element.id
        yield from _inside(diagram, element.id)


__all__ = ["Known", "Memory"]
