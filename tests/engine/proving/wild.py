"""Random small diagrams without any plan: most are wrong, in every way there is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

#: task kinds and how often; gateways and how often
KINDS = (
    *("user", "user", "user", "service", "timer", "decide"),
    *("exclusive", "exclusive", "exclusive", "parallel", "parallel", "inclusive", "sub", "events"),
    "many",
)


class Wild:
    """The lines of one diagram, as `draw` reads them."""

    def __init__(
        self, pick: Callable[[int], int], size: int, conditions: Callable[[], str]
    ) -> None:
        self.pick, self.conditions = pick, conditions
        self.lines: list[str] = []
        self.number = 0
        self.left = size
        self.users: list[str] = []
        self._process(deep=False)

    def _new(self, kind: str, options: str = "") -> str:
        self.number += 1
        name = f"{kind}{self.number}"
        self.lines.append(f"{kind} {name} {options}".strip())
        return name

    def _process(self, *, deep: bool) -> None:
        """Elements one after the other, each behind one that is there; then the loose ends anywhere."""
        slots = [self._new("start")]
        placed: list[str] = []
        flows: list[tuple[str, str]] = []
        wanted = 1 + self.pick(min(self.left, 3 if deep else 8))
        for _ in range(wanted):
            if self.left <= 0:
                break
            self.left -= 1
            source = slots.pop(self.pick(len(slots)))
            name, ways, edges = self._element(deep=deep)
            flows.append((source, name))
            if ways is None:  # an event-based gateway brings its events along
                for kind in ("timer", "message"):
                    event = self._new(kind)
                    flows.append((name, event))
                    slots.append(event)
            else:
                slots += [name] * ways
            slots += edges
            placed.append(name)
        for number, source in enumerate(slots):
            # One way at least leads to an end.
            if number and placed and self.pick(3) == 0:
                flows.append((source, placed[self.pick(len(placed))]))
            else:
                flows.append((source, self._new("terminate" if self.pick(6) == 5 else "end")))
        self._draw(flows)

    def _element(self, *, deep: bool) -> tuple[str, int | None, list[str]]:
        kind = KINDS[self.pick(len(KINDS))]
        if kind in ("exclusive", "parallel", "inclusive"):
            return self._new(kind), 1 + self.pick(3), []
        if kind == "events":
            return self._new(kind), None, []
        if kind == "many":
            return self._new("user", f"times=count_{self.number}"), 1, []
        if kind == "sub" and not deep:
            name = self._new(kind)
            self._process(deep=True)
            self.lines.append("close")
        else:
            kind = "user" if kind == "sub" else kind
            name = self._new(kind, "out=yes/no" if kind == "user" else "")
            self.users += [name] if kind == "user" else []
        edges: list[str] = []
        if kind in ("user", "sub") and self.pick(4) == 3:
            edges = [self._new("timer", f"on {name}" + (" stays" if self.pick(2) else ""))]
        if kind == "service" and self.pick(2):
            edges = [self._new("error", f"on {name} code=returned")]
        return name, 1, edges

    def _draw(self, flows: list[tuple[str, str]]) -> None:
        out: dict[str, list[str]] = {}
        for source, target in flows:
            out.setdefault(source, []).append(target)
        for source, targets in out.items():
            chooses = source.startswith(("exclusive", "inclusive")) and len(targets) > 1
            has_default = self.pick(5) > 0
            for number, target in enumerate(targets):
                condition = ""
                if chooses:
                    last = has_default and number == len(targets) - 1
                    condition = " *" if last else f" : {self.conditions()}"
                self.lines.append(f"{source} > {target}{condition}")


@st.composite
def wild(draw: Any, *, size: int = 7, outcomes: bool = False) -> list[str]:
    """The lines of a random diagram; with `outcomes` its conditions ask what tasks have decided."""
    made: list[Wild] = []
    numbers = iter(range(1000))

    def condition() -> str:
        if not outcomes:
            return f"c{next(numbers)}"
        return f"?{draw(st.integers(0, 5))}{draw(st.sampled_from(['=', '!=']))}"

    made.append(Wild(lambda count: draw(st.integers(0, max(count - 1, 0))), size, condition))
    lines = made[0].lines
    if not outcomes:
        return lines
    users = made[0].users
    assume(users)

    def asked(line: str) -> str:
        before, mark, after = line.partition(" : ?")
        if not mark:
            return line
        return f'{before} : outcomes.{users[int(after[0]) % len(users)]} {after[1:]} "yes"'

    return [asked(line) for line in lines]
