"""One act, and all that follows from it by itself."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from typing import Any

from engine.proving.acting import Act, token_at
from engine.proving.asking import Answers, Chooser
from engine.proving.facts import Facts
from engine.proving.marking import Marking, Scope, Token, frozen, thawed
from engine.proving.net import MOST_INSTANCES, Net, Place

#: steps of one run by itself, beyond ten for each element, that are a circle
LONGEST_RUN = 100
#: passing one element more often than this while tokens pile up is a circle
MOST_ROUNDS = 8
#: tokens moving at once that are a circle in which they multiply
MOST_MOVING = 60


class Circle(Exception):
    """The run never comes to rest."""

    def __init__(self, element: str, *, empty_loop: bool) -> None:
        super().__init__(element)
        self.element, self.empty_loop = element, empty_loop


class Play:
    """One marking on its way to the next."""

    def __init__(self, net: Net, facts: Facts, marking: Marking, choose: Chooser) -> None:
        self.net, self.facts, self.choose = net, facts, choose
        self.top = thawed(net, marking)
        self.answers = Answers(net, facts, self.top, choose)
        self.runnable: deque[Token] = deque()
        self.flows: list[str] = []
        self.entered: list[str] = []
        #: (end event, elements whose work it ended)
        self.killed: list[tuple[str, tuple[str, ...]]] = []
        self._steps = 0
        self._passed = Counter[str]()
        self._visits: dict[str, set[Any]] = {}
        self._empty_loop = False

    def do(self, act: Act) -> Marking:
        """The marking after an act; raises `NoChoice` or `Circle`."""
        if act.verb == "start":
            self._enter(self.net.start, self.top)
        else:
            token = token_at(self.top, act.at)
            place = self.net.places[act.element]
            if act.verb == "fail":
                self._throw(token, act.code)
            elif token.place.manner == "event_gateway":
                self._kill(token)
                (flow,) = place.incoming
                self._pass_out(place, token.scope, flow)
            elif place.element.attached_to is not None:
                if place.element.cancel_activity:
                    self._kill(token)
                else:
                    token.fired.add(place.id)
                self._pass_out(place, token.scope)
            else:
                self._run(token)
        self._settle()
        return frozen(self.top, self.facts.live)

    def _pass_out(self, place: Place, scope: Scope, flow: str = "") -> None:
        """Leave by an event: of an edge, or one that was awaited."""
        if flow:
            self.flows.append(flow)
        token = Token(place, scope, flow)
        scope.tokens.append(token)
        self.entered.append(place.id)
        self._run(token)

    # --- moving -----------------------------------------------------------------------------------

    def _settle(self) -> None:
        longest = LONGEST_RUN + 10 * len(self.net.places)
        while self.runnable or self._fire_inclusive(self.top):
            token = self.runnable.popleft()
            if not token.alive:
                continue
            self._steps += 1
            self._watch(token, longest)
            self._run(token)

    def _watch(self, token: Token, longest: int) -> None:
        """Notice a circle: the same element at the same marking for the second time."""
        name = token.place.id
        self._passed[name] += 1
        if (
            self._steps > longest
            or len(self.runnable) > MOST_MOVING
            or (self._passed[name] > MOST_ROUNDS and len(token.scope.tokens) > MOST_ROUNDS)
        ):
            raise Circle(name, empty_loop=self._empty_loop)
        if name not in self._visits:
            self._visits[name] = set()
            return
        waiting = tuple((one.place.id, one.flow) for one in self.runnable if one.alive)
        state = (frozen(self.top), waiting)
        if state in self._visits[name]:
            raise Circle(name, empty_loop=self._empty_loop)
        self._visits[name].add(state)

    def _run(self, token: Token) -> None:
        """Let a token leave its element."""
        place, scope = token.place, token.scope
        if token.whole is not None:
            self._end_instance(token)
            return
        if place.manner == "end":
            self._end(token)
            return
        self.answers.learn(token)
        flows = self.answers.chosen(token)
        self._kill(token)
        for flow in flows:
            self._follow(flow, scope)

    def _follow(self, flow: str, scope: Scope) -> None:
        self.flows.append(flow)
        self._enter(self.net.target[flow], scope, flow)

    def _enter(self, name: str, scope: Scope, flow: str = "") -> None:
        place = self.net.places[name]
        if place.manner not in ("rest", "event_gateway"):
            self.entered.append(name)  # where it comes to rest is seen when it does
        is_join = place.manner in ("parallel", "inclusive")
        token = Token(place, scope, flow if is_join else "")
        scope.tokens.append(token)
        if place.manner == "parallel":
            self._join_parallel(token)
        elif place.manner == "scope":
            self._begin(token)
        elif place.manner not in ("rest", "event_gateway", "inclusive"):
            self.runnable.append(token)

    def _begin(self, token: Token) -> None:
        element = token.place.element
        if element.loop is None:
            self._open(token, token.scope)
            return
        # The lists that results go into begin empty, with every run of the activity.
        for name in self.net.within(element.id):
            self.answers.forget(name)
        total = self._count(element.loop.cardinality or "")
        if not total:
            self._empty_loop = True
            self.runnable.append(token)
            return
        here = 1 if element.loop.sequential else total
        token.left = total - here
        for _ in range(here):
            self._begin_instance(token)

    def _count(self, cardinality: str) -> int:
        text = cardinality.strip()
        if text.isascii() and text.isdigit():
            return min(int(text), MOST_INSTANCES)
        return self.choose(MOST_INSTANCES + 1)

    def _begin_instance(self, whole: Token) -> None:
        instance = Token(whole.place, whole.scope, whole=whole)
        whole.instances.append(instance)
        if whole.place.start:
            self._open(instance, whole.scope)

    def _open(self, token: Token, scope: Scope) -> None:
        token.inside = Scope(token)
        self._enter(token.place.start, token.inside)

    def _end_instance(self, instance: Token) -> None:
        whole = instance.whole
        assert whole is not None
        self.answers.learn(instance)
        self._kill(instance)
        loop = whole.place.element.loop
        assert loop is not None
        # Whether it is enough is not asked after the last: it ends anyway.
        more = bool(whole.instances) or whole.left > 0
        if more and loop.until and self.choose(2):
            more = False
            for other in whole.instances:
                self._kill(other)
        if not more:
            self.runnable.append(whole)
        elif loop.sequential:
            whole.left -= 1
            self._begin_instance(whole)

    def _end(self, token: Token) -> None:
        scope, event = token.scope, token.place.element.event
        kind = event.kind if event is not None else "none"
        self._kill(token)
        if kind == "terminate":
            self._end_others(token, scope)
        elif kind == "error":
            self._end_others(token, scope, kill=False)
            assert scope.owner is not None
            assert event is not None
            self._throw(scope.owner, event.error_code or "")
        self._close(scope)

    def _end_others(self, token: Token, scope: Scope, *, kill: bool = True) -> None:
        others = [one for one in scope.tokens if one.alive]
        lost = tuple(dict.fromkeys(name for one in others for name in self._work_in(one)))
        if lost:
            self.killed.append((token.place.id, lost))
        if kill:
            for one in others:
                self._kill(one)

    def _work_in(self, token: Token) -> Iterator[str]:
        """Where somebody was at work before this act."""
        if token.inside is not None:
            for inner in token.inside.tokens:
                yield from self._work_in(inner)
        elif token.instances:
            for instance in token.instances:
                yield from self._work_in(instance)
        elif token.is_old and (token.place.manner == "rest" or token.whole is not None):
            yield token.place.id

    def _throw(self, token: Token, code: str) -> None:
        """An error looks outwards for a boundary event that catches it."""
        at: Token | None = token
        while at is not None:
            token = at.whole or at
            catchers = token.place.catchers
            name = catchers.get(code) or catchers.get(None)
            if name is not None:
                self._kill(token)
                self._enter(name, token.scope)
                return
            at = token.scope.owner

    def _close(self, scope: Scope) -> None:
        owner = scope.owner
        if owner is None or not owner.alive or scope.tokens or owner.inside is not scope:
            return
        if owner not in self.runnable:
            self.runnable.append(owner)

    def _kill(self, token: Token) -> None:
        if not token.alive:
            return
        token.alive = False
        for inner in list(token.inside.tokens) if token.inside is not None else ():
            self._kill(inner)
        for instance in list(token.instances):
            self._kill(instance)
        holder = token.whole.instances if token.whole is not None else token.scope.tokens
        holder.remove(token)

    # --- joins ------------------------------------------------------------------------------------

    def _arrivals(self, place: Place, scope: Scope) -> dict[str, Token]:
        first: dict[str, Token] = {}
        for other in scope.tokens:
            if other.place is place and other not in self.runnable:
                first.setdefault(other.flow, other)
        return first

    def _join_parallel(self, token: Token) -> None:
        arrivals = self._arrivals(token.place, token.scope)
        if len(arrivals) < len(token.place.incoming):
            return
        self._merge(token, arrivals)

    def _merge(self, token: Token, arrivals: dict[str, Token]) -> None:
        for other in list(arrivals.values()):
            if other is not token:
                self._kill(other)
        token.flow = ""
        self.runnable.append(token)

    def _fire_inclusive(self, scope: Scope) -> bool:
        """Let one inclusive join go on for which nothing more can come."""
        ready: dict[str, tuple[Token, dict[str, Token]]] = {}
        for token in scope.tokens:
            if token.place.manner == "inclusive" and token.place.id not in ready:
                arrivals = self._arrivals(token.place, scope)
                if arrivals and not self._is_awaited(token, arrivals):
                    ready[token.place.id] = (next(iter(arrivals.values())), arrivals)
        if ready:
            # Which of several goes first is nobody's rule: each is tried.
            chosen = sorted(ready)[self.choose(len(ready))]
            self._merge(*ready[chosen])
            return True
        for token in scope.tokens:
            for one in token.instances or [token]:
                if one.inside is not None and self._fire_inclusive(one.inside):
                    return True
        return False

    def _is_awaited(self, token: Token, arrivals: dict[str, Token]) -> bool:
        reach = token.place.reach
        for other in token.scope.tokens:
            reachable = reach.get(other.place.id)
            if reachable and other.place is not token.place and reachable.isdisjoint(arrivals):
                return True
        return False
