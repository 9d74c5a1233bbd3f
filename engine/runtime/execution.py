"""Runs one case of a process until people, time or abilities must act.

A call moves tokens until they come to rest. An exception leaves the execution halfway: throw it
away; the snapshot it was restored from still holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from engine.runtime import snapshot as snapshots
from engine.runtime.errors import BrokenExecution, ImpossibleMove, NoSuchWork
from engine.runtime.marking import ROOT, Decide, Evaluate, Marking, Passed, Token
from engine.runtime.nodes import BoundaryEvent, Join
from engine.runtime.specification import Specification

Kind = Literal["user", "service", "decision", "timer"]


@dataclass(frozen=True, slots=True)
class Work:
    """Something that somebody outside has to do before the case goes on."""

    #: unique within the case, never used twice, stable across snapshots
    token: str
    element_id: str
    kind: Kind
    #: the token of the activity whose edge a boundary timer sits on
    attached_to: str | None = None
    #: FEEL, of timers
    expression: str = ""
    #: the token of the enclosing sub-process
    scope: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A token wherever it rests: open work, an arrival at a join, a running sub-process."""

    token: str
    element_id: str
    kind: Literal["user", "service", "decision", "timer", "join", "scope"]
    scope: str | None = None
    attached_to: str | None = None
    #: the sequence flow by which it arrived at a join
    flow: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """Where to place a token: an element, for a join with the flow it arrives by."""

    element_id: str
    flow: str = ""
    #: the token of the sub-process to place it in
    scope: str | None = None


class Execution:
    """The tokens of one case."""

    def __init__(
        self, specification: Specification, evaluate: Evaluate, decide: Decide | None = None
    ) -> None:
        self._marking = Marking(specification, evaluate, decide)
        self._broken = False

    @classmethod
    def start(
        cls, specification: Specification, evaluate: Evaluate, decide: Decide | None = None
    ) -> Execution:
        """Begin at the start event and run until somebody must act."""
        execution = cls(specification, evaluate, decide)
        marking = execution._marking
        with execution._moving():
            marking.enter(specification.nodes[specification.start], marking.root)
        return execution

    @classmethod
    def restore(
        cls,
        specification: Specification,
        snapshot: dict[str, Any],
        evaluate: Evaluate,
        decide: Decide | None = None,
    ) -> Execution:
        """Go on where a snapshot was taken."""
        execution = cls(specification, evaluate, decide)
        snapshots.load(execution._marking, snapshot)
        return execution

    def snapshot(self) -> dict[str, Any]:
        """The tokens as JSON-able data; see `engine.runtime.snapshot`."""
        if self._broken:
            raise BrokenExecution
        return snapshots.save(self._marking)

    def complete(self, token: str) -> None:
        """A user task, service task or decision is done."""
        found = self._work(token, "user", "service", "decision")
        with self._moving():
            found.run()

    def fire(self, token: str) -> None:
        """The time of a timer has come."""
        found = self._work(token, "timer")
        with self._moving():
            if isinstance(found.node, BoundaryEvent):
                self._leave_edge(found, found.node)
            found.run()

    def fail(self, token: str, error_code: str) -> bool:
        """A service task ended with an error; False, and nothing moved, if nobody catches it."""
        found = self._work(token, "service")
        with self._moving():
            return self._marking.throw(found, error_code)

    def cancel(self) -> None:
        """All tokens die."""
        with self._moving():
            for token in self._marking.root.children:
                self._marking.kill(token)

    def move(self, kill: Iterable[str], enter: Iterable[Entry]) -> list[str]:
        """Change the marking by hand: end some tokens, place others, then run on.

        Returns the tokens placed, in order. A token ends with all that runs inside it.
        """
        marking, placed = self._marking, list[str]()
        with self._moving():
            for token in kill:
                if token == ROOT or token not in marking.tasks:
                    raise NoSuchWork(token=token)
                marking.kill(marking.tasks[token])
            for entry in enter:
                placed.append(self._place(entry))
            for held in marking.living():
                if self._is_empty_scope(held):
                    raise ImpossibleMove(element=held.node.name, reason="nothing left inside")
        return placed

    def open_work(self) -> list[Work]:
        """What waits for somebody, in the order of arrival."""
        works = []
        for token in self._marking.living():
            if token.node.work:
                attached_to, scope = self._surroundings(token)
                event = token.node.element.event
                expression = event.expression if event else ""
                kind: Any = token.node.work
                works.append(Work(token.id, token.node.name, kind, attached_to, expression, scope))
        return works

    def tokens(self) -> list[Held]:
        """The whole marking, in the order of arrival."""
        held = []
        for token in self._marking.living():
            attached_to, scope = self._surroundings(token)
            is_join = isinstance(token.node, Join)
            kind: Any = token.node.work or ("join" if is_join else "scope")
            flow = token.flow if is_join else ""
            held.append(Held(token.id, token.node.name, kind, scope, attached_to, flow))
        return held

    def passed(self) -> list[Passed]:
        """What was entered and taken since start or restore, in order."""
        return list(self._marking.passed)

    @property
    def end_events(self) -> list[str]:
        """The end events reached since start or restore, in order, sub-processes included."""
        return list(self._marking.end_events)

    @property
    def finished(self) -> bool:
        """No token is left."""
        return not self._marking.inside(self._marking.root)

    @contextmanager
    def _moving(self) -> Iterator[None]:
        if self._broken:
            raise BrokenExecution
        self._broken = True
        yield
        self._marking.settle()
        self._broken = False

    def _work(self, token: str, *kinds: str) -> Token:
        found = self._marking.tasks.get(token)
        if found is None or not found.is_alive or found.node.work not in kinds:
            raise NoSuchWork(token=token, kinds=", ".join(kinds))
        return found  # type: ignore[no-any-return]  # SpiffWorkflow has no types

    def _leave_edge(self, token: Token, node: BoundaryEvent) -> None:
        marking, host = self._marking, token.parent
        scope = host.parent
        host._children.remove(token.id)
        token._parent = scope.id
        scope._children.append(token.id)
        if node.element.cancel_activity:
            marking.kill(host)
        marking.note(token, host.id)

    def _place(self, entry: Entry) -> str:
        marking = self._marking
        node = marking.specification.nodes.get(entry.element_id)
        scope = marking.tasks.get(entry.scope or ROOT)
        if node is None or scope is None or isinstance(node, BoundaryEvent):
            raise ImpossibleMove(element=entry.element_id, scope=entry.scope)
        if node.home != scope.node.name:
            raise ImpossibleMove(element=entry.element_id, scope=entry.scope)
        if isinstance(node, Join) and entry.flow not in node.element.incoming:
            raise ImpossibleMove(element=entry.element_id, flow=entry.flow)
        token = marking.new_token(node, scope)
        token.flow = entry.flow
        if not isinstance(node, Join) and not entry.flow:
            marking.note(token)
        node._update(token)
        return str(token.id)

    def _is_empty_scope(self, token: Token) -> bool:
        return token.node.element.kind == "subProcess" and not self._marking.inside(token)

    def _surroundings(self, token: Token) -> tuple[str | None, str | None]:
        """The activity a token sits on, and the sub-process it is in."""
        attached_to = token._parent if token.node.attached_to is not None else None
        scope = token.parent._parent if attached_to else token._parent
        return attached_to, None if scope == ROOT else scope
