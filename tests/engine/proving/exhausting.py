"""Everything a diagram can do, by the written token game: slow, plain, and none of the prover's code.

The game is copied for every possibility and played one act further, until no situation is new.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterator
from typing import Any

from engine.catalog.bpmn import Diagram, Element
from engine.feel import evaluate
from engine.runtime.diagram import PEOPLE
from tests.engine.runtime.token_game import Activity, Place, Scope, TokenGame

#: as much as the prover tries
MOST_INSTANCES = 2
LONGEST = 300
#: questions of one run after which other answers show nothing new: it runs in a circle
FAR = 64
#: passing one gateway more often than this with nobody acting is a circle
OFTEN = 8
MOST_BRANCHES = 400


class TooMuch(Exception):  # no fault of anybody
    """More than a test has time for."""


class NoChoice(Exception):
    """Nothing holds at a gateway without default flow."""


class Circle(Exception):
    """It never comes to rest."""


class Script:
    """Answers by a script, then with the first possibility; remembers what it was asked."""

    def __init__(self) -> None:
        self.script: tuple[int, ...] = ()
        self.asked: list[tuple[int, int]] = []
        #: what outcome each task had last; None: conditions are free
        self.outcomes: dict[str, str | None] | None = None
        #: every flow ever taken, also on ways that broke off
        self.flows: set[str] = set()

    def choose(self, count: int) -> int:
        place = len(self.asked)
        answer = self.script[place] if place < len(self.script) else 0
        self.asked.append((answer, count))
        return answer

    def __call__(self, text: str, _runs: Any = ()) -> object:
        if text.isdigit():
            return min(int(text), MOST_INSTANCES)
        if text.startswith("count_"):
            return self.choose(MOST_INSTANCES + 1)
        if text.startswith("list_"):
            return ["item"] * self.choose(MOST_INSTANCES + 1)
        if self.outcomes is not None and "outcomes." in text:
            return evaluate(text, {"outcomes": dict(self.outcomes)})
        return self.choose(2) == 1


class Game(TokenGame):
    """The token game with decisions taken at once, as the engine does, and with its ends watched."""

    def __init__(self, diagram: Diagram, script: Script) -> None:
        self.killed: set[str] = set()
        self.moves = 0
        #: activities with a smaller number were under way before
        self.since = 0
        #: how often each gateway was passed in this run, and how often so
        self.seen = Counter[Any]()
        self.script = script
        super().__init__(diagram, script)

    def _put(self, scope: Scope, flows: tuple[str, ...]) -> None:
        self.script.flows |= set(flows)
        super()._put(scope, flows)

    def play(self, place: Place, verb: str, number: int) -> None:
        """Do one of the things that are open; a service may fail with any code."""
        try:
            if verb.startswith("fail "):
                self.taken, self.ended = [], []
                around = self._under_way(self.top, ())
                activity = next(one for one, _ in around if one.number == number)
                self._throw(activity, verb.removeprefix("fail "))
                self._run()
            else:
                super().play(place, verb, number)
        finally:
            self.script.flows |= set(self.taken)

    def _arrive(self, scope: Scope, target: Element) -> None:
        if target.kind == "businessRuleTask":
            self._put(scope, target.outgoing)
        else:
            super()._arrive(scope, target)

    def _move(self, scope: Scope) -> bool:
        self.moves += 1
        if self.moves > LONGEST:
            raise Circle
        return super()._move(scope)

    def _chosen(self, gateway: Element, scope: Scope) -> tuple[str, ...]:
        situation = (gateway.id, shape_of(self.top))
        self.seen.update([gateway.id, situation])
        if self.seen[gateway.id] > OFTEN or self.seen[situation] > 1:
            raise Circle
        # One after the other, as it is written: the first that holds is taken.
        found = []
        for name in gateway.outgoing:
            flow = self.diagram.flows[name]
            if len(gateway.outgoing) == 1:
                return gateway.outgoing
            if flow.condition and self.evaluate(flow.condition, self._runs(scope)):
                found.append(name)
                if gateway.kind == "exclusiveGateway":
                    break
        found = found or [name for name in gateway.outgoing if self.diagram.flows[name].is_default]
        if not found:
            raise NoChoice(gateway.id)
        return tuple(found)

    def _end(self, scope: Scope, end: Element) -> None:
        cuts = end.event is not None and end.event.kind in ("terminate", "error")
        if cuts and any(_works(activity, self.since) for activity in scope.busy):
            self.killed.add(end.id)
        super()._end(scope, end)


def _works(activity: Activity, since: int) -> bool:
    """Whether people or services were at work there before."""
    if activity.instances:
        return any(_works(one, since) for one in activity.instances)
    if activity.inside is not None:
        return any(_works(one, since) for one in activity.inside.busy)
    return activity.number < since and activity.element.kind in PEOPLE | {"serviceTask"}


class Exhausted:
    """What the game can do."""

    def __init__(self, diagram: Diagram, *, most: int = 400, follow_outcomes: bool = False) -> None:
        self.diagram, self.most = diagram, most
        self.shapes: set[Any] = set()
        self.flows: set[str] = set()
        self.standing: set[str] = set()
        self.doubled: set[str] = set()
        self.no_choice: set[str] = set()
        self.killed: set[str] = set()
        self.circles = False
        #: situations with two tokens at one place
        self.piled = 0
        self.trapped = False
        self._script = Script()
        self._outcomes = {one.id: None for one in diagram.elements.values()}
        self._script.outcomes = dict(self._outcomes) if follow_outcomes else None
        self._memo = {id(one): one for one in diagram.elements.values()}
        self._memo |= {id(diagram): diagram, id(self._script): self._script}
        events = [one.event for one in diagram.elements.values() if one.kind == "boundaryEvent"]
        self._codes = {one.error_code or "*" for one in events if one and one.kind == "error"}
        self._reminded = _only_reminded(diagram)
        self._explore()
        self.flows = self._script.flows

    def _explore(self) -> None:
        edges: dict[Any, set[Any]] = {}
        good: set[Any] = set()
        todo: list[tuple[Any, TokenGame, Any]] = []
        for game, outcomes in self._begun():
            self._look(None, game, outcomes, edges, good, todo)
        while todo:
            shape, game, outcomes = todo.pop()
            for act in self._acts(game):
                for after, learned in self._played(game, outcomes, act):
                    if after is None:
                        good.add(shape)
                    else:
                        self._look(shape, after, learned, edges, good, todo)
        # Whatever leads neither to the end nor to a failure is a trap.
        before: dict[Any, set[Any]] = {}
        for source, targets in edges.items():
            for target in targets:
                before.setdefault(target, set()).add(source)
        reached, left = set(good), list(good)
        while left:
            for source in before.get(left.pop(), ()):
                if source not in reached:
                    reached.add(source)
                    left.append(source)
        self.trapped = bool(self.shapes - reached)

    def _acts(self, game: TokenGame) -> Iterator[tuple[Place, str, int]]:
        for place, verb, number in game.open():
            if verb != "fail":
                yield place, verb, number
            else:
                yield from ((place, f"fail {code}", number) for code in self._codes)

    def _begun(self) -> Iterator[tuple[TokenGame, Any]]:
        for script in self._scripts():
            self._script.script, self._script.asked = script, []
            outcomes = self._script.outcomes
            try:
                yield self._noted(Game(self.diagram, self._script)), outcomes
            except NoChoice as reason:
                self.no_choice.add(str(reason))
            except Circle:
                self.circles = True

    def _played(
        self, game: TokenGame, outcomes: Any, act: tuple[Place, str, int]
    ) -> Iterator[tuple[TokenGame | None, Any]]:
        for learned in self._learned(game, outcomes, act):
            for script in self._scripts():
                self._script.script, self._script.asked = script, []
                self._script.outcomes = learned
                again = copy.deepcopy(game, dict(self._memo))
                assert isinstance(again, Game)
                again.moves, again.killed, again.since = 0, set(), next(again.numbers)
                again.seen = Counter()
                try:
                    again.play(*act)
                except NoChoice as reason:
                    self.no_choice.add(str(reason))
                    again = None  # type: ignore[assignment]
                except Circle:
                    self.circles = True
                    again = None  # type: ignore[assignment]
                yield (None if again is None else self._noted(again)), learned

    def _learned(
        self, game: TokenGame, outcomes: Any, act: tuple[Place, str, int]
    ) -> Iterator[dict[str, str | None] | None]:
        """The outcomes known after an act."""
        name = act[0][-1]
        element = self.diagram.elements.get(name)
        done = act[1] == "complete" and element is not None and element.kind in PEOPLE
        if outcomes is None or not done:
            yield outcomes
            return
        assert element is not None
        given: Any = element.extensions.get("outcomes", ())
        for outcome in [one["id"] for one in given] or ["complete"]:
            yield {**outcomes, name: outcome}

    def _scripts(self) -> Iterator[tuple[int, ...]]:
        todo: list[tuple[int, ...]] = [()]
        tried = 0
        while todo:
            tried += 1
            if tried > MOST_BRANCHES:
                raise TooMuch
            script = todo.pop()
            yield script
            asked = self._script.asked
            for place in range(len(script), min(len(asked), FAR)):
                taken = tuple(answer for answer, _ in asked[:place])
                todo += [(*taken, answer) for answer in range(1, asked[place][1])]

    def _noted(self, game: Game) -> Game:
        self.killed |= game.killed
        return game

    def _look(
        self, source: Any, game: TokenGame, outcomes: Any, edges: Any, good: Any, todo: Any
    ) -> None:
        shape = (shape_of(game.top), tuple(sorted((outcomes or {}).items(), key=str)))
        if source is not None:
            edges.setdefault(source, set()).add(shape)
        if game.top.is_empty:
            good.add(shape)
            return
        if shape in self.shapes:
            return
        self.shapes.add(shape)
        if len(self.shapes) > self.most:
            raise TooMuch
        doubled = Counter[str]()
        for scope in _scopes(game.top):
            if not scope.busy and scope.tokens.total():
                self.standing |= {self._target(f) for f, count in scope.tokens.items() if count}
                good.add(shape)
            here = Counter(one.element.id for one in scope.busy)
            for flow, count in scope.tokens.items():
                here[self._target(flow)] = max(here[self._target(flow)], count)
            for name, count in here.items():
                doubled[name] = max(doubled[name], count)
        twice = {name: count for name, count in doubled.items() if count > 1}
        self.doubled |= set(twice)
        if twice:
            self.piled += 1
            good.add(shape)
        if all(name in self._reminded and count == 2 for name, count in twice.items()):
            todo.append((shape, game, outcomes))

    def _target(self, flow: str) -> str:
        return self.diagram.flows[flow].target


def _scopes(scope: Scope) -> Iterator[Scope]:
    yield scope
    for activity in scope.busy:
        for one in activity.insides:
            assert one.inside is not None
            yield from _scopes(one.inside)


def shape_of(scope: Scope) -> Any:
    """A scope without the age of its tokens; instances of one activity are alike."""
    tokens = tuple(sorted((flow, count) for flow, count in scope.tokens.items() if count))
    return tokens, tuple(sorted((_shape(one) for one in scope.busy), key=repr))


def _shape(activity: Activity) -> Any:
    inside = None if activity.inside is None else shape_of(activity.inside)
    instances = tuple(sorted((_shape(one) for one in activity.instances), key=repr))
    sequential = activity.element.loop is not None and activity.element.loop.sequential
    left = activity.total - activity.done if activity.total and sequential else 0
    return (activity.element.id, tuple(sorted(activity.timers)), inside, instances, left)


def _only_reminded(diagram: Diagram) -> set[str]:
    """Elements to which nothing but timers lead that do not interrupt."""
    reached: set[str] = set()
    todo = [one.id for one in diagram.elements.values() if one.kind == "startEvent"]
    while todo:
        name = todo.pop()
        if name not in reached:
            reached.add(name)
            todo += [diagram.flows[flow].target for flow in diagram.elements[name].outgoing]
            todo += [one.id for one in diagram.boundary_events(name) if one.cancel_activity]
    return set(diagram.elements) - reached
