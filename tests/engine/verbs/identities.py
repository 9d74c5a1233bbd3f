"""The visits of a case as the reference knows them, from the engine's own record."""

from __future__ import annotations

from typing import Any

from engine.runtime.visits import JOINS, Visits
from tests.engine.verbs.reference import name_of


class Identities:
    """Names the visits of one case by what they came from."""

    def __init__(
        self, visits: Visits, way: list[list[str]], placed: list[list[Any]] | None = None
    ) -> None:
        #: which instance a token is, where it has rested and so was told
        self._numbers = {entry[0]: entry[4][0] for entry in placed or () if "(" in entry[1]}
        self.visits = visits
        self._names: dict[str, str] = {}
        #: every visit that ever was, those that count no more included
        self._all = Visits(visits.diagram)
        self._all.add(way)
        self._instances: dict[str, list[str]] = {}
        for name, token, scope, *causes in way:
            if name in visits.diagram.elements and self._is_instance(name, scope, causes):
                self._instances.setdefault(causes[0], []).append(token)

    def has(self, token: str) -> bool:
        """True for a visit; a token that only waits at a join is none."""
        return token in self._all.visits

    def of(self, token: str) -> str:
        """The name of a visit."""
        if token not in self._names:
            self._names[token] = self._name(token)
        return self._names[token]

    def open(self, tokens: dict[str, Any], kinds: dict[str, str]) -> list[tuple[str, str, str]]:
        """What could be done now, as the reference tells it; `kinds` has the verb of each token."""
        entries = {entry[0]: entry for entry in tokens["tokens"]}
        found = []
        for token, verb in kinds.items():
            parent = entries[token][2] if len(entries[token]) > 2 else ""
            if token in self._all.visits:
                found.append((self.of(token), verb, ""))
            else:
                # Timers on an edge and events behind a gateway wait inside, and are visited when passed.
                found.append((self.of(parent), verb, entries[token][1]))
        return sorted(found)

    def waiting(self, tokens: dict[str, Any]) -> list[tuple[str, str]]:
        """Tokens that wait at joins."""
        diagram = self.visits.diagram
        return sorted(
            (entry[3], self.of(self._all.arrivals[entry[0]].source))
            for entry in tokens["tokens"]
            if entry[1] in diagram.elements and diagram.elements[entry[1]].kind in JOINS
        )

    def _is_instance(self, name: str, scope: str, causes: list[str]) -> bool:
        return bool(causes) and causes[0] == scope and self._element(causes[0]) == name

    def _element(self, token: str) -> str:
        known = self._all.visits.get(token)
        return known.element if known else ""

    def _name(self, token: str) -> str:
        visit, arrival = self._all.visits.get(token), self._all.arrivals.get(token)
        assert visit is not None
        causes = list(visit.causes)
        stood_for = [one for one in causes if self._element(one) == visit.element]
        if stood_for and stood_for[0] != visit.scope:
            return self.of(stood_for[0])
        if stood_for:
            number = self._numbers.get(token, self._instances[causes[0]].index(token))
            return name_of(visit.element, f"each {number}", [self.of(causes[0])])
        if self.visits.diagram.elements[visit.element].kind in JOINS:
            arrivals = [
                self._all.arrivals[one] for one in (token, *causes) if one in self._all.arrivals
            ]
            return name_of(
                visit.element, "", sorted((one.flow, self.of(one.source)) for one in arrivals)
            )
        if arrival is not None:
            return name_of(visit.element, arrival.flow, [self.of(arrival.source)])
        return name_of(visit.element, "", sorted(self.of(one) for one in causes))
