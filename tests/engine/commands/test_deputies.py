"""What a deputy does with every verb, what becomes of open questions, and that the record tells it by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from engine.commands.administer import move_token, reassign
from engine.commands.claim import claim
from engine.commands.complete import complete
from engine.commands.delegate import advise, delegate
from engine.commands.fewer_signers import remove_signer
from engine.commands.hand_on import transfer
from engine.commands.proxies import end_proxy, set_proxy
from engine.commands.recusals import declare
from engine.commands.send_back import send_back
from engine.commands.signers import add_signers
from engine.commands.take_back import take_back
from engine.commands.withdraw_vote import withdraw_vote
from engine.errors import (
    AlreadyDone,
    Conflict,
    NoLongerAsked,
    NotAllowed,
    NotAPossiblePerson,
    NotFound,
    SeparationOfDuties,
    SomebodyActed,
    WaitsForAdvice,
)
from engine.queries.history import history
from engine.queries.replay import replay
from engine.store.tables import delegation, signer, task
from tests.engine.commands.office import DAY, MONDAY, Office, office, step

__all__ = ["office"]

BOARD = {"hand_on": "anyone", "send_back": "any"}


def stands_in(office: Office, deputy: str, owner: str) -> str:
    until = MONDAY + 5 * DAY
    return str(office.does(owner, lambda uow: set_proxy(uow, deputy, MONDAY, until)))


@contextmanager
def told_by_the_record(office: Office, case: str) -> Iterator[None]:
    """Afterwards the events alone say what the tables say of tasks and signers."""
    yield
    with office.engine.database.read() as connection:
        told = replay(history(connection, case)).tasks
    rows = office.rows(task, instance_id=case)
    assert {
        key: (one.state, one.claimed_by, one.keys, one.signers) for key, one in told.items()
    } == {
        row["id"]: (
            row["state"],
            row["claimed_by"],
            row["candidate_keys"],
            {one["person_id"]: one["state"] for one in office.rows(signer, task_id=row["id"])},
        )
        for row in rows
    }


def voting(sign_off: str = 'rule="all"', **facts: str) -> str:
    return step("vote", "voter @ root", sign_off=sign_off, **{**BOARD, **facts})


def part(office: Office, task_id: str, person: str) -> Any:
    return next(one for one in office.rows(signer, task_id=task_id) if one["person_id"] == person)


def test_a_deputy_takes_the_vote_cast_for_the_owner_back_and_so_may_the_owner(
    office: Office,
) -> None:
    office.deploy(voting('rule="all" votes="changeable"'))
    case = office.start()
    one = office.task(case)
    stands_in(office, "gus", "vera")
    for who in ("gus", "vera"):
        with told_by_the_record(office, case):
            office.completes("gus", one)
            assert part(office, one, "vera")["voted_by"] == "gus"
            assert "withdraw_vote" in office.verbs(who, one)
            office.does(who, lambda uow: withdraw_vote(uow, one))
        row = part(office, one, "vera")
        assert (row["state"], row["voted_by"], row["decided_how"]) == ("open", None, None)
    office.completes("vera", one)
    assert part(office, one, "vera")["voted_by"] is None


def test_a_deputy_of_two_signers_takes_back_the_one_vote_that_was_cast(office: Office) -> None:
    office.deploy(voting('rule="all" votes="changeable"'))
    one = office.task(office.start())
    stands_in(office, "gus", "will")
    stands_in(office, "gus", "vera")
    office.completes("gus", one)
    with pytest.raises(SeparationOfDuties):
        office.completes("gus", one)
    office.does("gus", lambda uow: withdraw_vote(uow, one))
    assert {row["state"] for row in office.rows(signer, task_id=one)} == {"open"}


def test_a_deputy_asks_further_people_to_sign_in_the_owners_name(office: Office) -> None:
    office.deploy(voting())
    case = office.start()
    one = office.task(case)
    stands_in(office, "gus", "vera")
    assert "add_signers" in office.verbs("gus", one)
    with pytest.raises(NotAPossiblePerson):
        office.does("gus", lambda uow: add_signers(uow, one, ["gus"], "parallel"))
    with told_by_the_record(office, case):
        office.does("gus", lambda uow: add_signers(uow, one, ["erik", "dora"], "after"))
        assert part(office, one, "erik")["added_by"] == "vera"
        assert "remove_signer" in office.verbs("vera", one)
        office.does("vera", lambda uow: remove_signer(uow, one, "dora"))
        found, said = office.record(case, "task.signers_added")
        assert (found["actor"], found["subject"]["for"]) == ("gus", "vera")
        assert (said["name"], said["for_name"]) == ("古思", "魏然")
        office.completes("gus", one)
        assert part(office, one, "erik")["state"] == "open"


def test_a_single_decision_that_a_deputy_widens_stays_the_owners(office: Office) -> None:
    office.deploy(step("approve", "chair @ applicant.unit", hand_on="anyone"))
    case = office.start()
    one = office.task(case)
    stands_in(office, "gus", "fay")
    with told_by_the_record(office, case):
        office.does("gus", lambda uow: add_signers(uow, one, ["carl"], "parallel"))
        assert part(office, one, "fay")["lead"]
        office.completes("gus", one)
        office.completes("carl", one)
    row = office.row(task, id=one)
    assert (row["completed_by"], row["completed_for"], row["decided_how"]) == (
        "gus",
        "fay",
        "proxy",
    )
    assert office.case("anna", case).participants["approve"]["name"] == "古思代费怡"


def test_what_a_deputys_last_vote_decides_is_the_votes_decision(office: Office) -> None:
    office.deploy(voting('rule="any"'))
    case = office.start()
    one = office.task(case)
    stands_in(office, "gus", "vera")
    office.completes("gus", one)
    row = office.row(task, id=one)
    assert (row["completed_for"], row["decided_how"]) == (None, "person")
    assert part(office, one, "vera")["decided_how"] == "proxy"
    assert {"gus", "vera"} <= set(office.case("anna", case).participants["vote"]["people"])


def test_a_deputy_sends_back_for_the_owner_and_both_have_acted(office: Office) -> None:
    office.deploy(step("check"), step("approve", "chair @ applicant.unit", send_back="any"))
    case = office.start()
    office.completes("carl", office.task(case))
    one = office.task(case)
    stands_in(office, "gus", "fay")
    office.does("fay", lambda uow: claim(uow, one))
    with told_by_the_record(office, case):
        office.does("gus", lambda uow: send_back(uow, one, "check", reason="缺材料"))
    row = office.row(task, id=one)
    assert (row["completed_by"], row["completed_for"], row["decided_how"]) == (
        "gus",
        "fay",
        "proxy",
    )
    found, said = office.record(case, "task.returned")
    assert (found["subject"]["for"], said["for_name"]) == ("fay", "费怡")
    assert {"gus", "fay"} == set(office.case("anna", case).participants["approve"]["people"])
    assert office.row(task, id=office.task(case))["claimed_by"] == "carl"


@pytest.mark.parametrize("who", ["gus", "fay"])
def test_what_a_deputy_decided_deputy_and_owner_take_back(office: Office, who: str) -> None:
    office.deploy(step("approve", "chair @ applicant.unit"), step("file"))
    case = office.start()
    one = office.task(case)
    stands_in(office, "gus", "fay")
    office.completes("gus", one)
    with told_by_the_record(office, case):
        office.does(who, lambda uow: take_back(uow, one))
    again = office.row(task, id=office.task(case))
    # It is the owner's again, whoever took it back.
    assert (again["element_id"], again["claimed_by"]) == ("approve", "fay")
    found, _ = office.record(case, "task.taken_back")
    assert found["subject"].get("for") == ("fay" if who == "gus" else None)


def test_once_it_is_over_a_deputy_takes_nothing_back(office: Office) -> None:
    office.deploy(step("approve", "chair @ applicant.unit"), step("file"))
    case = office.start()
    one = office.task(case)
    made = stands_in(office, "gus", "fay")
    office.completes("gus", one)
    office.does("fay", lambda uow: end_proxy(uow, made))
    with pytest.raises(NotAllowed):
        office.does("gus", lambda uow: take_back(uow, one))
    with pytest.raises(NotFound):
        office.does("erik", lambda uow: take_back(uow, one))
    office.does("fay", lambda uow: take_back(uow, one))


def test_nothing_is_sent_back_or_widened_while_advice_is_waited_for(office: Office) -> None:
    office.deploy(step("check"), step("approve", "chair @ applicant.unit", **BOARD))
    case = office.start()
    office.completes("carl", office.task(case))
    one = office.task(case)
    office.does("fay", lambda uow: delegate(uow, one, "vera", "合适吗？"))
    for verb in (
        lambda uow: send_back(uow, one, "check", reason="再看"),
        lambda uow: add_signers(uow, one, ["erik"], "after"),
    ):
        with pytest.raises(WaitsForAdvice):
            office.does("fay", verb)


def asked(office: Office) -> tuple[str, str]:
    """A case whose second step's holder has asked for advice."""
    office.deploy(step("check"), step("approve", "chair @ applicant.unit", **BOARD))
    case = office.start()
    office.completes("carl", office.task(case))
    one = office.task(case)
    office.does("fay", lambda uow: delegate(uow, one, "vera", "合适吗？"))
    return case, one


