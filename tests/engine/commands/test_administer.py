"""What an administrator may do to a case: with a reason, recorded, and within the rules."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from engine.commands.administer import (
    correct,
    move_token,
    reassign,
    resume,
    suspend,
    terminate,
)
from engine.commands.claim import claim
from engine.errors import (
    AlreadyDone,
    Invalid,
    NoSuchTarget,
    NotAllowed,
    NotFound,
    ReasonRequired,
    SeparationOfDuties,
    Suspended,
)
from tests.engine.commands.casework import APPLICANT, DOER, FORM, Office, office, package

TWO = (
    "start s",
    f'user a {DOER} due=duration("P2D")',
    "timer late on a",
    f"user b {DOER}",
    "end e",
    "s > a > b > e",
    "late > b",
)


@pytest.fixture
def two(database_url: str) -> Iterator[Office]:
    with office(package(*TWO, forms={"s": FORM}), database_url) as at:
        at.start({"wish": "a desk", "amount_fen": 100})
        yield at


def test_a_suspended_case_stands_still_and_goes_on_where_it_stood(two: Office) -> None:
    two.do("keeper", lambda uow: suspend(uow, two.case, reason="a question"))
    with pytest.raises(Suspended):
        two.complete("a", "ann")
    two.wait(timedelta(days=5))
    assert two.open() == ["a"]
    due = two.tasks()[0].due_at
    two.do("keeper", lambda uow: resume(uow, two.case, reason="answered"))
    assert two.tasks()[0].due_at - due == timedelta(days=5)
    two.work()
    assert two.open() == ["a"]
    two.wait(timedelta(days=2))
    assert two.open() == ["b"]
    (_, facts) = two.events("instance.resumed")[0]
    assert facts["reason"] == "answered"
    assert facts["stood"] == 5 * 86_400
    assert (facts["before"], facts["after"]) == ({"state": "suspended"}, {"state": "active"})


def test_nobody_but_an_administrator_and_never_without_a_reason(two: Office) -> None:
    with pytest.raises(NotFound):
        two.do("ann", lambda uow: suspend(uow, two.case, reason="why not"))
    with pytest.raises(ReasonRequired):
        two.do("keeper", lambda uow: suspend(uow, two.case, reason="  "))


def test_an_administrator_does_not_repair_the_own_case(two: Office) -> None:
    person = two.engine.directory.people[APPLICANT]  # type: ignore[attr-defined]
    person["roles"].append({"role": "keeper", "at": "root"})
    with pytest.raises(NotAllowed):
        two.do(APPLICANT, lambda uow: terminate(uow, two.case, reason="mine"))
    assert two.events("refused")


def test_a_terminated_case_has_nothing_open(two: Office) -> None:
    two.do("keeper", lambda uow: terminate(uow, two.case, reason="a duplicate"))
    assert two.read().state == "terminated"
    assert two.open() == []
    assert two.jobs("due", "parked", "waiting") == []
    with pytest.raises(AlreadyDone):
        two.do("keeper", lambda uow: terminate(uow, two.case, reason="again"))


def test_those_it_waited_for_hear_that_a_case_was_ended(two: Office) -> None:
    two.do("ann", lambda uow: claim(uow, two.task("a")))
    two.do("keeper", lambda uow: terminate(uow, two.case, reason="a duplicate"))
    assert two.told("terminated") == sorted(["ann", APPLICANT])


def test_a_suspended_case_can_be_ended(two: Office) -> None:
    two.do("keeper", lambda uow: suspend(uow, two.case, reason="a question"))
    two.do("keeper", lambda uow: terminate(uow, two.case, reason="no answer"))
    assert two.read().state == "terminated"


def test_a_token_is_moved_forward_and_the_record_says_what_was_left_out(two: Office) -> None:
    two.do("keeper", lambda uow: move_token(uow, two.task("a"), "b", reason="done on paper"))
    assert two.open() == ["b"]
    (event, facts) = two.events("token.moved")[0]
    assert event.subject["target"] == "b"
    assert (facts["before"]["open"], facts["after"]["open"]) == (["a", "late"], ["b"])
    assert facts["forward"] is True
    assert two.jobs("due") == []


def test_a_token_is_moved_back_as_if_sent_back(two: Office) -> None:
    two.complete("a", "ann")
    two.do("keeper", lambda uow: move_token(uow, two.task("b"), "a", reason="by mistake"))
    assert two.open() == ["a"]
    assert [row.undone for row in two.tasks() if row.state == "completed"] == [True]


def test_a_token_is_not_moved_to_where_the_case_could_not_end(database_url: str) -> None:
    drawn = package(
        "start s",
        "parallel fork",
        f"user a {DOER}",
        f"user b {DOER}",
        "parallel join",
        f"user z {DOER}",
        "end e",
        "s > fork > a > join > z > e",
        "fork > b > join",
    )
    with office(drawn, database_url) as at:
        at.start()
        with pytest.raises(NoSuchTarget):
            at.do("keeper", lambda uow: move_token(uow, at.task("a"), "b", reason="why"))
        with pytest.raises(NoSuchTarget):
            at.do("keeper", lambda uow: move_token(uow, at.task("a"), "z", reason="why"))
        at.do("keeper", lambda uow: move_token(uow, at.task("a"), "z", reason="why", alone=True))
        assert at.open() == ["z"]


def test_a_task_is_reassigned_within_the_rules(database_url: str) -> None:
    rule = '\n[[separation.rule]]\nid = "two"\nwhy = "two people"\ngroups = [["a"], ["b"]]\n'
    with office(package(*TWO, facts="[separation]\n" + rule), database_url) as at:
        at.start()
        at.complete("a", "ann")
        with pytest.raises(SeparationOfDuties):
            at.do("keeper", lambda uow: reassign(uow, at.task("b"), "ann", reason="ill"))
        at.do("keeper", lambda uow: reassign(uow, at.task("b"), "boss", reason="ill"))
        with pytest.raises(NotFound):
            at.complete("b", "cai")
        at.complete("b", "boss")
        (_, facts) = at.events("task.reassigned")[0]
        assert facts["before"]["keys"] == ["doer@unit"]
        assert facts["after"]["keys"] == ["person:boss"]


def test_data_are_corrected_field_by_field(two: Office) -> None:
    version = two.read().document.version
    two.do(
        "keeper",
        lambda uow: correct(uow, two.case, {"amount_fen": 90}, reason="a typo", version=version),
    )
    assert two.read().document.content["amount_fen"] == 90
    (_, facts) = two.events("instance.corrected")[0]
    assert (facts["before"], facts["after"]) == ({"amount_fen": 100}, {"amount_fen": 90})
    for wrong in (
        {"outcomes": {}},
        {"unheard": 1},
        {"amount_fen": "90"},
        {"amount_fen": True},
        {"amount_fen": [90]},
    ):
        with pytest.raises(Invalid):
            two.do(
                "keeper",
                lambda uow, wrong=wrong: correct(
                    uow, two.case, wrong, reason="a typo", version=version
                ),
            )
