"""Random changes of hands: handing on, advice, standing in, more and fewer signers."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from sqlalchemy import select

from engine.commands.delegate import advise, delegate, recall
from engine.commands.fewer_signers import remove_signer
from engine.commands.hand_on import transfer
from engine.commands.proxies import end_proxy, set_proxy
from engine.commands.recusals import declare
from engine.commands.signers import HOW, add_signers, reorder_signers
from engine.commands.withdraw_vote import withdraw_vote
from engine.store.tables import delegation, signer
from tests.engine.commands.casework import DOERS

ANY = st.integers(0, 47)


class Hands(RuleBasedStateMachine):
    """Rules that leave every token where it is; the machine that inherits them says who does what."""

    engine: Any
    office: Any
    drawn: Any

    #: owner → the deputy and the proxy's id, in this sequence
    proxies: dict[str, tuple[str, str]]

    def pick(self, which: int) -> Any:
        """An open task, or None."""
        raise NotImplementedError

    def attempt(self, person: str, command: Any) -> Any:
        """Do it, or be refused."""
        raise NotImplementedError

    def decided(self, found: Any, acted: Any) -> None:
        """Tell the reference, where the verb has ended the task."""
        raise NotImplementedError

    @rule(which=ANY, who=ANY, to=ANY)
    def transfer(self, which: int, who: int, to: int) -> None:
        """Somebody hands a task, or a part in it, on."""
        if found := self.pick(which):
            receiver = DOERS[to % len(DOERS)]
            self.attempt(self.doer(found, who), lambda uow: transfer(uow, found.id, receiver, "x"))

    @rule(which=ANY, who=ANY, to=ANY, answered=st.booleans())
    def ask(self, which: int, who: int, to: int, answered: bool) -> None:
        """Somebody asks for advice; what was asked before is answered, or taken back."""
        if found := self.pick(which):
            if asked := self.questions(found):
                self.close_question(found, asked[0], answered=answered)
            else:
                adviser = (*DOERS, "boss")[to % (len(DOERS) + 1)]
                self.attempt(
                    self.doer(found, who), lambda uow: delegate(uow, found.id, adviser, "how?")
                )

    def close_question(self, found: Any, asked: Any, *, answered: bool) -> None:
        """The adviser answers, or the owner waits no longer."""
        if answered:
            self.attempt(asked.adviser_id, lambda uow: advise(uow, found.id, "so"))
        else:
            self.attempt(asked.owner_id, lambda uow: recall(uow, found.id))

    def questions(self, found: Any) -> list[Any]:
        """The questions about a task that are out."""
        out = (delegation.c.task_id == found.id) & (delegation.c.state == "open")
        return list(self.office.rows(select(delegation).where(out)))

    @rule(owner=ANY, deputy=ANY)
    def stand_in(self, owner: int, deputy: int) -> None:
        """Somebody stands in for somebody, or does so no longer."""
        whose, who = DOERS[owner % len(DOERS)], DOERS[deputy % len(DOERS)]
        if whose in self.proxies:
            _, proxy = self.proxies.pop(whose)
            self.office.do(whose, lambda uow: end_proxy(uow, proxy))
            return
        now = self.engine.clock.now()
        if proxy := self.attempt(whose, lambda uow: set_proxy(uow, who, now, None)):
            self.proxies[whose] = (who, proxy)

    def end_proxies(self) -> None:
        """The office is another sequence's next."""
        for owner, (_, proxy) in self.proxies.items():
            self.office.do(owner, lambda uow, one=proxy: end_proxy(uow, one))
        self.proxies = {}

    @rule(which=ANY, who=ANY, first=ANY, more=st.integers(1, 2), how=st.sampled_from(sorted(HOW)))
    def add_signers(self, which: int, who: int, first: int, more: int, how: str) -> None:
        """Somebody has others sign as well."""
        found = self.pick(which)
        if found and found.element_id != self.drawn.start:
            people = [DOERS[(first + one) % len(DOERS)] for one in range(more)]
            self.attempt(self.doer(found, who), lambda uow: add_signers(uow, found.id, people, how))

    @rule(which=ANY, who=ANY)
    def remove_signer(self, which: int, who: int) -> None:
        """An administrator takes a signer off."""
        found = self.pick(which)
        if found and (rows := self.signers(found, "open", "waiting")):
            person = rows[who % len(rows)].person_id
            acted = self.attempt("keeper", lambda uow: remove_signer(uow, found.id, person, "x"))
            if acted is not None:
                self.decided(found, acted)

    @rule(which=ANY)
    def reorder(self, which: int) -> None:
        """An administrator has those who are not asked yet sign the other way round."""
        found = self.pick(which)
        if found and (rows := self.signers(found, "waiting")):
            order = [row.person_id for row in sorted(rows, key=lambda row: -row.position)]
            self.attempt("keeper", lambda uow: reorder_signers(uow, found.id, order, "x"))

    @rule(which=ANY, who=ANY)
    def withdraw_vote(self, which: int, who: int) -> None:
        """Somebody takes a vote back, where the matter is still open."""
        found = self.pick(which)
        if found and (rows := self.signers(found, "voted")):
            person = rows[who % len(rows)].person_id
            self.attempt(person, lambda uow: withdraw_vote(uow, found.id))

    @rule(who=ANY, really=st.integers(0, 5))
    def recuse(self, who: int, really: int) -> None:
        """Now and then somebody is not impartial in this case, and acts in it no more."""
        if really:
            return
        waiting = {row.id: row for row in self.office.tasks() if row.state == "open"}
        told = len(self.office.events())
        person = DOERS[who % len(DOERS)]
        if self.attempt(person, lambda uow: declare(uow, instance_id=self.office.case)):
            for event, _ in self.office.events()[told:]:
                assert event.type != "task.completed", "stepping aside decides nothing"
            assert all(row.state == "open" for row in self.office.tasks() if row.id in waiting)

    def signers(self, found: Any, *states: str) -> list[Any]:
        """Those who sign a task, by name."""
        asked = (signer.c.task_id == found.id) & signer.c.state.in_(states)
        return list(self.office.rows(select(signer).where(asked).order_by(signer.c.person_id)))

    def doer(self, found: Any, who: int) -> str:
        """Whoever is to act on the task, or their deputy; else anybody of the role."""
        only = [key.removeprefix("person:") for key in found.candidate_keys or () if ":" in key]
        turns = [row.person_id for row in self.signers(found, "open")]
        if turns:
            person = turns[who % len(turns)]
        else:
            person = found.claimed_by or (only[0] if only else DOERS[who % len(DOERS)])
        deputy, _ = self.proxies.get(person, (person, ""))
        return str(deputy if who % 2 else person)
