"""What must hold after each step: the two stand at the same places, and nothing belongs to nothing."""

from __future__ import annotations

from typing import Any

from hypothesis.stateful import RuleBasedStateMachine, invariant
from sqlalchemy import select

from engine.store.case import Case
from engine.store.tables import delegation, effect, signer, task_candidate
from tests.engine.lists import check_lists
from tests.engine.verbs.checks import check_chain, check_replay
from tests.engine.verbs.identities import Identities

OPEN_JOBS = ("due", "waiting", "incident", "parked")


class Judge(RuleBasedStateMachine):
    """The invariants; the machine that inherits them does what is judged."""

    engine: Any
    office: Any
    drawn: Any
    marking: Any
    reference: Any

    def read(self) -> Case:
        """The case."""
        raise NotImplementedError

    def identities(self) -> Identities:
        """The engine's visits by what they came from."""
        raise NotImplementedError

    @invariant()
    def holds(self) -> None:
        """Everything that must be so after each step."""
        if hasattr(self, "reference"):
            self.check()

    def check(self) -> None:
        """Compare with the reference, and look for what belongs to nothing."""
        case = self.read()
        events = self.office.events()
        self.check_places(case)
        self.check_tables(case)
        self.check_separation(events)
        self.check_policy(case)
        self.check_effects()
        check_chain(self.engine, self.office.case)
        check_replay(self.engine, self.office)

    def check_places(self, case: Case) -> None:
        """Both stand at the same places."""
        tokens = case.tokens or {"tokens": []}
        names = self.identities()
        if self.reference.held:
            assert [item.element for item in case.open.values()] == [self.drawn.start]
            return
        verbs = {token: self.verb_of(item.kind, item.element) for token, item in case.open.items()}
        assert names.open(tokens, verbs) == self.reference.open()
        assert names.waiting(tokens) == self.reference.waiting()
        assert self.reference.is_over == (case.state not in ("active", "suspended"))

    def verb_of(self, kind: str, element: str) -> str:
        """What happens at an open token."""
        event = self.office.definition.diagram.elements[element].event
        if kind == "task" or event is None:
            return "complete"
        return "receive" if event.kind == "message" else "fire"

    def check_tables(self, case: Case) -> None:
        """Ended, or something open moves it; and nothing is open that belongs to no token."""
        living = {entry[0] for entry in (case.tokens or {"tokens": []})["tokens"]}
        rows = self.office.tasks()
        waiting = [row for row in rows if row.state == "open"]
        jobs = self.office.jobs(*OPEN_JOBS)
        if case.state in ("active", "suspended"):
            assert waiting or jobs, "nothing can move the case"
        else:
            assert not waiting
            assert not jobs
        assert {row.token for row in waiting} <= living
        assert {row.token for row in jobs} <= living
        assert {row.token for row in waiting} == {
            token for token, item in case.open.items() if item.kind == "task"
        }
        check_lists(self.office.engine)
        closed = [row.id for row in rows if row.state != "open"]
        for table, condition in (
            (task_candidate, task_candidate.c.task_id.in_(closed)),
            (signer, signer.c.task_id.in_(closed) & signer.c.state.in_(("open", "waiting"))),
            (delegation, delegation.c.task_id.in_(closed) & (delegation.c.state == "open")),
        ):
            assert not self.office.rows(select(table).where(condition)), table.name

    def check_separation(self, events: list[Any]) -> None:
        """Nobody acted at both steps of the rule, by whichever road."""
        if self.drawn.rule is None:
            return
        acted: dict[str, set[str]] = {}
        for event, _ in events:
            if event.type in ("task.completed", "task.voted", "task.returned"):
                people = {event.actor, event.subject.get("for")} - {None, "system"}
                acted.setdefault(event.subject["element"], set()).update(people)
        first, second = (acted.get(element, set()) for element in self.drawn.rule)
        assert not first & second

    def check_policy(self, case: Case) -> None:
        """Nobody stands at the last step of the policy who has not passed the first, or will before."""
        if self.drawn.policy is None:
            return
        first, last = self.drawn.policy
        rows = self.office.tasks()
        passed = any(
            row.element_id == first and row.state == "completed" and not row.undone for row in rows
        )
        assert passed or last not in [item.element for item in case.open.values()]

    def check_effects(self) -> None:
        """What cannot be undone stands; what was undone balances."""
        rows = self.office.rows(select(effect).where(effect.c.instance_id == self.office.case))
        for row in rows:
            assert self.marking.balance[row.reference] == (1 if row.state == "standing" else 0)
            assert row.policy != "irreversible" or row.state == "standing"
