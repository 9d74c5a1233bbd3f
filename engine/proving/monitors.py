"""What is remembered on the way to an element, so that it can be said there whether a policy holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from engine.catalog.checks.policies import counts_as_passed
from engine.catalog.definition import Definition
from engine.catalog.steps import Outcome
from engine.proving.signing import Part, parts_in
from engine.proving.walking import Edge
from schemas.policy import Policy

#: Of a step: not passed, passed, or refused by one of several whose results belong together.
NOT, PASSED, REFUSED = 0, 1, 2

State = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Act:
    """What happened: an edge, and the outcome that somebody gave."""

    edge: Edge
    outcome: Outcome | None


class Monitor(Protocol):
    """Follows one policy."""

    policy: Policy

    def initial(self) -> State:
        """Before a case begins."""
        ...

    def after(self, state: State, act: Act) -> State:
        """After an act."""
        ...

    def missing(self, state: State) -> list[str]:
        """What has not been passed; empty where the element may be reached."""
        ...


def monitor_of(policy: Policy, definition: Definition) -> Monitor:
    """The monitor of a policy of passing or of signing."""
    return Signed(policy, definition) if policy.signed else Passing(policy, definition)


class Passing:
    """Which of the named steps have been passed, each by its latest result."""

    def __init__(self, policy: Policy, definition: Definition) -> None:
        self.policy = policy
        self.elements = sorted(policy.named)
        self._place = {element: place for place, element in enumerate(self.elements)}
        self._several = {
            element: loops
            for element in self.elements
            if (loops := frozenset(definition.diagram.loops_around(element)))
        }
        self._steps = definition.steps
        self._names = {
            element: definition.diagram.elements[element].name or element
            for element in self.elements
        }

    def initial(self) -> State:
        return (NOT,) * len(self.elements)

    def after(self, state: State, act: Act) -> State:
        now = list(state)
        edge = act.edge
        for element, place in self._place.items():
            if element in edge.interrupted or self._several.get(element, frozenset()) & edge.begun:
                now[place] = NOT
        place_of = self._place.get(edge.element)
        if place_of is not None:
            if self.passes(edge.element, act):
                if now[place_of] != REFUSED:
                    now[place_of] = PASSED
                    self._begin_anew(now, edge.element)
            else:
                now[place_of] = REFUSED if edge.element in self._several else NOT
        return tuple(now)

    def passes(self, element: str, act: Act) -> bool:
        """Whether an act of an element counts as passing it."""
        if act.edge.act == "fail":
            return False
        if act.outcome is None:
            return True
        return counts_as_passed(self.policy, self._steps[element], act.outcome)

    def missing(self, state: State) -> list[str]:
        return [
            " or ".join(self._names[one] for one in dict.fromkeys(each.element for each in group))
            for group in self.policy.passes
            if not any(state[self._place[one.element]] == PASSED for one in group)
        ]

    def _begin_anew(self, now: list[int], element: str) -> None:
        """In order, what comes later has to be passed again."""
        if not self.policy.in_order:
            return
        groups = [{one.element for one in group} for group in self.policy.passes]
        first = next(place for place, group in enumerate(groups) if element in group)
        earlier = set().union(*groups[: first + 1])
        for group in groups[first + 1 :]:
            for one in group - earlier:
                now[self._place[one]] = NOT


class Signed:
    """Whether a person has signed a field since it was last computed or written."""

    def __init__(self, policy: Policy, definition: Definition) -> None:
        self.policy = policy
        self._parts: dict[str, Part] = parts_in(definition, policy.signed)

    def initial(self) -> State:
        return (NOT,)

    def after(self, state: State, act: Act) -> State:
        part = self._parts.get(act.edge.element)
        if part is None or act.edge.act == "fail":
            return state
        if part.signs and act.outcome is not None and act.outcome.kind == "positive":
            return (PASSED,)
        return (NOT,)

    def missing(self, state: State) -> list[str]:
        return [] if state[0] == PASSED else [f"a signature under {self.policy.signed}"]


def outcomes_of(definition: Definition, edge: Edge) -> Iterator[Outcome | None]:
    """How an act can come out: of a task, one of its outcomes."""
    step = definition.steps.get(edge.element)
    if step is None or edge.act != "complete":
        yield None
        return
    for outcome in step.outcomes:
        if not step.sign_off.several or outcome.kind != "abstain":
            yield outcome
