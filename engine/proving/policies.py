"""Do the policies of a package hold on every way a case can take? If not, the shortest way on which one does not.

The runtime itself moves the tokens. Outcomes are followed as conditions read them; whatever else a
condition asks may come out either way, for an administrator may correct it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from engine.catalog.checks.parts import BPMN_FILE, FACTS_FILE, error, warning
from engine.catalog.definition import Definition
from engine.proving.durations import lasting
from engine.proving.memory import Memory
from engine.proving.monitors import Act, Monitor, State, monitor_of, outcomes_of
from engine.proving.signing import parts_in
from engine.proving.walking import Markings, Runs, TooMany
from engine.proving.words import ACTS, ENDED, THEN
from schemas.finding import Finding, PlayedStep
from schemas.policy import Policy

#: Markings, and markings with what is remembered, looked at before saying that nothing was proved.
MOST_MARKINGS = 20_000
MOST_STATES = 200_000


@dataclass(frozen=True, slots=True)
class Broken:
    """A policy that does not hold, and the acts that lead there."""

    policy: Policy
    missing: tuple[str, ...]
    acts: tuple[Act, ...]


def problems(definition: Definition) -> Iterator[Finding]:
    """What is wrong with the policies of a package that can run."""
    markings = Markings(definition.specification, MOST_MARKINGS)
    for policy in definition.manifest.policies:
        if policy.lasts:
            yield from lasting(definition, policy)
            continue
        if policy.signed:
            yield from _signed_by_itself(definition, policy)
        try:
            broken = first_broken(definition, markings, policy)
        except TooMany:
            message = f"policy {policy.id}: there are too many ways to look at, so it is not proved"
            yield warning("policy_not_proved", policy.element, FACTS_FILE, message)
            continue
        if broken is not None:
            yield _finding(definition, markings, broken)


def _signed_by_itself(definition: Definition, policy: Policy) -> Iterator[Finding]:
    """Nobody's name stands under a field because time has passed, or because they agreed elsewhere."""
    for element, part in parts_in(definition, policy.signed).items():
        if not part.signs:
            continue
        step = definition.steps[element]
        positive = {one.id for one in step.outcomes if one.kind == "positive"}
        automatic = {rung.outcome for rung in step.ladder if rung.do == "decide"}
        if step.sign_off.several:
            automatic.add(step.sign_off.no_quorum)
        said = step.irreversible or definition.manifest.separates(element)
        for name in sorted(positive & automatic):
            if not said or name == step.sign_off.no_quorum:
                message = f"{name} would sign {policy.signed} by itself (policy {policy.id})"
                yield error("automatic_approval", element, BPMN_FILE, message)
        if step.skip_repeated != "none":
            message = f"skip_repeated: nobody would sign {policy.signed} (policy {policy.id})"
            yield error("skip_impossible", element, BPMN_FILE, message)


def first_broken(
    definition: Definition,
    markings: Markings,
    policy: Policy,
    *,
    at: int | None = None,
    outcomes: Mapping[str, str] | None = None,
    state: State | None = None,
) -> Broken | None:
    """The shortest way on which a policy does not hold; None where there is none. Raise `TooMany`.

    From a new case, or from a marking `at` with the `outcomes` and the monitor's `state` reached so far.
    """
    monitor = monitor_of(policy, definition)
    memory = Memory(definition)
    search = _Search(definition, markings, monitor, memory)
    if at is None:
        return search.from_the_start()
    begun = monitor.initial() if state is None else state
    return search.found([(at, memory.of(outcomes or {}), begun)])


_Node = tuple[int, frozenset[tuple[str, Runs, str]], State]


class _Search:
    """Breadth first over markings, outcomes that still count, and what the monitor remembers."""

    def __init__(
        self, definition: Definition, markings: Markings, monitor: Monitor, memory: Memory
    ) -> None:
        self.definition, self.markings = definition, markings
        self.monitor, self.memory = monitor, memory
        self.came: dict[_Node, tuple[_Node, Act] | None] = {}

    def from_the_start(self) -> Broken | None:
        begun: _Node = (-1, frozenset(), self.monitor.initial())
        self.came[begun] = None
        ahead: deque[_Node] = deque()
        for edge in self.markings.begin():
            found = self._taken(begun, Act(edge, None), ahead)
            if found is not None:
                return found
        return self._ahead(ahead)

    def found(self, nodes: Iterable[_Node]) -> Broken | None:
        ahead = deque(nodes)
        self.came.update(dict.fromkeys(ahead))
        return self._ahead(ahead)

    def _ahead(self, ahead: deque[_Node]) -> Broken | None:
        while ahead:
            node = ahead.popleft()
            for edge in self.markings.edges(node[0]):
                for outcome in outcomes_of(self.definition, edge):
                    found = self._taken(node, Act(edge, outcome), ahead)
                    if found is not None:
                        return found
        return None

    def _taken(self, node: _Node, act: Act, ahead: deque[_Node]) -> Broken | None:
        edge = act.edge
        known = self.memory.after(node[1], edge, act.outcome)
        if not self.memory.allows(known, edge):
            return None
        state = self.monitor.after(node[2], act)
        if self.monitor.policy.element in edge.entered:
            missing = self.monitor.missing(state)
            if missing:
                return Broken(self.monitor.policy, tuple(missing), (*self._way(node), act))
        places = self.markings.resting[edge.target].places
        reached: _Node = (edge.target, self.memory.kept(known, places), state)
        if reached not in self.came:
            if len(self.came) >= MOST_STATES:
                raise TooMany
            self.came[reached] = (node, act)
            ahead.append(reached)
        return None

    def _way(self, node: _Node) -> list[Act]:
        acts = []
        before = self.came[node]
        while before is not None:
            node, act = before
            acts.append(act)
            before = self.came[node]
        return acts[::-1]


def _finding(definition: Definition, markings: Markings, broken: Broken) -> Finding:
    name = definition.diagram.elements[broken.policy.element].name or broken.policy.element
    missing = ", ".join(broken.missing)
    message = f"policy {broken.policy.id}: a case can reach {name} without {missing}"
    rule = "policy_unsigned" if broken.policy.signed else "policy_bypassed"
    found = error(rule, broken.policy.element, BPMN_FILE, message)
    steps = tuple(_played(definition, markings, act) for act in broken.acts)
    return replace(
        found,
        trace=(*(act.edge.element for act in broken.acts), broken.policy.element),
        steps=steps,
        parts={"policy": broken.policy.id, "name": name, "missing": missing},
    )


def _played(definition: Definition, markings: Markings, act: Act) -> PlayedStep:
    """One act as a step of a counterexample, in the words of every other."""
    edge, elements, flows = act.edge, definition.diagram.elements, definition.diagram.flows
    verb, parts = edge.act, dict[str, str]()
    if verb != "start":
        parts["name"] = elements[edge.element].name or edge.element
    if act.outcome is not None and len(definition.steps[edge.element].outcomes) > 1:
        verb, parts["outcome"] = "decide", act.outcome.label
    if edge.code:
        parts["code"] = edge.code
    tokens = markings.resting[edge.target].tokens
    at = [flows[one].target if one in flows else one for one in tokens]
    sentence = ACTS[verb].format_map(parts)
    parts["at"] = ", ".join(elements[one].name or one for one in at)
    text = (THEN if tokens else ENDED).format(act=sentence, at=parts["at"])
    return PlayedStep(edge.element, verb, edge.flows, tokens, text, parts)


__all__ = ["Broken", "first_broken", "problems"]
