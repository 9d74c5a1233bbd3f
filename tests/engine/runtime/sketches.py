"""Random small processes, drawn block by block; sound or not, the two games must agree on them."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

KINDS = ("exclusive", "parallel", "inclusive")
#: what a multi-instance activity may be told: how often, in turn or at once, until when
LOOPS = ("times", "each", "times in_turn", "each in_turn", "times until", "each in_turn until")


def blocks() -> st.SearchStrategy[Any]:
    """Nested tuples: a word, then its parts."""
    kinds = st.sampled_from(["user", "user", "service", "decide", "timer", "message", "receive"])
    tasks = st.one_of(
        st.tuples(st.just("task"), kinds),
        st.tuples(st.just("task"), kinds),
        st.tuples(st.just("repeat"), st.sampled_from(["user", "service"]), st.sampled_from(LOOPS)),
    )
    leaves = st.one_of(tasks, tasks, tasks, st.just(("nothing",)), st.just(("stop",)))
    small = _larger(leaves)
    return _larger(st.one_of(leaves, small, small, _larger(small)))


def _larger(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(inner, min_size=2, max_size=3)
    events = st.lists(st.sampled_from(["timer", "message", "receive"]), min_size=3, max_size=3)
    branches = st.tuples(st.sampled_from(KINDS), st.sampled_from(KINDS), several)
    return st.one_of(
        st.tuples(st.just("in turn"), several),
        branches,
        branches,
        st.tuples(st.sampled_from(KINDS), st.just("inclusive"), several),
        st.tuples(st.just("loop"), inner),
        st.tuples(st.just("box"), inner),
        st.tuples(st.just("catch"), inner, inner),
        st.tuples(st.just("deadline"), st.sampled_from(["user", "service"]), inner),
        st.tuples(st.just("reminder"), inner),
        st.tuples(st.just("overdue box"), inner, inner),
        st.tuples(st.just("boxes"), st.sampled_from(LOOPS), inner),
        st.tuples(st.just("overdue boxes"), st.sampled_from(LOOPS), inner, inner),
        st.tuples(st.just("catch each"), st.sampled_from(LOOPS[:4]), inner, inner),
        st.tuples(st.just("deadline each"), st.sampled_from(LOOPS), inner),
        st.tuples(st.just("first of"), events, several),
    )


class Sketch:
    """The drawing of one block; `lines` is what `draw` reads."""

    def __init__(self, block: Any) -> None:
        self.counts = Counter[str]()
        self.lines: list[str] = []
        self._process(block)

    def _process(self, block: Any) -> None:
        start, end = self._new("start"), self._new("end")
        first, last = self._draw(block)
        self._flow(start, first)
        self._flow(last, end)

    def _draw(self, block: Any) -> tuple[str, str]:
        """Draw a block; the elements it begins and ends with."""
        word, *parts = block
        if word in KINDS:
            return self._branches(word, *parts)
        name = "_" + word.replace(" ", "_")
        drawn: tuple[str, str] = getattr(self, name)(*parts)
        return drawn

    def _task(self, kind: str) -> tuple[str, str]:
        name = self._new(kind)
        return name, name

    def _nothing(self) -> tuple[str, str]:
        return self._task("exclusive")

    def _in_turn(self, inner: list[Any]) -> tuple[str, str]:
        drawn = [self._draw(block) for block in inner]
        for (_, last), (first, _) in pairwise(drawn):
            self._flow(last, first)
        return drawn[0][0], drawn[-1][1]

    def _branches(self, split: str, join: str, inner: list[Any]) -> tuple[str, str]:
        first, last = self._new(split), self._new(join)
        for number, block in enumerate(inner):
            begin, end = self._draw(block)
            is_default = number == len(inner) - 1
            condition = (
                "" if split == "parallel" else " *" if is_default else f" : {first}_{number}"
            )
            self.lines.append(f"{first} > {begin}{condition}")
            self._flow(end, last)
        return first, last

    def _loop(self, block: Any) -> tuple[str, str]:
        first, rest, choice = self._new("exclusive"), self._new("user"), self._new("exclusive")
        begin, end = self._draw(block)
        self.lines.append(f"{first} > {rest} > {begin}")
        self._flow(end, choice)
        self.lines.append(f"{choice} > {first} : {choice}_again")
        after = self._new("exclusive")
        self.lines.append(f"{choice} > {after} *")
        return first, after

    def _stop(self) -> tuple[str, str]:
        choice, stop, after = self._new("exclusive"), self._new("terminate"), self._new("exclusive")
        self.lines += [f"{choice} > {stop} : {choice}_stop", f"{choice} > {after} *"]
        return choice, after

    def _repeat(self, kind: str, loop: str) -> tuple[str, str]:
        name = self._new_loop(kind, loop)
        return name, name

    def _boxes(self, loop: str, block: Any) -> tuple[str, str]:
        name = self._new_loop("sub", loop)
        self._process(block)
        self.lines.append("close")
        return name, name

    def _overdue_boxes(self, loop: str, block: Any, side: Any) -> tuple[str, str]:
        name, _ = self._boxes(loop, block)
        return self._aside(name, self._new("timer", f"on {name}"), side)

    def _catch_each(self, loop: str, block: Any, side: Any) -> tuple[str, str]:
        return self._caught(self._new_loop("sub", loop), block, side)

    def _deadline_each(self, loop: str, side: Any) -> tuple[str, str]:
        name = self._new_loop("service", loop)
        return self._aside(name, self._new("error", f"on {name} code=returned"), side)

    def _first_of(self, events: list[str], inner: list[Any]) -> tuple[str, str]:
        first, last = self._new("events"), self._new("exclusive")
        for kind, block in zip(events, inner, strict=False):
            event = self._new(kind)
            self._flow(first, event)
            begin, end = self._draw(block)
            self._flow(event, begin)
            self._flow(end, last)
        return first, last

    def _box(self, block: Any) -> tuple[str, str]:
        name = self._new("sub")
        self._process(block)
        self.lines.append("close")
        return name, name

    def _catch(self, block: Any, side: Any) -> tuple[str, str]:
        return self._caught(self._new("sub"), block, side)

    def _caught(self, name: str, block: Any, side: Any) -> tuple[str, str]:
        start, choice, fine = self._new("start"), self._new("exclusive"), self._new("end")
        broken = self._new("end", "code=bad")
        begin, end = self._draw(block)
        self._flow(start, begin)
        self._flow(end, choice)
        self.lines += [f"{choice} > {broken} : {choice}_bad", f"{choice} > {fine} *", "close"]
        return self._aside(name, self._new("error", f"on {name} code=bad"), side)

    def _deadline(self, kind: str, side: Any) -> tuple[str, str]:
        name = self._new(kind)
        if kind == "service":
            return self._aside(name, self._new("error", f"on {name} code=returned"), side)
        return self._aside(name, self._new("timer", f"on {name}"), side)

    def _overdue_box(self, block: Any, side: Any) -> tuple[str, str]:
        name, _ = self._box(block)
        return self._aside(name, self._new("timer", f"on {name}"), side)

    def _aside(self, host: str, edge: str, side: Any) -> tuple[str, str]:
        after = self._new("exclusive")
        begin, end = self._draw(side)
        self._flow(host, after)
        self._flow(edge, begin)
        self._flow(end, after)
        return host, after

    def _reminder(self, side: Any) -> tuple[str, str]:
        name = self._new("user")
        edge, aside = self._new("timer", f"on {name} stays"), self._new("end")
        begin, end = self._draw(side)
        self._flow(edge, begin)
        self._flow(end, aside)
        return name, name

    def _new(self, kind: str, options: str = "") -> str:
        self.counts[kind] += 1
        name = f"{kind}{self.counts[kind]}"
        self.lines.append(f"{kind} {name} {options}".strip())
        return name

    def _new_loop(self, kind: str, loop: str) -> str:
        """A multi-instance activity; one that may end early has a name that says so."""
        how_often, *rest = loop.split()
        prefix = "until" if "until" in rest else "multi"
        self.counts[prefix] += 1
        name = f"{prefix}{self.counts[prefix]}"
        word = "count" if how_often == "times" else "list"
        options = [f"{how_often}={word}_{name}", *(["in_turn"] if "in_turn" in rest else [])]
        options += [f"until=done_{name}"] if "until" in rest else []
        self.lines.append(" ".join([kind, name, *options]))
        return name

    def _flow(self, source: str, target: str) -> None:
        self.lines.append(f"{source} > {target}")
