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
from engine.runtime.marking import (
    ROOT,
    Begin,
    Decide,
    Evaluate,
    Marking,
    Passed,
    Run,
    Token,
)
from engine.runtime.moving import Entry, entries_for, is_empty_scope, place
from engine.runtime.nodes import BoundaryEvent, Join
from engine.runtime.scopes import EventGateway
from engine.runtime.specification import Specification

Kind = Literal["user", "service", "decision", "timer", "message"]


@dataclass(frozen=True, slots=True)
class Work:
    """Something that somebody outside has to do before the case goes on."""

    #: unique within the case, never used twice, stable across snapshots
    token: str
    element_id: str
    kind: Kind
    #: the token whose edge a boundary timer sits on, or of the gateway at which an event is awaited
    attached_to: str | None = None
    #: FEEL, of timers
    expression: str = ""
    #: the token of the enclosing sub-process
    scope: str | None = None
    #: the name of the message that is waited for
    message: str = ""
    #: the multi-instance activities it is in or is an instance of, the outermost first
    runs: tuple[Run, ...] = ()

    @property
    def run(self) -> int | None:
        """Which instance of the innermost multi-instance activity it is, from 0."""
        return self.runs[-1].index if self.runs else None


@dataclass(frozen=True, slots=True)
class Held:
    """A token wherever it rests: open work, an arrival at a join, a running sub-process.

    A multi-instance activity is a `scope` with one token of the same element inside for each instance.
    """

    token: str
    element_id: str
    kind: Literal["user", "service", "decision", "timer", "message", "join", "gateway", "scope"]
    scope: str | None = None
    attached_to: str | None = None
    #: the sequence flow by which it arrived at a join
    flow: str = ""
    #: of an instance of a multi-instance activity: which one, from 0
    run: int | None = None


class Execution:
    """The tokens of one case."""

    def __init__(
        self,
        specification: Specification,
        evaluate: Evaluate,
        decide: Decide | None = None,
        begin: Begin | None = None,
    ) -> None:
        self._marking = Marking(specification, evaluate, decide, begin)
        self._broken = False

    @classmethod
    def start(
        cls,
        specification: Specification,
        evaluate: Evaluate,
        decide: Decide | None = None,
        begin: Begin | None = None,
    ) -> Execution:
        """Begin at the start event and run until somebody must act.

        `begin` is told of every multi-instance activity that begins, before its instances do.
        """
        execution = cls(specification, evaluate, decide, begin)
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
        begin: Begin | None = None,
    ) -> Execution:
        """Go on where a snapshot was taken."""
        execution = cls(specification, evaluate, decide, begin)
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
            else:
                self._leave_gateway(found)
            found.run()

    def receive(self, token: str) -> None:
        """The message that a token waits for has been delivered."""
        found = self._work(token, "message")
        with self._moving():
            self._leave_gateway(found)
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

        Returns the tokens placed, in order, those inside another after it. A token ends with all
        that runs inside it.
        """
        marking, placed = self._marking, list[str]()
        with self._moving():
            ending = []
            for name in kill:
                if name == ROOT or name not in marking.tasks:
                    raise NoSuchWork(token=name)
                ending.append(marking.tasks[name])
            for token in ending:
                marking.kill(token)
            for entry in enter:
                scope = marking.tasks.get(entry.scope or ROOT)
                if scope is None:
                    raise ImpossibleMove(element=entry.element_id, scope=entry.scope)
                placed += place(marking, entry, scope)
            for held in marking.living():
                if is_empty_scope(marking, held):
                    element = held.node.element.id
                    raise ImpossibleMove(element=element, reason="nothing left inside")
        return placed

    def held_entries(self, tokens: Iterable[str]) -> tuple[Entry, ...]:
        """Entries that would place equivalents of living tokens, each caused by the one it repeats.

        A sub-process comes with everything inside it, so a token inside another that is asked for is
        not told twice. Timers on an edge are no entries: those that wait start anew with
        their activity, those that have fired do not fire a second time.
        """
        return entries_for(self._marking, tokens)

    def open_work(self) -> list[Work]:
        """What waits for somebody, in the order of arrival."""
        works = []
        for token in self._marking.living():
            if token.node.work:
                attached_to, scope = self._surroundings(token)
                element = token.node.element
                kind: Any = token.node.work
                expression = element.event.expression if element.event else ""
                message = element.event.message if element.event else ""
                runs = self._marking.runs(token)
                works.append(
                    Work(token.id, element.id, kind, attached_to, expression, scope, message, runs)
                )
        return works

    def tokens(self) -> list[Held]:
        """The whole marking, in the order of arrival."""
        held = []
        for token in self._marking.living():
            attached_to, scope = self._surroundings(token)
            node = token.node
            kind: Any = node.work or "scope"
            if isinstance(node, (Join, EventGateway)):
                kind = "join" if isinstance(node, Join) else "gateway"
            flow = token.flow if kind == "join" else ""
            held.append(
                Held(token.id, node.element.id, kind, scope, attached_to, flow, token.index)
            )
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
        host = token.parent
        self._come_out(token, host.parent)
        if node.element.cancel_activity:
            self._marking.kill(host)
        self._marking.note(token, host.id)

    def _leave_gateway(self, token: Token) -> None:
        """The first of several awaited events has happened: it is the way the gateway takes."""
        gateway = token.parent
        if not isinstance(gateway.node, EventGateway):
            return
        self._come_out(token, gateway.parent)
        self._marking.kill(gateway)
        (token.flow,) = token.node.element.incoming
        self._marking.note_flow(token, gateway.id)
        self._marking.note(token)

    def _come_out(self, token: Token, scope: Token) -> None:
        token.parent._children.remove(token.id)
        token._parent = scope.id
        scope._children.append(token.id)

    def _surroundings(self, token: Token) -> tuple[str | None, str | None]:
        """What a token is attached to, and the sub-process or multi-instance activity it is in."""
        attached_to = token._parent if token.node.attached_to is not None else None
        scope = token.parent._parent if attached_to else token._parent
        return attached_to, None if scope == ROOT else scope
