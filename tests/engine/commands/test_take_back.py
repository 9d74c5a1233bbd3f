"""Taking back: the last decider while nobody has acted since, and the applicant to revise."""

from __future__ import annotations

import pytest

from engine.commands.claim import claim
from engine.commands.take_back import take_back
from engine.commands.trail import read_visits
from engine.commands.withdraw import revise, withdraw
from engine.errors import (
    AlreadyDone,
    NoSuchTarget,
    NotFound,
    SomebodyActed,
    TooLate,
)
from tests.engine.commands.casework import APPLICANT, DOER, FORM, office, package

LINE = (
    "start s",
    f"user a {DOER}",
    f"user b {DOER}",
    f"user c {DOER}",
    "end e",
    "s > a > b > c > e",
)


def test_a_decision_is_taken_back_while_nobody_has_acted(database_url: str) -> None:
    with office(package(*LINE), database_url) as at:
        at.start()
        at.complete("a", "ann")
        mine = at.done_task("a")
        with pytest.raises(NotFound):
            at.do("ben", lambda uow: take_back(uow, mine))
        at.do("ann", lambda uow: take_back(uow, mine, reason="a slip"))
        assert at.open() == ["a"]
        assert "ben" in at.told("taken_back")
        assert "ann" not in at.told("taken_back")
        with pytest.raises(AlreadyDone):
            at.do("ann", lambda uow: take_back(uow, mine))
        at.complete("a", "ann")
        assert at.open() == ["b"]


def test_whoever_has_taken_the_next_task_on_has_acted(database_url: str) -> None:
    with office(package(*LINE), database_url) as at:
        at.start()
        at.complete("a", "ann")
        at.do("ben", lambda uow: claim(uow, at.task("b")))
        with pytest.raises(SomebodyActed):
            at.do("ann", lambda uow: take_back(uow, at.done_task("a")))
        at.complete("b", "ben")
        with pytest.raises(SomebodyActed):
            at.do("ann", lambda uow: take_back(uow, at.done_task("a")))
        at.do("ben", lambda uow: take_back(uow, at.done_task("b")))
        assert at.open() == ["b"]


def test_a_branch_beside_it_goes_on_undisturbed(database_url: str) -> None:
    drawn = package(
        "start s",
        "parallel fork",
        f"user a {DOER}",
        f"user a2 {DOER}",
        f"user b {DOER}",
        "parallel join",
        f"user z {DOER}",
        "end e",
        "s > fork > a > a2 > join > z > e",
        "fork > b > join",
    )
    with office(drawn, database_url) as at:
        at.start()
        at.complete("a", "ann")
        at.complete("b", "ben")
        at.complete("a2", "cai")
        at.do("cai", lambda uow: take_back(uow, at.done_task("a2")))
        assert at.open() == ["a2"]
        at.complete("a2", "cai")
        assert at.open() == ["z"]
        at.do("ben", lambda uow: take_back(uow, at.done_task("b")))
        assert at.open() == ["b"]


def test_the_last_step_of_a_sub_process_that_is_over_stays(database_url: str) -> None:
    drawn = package(
        "start s", "sub box", "start s2", f"user b {DOER}", "end e2", "s2 > b > e2", "close",
        f"user z {DOER}", "end e", "s > box > z > e",
    )  # fmt: skip
    with office(drawn, database_url) as at:
        at.start()
        at.complete("b", "ben")
        with pytest.raises(NoSuchTarget):
            at.do("ben", lambda uow: take_back(uow, at.done_task("b")))


def test_the_applicant_revises_and_hands_in_again(database_url: str) -> None:
    with office(package(*LINE, forms={"s": FORM}), database_url) as at:
        at.start({"wish": "a desk"})
        at.complete("a", "ann")
        at.do("ben", lambda uow: claim(uow, at.task("b")))
        with pytest.raises(NotFound):
            at.do("outsider", lambda uow: revise(uow, at.case))
        at.do(APPLICANT, lambda uow: revise(uow, at.case, reason="a better wish"))
        assert at.open() == ["s"]
        assert at.told("taken_back") == ["ben"]
        at.complete("s", APPLICANT, form={"wish": "two desks"})
        assert at.open() == ["a"]
        at.do(APPLICANT, lambda uow: withdraw(uow, at.case))
        assert at.read().state == "withdrawn"


def test_revising_ends_where_withdrawing_ends(database_url: str) -> None:
    facts = {"s": FORM}
    drawn = package(*LINE, forms=facts)
    files = dict(drawn.files)
    files["process.toml"] = files["process.toml"].replace(b"until = []", b'until = ["b"]')
    with office(type(drawn)(files), database_url) as at:
        at.start({"wish": "a desk"})
        at.complete("a", "ann")
        with pytest.raises(TooLate):
            at.do(APPLICANT, lambda uow: revise(uow, at.case))


def test_a_case_withdrawn_with_effects_can_still_be_told_from_its_record(database_url: str) -> None:
    drawn = package(
        "start s", f"user a {DOER}", 'service n ability=numbering.next with.sequence="N-{number}"',
        f"user b {DOER}", "end e", "s > a > n > b > e",
    )  # fmt: skip
    with office(drawn, database_url) as at:
        at.start()
        at.complete("a", "ann")
        at.work()
        assert at.open() == ["b"]
        at.do(APPLICANT, lambda uow: withdraw(uow, at.case))
        with at.engine.database.read() as connection:
            visits = read_visits(connection, at.definition, at.case)
        assert [visit.element for visit in visits.visits.values()] == ["s", "a", "n", "b"]
