"""Random verbs of random people on a random process, beside the written token game.

After each step both must stand at the same places; the tables must hold nothing that belongs to no
token; the record must verify, and tell the same tokens, tasks and deadlines by itself.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from engine.commands.administer import correct, move_token, reassign, resume, suspend, terminate
from engine.commands.claim import claim, release
from engine.commands.complete import complete
from engine.commands.deliver import deliver
from engine.commands.send_back import send_back
from engine.commands.sending_back import allowed, targets
from engine.commands.take_back import take_back
from engine.commands.trail import Trail, read_visits
from engine.commands.withdraw import revise, withdraw
from engine.errors import EngineError, NotAllowed
from engine.jobs.run import run_due
from engine.store.case import Case
from tests.engine.commands.casework import APPLICANT, DOERS, MONDAY, Office
from tests.engine.verbs.hands import ANY, Hands
from tests.engine.verbs.identities import Identities
from tests.engine.verbs.judge import Judge
from tests.engine.verbs.processes import SERVICE, Drawn, Marking, sound_blocks
from tests.engine.verbs.reference import Act, Reference


class Verbs(Hands, Judge):
    """One case of one random process."""

    engine: Any

    @initialize(block=sound_blocks(), separated=st.booleans(), facts=st.integers(0, 2**12))
    def begin(self, block: Any, separated: bool, facts: int) -> None:
        """Draw a process and begin a case on it."""
        self.drawn = Drawn(block, separated=separated)
        self.marking = Marking()
        self.proxies = {}
        self.engine.abilities[SERVICE] = self.marking
        self.engine.clock.set(MONDAY)
        self.office = Office(self.engine, self.drawn.package)
        self.facts = {
            name: bool(facts >> place & 1) for place, name in enumerate(self.drawn.conditions)
        }
        self.office.start(dict(self.facts))
        self.reference = Reference(self.office.definition.diagram, self.facts.__getitem__)
        self.saved: dict[str, tuple[list[Act], dict[str, Any]]] = {}
        self.jobs()

    # What people do

    @rule(which=ANY, who=ANY)
    def decide(self, which: int, who: int) -> None:
        """Somebody completes an open task."""
        if found := self.pick(which):
            self.complete(found, who)

    def complete(self, found: Any, who: int) -> None:
        """One person completes one task."""
        person = self.doer(found, who)
        acted = self.attempt(
            person,
            lambda uow: complete(
                uow, found.id, form=dict(self.facts) if self.reference.held else None
            ),
        )
        if acted is not None:
            self.decided(found, acted)

    def decided(self, found: Any, acted: Any) -> None:
        """Tell the reference, where a vote or a verb has ended the task."""
        if self.again(found).state == "open":
            return
        visit = self.identities().of(found.token)
        straight = acted.moved.straight
        if straight == "gone":
            self.return_straight(visit)
        elif self.reference.held:
            self.reference.hand_in()
        else:
            self.reference.act(Act(visit, "complete"))
        self.jobs()

    @rule(which=ANY)
    def receive(self, which: int) -> None:
        """A message comes that something waits for."""
        self.deliver(which)

    def deliver(self, which: int) -> bool:
        """The first of those that wait for a message goes on; False where nothing does."""
        case = self.read()
        awaited = sorted(
            {
                item.element
                for item in case.open.values()
                if self.verb_of(item.kind, item.element) == "receive"
            }
        )
        if not awaited:
            return False
        element = awaited[which % len(awaited)]
        token = min((key for key, item in case.open.items() if item.element == element), key=int)
        ((visit, _, edge),) = self.identities().open(case.tokens or {}, {token: "receive"})
        command = partial(deliver, instance_id=case.id, message=f"m_{element}")
        if self.attempt(APPLICANT, command) is None:
            return False
        self.reference.act(Act(visit, "receive", edge))
        self.jobs()
        return True

    def return_straight(self, visit: str) -> None:
        """Everything stands as it did before the case was sent back, with what others did since."""
        acts, chosen = self.saved.pop(visit)
        known = {(one.visit, one.verb, one.edge) for one in acts}
        since = [one for one in self.reference.acts if (one.visit, one.verb, one.edge) not in known]
        self.reference.held = False
        self.reference.acts = [*acts, *since]
        self.reference.chosen = {**self.reference.chosen, **chosen}
        self.reference.play()

    @rule(which=ANY, where=ANY, who=ANY, jump=st.booleans(), block=st.booleans())
    def send_back(self, which: int, where: int, who: int, jump: bool, block: bool) -> None:
        """Somebody sends the case back to one of the places offered."""
        found = self.pick(which)
        if found is None or found.element_id == self.drawn.start:
            return
        case = self.office.read()
        with self.engine.database.read() as connection:
            offered = targets(Trail(connection, case), case.tokens or {}, found.token)
        offered = allowed(offered, case.definition.steps[found.element_id])
        if not offered:
            return
        target = offered[where % len(offered)]
        jump, block = jump and target.may_jump, block and target.has_block
        visit = self.identities().of(target.visit.token)
        before = (list(self.reference.acts), dict(self.reference.chosen))
        returned = self.attempt(
            self.doer(found, who),
            lambda uow: send_back(
                uow,
                found.id,
                target.element,
                reason="again",
                then="jump" if jump else "walk",
                whole_block=block,
            ),
        )
        if returned is None:
            return
        self.put_back(target.element, visit, block)
        if jump:
            self.saved[visit] = before
        self.jobs()

    def put_back(self, element: str, visit: str, block: bool = False) -> None:
        """The reference goes back, too."""
        if element == self.drawn.start:
            self.reference.begin_again()
        elif block:
            self.follow_block(visit)
        else:
            self.reference.send_back(visit)

    def follow_block(self, visit: str) -> None:
        """Which branches are opened again is the engine's word; that nothing else changes is not."""
        undone = self.undone_last()
        reference = self.reference
        reference.acts = [
            one
            for one in reference.acts
            if one.visit not in undone and not reference.led_to(visit, one.visit)
        ]
        reference.chosen = {
            key: value for key, value in reference.chosen.items() if key not in undone
        }
        reference.play()

    def undone_last(self) -> set[str]:
        """The visits that the last event says count no more."""
        (_, facts) = self.office.events()[-1]
        names = self.identities()
        return {names.of(token) for token in facts["undone"] if names.has(token)}

    @rule(which=ANY)
    def take_back(self, which: int) -> None:
        """Somebody takes the own decision back, where that is still possible."""
        done = [row for row in self.office.tasks() if row.state == "completed"]
        if not done:
            return
        row = done[which % len(done)]
        names = self.identities()
        taken = self.attempt(row.completed_by, lambda uow: take_back(uow, row.id))
        if taken is not None:
            self.put_back(row.element_id, names.of(row.token))
            self.jobs()

    @rule()
    def revise(self) -> None:
        """The applicant takes the case back to its beginning."""
        if self.attempt(APPLICANT, lambda uow: revise(uow, self.office.case)) is not None:
            self.reference.begin_again()
            self.jobs()

    @rule(which=ANY, who=ANY)
    def claim(self, which: int, who: int) -> None:
        """Somebody takes a task on, or gives it back."""
        if found := self.pick(which):
            if found.claimed_by:
                self.attempt(found.claimed_by, lambda uow: release(uow, found.id))
            else:
                self.attempt(DOERS[who % len(DOERS)], lambda uow: claim(uow, found.id))

    # What administrators do

    @rule(which=ANY, who=ANY)
    def reassign(self, which: int, who: int) -> None:
        """A task is given to somebody."""
        if found := self.pick(which):
            to = DOERS[who % len(DOERS)]
            self.attempt("keeper", lambda uow: reassign(uow, found.id, to, reason="ill"))

    @rule(which=ANY, where=ANY)
    def move_back(self, which: int, where: int) -> None:
        """An administrator puts a token back to a step that the case has passed."""
        found = self.pick(which)
        if found is None or found.element_id == self.drawn.start:
            return
        case = self.read()
        with self.engine.database.read() as connection:
            offered = targets(Trail(connection, case), case.tokens or {}, found.token)
        if not offered:
            return
        target = offered[where % len(offered)]
        visit = self.identities().of(target.visit.token)
        command = partial(move_token, task_id=found.id, target=target.element, reason="a slip")
        if self.attempt("keeper", command) is not None:
            self.put_back(target.element, visit)
            self.jobs()

    @rule()
    def move_past(self) -> None:
        """An administrator tries to leave out the step that a policy asks for, and is refused."""
        if self.drawn.policy is None:
            return
        first, last = self.drawn.policy
        waiting = [row for row in self.office.tasks() if row.state == "open"]
        for row in waiting:
            if row.element_id == first:
                command = partial(move_token, task_id=row.id, target=last, reason="a shortcut")
                assert self.attempt("keeper", command) is None

    @rule(which=ANY)
    def correct(self, which: int) -> None:
        """A fact that gateways ask for changes."""
        if not self.drawn.conditions or self.state not in ("active", "suspended"):
            return
        name = self.drawn.conditions[which % len(self.drawn.conditions)]
        self.write({name: not self.facts[name]})

    def write(self, values: dict[str, Any]) -> None:
        """Correct the document."""
        version = self.office.read().document.version
        done = self.attempt(
            "keeper",
            lambda uow: correct(uow, self.office.case, values, reason="a typo", version=version),
        )
        if done is not None:
            self.facts.update(values)

    @rule(days=st.integers(0, 3))
    def pause(self, days: int) -> None:
        """The case stands still for a while."""
        if self.state != "active":
            return
        self.office.do("keeper", lambda uow: suspend(uow, self.office.case, reason="a question"))
        self.engine.clock.advance(timedelta(days=days))
        self.jobs()
        self.check()
        self.office.do("keeper", lambda uow: resume(uow, self.office.case, reason="answered"))
        self.jobs()

    @precondition(lambda self: self.steps > 12)
    @rule(which=st.integers(0, 3))
    def end(self, which: int) -> None:
        """Now and then a case is ended early."""
        if self.state != "active" or which:
            return
        by_applicant = bool(self.steps % 2)
        ended = (
            self.attempt(APPLICANT, lambda uow: withdraw(uow, self.office.case))
            if by_applicant
            else self.attempt("keeper", lambda uow: terminate(uow, self.office.case, reason="over"))
        )
        if ended is not None:
            self.reference.top.marks.clear()
            self.reference.top.busy.clear()
            self.reference.held = False

    # What time does

    @rule(days=st.integers(1, 3), fails=st.booleans())
    def wait(self, days: int, fails: bool) -> None:
        """Time passes; what falls due is done one after the other."""
        self.engine.clock.advance(timedelta(days=days))
        self.jobs()

    def jobs(self) -> None:
        """Run what is due, one at a time, and tell the reference."""
        verbs = {"timer.fired": "fire", "ability.done": "complete", "ability.failed": "fail"}
        for _ in range(200):
            names = self.identities()
            due = self.office.jobs("due")
            known = {row.id: self.place_of(names, row) for row in due if row.due_at <= self.now}
            told = len(self.office.events())
            if not run_due(self.engine, "machine", limit=1):
                return
            for event, _ in self.office.events()[told:]:
                if event.type in verbs:
                    visit, edge = known[event.subject["job"]]
                    self.reference.act(Act(visit, verbs[event.type], edge))
        raise AssertionError("jobs without end")

    def place_of(self, names: Identities, row: Any) -> tuple[str, str]:
        """The visit a job works for, and the event at which it waits."""
        ((visit, _, edge),) = names.open(self.read().tokens or {}, {row.token: "any"})
        return visit, edge

    # Looking

    @property
    def now(self) -> Any:
        """The instant."""
        return self.engine.clock.now()

    @property
    def state(self) -> str:
        """The case's state."""
        return self.read().state

    steps = 0

    def read(self) -> Case:
        """The case."""
        return self.office.read()

    def pick(self, which: int) -> Any:
        """An open task, or None."""
        rows = [row for row in self.office.tasks() if row.state == "open"]
        return rows[which % len(rows)] if rows else None

    def again(self, row: Any) -> Any:
        """The task as it is now."""
        return next(one for one in self.office.tasks() if one.id == row.id)

    def attempt(self, person: str, command: Any) -> Any:
        """Do it, or be refused; a refusal changes nothing but the record."""
        self.steps += 1
        before = self.office.read()
        try:
            return self.office.do(person, command)
        except NotAllowed:
            assert self.office.events("refused")
        except EngineError:
            pass
        after = self.office.read()
        assert (after.tokens, after.open, after.state) == (before.tokens, before.open, before.state)
        return None

    def identities(self) -> Identities:
        """The engine's visits by what they came from."""
        told = [facts for _, facts in self.office.events()]
        way = [entry for facts in told for entry in facts.get("way", ())]
        placed = [entry for facts in told for entry in facts.get("placed", ())]
        with self.engine.database.read() as connection:
            visits = read_visits(connection, self.office.definition, self.office.case)
        return Identities(visits, way, placed)

    # The end

    def teardown(self) -> None:
        """Whatever has happened, the case can be brought to its end."""
        if not hasattr(self, "reference"):
            return
        self.write(dict.fromkeys(self.drawn.conditions, False)) if self.state == "active" else None
        for turn in range(400):
            if self.state != "active":
                break
            self.jobs()
            rows = [row for row in self.office.tasks() if row.state == "open"]
            if not rows and self.deliver(turn):
                continue
            if not rows:
                self.engine.clock.advance(timedelta(days=2))
                continue
            row = rows[turn % len(rows)]
            for asked in self.questions(row):
                self.close_question(row, asked, answered=True)
            if turn % 20 == 19:
                # Everybody of the role may have acted where the rule bars them: an administrator helps.
                spare = ("boss", "outsider")[turn // 20 % 2]
                self.attempt(
                    "keeper", lambda uow, r=row, to=spare: reassign(uow, r.id, to, reason="x")
                )
            self.complete(self.again(row), turn // len(rows))
        else:
            raise AssertionError("the case does not end")
        self.check()
        self.end_proxies()
