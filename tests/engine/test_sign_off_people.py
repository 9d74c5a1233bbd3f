"""What the people of a sign-off see: every row K of docs/sign-off.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from engine.actors import SYSTEM
from engine.catalog.package import Package
from engine.catalog.versions import deploy
from engine.commands.complete import close_at_deadline, complete
from engine.commands.locate import locate
from engine.commands.start import start
from engine.errors import AlreadyDone, NobodyFound, NotFound, OpinionRequired, UnknownOutcome
from engine.jobs.run import run_due
from engine.store.case import stream_of
from engine.store.tables import case_document, event, event_payload, instance, signer, task
from engine.testing import CastDirectory, temporary_engine
from engine.testing.house import ZONE
from tests.engine.sign_off_page import rows

SEEN = [row[0] for row in rows() if len(row) == 2 and row[0].startswith("K")]
SOUND = Path(__file__).parent / "catalog" / "broken" / "_sound"
MORNING = datetime(2026, 3, 2, 9, tzinfo=ZONE)


def test_every_row_about_people_has_a_test():
    tested = {name.split("_")[1].upper() for name in globals() if re.match(r"test_k\d+_", name)}
    assert tested == set(SEEN)


BOARD = ["bea", "bob", "bo"]


class House:
    """The small package of the checks with another vote, on a database of its own."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine
        self.case = ""

    def deploy(self, sign_off: str, outcomes: str = "", signers: str = "", due: str = "") -> None:
        files = dict(Package.from_folder(SOUND).files)
        drawn = files["process.bpmn"].decode()
        drawn = re.sub(
            r"<gongban:signOff [^>]*/>", f"<gongban:signOff {sign_off}{signers} />", drawn
        )
        if outcomes:
            drawn = re.sub(
                r'(id="vote".*?<gongban:outcomes>).*?(</gongban:outcomes>)',
                lambda found: found[1] + outcomes + found[2],
                drawn,
                flags=re.S,
            )
        if due:
            into = '<spiffworkflow:property name="into" value="votes" />'
            when = due.replace('"', "&quot;")
            drawn = drawn.replace(
                into, f'{into}<spiffworkflow:property name="due" value="{when}" />'
            )
        files["process.bpmn"] = drawn.encode()
        with self.engine.command(SYSTEM) as uow:
            made, _ = deploy(uow, Package(files))
            uow.commit()
        self.definition = self.engine.catalog.get(made)

    def act(self, person: str, verb: Any, *args: Any, **facts: Any) -> Any:
        with self.engine.command(self.engine.directory.actor(person)) as uow:
            acted = verb(uow, *args, **facts)
            uow.commit()
        return acted

    def open_vote(self, reviewer: str = "carl") -> None:
        form = {"item": "a ball", "value_fen": 500}
        self.case = self.act("anna", start, self.definition, form).case.id
        self.act(reviewer, complete, self.task("review"), outcome="agree", form={})

    def task(self, element: str = "vote") -> str:
        query = select(task.c.id).where(
            task.c.instance_id == self.case, task.c.element_id == element
        )
        return str(self.all(query)[0])

    def vote(self, person: str, outcome: str = "yes", **facts: Any) -> Any:
        return self.act(person, complete, self.task(), outcome=outcome, **{"form": {}, **facts})

    def pass_deadline(self) -> Any:
        """What the job of the deadline does."""

        def close(uow: Any) -> Any:
            return close_at_deadline(uow, locate(uow, self.task()))

        return self.act("bea", close)

    def all(self, statement: Any) -> list[Any]:
        with self.engine.database.read() as connection:
            return list(connection.execute(statement).scalars())

    def signers(self) -> dict[str, str]:
        query = select(signer.c.person_id, signer.c.state).order_by(signer.c.position)
        with self.engine.database.read() as connection:
            return {row.person_id: row.state for row in connection.execute(query)}

    def document(self) -> dict[str, Any]:
        return dict(self.all(select(case_document.c.content))[0])

    def closed(self) -> tuple[str, str]:
        query = select(task.c.outcome, task.c.completed_by).where(task.c.id == self.task())
        with self.engine.database.read() as connection:
            return tuple(connection.execute(query).one())


