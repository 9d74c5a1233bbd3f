"""Handing a task on: to whom, what it leaves behind, and who wins when two act at once."""

from __future__ import annotations

import pytest

from engine.commands.circle import possible_receivers
from engine.commands.claim import claim
from engine.commands.complete import complete
from engine.commands.hand_on import transfer
from engine.errors import (
    AlreadyClaimed,
    AlreadyDone,
    EngineError,
    NotAPossiblePerson,
    NotFound,
    SeparationOfDuties,
)
from engine.store.tables import event, task, task_candidate
from tests.engine.commands.office import Office, apart, office, step

__all__ = ["office"]


def why(error: pytest.ExceptionInfo[NotAPossiblePerson]) -> object:
    return error.value.parts["why"]


def test_a_task_that_is_handed_on_lies_with_one_person_alone(office: Office) -> None:
    office.deploy(step("check"))
    case = office.start()
    one = office.task(case)
    office.does("carl", lambda uow: claim(uow, one))
    office.does("carl", lambda uow: transfer(uow, one, "dora", "出差"))
    assert [item.task_id for item in office.box("dora")] == [one]
    assert office.box("carl") == office.box("carl", "pool") == office.box("dora", "pool") == []
    assert office.told("dora") == ["handed_to_you"]
    with pytest.raises(NotFound):
        office.completes("carl", one)
    office.completes("dora", one)
    found, said = office.record(case, "task.transferred")
    assert (found["actor"], found["subject"]) == ("carl", {"task": one, "element": "check"})
    assert (said["from"], said["to"], said["reason"]) == ("carl", "dora", "出差")
    assert said["before"] == {"keys": ["clerk@north"], "claimed_by": "carl"}
    assert said["after"] == {"keys": ["person:dora"], "claimed_by": None}


def test_what_was_handed_on_can_be_handed_on_again_and_back(office: Office) -> None:
    office.deploy(step("check"))
    one = office.task(office.start())
    for giver, receiver in (("carl", "erik"), ("erik", "carl"), ("carl", "dora")):
        office.does(giver, lambda uow, to=receiver: transfer(uow, one, to))
    assert office.row(task, id=one)["candidate_keys"] == ["person:dora"]
    assert [row["key"] for row in office.rows(task_candidate, task_id=one)] == ["person:dora"]


@pytest.mark.parametrize(
    ("hand_on", "possible", "impossible"),
    [
        ("role", ["dora", "erik"], ["fay", "gus"]),
        ("unit", ["dora", "fay", "gus"], ["erik", "vera"]),
        ("anyone", ["erik", "vera", "gus"], []),
    ],
)
def test_the_step_says_to_whom(
    office: Office, hand_on: str, possible: list[str], impossible: list[str]
) -> None:
    office.deploy(step("check", hand_on=hand_on))
    for receiver in possible:
        one = office.task(office.start())
        office.does("carl", lambda uow, one=one, to=receiver: transfer(uow, one, to))
    case = office.start()
    one = office.task(case)
    for receiver in impossible:
        with pytest.raises(NotAPossiblePerson) as refused:
            office.does("carl", lambda uow, to=receiver: transfer(uow, one, to))
        assert why(refused) == "not_in_circle"
    # The list to choose from is the same rule.
    seen = office.case("carl", case)
    chosen = possible_receivers(
        office.engine,
        seen,
        seen.definition.steps["check"],
        office.engine.directory.actor("carl"),
        keys=seen.task(one).keys,
    )
    assert set(possible) <= set(chosen)
    assert not {"carl", "anna", *impossible} & set(chosen)


def test_a_list_to_choose_from_is_searched_by_name(office: Office) -> None:
    office.deploy(step("check", hand_on="anyone"))
    case = office.start()
    seen = office.case("carl", case)
    found = possible_receivers(
        office.engine,
        seen,
        seen.definition.steps["check"],
        office.engine.directory.actor("carl"),
        "董",
    )
    assert found == ["dora"]


def test_a_step_that_is_not_handed_on_offers_it_to_nobody(office: Office) -> None:
    office.deploy(step("check", hand_on="none"))
    one = office.task(office.start())
    assert office.verbs("carl", one) == ["complete", "claim"]
    with pytest.raises(NotAPossiblePerson) as refused:
        office.does("carl", lambda uow: transfer(uow, one, "dora"))
    assert why(refused) == "closed"


def test_the_applicants_own_step_is_nobody_elses(office: Office) -> None:
    office.deploy(step("fill", "starter"))
    one = office.task(office.start())
    assert office.verbs("anna", one) == ["complete", "delegate"]
    with pytest.raises(NotAPossiblePerson):
        office.does("anna", lambda uow: transfer(uow, one, "gus"))


def test_nobody_hands_a_task_to_oneself_or_to_who_has_left(office: Office) -> None:
    office.deploy(step("check"))
    one = office.task(office.start())
    office.directory.left.add("dora")
    for receiver, reason in (("carl", "yourself"), ("dora", "not_active"), ("?", "not_active")):
        with pytest.raises(NotAPossiblePerson) as refused:
            office.does("carl", lambda uow, to=receiver: transfer(uow, one, to))
        assert why(refused) == reason


