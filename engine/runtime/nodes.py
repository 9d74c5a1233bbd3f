"""What each element does with a token, as specs that SpiffWorkflow calls.

SpiffWorkflow takes a task through its states (`_update` when it is reached, `_run` when it runs,
`_on_complete` when it is done); a node says when it is ready and which sequence flows it leaves by.
A node never changes after compiling: everything that moves is in the token.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from engine.runtime.conditions import holds
from engine.runtime.diagram import Element, Flow
from engine.runtime.errors import NoWayOut
from engine.runtime.marking import READY, WAITING, Token

#: the name of the process's own spec; no id of an element can contain a parenthesis
PROCESS = "(process)"


class Node(TaskSpec):  # type: ignore[misc]  # SpiffWorkflow has no types
    """An element that a token passes without stopping."""

    #: the kind of open work a token here is, if somebody outside has to act
    work: ClassVar[str] = ""
    #: the state of a token that stays here between two calls; None where no token stays
    rests_in: ClassVar[int | None] = None
    #: of a multi-instance activity whose instances come one after the other
    is_sequential = False

    def __init__(
        self, spec: WorkflowSpec, element: Element, flows: tuple[Flow, ...], name: str = ""
    ) -> None:
        super().__init__(spec, name or element.id)
        self.element = element
        self.flows = flows
        #: the activity on whose edge it is, or the event-based gateway at which it is awaited
        self.attached_to: str | None = None
        #: the node whose token a token here is nested in
        self.home = PROCESS
        #: of a multi-instance activity: the node of its instances
        self.each = ""
        #: timers to start when a token arrives
        self.timers: tuple[str, ...] = ()
        #: error boundary events by code; None catches every error
        self.catchers: dict[str | None, str] = {}

    def catcher(self, code: str) -> str | None:
        return self.catchers.get(code, self.catchers.get(None))

    def start_timers(self, token: Token) -> None:
        marking = token.workflow
        for name in self.timers:
            if name in token.fired:
                continue
            node = marking.specification.nodes[name]
            node._update(marking.new_token(node, token))

    def is_done_after(self, token: Token, ended: Token) -> bool:
        """Whether a busy scope is done, now that something inside has ended; it may begin more."""
        return not token.workflow.inside(token)

    def fires_late(self, token: Token) -> bool:
        """Whether a waiting token may go on because of what happened elsewhere."""
        return False

    def choose(self, evaluate: Callable[[str], object]) -> tuple[Flow, ...]:
        """The flows a token leaves by, with the facts as they are."""
        return self.flows

    def test(self) -> None:
        # Diagrams are checked before they are compiled.
        pass

    def _predict(self, *args: Any, **kwargs: Any) -> None:
        # The original grows guesses at what may come; joins here read the diagram instead.
        pass

    def _update_hook(self, token: Token) -> bool:
        if token.flow:
            token.workflow.note(token)
        return True

    def _on_ready_hook(self, token: Token) -> None:
        token.workflow.runnable.append(token)

    def _run_hook(self, token: Token) -> bool:
        marking = token.workflow
        token.taken = self.choose(marking.asking(*marking.runs(token)))
        return True

    def _on_complete_hook(self, token: Token) -> None:
        for child in token.children:
            token.workflow.kill(child)
        for flow in token.taken:
            token.workflow.follow(flow, token)


class StartEvent(Node):
    """Where the process begins; a token put here by hand may rest, as open work for people."""

    work = "user"
    rests_in = READY


class Activity(Node):
    """A task that somebody outside does: a person, an ability, a decision table."""

    rests_in = READY

    def _on_ready_hook(self, token: Token) -> None:
        self.start_timers(token)


class UserTask(Activity):
    """Done by people."""

    work = "user"


class ServiceTask(Activity):
    """Done by an ability, in a job of its own."""

    work = "service"


class Decision(Activity):
    """Decided at once where the caller can; otherwise open work."""

    work = "decision"

    def _on_ready_hook(self, token: Token) -> None:
        if token.workflow.decide is not None:
            token.workflow.runnable.append(token)

    def _run_hook(self, token: Token) -> bool:
        if token.workflow.decide is not None:
            token.workflow.decide(self.name, token.workflow.runs(token))
        return bool(super()._run_hook(token))


class Timer(Node):
    """Waits until it is fired; no clock is read here."""

    work = "timer"
    rests_in = WAITING

    def _update_hook(self, token: Token) -> bool:
        super()._update_hook(token)
        token._set_state(WAITING)
        return False


class MessageEvent(Timer):
    """Waits until somebody delivers its message."""

    work = "message"


class ReceiveTask(Activity):
    """An activity that is done when its message is delivered."""

    work = "message"


class BoundaryEvent(Node):
    """On the edge of an activity; an error only passes through."""

    def _update_hook(self, token: Token) -> bool:
        token._set_state(WAITING)
        return False


class BoundaryTimer(BoundaryEvent):
    """A timer on the edge of an activity, waiting as long as the activity lasts."""

    work = "timer"
    rests_in = WAITING


class ExclusiveGateway(Node):
    """Leaves by the first flow, in the order of the file, whose condition holds."""

    def choose(self, evaluate: Callable[[str], object]) -> tuple[Flow, ...]:
        for flow in self.flows:
            if not flow.is_default and holds(flow, evaluate):
                return (flow,)
        return default_of(self.element, self.flows)


class Join(Node):
    """Gathers arrivals, each a waiting token that knows the flow it came by."""

    rests_in = WAITING

    def arrivals(self, token: Token) -> dict[str, Token]:
        """The first arrival on each flow, in the same scope."""
        first: dict[str, Token] = {}
        for other in token.parent.children:
            if other.node is self and other._state == WAITING:
                first.setdefault(other.flow, other)
        return first

    def merge(self, token: Token, arrivals: dict[str, Token]) -> None:
        others = [other for other in arrivals.values() if other is not token]
        token.workflow.note(token, *(other.id for other in others))
        for other in others:
            token.workflow.kill(other)


class ParallelGateway(Join):
    """Waits for one token on every incoming flow, leaves by all outgoing ones."""

    def _update_hook(self, token: Token) -> bool:
        token._set_state(WAITING)
        arrivals = self.arrivals(token)
        if len(arrivals) < len(self.element.incoming):
            return False
        self.merge(token, arrivals)
        return True


class InclusiveGateway(Join):
    """Waits until no more token can come by a flow that has none; leaves by all that hold."""

    def __init__(
        self, spec: WorkflowSpec, element: Element, flows: tuple[Flow, ...], name: str = ""
    ) -> None:
        super().__init__(spec, element, flows, name)
        #: by element: the incoming flows that a token there can still reach
        self.reach: dict[str, frozenset[str]] = {}

    def _update_hook(self, token: Token) -> bool:
        token._set_state(WAITING)
        return False

    def fires_late(self, token: Token) -> bool:
        arrivals = self.arrivals(token)
        if arrivals.get(token.flow) is not token or self.is_awaited(token, arrivals):
            return False
        self.merge(token, arrivals)
        return True

    def is_awaited(self, token: Token, arrivals: dict[str, Token]) -> bool:
        """Whether a token elsewhere can reach an empty flow and none that has a token."""
        for other in token.workflow.inside(token.parent):
            reachable = self.reach.get(other.node.name, frozenset())
            if reachable and other.node is not self and reachable.isdisjoint(arrivals):
                return True
        return False

    def choose(self, evaluate: Callable[[str], object]) -> tuple[Flow, ...]:
        if len(self.flows) == 1 and not self.flows[0].condition:
            return self.flows
        chosen = tuple(f for f in self.flows if not f.is_default and holds(f, evaluate))
        return chosen or default_of(self.element, self.flows)


class EndEvent(Node):
    """Swallows a token."""

    def _run_hook(self, token: Token) -> bool:
        token.workflow.end_events.append(self.name)
        return True


class TerminateEndEvent(EndEvent):
    """Ends everything in its scope."""

    def _on_complete_hook(self, token: Token) -> None:
        for other in token.workflow.inside(token.parent):
            if other is not token:
                token.workflow.kill(other)


class ErrorEndEvent(EndEvent):
    """Ends its sub-process by the boundary event that catches the error."""

    def _on_complete_hook(self, token: Token) -> None:
        event = self.element.event
        token.workflow.throw(token.parent, event.error_code or "" if event else "")


class Root(Node):
    """The process itself, so that what runs at the top has a scope like everything else."""


def default_of(element: Element, flows: tuple[Flow, ...]) -> tuple[Flow, ...]:
    """The default flow, where no condition holds."""
    for flow in flows:
        if flow.is_default:
            return (flow,)
    raise NoWayOut(element=element.id)
