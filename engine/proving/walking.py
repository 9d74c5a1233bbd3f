"""Everything the tokens of a definition can do, by letting the runtime itself move them.

People may decide anything and conditions may come out either way: each act is tried with every answer.
An edge says which answers it took, so that whoever knows more of them can leave it out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import EngineError
from engine.feel import FeelSyntaxError, compile_expression
from engine.feel.tree import NumberLiteral
from engine.runtime import Execution, Run, Work
from engine.runtime.ending import shape_of
from engine.runtime.specification import Specification

#: How often a list or a number says that an activity is done, as far as it matters: instances share nothing.
_TIMES = (0, 1, 2)
#: Ways the conditions of one act may come out that are tried.
MOST_BRANCHES = 256
#: The code of an error that only a boundary event for every error catches.
ANY_ERROR = "*"

Runs = tuple[tuple[str, int], ...]
Answers = tuple[tuple[str, Runs, bool], ...]


class TooMany(Exception):
    """There is more to look at than the bound allows."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One act, what it asked, and what it led to."""

    element: str
    #: complete, fail, fire or receive
    act: str
    #: of a failure
    code: str
    #: the instances of multi-instance activities that the element was done in
    runs: Runs
    #: elements whose tokens it may have ended
    interrupted: frozenset[str]
    answers: Answers
    flows: tuple[str, ...]
    entered: tuple[str, ...]
    #: multi-instance activities that began
    begun: frozenset[str]
    target: int


@dataclass(frozen=True, slots=True)
class Resting:
    """A marking at rest."""

    snapshot: dict[str, Any]
    #: ids of the elements and flows that hold a token, each as often as it holds one
    tokens: tuple[str, ...]
    #: elements at which a token rests
    places: frozenset[str]


class Markings:
    """The markings of a definition and the acts between them, found as they are asked for."""

    def __init__(self, specification: Specification, most: int) -> None:
        self.specification = specification
        self.resting: list[Resting] = []
        self._most = most
        self._numbers: dict[Any, int] = {}
        self._edges: dict[int, list[Edge]] = {}
        loops = [e.loop for e in specification.diagram.elements.values() if e.loop is not None]
        self._lists = {loop.collection for loop in loops} - {""}
        self._counts = {
            loop.cardinality: _times(loop.cardinality) for loop in loops if loop.cardinality
        }

    def begin(self) -> list[Edge]:
        """How a case begins, from its start event."""
        return list(self._tried(None, None, "start", ""))

    def number(self, snapshot: dict[str, Any]) -> int:
        """The number of a marking; raise `TooMany`."""
        shape = shape_of(snapshot)
        if shape not in self._numbers:
            if len(self.resting) >= self._most:
                raise TooMany
            self._numbers[shape] = len(self.resting)
            self.resting.append(_resting(self.specification, snapshot))
        return self._numbers[shape]

    def edges(self, number: int) -> list[Edge]:
        """Every act that a marking allows."""
        if number not in self._edges:
            self._edges[number] = list(self._acts(number))
        return self._edges[number]

    def _acts(self, number: int) -> Iterator[Edge]:
        snapshot = self.resting[number].snapshot
        for work in _still(self.specification, snapshot).open_work():
            act = {"timer": "fire", "message": "receive"}.get(work.kind, "complete")
            yield from self._tried(snapshot, work, act, "")
            if work.kind == "service":
                for code in self._codes(work.element_id):
                    yield from self._tried(snapshot, work, "fail", code)

    def _codes(self, element: str) -> list[str]:
        """The errors of a service that somebody around catches."""
        codes: list[str] = []
        at: str | None = element
        while at is not None:
            for edge in self.specification.diagram.boundary_events(at):
                if edge.event is not None and edge.event.kind == "error":
                    codes.append(edge.event.error_code or ANY_ERROR)
            at = self.specification.diagram.elements[at].parent
        return list(dict.fromkeys(codes))

    def _tried(
        self, snapshot: dict[str, Any] | None, work: Work | None, act: str, code: str
    ) -> Iterator[Edge]:
        scripts: list[tuple[int, ...]] = [()]
        tried = 0
        while scripts:
            script = scripts.pop()
            tried += 1
            if tried > MOST_BRANCHES:
                raise TooMany
            asked = _Asked(script, self._lists, self._counts)
            edge = self._done(snapshot, work, act, code, asked)
            if edge is not None:
                yield edge
            for place in range(len(script), len(asked.given)):
                more = range(asked.given[place] + 1, asked.domains[place])
                scripts += [(*asked.given[:place], other) for other in more]

    def _done(
        self, snapshot: dict[str, Any] | None, work: Work | None, act: str, code: str, asked: _Asked
    ) -> Edge | None:
        begun: list[str] = []

        def begin(element: str, _total: int, _around: tuple[Run, ...]) -> None:
            begun.append(element)

        try:
            if snapshot is None or work is None:
                execution = Execution.start(self.specification, asked, None, begin)
            else:
                execution = Execution.restore(self.specification, snapshot, asked, None, begin)
                if act == "fail":
                    execution.fail(work.token, code)
                else:
                    getattr(execution, act)(work.token)
        except EngineError:
            return None  # no condition held, or a circle in which nobody acts: the case stays where it is
        passed = execution.passed()
        entered = tuple(one.id for one in passed if one.kind == "element")
        return Edge(
            element=work.element_id if work else self.specification.start,
            act=act,
            code=code,
            runs=_runs(work.runs) if work else (),
            interrupted=_interrupted(self.specification, entered),
            answers=tuple(asked.answers),
            flows=tuple(one.id for one in passed if one.kind == "flow"),
            entered=entered,
            begun=frozenset(begun),
            target=self.number(execution.snapshot()),
        )


