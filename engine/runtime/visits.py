"""What led to what: the visits of a case as its own record tells them, and where it can be put back to.

Each entry of an event's way is `[id, token, scope, causes…]`: a sequence flow taken towards a visit, or
an element entered. Together they are a net without circles, in which every visit knows what it came
from; loops are visits of their own. Putting a case back means choosing a visit, letting everything it
led to die, and putting back what others had brought to a join that has fired since.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine.runtime.diagram import Diagram
from engine.runtime.marking import ROOT


@dataclass(frozen=True, slots=True)
class Arrival:
    """A token that came to an element by a sequence flow."""

    token: str
    flow: str
    source: str
    scope: str


@dataclass(frozen=True, slots=True)
class Visit:
    """An element entered."""

    token: str
    element: str
    scope: str
    #: beside the flow it came by: at a join those that waited for it, at an edge or a start its host
    causes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PutBack:
    """How a marking is restored: what dies, what is entered anew, what is put back at joins."""

    #: every visit and arrival that counts no more, living or not
    undone: frozenset[str]
    #: visits to begin anew
    again: tuple[Visit, ...]
    #: arrivals to put back at the joins they had come to
    arrivals: tuple[Arrival, ...]


@dataclass
class Visits:
    """The visits of one case that count, in the order they happened."""

    diagram: Diagram
    visits: dict[str, Visit] = field(default_factory=dict)
    arrivals: dict[str, Arrival] = field(default_factory=dict)
    #: A token that stands again for one that died, where a case went straight back.
    _stands_for: dict[str, str] = field(default_factory=dict)
    #: A visit that was begun anew and went straight back → the visit it repeats.
    repeats: dict[str, str] = field(default_factory=dict)
    _undone: dict[str, tuple[Visit | None, Arrival | None]] = field(default_factory=dict)
    #: How it was before the last migration, should that be put back.
    _before: Visits | None = None

    def add(self, way: Iterable[Sequence[str]]) -> None:
        """What one event says was passed."""
        for name, token, scope, *causes in way:
            if self._is_flow(name):
                self.arrivals[token] = Arrival(token, name, causes[0], scope)
            else:
                self.visits[token] = Visit(token, name, scope, tuple(causes))
                before = self.visits.get(causes[0]) if causes else None
                # An instance of a multi-instance activity is caused by the whole, which it is inside of.
                if before is not None and before.element == name and causes[0] != scope:
                    self._stands_for[causes[0]] = token

    def _is_flow(self, name: str) -> bool:
        """Whether a name is one of a sequence flow, in this version or in one the case has come from."""
        if name in self.diagram.flows or name in self.diagram.elements:
            return name in self.diagram.flows
        try:
            return self.diagram.flows[name] is not None
        except KeyError:
            return False

    def rename(self, names: Mapping[str, str]) -> None:
        """The case has moved to a version in which elements and flows are called otherwise."""
        self._before = replace(
            self, visits=dict(self.visits), arrivals=dict(self.arrivals), _undone=dict(self._undone)
        )

        def visit(one: Visit) -> Visit:
            return replace(one, element=names.get(one.element, one.element))

        def arrival(one: Arrival) -> Arrival:
            return replace(one, flow=names.get(one.flow, one.flow))

        self.visits = {token: visit(one) for token, one in self.visits.items()}
        self.arrivals = {token: arrival(one) for token, one in self.arrivals.items()}
        self._undone = {
            token: (went and visit(went), came and arrival(came))
            for token, (went, came) in self._undone.items()
        }

    def put_back_names(self) -> None:
        """The migration was put back; nothing had moved since."""
        if self._before is not None:
            before = self._before
            self.visits, self.arrivals = before.visits, before.arrivals
            self._undone, self._before = before._undone, before._before

    def now(self, token: str) -> str:
        """The token that stands for this one today."""
        while token in self._stands_for:
            token = self._stands_for[token]
        return token

    def undo(self, tokens: Iterable[str]) -> None:
        """These count no more."""
        for token in tokens:
            self._undone[token] = (self.visits.pop(token, None), self.arrivals.pop(token, None))

    def redo(self, tokens: Iterable[str]) -> None:
        """These count again: the case went straight back to where it had been."""
        again = {token: self._undone.pop(token) for token in tokens if token in self._undone}
        for token, (visit, arrival) in again.items():
            if visit is not None:
                self.visits[token] = visit
            if arrival is not None:
                self.arrivals[token] = arrival
        # What came back is older than what has happened since: tokens are numbered in order.
        self.visits = dict(sorted(self.visits.items(), key=lambda item: int(item[0])))

    def sources(self, token: str) -> list[str]:
        """What a visit or an arrival came from directly."""
        arrival, visit = self.arrivals.get(token), self.visits.get(token)
        found = [arrival.source] if arrival else []
        return [*found, *(visit.causes if visit else ())]

    def before(self, token: str) -> set[str]:
        """Everything that led to a token, itself left out."""
        found: set[str] = set()
        todo = self.sources(token)
        while todo:
            one = todo.pop()
            if one not in found:
                found.add(one)
                todo += self.sources(one)
        return found

    def after(self, tokens: Collection[str]) -> set[str]:
        """These tokens and everything they led to."""
        led: dict[str, list[str]] = {}
        for token in {*self.visits, *self.arrivals}:
            for source in self.sources(token):
                led.setdefault(source, []).append(token)
        found: set[str] = set()
        todo = list(tokens)
        while todo:
            one = todo.pop()
            if one not in found:
                found.add(one)
                todo += led.get(one, ())
        return found

    def put_back(self, target: str, *, whole_block: bool = False) -> PutBack:
        """What has to happen for a visit to begin anew.

        With `whole_block` the branches beside it, which had come to a join that has fired since, begin
        anew too instead of having their arrivals put back.
        """
        again = [target]
        while True:
            undone = self.after(again)
            undone |= {new for new, old in self.repeats.items() if old in undone}
            arrivals = self._kept_arrivals(undone)
            starts = self._branch_starts(target, arrivals) if whole_block else []
            fresh = [one for one in starts if one not in undone]
            if not fresh:
                break
            again += fresh
        roots = [one for one in again if not (self.before(one) & set(again) - {one})]
        return PutBack(frozenset(undone), tuple(self.visits[one] for one in roots), tuple(arrivals))

    def _kept_arrivals(self, undone: set[str]) -> list[Arrival]:
        """Arrivals from elsewhere at joins whose firing counts no more."""
        found = []
        for token in sorted(undone, key=int):
            visit = self.visits.get(token)
            if visit is None or self.diagram.elements[visit.element].kind not in JOINS:
                continue
            for one in (token, *visit.causes):
                arrival = self.arrivals.get(one)
                if arrival is not None and arrival.source not in undone:
                    found.append(arrival)
        return found

    def _branch_starts(self, target: str, arrivals: Iterable[Arrival]) -> list[str]:
        """For each arrival: the first visit of its branch, behind the split it shares with the target."""
        shared = self.before(target)
        starts = []
        for arrival in arrivals:
            at = arrival.source
            while at in self.visits and at not in shared:
                above = [one for one in self.sources(at) if one in self.visits]
                if not above or above[0] in shared:
                    break
                at = above[0]
            if at in self.visits and at not in shared:
                starts.append(at)
        return starts

    def scopes_around(self, token: str) -> list[str]:
        """The tokens of the sub-processes a token is in, innermost first, down to the process."""
        found = []
        at = token
        while at != ROOT:
            known = self.visits.get(at) or self.arrivals.get(at)
            at = known.scope if known else ROOT
            found.append(at)
        return found


#: Gateways at which arrivals may wait for each other.
JOINS = frozenset({"parallelGateway", "inclusiveGateway"})
