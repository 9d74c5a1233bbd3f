"""Random valid processes with people, timers and effects, as packages."""

from __future__ import annotations

import re
from typing import Any

from hypothesis import strategies as st

from engine.abilities.base import Answer, Call, Done, Failed
from engine.catalog.package import Package
from tests.engine.commands.casework import package
from tests.engine.runtime.sketches import Sketch

GATEWAYS = ("exclusive", "parallel", "inclusive")
#: What becomes of what a service task did, by the number of the task.
POLICIES = ("reversed", "void", "irreversible", "none")
SERVICE = "mark"


def sound_blocks() -> st.SearchStrategy[Any]:
    """Blocks in which every split is joined by its own kind, so that every case can end."""
    people = st.just(("task", "user"))
    leaves = st.one_of(
        people,
        people,
        people,
        st.just(("task", "service")),
        st.just(("task", "timer")),
        st.just(("task", "message")),
        st.just(("task", "receive")),
        st.just(("nothing",)),
        st.just(("stop",)),
        st.tuples(st.just("repeat"), st.just("user"), st.sampled_from(LOOPS)),
    )
    small = _larger(leaves)
    return _larger(st.one_of(leaves, small, small))


LOOPS = ("times", "times in_turn")


def _larger(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    several = st.lists(inner, min_size=2, max_size=3)
    two = st.sampled_from(GATEWAYS).flatmap(
        lambda kind: st.tuples(st.just(kind), st.just(kind), several)
    )
    return st.one_of(
        st.tuples(st.just("in turn"), several),
        st.tuples(st.just("in turn"), several),
        two,
        two,
        st.tuples(st.just("loop"), inner),
        st.tuples(st.just("box"), inner),
        st.tuples(st.just("catch"), inner, inner),
        st.tuples(st.just("deadline"), st.sampled_from(["user", "service"]), inner),
        st.tuples(st.just("reminder"), inner),
        st.tuples(st.just("overdue box"), inner, inner),
        st.tuples(st.just("boxes"), st.sampled_from(LOOPS), inner),
        st.tuples(
            st.just("first of"),
            st.just(["timer", "message", "timer"]),
            st.lists(inner, min_size=2, max_size=2),
        ),
    )


class Drawn:
    """One random process: its lines, its conditions, its package."""

    def __init__(self, block: Any, *, separated: bool) -> None:
        lines = [self._line(line) for line in Sketch(("in turn", [("task", "user"), block])).lines]
        self.conditions = sorted(
            {line.partition(" : ")[2].strip() for line in lines if " : " in line}
        )
        users = [line.split()[1] for line in lines if line.startswith("user ")]
        self.rule = (users[0], users[-1]) if separated and len(users) > 1 else None
        facts = ""
        if self.rule:
            facts = (
                '[[separation.rule]]\nid = "two"\nwhy = "two people"\n'
                f'groups = [["{self.rule[0]}"], ["{self.rule[1]}"]]\n'
            )
        #: The last step may not be reached without the first one, whatever verbs are used.
        self.policy = (users[0], users[-1]) if len(users) > 1 else None
        if self.policy:
            facts += (
                '[[policy]]\nid = "first"\nwhy = "the first step first"\n'
                f'before = "{self.policy[1]}"\npasses = [["{self.policy[0]}"]]\n'
            )
        form = {
            "schemaVersion": 18,
            "type": "default",
            "components": [
                {"type": "checkbox", "key": name, "label": name} for name in self.conditions
            ],
        }
        self.start = next(line.split()[1] for line in lines if line.startswith("start "))
        self.lines = lines
        self.package: Package = package(*lines, facts=facts, forms={self.start: form})

    def _line(self, line: str) -> str:
        # How many instances there are is part of the drawing: 0 to 3.
        line = re.sub(r"times=count_\D+(\d+)", lambda found: f"times={int(found[1]) % 4}", line)
        if line.startswith("user "):
            return f"{line} candidates=doer@applicant.unit"
        if line.startswith("service "):
            return f"{line} ability={SERVICE}"
        return line


class Marking:
    """An ability that leaves an effect by the number of its task, and fails when it is told to."""

    sets_aside = False

    def __init__(self) -> None:
        self.failing = False
        #: effect reference → what it amounts to now
        self.balance: dict[str, int] = {}

    def run(self, call: Call) -> Answer:
        """Leave an effect, or fail."""
        if self.failing:
            self.failing = False
            return Failed("returned")
        number = int(re.findall(r"\d+", call.element)[0])
        policy = POLICIES[number % len(POLICIES)]
        if policy != "none":
            reference = f"{call.job_id}"
            self.balance[reference] = 1
            call.leave_effect(SERVICE, policy, reference)
        return Done()

    def undo(self, uow: Any, case: Any, done: Any) -> None:
        """The counter-entry."""
        assert done.policy != "irreversible"
        self.balance[done.reference] -= 1
