"""Elements whose token holds others: sub-processes, multi-instance activities, event-based gateways."""

from __future__ import annotations

from engine.runtime.conditions import instances, is_enough
from engine.runtime.diagram import Loop
from engine.runtime.marking import STARTED, Run, Token
from engine.runtime.nodes import Node

#: what an instance of a multi-instance activity is called, after its element
EACH = "{}(each)"


class SubProcess(Node):
    """A scope of its own: busy as long as anything runs in it."""

    rests_in = STARTED

    #: the start event
    start = ""

    def _update_hook(self, token: Token) -> bool:
        super()._update_hook(token)
        self.open(token)
        marking = token.workflow
        marking.enter(marking.specification.nodes[self.start], token, token.id)
        return False

    def open(self, token: Token) -> None:
        """Be busy, with nothing inside yet."""
        token._set_state(STARTED)
        self.start_timers(token)


class MultiInstance(Node):
    """An activity done several times; each instance is a token inside its own.

    It knows how many instances there are, never what for: the caller looks that up by their numbers.
    """

    rests_in = STARTED

    @property
    def loop(self) -> Loop:
        assert self.element.loop is not None
        return self.element.loop

    @property
    def is_sequential(self) -> bool:  # type: ignore[override]
        return self.loop.sequential

    def count(self, token: Token) -> int:
        """How many instances there are to be."""
        marking = token.workflow
        return instances(self.element, self.loop, marking.asking(*marking.runs(token)))

    def _update_hook(self, token: Token) -> bool:
        super()._update_hook(token)
        marking = token.workflow
        token.total = self.count(token)
        if marking.begin is not None:
            marking.begin(self.name, token.total, marking.runs(token))
        if not token.total:
            return True
        self.open(token)
        for index in range(1 if self.is_sequential else token.total):
            marking.begin_instance(token, index)
        return False

    def open(self, token: Token) -> None:
        """Be busy, with no instance yet."""
        token._set_state(STARTED)
        self.start_timers(token)

    def is_done_after(self, token: Token, ended: Token) -> bool:
        marking = token.workflow
        token.done += 1
        run = Run(self.name, ended.index or 0, token.total, token.done, token.active)
        if is_enough(self.element, self.loop, marking.asking(*marking.runs(token), run)):
            return True
        if self.is_sequential and run.index + 1 < token.total:
            marking.begin_instance(token, run.index + 1)
            return False
        return not token.active


class EventGateway(Node):
    """Waits at every event behind it; the first that happens ends the waiting at the others.

    The events wait inside its token, as timers do on the edge of an activity: only one of them is
    ever passed.
    """

    rests_in = STARTED

    def _update_hook(self, token: Token) -> bool:
        super()._update_hook(token)
        token._set_state(STARTED)
        marking = token.workflow
        for flow in self.flows:
            node = marking.specification.nodes[flow.target]
            marking.new_token(node, token)._set_state(node.rests_in)
        return False
