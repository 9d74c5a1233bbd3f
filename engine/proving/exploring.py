"""Everything a diagram can do, the nearest first, so that the first way anywhere is a shortest one."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from engine.proving.acting import START, Act, acts
from engine.proving.asking import Chooser, NoChoice
from engine.proving.facts import DOUBT, Facts
from engine.proving.marking import EMPTY, Marking, insides, places_of, thawed
from engine.proving.net import Net
from engine.proving.playing import Circle, Play

#: ways one act may go on that are tried
MOST_BRANCHES = 512


@dataclass(frozen=True, slots=True)
class Bound:
    """Where looking further is given up."""

    markings: int = 30_000
    seconds: float = 2.0


@dataclass(slots=True)
class Move:
    """One act, and how the case went on."""

    act: Act
    source: int
    flows: tuple[str, ...]
    outcome: str
    #: the marking reached; None where the run broke off
    target: int | None = None
    #: how it broke off: `no_choice` or `never_rests`, and where
    broken: tuple[str, str] | None = None
    #: an instance-less multi-instance activity was passed on the way
    empty_loop: bool = False
    killed: tuple[tuple[str, tuple[str, ...]], ...] = ()
    #: it broke off after conditions were decided that may hang together
    doubtful: bool = False


@dataclass(slots=True)
class Explored:
    """What was found. Marking 0 is the empty one before the case begins, 1 the one after it has ended."""

    net: Net
    markings: list[Marking] = field(default_factory=lambda: [EMPTY, EMPTY])
    #: by marking: the move that reached it first
    reached_by: list[Move | None] = field(default_factory=lambda: [None, None])
    #: by marking: those from which one move leads here
    before: list[list[int]] = field(default_factory=lambda: [[], []])
    moves: list[Move] = field(default_factory=list)
    entered: set[str] = field(default_factory=set)
    flows: set[str] = field(default_factory=set)
    #: markings at which nobody can do anything, though the case has not ended
    stuck: list[int] = field(default_factory=list)
    #: marking → places that hold a second token; nothing behind these was looked at
    doubled: dict[int, tuple[str, ...]] = field(default_factory=dict)
    #: False: given up at the bound
    complete: bool = True
    seconds: float = 0.0

    def way_to(self, marking: int) -> list[Move]:
        """The shortest way to a marking, from the beginning."""
        way: list[Move] = []
        at = self.reached_by[marking]
        while at is not None:
            way.append(at)
            at = self.reached_by[at.source]
        return way[::-1]

    def is_doubtful(self, marking: int) -> bool:
        """Whether the way here decided conditions that may hang together."""
        return (DOUBT, True) in self.markings[marking][1]


def explore(
    net: Net,
    facts: Facts,
    bound: Bound | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Explored:
    """Look at every marking that can be reached, within the bound."""
    bound = bound or Bound()
    begin = clock()
    found = Explored(net)
    numbers: dict[Marking, int] = {}
    reminded = reminded_only(net)
    todo = deque([0])
    while todo:
        if len(found.markings) > bound.markings or clock() - begin > bound.seconds:
            found.complete = False
            break
        number = todo.popleft()
        marking = found.markings[number]
        offered = [START] if not number else acts(net, thawed(net, marking))
        if not offered:
            found.stuck.append(number)
        for act in offered:
            for move, after in _moves(net, facts, found, number, act):
                if clock() - begin > bound.seconds:
                    found.complete = False
                    break
                if after is None:
                    continue
                if not after[0]:
                    move.target = 1
                elif after in numbers:
                    move.target = numbers[after]
                else:
                    move.target = numbers[after] = len(found.markings)
                    found.markings.append(after)
                    found.entered.update(places_of(after))
                    found.reached_by.append(move)
                    found.before.append([])
                    if _go_on(found, move.target, after, reminded):
                        todo.append(move.target)
                if found.reached_by[1] is None and move.target == 1:
                    found.reached_by[1] = move
                found.before[move.target].append(number)
    found.seconds = clock() - begin
    return found


def _moves(
    net: Net, facts: Facts, found: Explored, number: int, act: Act
) -> Iterator[tuple[Move, Marking | None]]:
    """Every way an act may go on."""
    scripts: deque[tuple[int, ...]] = deque([()])
    tried = 0
    while scripts:
        tried += 1
        if tried > MOST_BRANCHES:
            found.complete = False
            return
        choose = Chooser(scripts.popleft())
        play = Play(net, facts, found.markings[number], choose)
        after: Marking | None = None
        broken: tuple[str, str] | None = None
        empty_loop = False
        try:
            after = play.do(act)
        except NoChoice as reason:
            broken = ("no_choice", reason.element)
        except Circle as reason:
            broken, empty_loop = ("never_rests", reason.element), reason.empty_loop
        scripts += choose.others()
        flows = tuple(play.flows)
        move = Move(
            act, number, flows, play.answers.outcome, broken=broken, empty_loop=empty_loop,
            killed=tuple(play.killed), doubtful=DOUBT in play.top.known,
        )  # fmt: skip
        found.moves.append(move)
        found.entered.update(play.entered)
        found.flows.update(flows)
        yield move, after


def _go_on(found: Explored, number: int, marking: Marking, reminded: frozenset[str]) -> bool:
    """Whether to look behind a marking: not where tokens pile up."""
    doubled = _doubled(marking)
    if doubled:
        found.doubled[number] = tuple(doubled)
    # What only reminders lead to may be twice at once, and no more is looked at.
    return all(name in reminded and count == 2 for name, count in doubled.items())


def _doubled(marking: Marking) -> dict[str, int]:
    """Places of one scope that hold more than one token, and how many."""
    tokens: Any = marking[0]
    counts = Counter((one[0], one[1]) for one in tokens)
    found = {name: count for (name, _flow), count in counts.items() if count > 1}
    for inside in insides(tokens):
        for name, count in _doubled(inside).items():
            found[name] = max(count, found.get(name, 0))
    return found


def reminded_only(net: Net) -> frozenset[str]:
    """Elements to which only timers lead that leave their activity open."""
    elements, flows = net.diagram.elements, net.diagram.flows
    found: set[str] = set()
    for scope in net.scopes():
        reached: set[str] = set()
        todo = [one.id for one in net.diagram.inside(scope) if one.kind == "startEvent"]
        while todo:
            name = todo.pop()
            if name in reached:
                continue
            reached.add(name)
            todo += [flows[flow].target for flow in elements[name].outgoing]
            todo += [one.id for one in net.edges.get(name, ()) if one.cancel_activity]
        found |= {one.id for one in net.diagram.inside(scope)} - reached
    return frozenset(found)