def test_a_question_ends_when_an_administrator_moves_or_reassigns_the_task(
    office: Office,
) -> None:
    for verb in (
        lambda uow, one: reassign(uow, one, "dora", reason="生病"),
        lambda uow, one: move_token(uow, one, "check", reason="误操作"),
    ):
        case, one = asked(office)
        with told_by_the_record(office, case):
            office.does("admin", lambda uow, verb=verb, one=one: verb(uow, one))
        assert [row["state"] for row in office.rows(delegation, task_id=one)] == ["dropped"]
        assert not office.row(task, id=one)["advice"]
        with pytest.raises(AlreadyDone):
            office.does("vera", lambda uow, one=one: advise(uow, one, "合适。"))


def test_who_is_recused_gives_no_advice_and_the_owner_waits_no_more(office: Office) -> None:
    case, one = asked(office)
    with told_by_the_record(office, case):
        office.does("vera", lambda uow: declare(uow, about="anna"))
    assert office.record(case, "task.recused")[1]["unanswered"] == ["fay"]
    assert "complete" in office.verbs("fay", one)
    office.completes("fay", one)


def test_a_signer_who_is_taken_off_waits_for_no_advice(office: Office) -> None:
    office.deploy(voting())
    one = office.task(office.start())
    office.does("vera", lambda uow: delegate(uow, one, "carl", "合适吗？"))
    office.does("admin", lambda uow: remove_signer(uow, one, "vera", "误选"))
    assert [row["state"] for row in office.rows(delegation, task_id=one)] == ["dropped"]
    assert not office.row(task, id=one)["advice"]