class _Asked:
    """Answers by a script, and with the first answer where the script has ended; the same question twice alike."""

    def __init__(
        self, script: tuple[int, ...], lists: set[str], counts: Mapping[str, tuple[int, ...]]
    ) -> None:
        self._script, self._lists, self._counts = script, lists, counts
        self.given: tuple[int, ...] = ()
        self.domains: list[int] = []
        self.answers: list[tuple[str, Runs, bool]] = []
        self._known: dict[tuple[str, Runs], int] = {}

    def __call__(self, expression: str, runs: tuple[Run, ...] = ()) -> object:
        where = _runs(runs)
        times = _TIMES if expression in self._lists else self._counts.get(expression, ())
        choice = self._known.get((expression, where))
        if choice is None:
            place = len(self.given)
            choice = self._script[place] if place < len(self._script) else 0
            self.given += (choice,)
            self.domains.append(len(times) or 2)
            self._known[expression, where] = choice
            if not times:
                self.answers.append((expression, where, bool(choice)))
        if expression in self._lists:
            return [None] * times[choice]
        return times[choice] if times else bool(choice)


def _times(text: str) -> tuple[int, ...]:
    """How often an activity is done: as often as is written, as far as more of it shows anything."""
    try:
        node = compile_expression(text).node
    except FeelSyntaxError:
        return _TIMES
    return (min(int(node.value), _TIMES[-1]),) if isinstance(node, NumberLiteral) else _TIMES


def _nothing(_expression: str, _runs: tuple[Run, ...]) -> object:
    raise AssertionError("a marking at rest asks nothing")


def _still(specification: Specification, snapshot: dict[str, Any]) -> Execution:
    return Execution.restore(specification, snapshot, _nothing)


def _runs(runs: tuple[Run, ...]) -> Runs:
    return tuple((run.element_id, run.index) for run in runs)


def _interrupted(specification: Specification, entered: Iterable[str]) -> frozenset[str]:
    """The elements whose tokens may have died: by an event on the edge around them, or a terminate event."""
    diagram = specification.diagram
    found: set[str] = set()
    for name in entered:
        element = diagram.elements[name]
        if element.attached_to is not None and element.cancel_activity:
            found.add(element.attached_to)
        elif element.event is not None and element.event.kind == "terminate":
            found |= {one.id for one in diagram.inside(element.parent)}
    while inside := {one.id for one in diagram.elements.values() if one.parent in found} - found:
        found |= inside
    return frozenset(found)


def _resting(specification: Specification, snapshot: dict[str, Any]) -> Resting:
    held = _still(specification, snapshot).tokens()
    return Resting(
        snapshot,
        tuple(one.flow or one.element_id for one in held if one.attached_to is None),
        frozenset(one.element_id for one in held),
    )