def test_separation_of_duties_holds_against_handing_on(office: Office) -> None:
    office.deploy(
        step("check", hand_on="anyone"),
        step("approve", "chair @ applicant.unit", hand_on="anyone"),
        separation=apart("check", "approve"),
    )
    case = office.start()
    office.completes("carl", office.task(case))
    one = office.task(case)
    for receiver in ("carl", "anna"):  # who checked, and the applicant
        with pytest.raises(SeparationOfDuties):
            office.does("fay", lambda uow, to=receiver: transfer(uow, one, to))
    assert len(office.rows(event, type="refused")) == 2
    assert office.row(task, id=one)["candidate_keys"] == ["chair@north"]


def test_who_is_barred_from_a_step_does_not_choose_who_does_it(office: Office) -> None:
    office.deploy(step("first"), step("second"), separation=apart("first", "second"))
    case = office.start()
    office.completes("carl", office.task(case))
    one = office.task(case)
    assert office.verbs("carl", one) == []
    with pytest.raises(SeparationOfDuties):
        office.does("carl", lambda uow: transfer(uow, one, "dora"))


def test_what_somebody_else_has_claimed_cannot_be_handed_on(office: Office) -> None:
    office.deploy(step("check"))
    one = office.task(office.start())
    office.does("dora", lambda uow: claim(uow, one))
    with pytest.raises(AlreadyClaimed):
        office.does("carl", lambda uow: transfer(uow, one, "erik"))


def test_a_signer_gives_the_own_part_to_somebody_who_does_not_sign_yet(office: Office) -> None:
    office.deploy(step("vote", "voter @ root", sign_off='rule="all"', hand_on="anyone"))
    case = office.start()
    one = office.task(case)
    with pytest.raises(NotAPossiblePerson) as refused:
        office.does("vera", lambda uow: transfer(uow, one, "will"))
    assert why(refused) == "signs_already"
    office.does("vera", lambda uow: transfer(uow, one, "erik"))
    assert office.signers(one) == {"erik": "open", "will": "open", "xena": "open"}
    assert [item.task_id for item in office.box("erik")] == [one]
    assert office.box("vera") == []
    with pytest.raises((NotFound, SeparationOfDuties)):
        office.completes("vera", one)
    for person in ("erik", "will", "xena"):
        office.completes(person, one)
    assert office.row(task, id=one)["outcome"] == "agree"
    assert office.case("erik", case).who_acted("vote") == ["erik", "will", "xena"]


def test_in_a_sequence_the_place_in_the_line_is_handed_on(office: Office) -> None:
    office.deploy(step("vote", "voter @ root", sign_off='rule="sequence"', hand_on="anyone"))
    one = office.task(office.start())
    office.does("will", lambda uow: transfer(uow, one, "erik"))
    assert office.signers(one) == {"vera": "open", "erik": "waiting", "xena": "waiting"}
    assert office.box("erik") == []
    office.completes("vera", one)
    assert [item.task_id for item in office.box("erik")] == [one]


def test_who_has_voted_hands_nothing_on(office: Office) -> None:
    office.deploy(step("vote", "voter @ root", sign_off='rule="all"', hand_on="anyone"))
    one = office.task(office.start())
    office.completes("vera", one)
    with pytest.raises(AlreadyDone):
        office.does("vera", lambda uow: transfer(uow, one, "erik"))


def test_of_handing_on_and_completing_at_once_one_wins(office: Office) -> None:
    office.deploy(step("check"))
    for _time in range(5):
        case = office.start()
        one = office.task(case)
        answers = office.at_once(
            ("carl", lambda uow, one=one: transfer(uow, one, "erik")),
            ("dora", lambda uow, one=one: complete(uow, one, outcome="agree")),
        )
        (refused,) = [answer for answer in answers if isinstance(answer, EngineError)]
        row = office.row(task, id=one)
        if refused is answers[0]:
            assert isinstance(refused, AlreadyDone)
            assert row["completed_by"] == "dora"
        else:
            assert isinstance(refused, NotFound)
            assert (row["state"], row["candidate_keys"]) == ("open", ["person:erik"])


def test_of_claiming_and_handing_on_at_once_one_wins(office: Office) -> None:
    office.deploy(step("check"))
    for _time in range(5):
        one = office.task(office.start())
        answers = office.at_once(
            ("carl", lambda uow, one=one: transfer(uow, one, "erik")),
            ("dora", lambda uow, one=one: claim(uow, one)),
        )
        (refused,) = [answer for answer in answers if isinstance(answer, EngineError)]
        assert isinstance(refused, AlreadyClaimed if refused is answers[0] else NotFound)


def test_of_handing_a_part_on_and_voting_at_once_one_counts(office: Office) -> None:
    office.deploy(step("vote", "voter @ root", sign_off='rule="all"', hand_on="anyone"))
    for _time in range(5):
        one = office.task(office.start())
        answers = office.at_once(
            ("vera", lambda uow, one=one: transfer(uow, one, "erik")),
            ("vera", lambda uow, one=one: complete(uow, one, outcome="agree")),
        )
        (refused,) = [answer for answer in answers if isinstance(answer, EngineError)]
        assert isinstance(refused, (AlreadyDone, NotFound))
        states = office.signers(one)
        assert len(states) == 3
        assert (states.get("vera"), states.get("erik")) in {("voted", None), (None, "open")}