def test_a_deputy_of_the_recused_owner_does_nothing_in_that_name(office: Office) -> None:
    office.deploy(voting(), key="paper")
    one = office.task(office.start())
    stands_in(office, "gus", "vera")
    office.does("vera", lambda uow: declare(uow, about="anna"))
    assert office.verbs("will", one)
    with pytest.raises((NotFound, SeparationOfDuties)):
        office.completes("gus", one)


def test_an_administrator_gives_one_signers_part_to_somebody_else(office: Office) -> None:
    office.deploy(voting('rule="sequence"'))
    case = office.start()
    one = office.task(case)
    with pytest.raises(Conflict):
        office.does("admin", lambda uow: reassign(uow, one, "erik", reason="生病"))
    with told_by_the_record(office, case):
        office.does("admin", lambda uow: reassign(uow, one, "erik", reason="生病", signer="vera"))
        office.completes("erik", one)
        assert part(office, one, "will")["state"] == "open"
    with pytest.raises(AlreadyDone):
        office.does("admin", lambda uow: reassign(uow, one, "dora", reason="生病", signer="erik"))
    with pytest.raises(NotAPossiblePerson):
        office.does("admin", lambda uow: reassign(uow, one, "erik", reason="生病", signer="will"))
    with pytest.raises(NotFound):
        office.does("admin", lambda uow: reassign(uow, one, "dora", reason="生病", signer="vera"))


def test_an_administrator_who_is_recused_repairs_nothing_there(office: Office) -> None:
    office.deploy(step("check"))
    case = office.start()
    office.does("admin", lambda uow: declare(uow, about="anna"))
    with pytest.raises(SeparationOfDuties):
        office.does("admin", lambda uow: reassign(uow, office.task(case), "dora", reason="生病"))


def test_a_part_that_is_handed_on_can_come_back(office: Office) -> None:
    office.deploy(voting())
    case = office.start()
    one = office.task(case)
    with told_by_the_record(office, case):
        office.does("vera", lambda uow: transfer(uow, one, "erik"))
        office.does("erik", lambda uow: transfer(uow, one, "vera"))
    office.does("admin", lambda uow: remove_signer(uow, one, "will", "误选"))
    with told_by_the_record(office, case):
        # Who was taken off may be given a part again.
        office.does("vera", lambda uow: transfer(uow, one, "will"))
    office.completes("will", one)


def test_who_signs_no_more_or_has_signed_sends_nothing_back(office: Office) -> None:
    office.deploy(step("check"), voting())
    case = office.start()
    office.completes("carl", office.task(case))
    one = office.task(case)
    office.does("admin", lambda uow: remove_signer(uow, one, "vera", "误选"))
    office.completes("will", one)
    for who, problem in (("vera", NoLongerAsked), ("will", AlreadyDone)):
        with pytest.raises(problem):
            office.does(who, lambda uow: send_back(uow, one, "check", reason="再看"))
    office.does("xena", lambda uow: send_back(uow, one, "check", reason="再看"))


def test_advice_asked_on_what_follows_is_an_act_of_somebody(office: Office) -> None:
    office.deploy(step("check"), voting())
    case = office.start()
    one = office.task(case)
    office.completes("carl", one)
    office.does("vera", lambda uow: delegate(uow, office.task(case), "dora", "合适吗？"))
    with pytest.raises(SomebodyActed):
        office.does("carl", lambda uow: take_back(uow, one))
    with pytest.raises(WaitsForAdvice):
        office.does("vera", lambda uow: complete(uow, office.task(case), outcome="agree"))
