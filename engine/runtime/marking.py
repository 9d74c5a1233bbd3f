"""The tokens of one running process: SpiffWorkflow's workflow and task, without their history.

SpiffWorkflow keeps everything that ever happened in one tree and lets joins read it. Here the tree
holds the living tokens only, nested as sub-processes are: the children of a token are what runs
inside it and the timers on its edge. So nothing depends on how a marking came about, a restored
marking behaves like the one that was saved, and a step costs the same after a year of loops.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState
from SpiffWorkflow.workflow import Workflow

from engine.runtime.diagram import Flow
from engine.runtime.errors import NeverRests

if TYPE_CHECKING:
    from engine.runtime.nodes import Node
    from engine.runtime.specification import Specification

FUTURE, WAITING, READY = TaskState.FUTURE, TaskState.WAITING, TaskState.READY
STARTED, FINISHED = TaskState.STARTED, TaskState.FINISHED_MASK
#: more elements than this in one call, with nobody acting, is a circle
LONGEST_RUN = 10_000
#: the token of the process itself; numbering of the others begins at 1
ROOT = "0"


@dataclass(frozen=True, slots=True)
class Run:
    """One instance of a multi-instance activity, and how the activity stands; numbers, never data."""

    element_id: str
    #: which one, from 0
    index: int
    total: int
    done: int
    active: int


#: An expression and the instances around it, the outermost first.
Evaluate = Callable[[str, tuple[Run, ...]], object]
#: A business rule task and the instances around it.
Decide = Callable[[str, tuple[Run, ...]], None]
#: A multi-instance activity that begins, how many instances it has, and the instances around it.
Begin = Callable[[str, int, tuple[Run, ...]], None]


@dataclass(frozen=True, slots=True)
class Passed:
    """A sequence flow taken or an element entered; in order, they tell what led to what."""

    kind: Literal["element", "flow"]
    id: str
    #: the visit: of the element entered, or of the element the flow leads to
    token: str
    #: the visits this one comes from; at a join, those that waited for it
    cause: tuple[str, ...] = ()
    #: the token of the sub-process it is in
    scope: str = "0"


class Token(Task):  # type: ignore[misc]  # SpiffWorkflow has no types
    """One visit of one element."""

    def __init__(self, marking: Marking, node: Node, parent: Token | None, token_id: str) -> None:
        super().__init__(marking, node, parent, state=FUTURE, id=token_id)
        #: the sequence flow it came by
        self.flow = ""
        #: the flows it leaves by, chosen when it runs
        self.taken: tuple[Flow, ...] = ()
        #: of an instance: which one; None for every other token
        self.index: int | None = None
        #: of a multi-instance activity: all its instances, those done and those under way
        self.total = self.done = self.active = 0
        #: timers on its edge that do not start with it: they have fired before it was placed again
        self.fired: tuple[str, ...] = ()

    @property
    def node(self) -> Node:
        return self.task_spec  # type: ignore[no-any-return]  # always one of ours

    @property
    def is_alive(self) -> bool:
        return not self._state & FINISHED and self.id in self.workflow.tasks

    def _set_state(self, value: int) -> None:
        # The original logs each change together with the task's data.
        self._state = value


class Marking(Workflow):  # type: ignore[misc]  # SpiffWorkflow has no types
    """All tokens of one instance, and what moving them needs."""

    #: False keeps finished tokens too; a test shows that it makes no difference
    forgets = True

    def __init__(
        self,
        specification: Specification,
        evaluate: Evaluate,
        decide: Decide | None = None,
        begin: Begin | None = None,
    ) -> None:
        super().__init__(specification.spec, deserializing=True)
        self.specification = specification
        self.evaluate = evaluate
        self.decide = decide
        self.begin = begin
        self.next_number = 1
        self.runnable: deque[Token] = deque()
        self.passed: list[Passed] = []
        self.end_events: list[str] = []
        self.task_tree = Token(self, specification.spec.start, None, ROOT)
        self.task_tree._state = STARTED

    @property
    def root(self) -> Token:
        return self.task_tree

    def living(self) -> Iterator[Token]:
        """Every token in the order of arrival, the root left out."""
        for token in self.tasks.values():
            if token.id != ROOT and not token._state & FINISHED:
                yield token

    def inside(self, scope: Token) -> list[Token]:
        """What runs directly inside a scope; timers on its edge are not inside."""
        return [
            child
            for child in scope.children
            if not child._state & FINISHED and child.node.attached_to is None
        ]

    def new_token(self, node: Node, scope: Token) -> Token:
        token = Token(self, node, scope, str(self.next_number))
        self.next_number += 1
        return token

    def follow(self, flow: Flow, source: Token) -> None:
        """Take a sequence flow: its target begins a new visit in the same scope."""
        token = self.new_token(self.specification.nodes[flow.target], source.parent)
        token.flow = flow.id
        self.note_flow(token, source.id)
        token.node._update(token)

    def enter(self, node: Node, scope: Token, *cause: str) -> Token:
        """Begin a visit that no sequence flow leads to."""
        token = self.new_token(node, scope)
        self.note(token, *cause)
        token.node._update(token)
        return token

    def begin_instance(self, activity: Token, index: int) -> None:
        """Begin one instance of a multi-instance activity."""
        token = self.new_token(self.specification.nodes[activity.node.each], activity)
        self.number(token, index)
        self.note(token, activity.id)
        token.node._update(token)

    def number(self, token: Token, index: int) -> None:
        """Make a token an instance of the activity it is inside of."""
        token.index = index
        token.parent.active += 1

    def runs(self, token: Token) -> tuple[Run, ...]:
        """The instances a token is in or is, the outermost first."""
        found: list[Run] = []
        while token is not self.root:
            above = token.parent
            if token.index is not None:
                name = above.node.name
                found.append(Run(name, token.index, above.total, above.done, above.active))
            token = above
        return tuple(reversed(found))

    def asking(self, *runs: Run) -> Callable[[str], object]:
        """Evaluates expressions as they are seen from inside these instances."""
        return lambda text: self.evaluate(text, runs)

    def note(self, token: Token, *cause: str) -> None:
        self.passed.append(Passed("element", token.node.element.id, token.id, cause, token._parent))

    def note_flow(self, token: Token, *cause: str) -> None:
        self.passed.append(Passed("flow", token.flow, token.id, cause, token._parent))

    def kill(self, token: Token) -> None:
        """End a token, what runs inside it and what waits on its edge."""
        if not token.is_alive:
            return
        for child in token.children:
            self.kill(child)
        token.cancel()
        self.forget(token)

    def forget(self, token: Token) -> None:
        """Prune: what happened lives in the events, not here."""
        if token.index is not None:
            token.parent.active -= 1
        if self.forgets and token.id in self.tasks:
            self._remove_task(token.id)

    def throw(self, host: Token, code: str) -> bool:
        """An error inside `host` looks outwards for a boundary event that catches it."""
        while host is not self.root:
            catcher = host.node.catcher(code)
            if catcher is not None:
                scope = host.parent
                self.kill(host)
                caught = self.enter(self.specification.nodes[catcher], scope, host.id)
                caught._ready()
                return True
            host = host.parent
        return False

    def settle(self) -> None:
        """Run until every token waits for somebody."""
        steps = 0
        while self.runnable or self.fire_waiting_joins():
            token = self.runnable.popleft()
            if not token.is_alive or token.state != READY:
                continue
            steps += 1
            if steps > LONGEST_RUN:
                raise NeverRests(element=token.node.element.id)
            token.run()

    def fire_waiting_joins(self) -> bool:
        """Let an inclusive join go on that no other token can reach any more."""
        for token in self.living():
            if token._state == WAITING and token.node.fires_late(token):
                token._ready()
                return True
        return False

    def close(self, scope: Token | None, ended: Token) -> None:
        """A sub-process in which nothing runs any more is done."""
        if scope is None or scope is self.root or scope._state != STARTED:
            return
        if scope.node.is_done_after(scope, ended):
            for token in self.inside(scope):
                self.kill(token)
            scope._ready()

    def _task_completed_notify(self, task: Token) -> None:
        # The original updates all waiting tasks of the tree and ends the case at a task named End.
        scope = task.parent
        self.forget(task)
        self.close(scope, task)

    def _task_removed_notify(self, task: Token) -> None:
        # Nobody listens; the original calls an event for each.
        pass