@pytest.fixture
def house() -> Iterator[House]:
    cast = CastDirectory.load(SOUND.parent / "_shared" / "cast.yaml")
    with temporary_engine(cast, MORNING) as engine:
        yield House(engine)


def give(house: House, person: str, role: str) -> None:
    house.engine.directory.people[person]["roles"].append({"role": role, "at": "north"})


def test_k1_those_who_hold_the_role_when_the_task_opens_are_entitled(house):
    house.deploy('rule="all"')
    house.open_vote()
    give(house, "carl", "board")
    assert list(house.signers()) == BOARD


def test_k2_the_signers_named_are_entitled_once_and_in_order(house):
    named = " signers='[&quot;bo&quot;, &quot;bea&quot;, &quot;bo&quot;]'"
    house.deploy('rule="all"', signers=named)
    house.open_vote()
    assert list(house.signers()) == ["bo", "bea"]


def test_k3_whom_a_rule_forbids_the_vote_is_not_entitled_and_named_as_recused(house):
    give(house, "bea", "clerk")
    house.deploy('rule="all"')
    house.open_vote(reviewer="bea")
    assert list(house.signers()) == ["bob", "bo"]
    payloads = house.all(
        select(event_payload.c.payload).where(event_payload.c.stream == stream_of(house.case))
    )
    assert any('"recused":["bea"]' in text for text in payloads)


def test_k4_with_too_few_signers_the_task_does_not_open(house):
    house.deploy('rule="all" minimum="4"')
    with pytest.raises(NobodyFound) as refused:
        house.open_vote()
    assert (refused.value.parts["needed"], refused.value.parts["found"]) == (4, 3)
    assert house.all(select(task.c.state)) == ["open"]


def test_k5_in_a_sequence_only_the_one_whose_turn_it_is_may_vote(house):
    house.deploy('rule="sequence"')
    house.open_vote()
    assert house.signers() == {"bea": "open", "bob": "waiting", "bo": "waiting"}
    with pytest.raises(AlreadyDone):
        house.vote("bob")
    house.vote("bea")
    assert house.signers() == {"bea": "voted", "bob": "open", "bo": "waiting"}
    house.vote("bob")
    assert house.vote("bo").decided


def test_k6_a_vote_is_final(house):
    house.deploy('rule="all"')
    house.open_vote()
    house.vote("bea")
    for outcome in ("yes", "no"):
        with pytest.raises(AlreadyDone):
            house.vote("bea", outcome)
    assert house.all(select(task.c.tally).where(task.c.id == house.task()))[0]["positive"] == 1


def test_k7_once_decided_the_others_are_not_needed(house):
    house.deploy('rule="any"')
    house.open_vote()
    assert house.vote("bob").decided
    assert house.signers() == {"bea": "not_needed", "bob": "voted", "bo": "not_needed"}
    with pytest.raises(AlreadyDone):
        house.vote("bea")


def test_k8_of_a_shared_form_the_last_signers_values_stand(house):
    house.deploy('rule="all" form="shared"')
    house.open_vote()
    for person in BOARD:
        house.vote(person, form={"reason": person})
    assert house.document()["votes"] == {"reason": "bo"}


def test_k9_every_signers_own_form_is_kept_with_who_signed_it(house):
    house.deploy('rule="all" form="each"')
    house.open_vote()
    for person in ("bo", "bea", "bob"):
        house.vote(person, form={"reason": person}, opinion=f"{person} agrees")
    assert house.document()["votes"] == [
        {
            "reason": person,
            "signer": person,
            "signer_name": person.title(),
            "outcome": "yes",
            "opinion": f"{person} agrees",
            "signed_on": "2026-03-02",
        }
        for person in BOARD
    ]


