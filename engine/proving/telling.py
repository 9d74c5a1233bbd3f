"""From everything a diagram can do to what is wrong with it, each with the shortest way there."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from engine.proving.exploring import Explored, Move, reminded_only
from engine.proving.marking import Marking, insides
from engine.proving.words import PROVIDED, RULES, step_of
from engine.runtime.diagram import PEOPLE
from schemas.finding import ERROR, WARNING, Finding


def told(found: Explored, file: str = "process.bpmn") -> list[Finding]:
    """All findings; one cause is told once, where it shows first."""
    return list(_Teller(found, file).findings())


class _Teller:
    def __init__(self, found: Explored, file: str) -> None:
        self.found, self.net, self.file = found, found.net, file
        self.order = {name: place for place, name in enumerate(found.net.diagram.elements)}
        #: elements of what has been told
        self.told: set[str] = set()

    def findings(self) -> Iterator[Finding]:
        yield from self._noted(self._doubled())
        yield from self._noted(self._stuck())
        yield from self._noted(self._broken())
        if self.found.complete:
            yield from self._noted(self._trapped())
            if not self._was_cut():
                yield from self._dead()
        yield from self._lost()
        yield from self._reminded()
        if not self.found.complete:
            yield self._finding("not_proved", "", markings=f"{len(self.found.markings):,}")

    def _noted(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        for one in findings:
            self.told.add(one.element)
            yield one

    # --- one kind of failure after the other --------------------------------------------------------

    def _doubled(self) -> Iterator[Finding]:
        reminded = reminded_only(self.net)
        yield from self._second_tokens("lost_synchronisation", lambda name: name not in reminded)

    def _reminded(self) -> Iterator[Finding]:
        reminded = reminded_only(self.net)
        yield from self._second_tokens("repeated_reminder", lambda name: name in reminded)

    def _second_tokens(self, rule: str, wanted: Any) -> Iterator[Finding]:
        behind: set[str] = set()
        for number in self._surest(self.found.doubled):
            for name in self.found.doubled[number]:
                if wanted(name) and name not in behind:
                    # What follows is reached twice for the same reason.
                    behind |= self._downstream([name])
                    yield self._failure(rule, name, number)

    def _stuck(self) -> Iterator[Finding]:
        # What waits behind a second token waits because of it.
        seen = self._downstream(self.told)
        for number in self._surest(range(2, len(self.found.markings))):
            if number in self.found.doubled:
                continue
            for tokens in _standing(self.found.markings[number]):
                joins = [self.net.target[flow] for _, flow, _, _ in tokens]
                name = min(joins, key=self.order.__getitem__)
                if name not in seen:
                    seen.add(name)
                    yield self._failure(
                        "deadlock", name, number, missing=self._missing(name, tokens)
                    )

    def _missing(self, name: str, tokens: Any) -> str:
        """Whence a join still waits for a token."""
        there = {flow for _, flow, _, _ in tokens}
        flows = [flow for flow in self.net.places[name].incoming if flow not in there]
        sources = [self.net.diagram.flows[flow].source for flow in flows]
        return ", ".join(dict.fromkeys(self.net.name(one) for one in sources)) or self.net.name(
            name
        )

    def _broken(self) -> Iterator[Finding]:
        moves = [one for one in self.found.moves if one.broken is not None]
        circles: set[str] = set()
        seen: set[tuple[str, str]] = set()
        for move in sorted(moves, key=lambda one: one.doubtful):
            assert move.broken is not None
            rule, name = move.broken
            if move.broken in seen or (rule == "never_rests" and name in circles):
                continue
            seen.add(move.broken)
            if rule == "never_rests":
                circles |= self._downstream([name])
            finding = self._finding(rule, name, self._steps(self.found.way_to(move.source), move))
            yield _softened(finding, move.doubtful, move.empty_loop)

    def _trapped(self) -> Iterator[Finding]:
        """Markings from which no way leads to the end, nor to anything told already."""
        found = self.found
        broken = {move.source for move in found.moves if move.broken is not None}
        standing = [n for n, one in enumerate(found.markings) if any(_standing(one))]
        told = self._leading_to([1, *broken, *standing, *found.doubled])
        after: dict[int, list[int]] = {}
        for move in found.moves:
            if move.target is not None:
                after.setdefault(move.source, []).append(move.target)
        for number in range(2, len(found.markings)):
            if number not in told:
                tokens = _places(found.markings[number])
                yield self._failure("livelock", self.net.target.get(tokens[0], tokens[0]), number)
                todo = [number]
                while todo:
                    at = todo.pop()
                    if at not in told:
                        told.add(at)
                        todo += after.get(at, [])

    def _leading_to(self, markings: Iterable[int]) -> set[int]:
        seen: set[int] = set()
        todo = list(markings)
        while todo:
            number = todo.pop()
            if number not in seen:
                seen.add(number)
                todo += self.found.before[number]
        return seen

    def _dead(self) -> Iterator[Finding]:
        elements, flows = self.net.diagram.elements, self.net.diagram.flows
        explained = self._downstream(self.told)
        for element in elements.values():
            if element.id in self.found.entered or element.id in explained:
                continue
            before = [flows[flow].source for flow in element.incoming]
            before += [one for one in (element.attached_to,) if one is not None]
            if element.kind == "startEvent":
                before += [element.parent or ""]
            if any(one in self.found.entered for one in before):
                yield self._finding("dead_element", element.id)

    def _lost(self) -> Iterator[Finding]:
        """Ends that take work out of somebody's hands."""
        elements = self.net.diagram.elements
        best: dict[str, tuple[tuple[bool, bool], Move, tuple[str, ...]]] = {}
        for move in self.found.moves:
            for end, lost in move.killed:
                kinds = {one: elements[one].kind for one in lost}
                names = tuple(o for o in lost if kinds[o] in PEOPLE or kinds[o] == "serviceTask")
                # An ability that is ended under way may have had its effect, and no step knows.
                mild = not any(kinds[one] == "serviceTask" for one in names)
                rank = (move.doubtful, mild)
                if names and (end not in best or rank < best[end][0]):
                    best[end] = (rank, move, names)
        for end, ((doubtful, mild), move, names) in best.items():
            way = self.found.way_to(move.source)
            ended = ", ".join(self.net.name(one) for one in names)
            finding = self._finding("improper_completion", end, self._steps(way, move), lost=ended)
            if not mild:
                finding = replace(finding, severity=ERROR)
            yield _softened(finding, doubtful)

    def _was_cut(self) -> bool:
        """Whether something behind a marking was not looked at, so that nothing can be called dead."""
        reminded = reminded_only(self.net)
        return any(set(names) - reminded for names in self.found.doubled.values())

    # --- making a finding ---------------------------------------------------------------------------

    def _surest(self, numbers: Iterable[int]) -> list[int]:
        """Nearest first, but what may hang together after what surely can be."""
        return sorted(numbers, key=lambda one: (self.found.is_doubtful(one), one))

    def _failure(self, rule: str, name: str, number: int, **parts: str) -> Finding:
        steps = self._steps(self.found.way_to(number))
        return _softened(self._finding(rule, name, steps, **parts), self.found.is_doubtful(number))

    def _finding(self, rule: str, name: str, steps: Any = (), **parts: str) -> Finding:
        severity, sentence = RULES[rule]
        if name:
            parts = {"name": self.net.name(name), **parts}
        trace = tuple(one.element for one in steps)
        return Finding(
            rule,
            severity,
            name,
            self.file,
            sentence.format_map(parts),
            trace,
            tuple(steps),
            parts=parts,
        )

    def _steps(self, way: list[Move], last: Move | None = None) -> list[Any]:
        steps = []
        for move in [*way, last] if last is not None else way:
            if move.target is not None:
                tokens = _places(self.found.markings[move.target])
            else:
                tokens = (move.broken or ("", ""))[1:]
            steps.append(step_of(self.net, move, tokens))
        return steps

    def _downstream(self, names: Iterable[str]) -> set[str]:
        """Elements that a token at one of these can get to, those themselves included."""
        elements, seen = self.net.diagram.elements, set[str]()
        todo = deque(names)
        while todo:
            name = todo.popleft()
            if name in seen or name not in elements:
                continue
            seen.add(name)
            element = elements[name]
            todo += [self.net.target[flow] for flow in element.outgoing]
            todo += [one.id for one in self.net.edges.get(name, ())]
            todo += [one for one in (element.parent, self.net.places[name].start) if one]
        return seen


def _softened(finding: Finding, doubtful: bool, empty_loop: bool = False) -> Finding:
    """Conditions that may never come out like that together, and lists that may never be empty, only warn."""
    if doubtful:
        message = PROVIDED.format(sentence=finding.message)
        finding = replace(finding, message=message, parts={**finding.parts, "provided": "yes"})
    return replace(finding, severity=WARNING) if doubtful or empty_loop else finding


def _standing(marking: Marking) -> Iterator[Any]:
    """The tokens of every scope in which all of them wait at joins."""
    tokens: Any = marking[0]
    if tokens and all(flow for _, flow, _, _ in tokens):
        yield tokens
    for inside in insides(tokens):
        yield from _standing(inside)


def _places(marking: Marking) -> tuple[str, ...]:
    """Where tokens are: elements, and at joins the flows by which they have come."""
    found: list[str] = []
    for token in marking[0]:
        found.append(token[1] or token[0])
        for inside in insides((token,)):
            found += _places(inside)
    return tuple(found)
