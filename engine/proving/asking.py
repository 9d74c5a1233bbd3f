"""What conditions answer on the way, and what is known afterwards."""

from __future__ import annotations

from collections.abc import Iterator

from engine.proving.atoms import Condition
from engine.proving.facts import DOUBT, Facts
from engine.proving.marking import Scope, Token
from engine.proving.net import Net


class NoChoice(Exception):  # a way a run may end, no error of the program
    """No condition of a gateway holds, and it has no default flow."""

    def __init__(self, element: str) -> None:
        super().__init__(element)
        self.element = element


class Chooser:
    """Answers what is open by a script, and with the first possibility where the script has ended."""

    def __init__(self, script: tuple[int, ...] = ()) -> None:
        self.script = script
        self.asked: list[tuple[int, int]] = []

    def __call__(self, count: int) -> int:
        if count == 1:
            return 0
        place = len(self.asked)
        answer = self.script[place] if place < len(self.script) else 0
        self.asked.append((answer, count))
        return answer

    def others(self) -> Iterator[tuple[int, ...]]:
        """The scripts that differ from this run at one of the places it decided by itself."""
        taken = tuple(answer for answer, _ in self.asked)
        for place in range(len(self.script), len(self.asked)):
            for answer in range(1, self.asked[place][1]):
                yield (*taken[:place], answer)


class Answers:
    """The facts of one case on its way to the next marking."""

    def __init__(self, net: Net, facts: Facts, top: Scope, choose: Chooser) -> None:
        self.net, self.facts, self.top, self.choose = net, facts, top, choose
        #: the outcome chosen last
        self.outcome = ""

    def learn(self, token: Token) -> None:
        """What is known after an element is done: its outcome, and no longer what it wrote."""
        name = token.place.id
        self.forget(name)
        outcomes = self.facts.classes.get(name)
        if outcomes and token.place.element.loop is None:
            chosen = outcomes[self.choose(len(outcomes))]
            self.outcome = chosen
            self._keeper(token.scope, self._loop_of(name)).known[f"o:{name}"] = chosen

    def forget(self, name: str) -> None:
        """Something has written what an element writes."""
        for key in self.facts.forgets[name]:
            self.top.known.pop(key, None)

    def _loop_of(self, name: str) -> str:
        around = self.net.diagram.loops_around(name)
        return around[-1] if around else ""

    def _keeper(self, scope: Scope, loop: str) -> Scope:
        """The instance of an activity that a scope is in; the process where it is in none."""
        if not loop:
            return self.top
        owner = scope.owner
        while owner is not None:
            if owner.whole is not None and owner.place.id == loop:
                assert owner.inside is not None
                return owner.inside
            owner = owner.scope.owner
        return self.top

    def chosen(self, token: Token) -> tuple[str, ...]:
        """The flows a token leaves by."""
        place = token.place
        if place.manner not in ("choice", "inclusive") or len(place.outgoing) == 1:
            flow = self.net.diagram.flows[place.outgoing[0]] if place.outgoing else None
            if flow is None or not flow.condition or place.manner not in ("choice", "inclusive"):
                return place.outgoing
        found: list[str] = []
        for name in place.outgoing:
            condition = self.facts.conditions.get(name)
            is_default = name == place.element.default
            if is_default or (condition is not None and not self._holds(condition, token)):
                continue
            found.append(name)
            if place.manner == "choice":
                break
        if not found:
            if place.element.default is None:
                raise NoChoice(place.id)
            found = [place.element.default]
        return tuple(found)

    def _holds(self, condition: Condition, token: Token) -> bool:
        if condition.atom is not None:
            return self._is_true(condition, token)
        if condition.op == "not":
            return not self._holds(condition.parts[0], token)
        if condition.op == "and":
            return all(self._holds(part, token) for part in condition.parts)
        if condition.op == "or":
            return any(self._holds(part, token) for part in condition.parts)
        return condition.op == "true"

    def _is_true(self, condition: Condition, token: Token) -> bool:
        assert condition.atom is not None
        reading = self.facts.readings[condition.atom, token.place.element.parent]
        if reading.tasks is not None:
            outcomes = [
                (task, self._keeper(token.scope, loop).known.get(f"o:{task}"))
                for task, loop in zip(reading.tasks, reading.loops, strict=True)
            ]
            truth = self.facts.truth(reading.atom, outcomes)
            return bool(self.choose(2)) if truth is None else truth
        group = reading.group
        if group is None:
            return bool(self.choose(2))
        known: tuple[bool | None, ...] = self.top.known.get(group.key) or (None,) * len(group.atoms)
        options = group.options(known, reading.index)
        answer = options[self.choose(len(options))]
        if known[reading.index] is None:
            if not group.is_understood and any(one is not None for one in known):
                self.top.known[DOUBT] = True
            known = (*known[: reading.index], answer, *known[reading.index + 1 :])
            self.top.known[group.key] = known
        return answer