def test_k10_what_is_no_vote_here_is_refused(house):
    outcomes = """
      <gongban:outcome id="yes" label="Yes" kind="positive" />
      <gongban:outcome id="no" label="No" kind="negative" opinion="required" />
      <gongban:outcome id="pass" label="Abstain" kind="abstain" />
      <gongban:outcome id="later" label="Later" kind="neutral" />"""
    house.deploy('rule="all" abstain="refused"', outcomes)
    house.open_vote()
    for outcome in ("pass", "later", "never"):
        with pytest.raises(UnknownOutcome):
            house.vote("bea", outcome)
    with pytest.raises(OpinionRequired):
        house.vote("bea", "no")
    assert set(house.signers().values()) == {"open"}


def test_k11_the_outcome_is_the_first_of_the_verdicts_kind(house):
    outcomes = """
      <gongban:outcome id="yes" label="Yes" kind="positive" />
      <gongban:outcome id="gladly" label="Gladly" kind="positive" />
      <gongban:outcome id="no" label="No" kind="negative" />"""
    house.deploy('rule="ratio"', outcomes)
    house.open_vote()
    house.vote("bea", "gladly")
    assert house.vote("bo", "gladly").decided
    assert house.closed() == ("yes", "bo")


@pytest.mark.parametrize(("named", "outcome"), [("", "no"), (' no_quorum="again"', "again")])
def test_k12_without_quorum_at_the_deadline_the_system_says_so(house, named, outcome):
    outcomes = """
      <gongban:outcome id="yes" label="Yes" kind="positive" />
      <gongban:outcome id="no" label="No" kind="negative" />
      <gongban:outcome id="again" label="Again" kind="negative" />"""
    house.deploy(f'rule="ratio" of="present" quorum="2/3"{named}', outcomes)
    house.open_vote()
    house.vote("bo")
    assert house.pass_deadline().closes
    # Who voted is on the case, as it is when the votes decide.
    assert "bo" in str(house.all(select(instance.c.participants))[0])
    assert house.closed() == (outcome, SYSTEM.id)
    assert house.signers() == {"bea": "not_needed", "bob": "not_needed", "bo": "voted"}


def test_k13_who_is_not_entitled_does_not_know_of_the_task(house):
    house.deploy('rule="all"')
    house.open_vote()
    house.engine.directory.people["dora"] = {
        "id": "dora",
        "name": "Dora",
        "unit": "north",
        "roles": [{"role": "board", "at": "north"}],
    }
    with pytest.raises(NotFound):
        house.vote("dora")


def test_k14_a_signer_who_loses_the_role_still_counts(house):
    house.deploy('rule="all"')
    house.open_vote()
    house.engine.directory.people["bea"]["roles"] = []
    house.vote("bob")
    assert not house.vote("bo").decided
    assert house.vote("bea").decided


def test_k15_every_vote_is_an_event_with_the_counters_after_it(house):
    house.deploy('rule="all" wait="all"')
    house.open_vote()
    for person, outcome in (("bea", "yes"), ("bob", "no"), ("bo", "yes")):
        house.vote(person, outcome)
    said = house.all(
        select(event.c.subject).where(event.c.type == "task.voted").order_by(event.c.seq)
    )
    assert [(one["positive"], one["negative"]) for one in said] == [(1, 0), (1, 1), (2, 1)]
    assert {one["entitled"] for one in said} == {3}


def test_a_deadline_that_decides_is_a_job_of_its_own(house: House) -> None:
    house.deploy('rule="ratio" quorum="2/3" no_quorum="no" form="each"', due='duration("P2D")')
    house.open_vote()
    house.vote(next(iter(house.signers())))
    clock = house.engine.clock
    clock.advance(timedelta(days=1))
    while run_due(house.engine, "worker"):
        pass
    assert house.closed() == (None, None)
    clock.advance(timedelta(days=1, minutes=1))
    while run_due(house.engine, "worker"):
        pass
    assert house.closed() == ("no", "system")
    assert len(house.document()["votes"]) == 1


def test_a_due_date_alone_decides_nothing(house: House) -> None:
    house.deploy('rule="ratio" quorum="2/3" form="each"', due='duration("P2D")')
    house.open_vote()
    house.engine.clock.advance(timedelta(days=3))
    while run_due(house.engine, "worker"):
        pass
    assert house.closed() == (None, None)
