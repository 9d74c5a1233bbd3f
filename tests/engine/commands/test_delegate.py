"""Asking for advice: the task stays its owner's, the answer comes back, and it decides nothing."""

from __future__ import annotations

import pytest

from engine.commands.claim import release
from engine.commands.complete import complete
from engine.commands.delegate import advise, delegate, recall
from engine.commands.hand_on import transfer
from engine.commands.reveal import reveal
from engine.commands.withdraw import withdraw
from engine.errors import (
    AlreadyDone,
    EngineError,
    Invalid,
    NotAllowed,
    NotAPossiblePerson,
    NotFound,
    OpinionRequired,
    SeparationOfDuties,
    WaitsForAdvice,
)
from engine.jobs.run import run_due
from engine.queries.case import may_read
from engine.store.tables import delegation, event, task
from tests.engine.commands.office import DAY, Office, apart, office, step

__all__ = ["office"]


def asks(office: Office, owner: str, one: str, adviser: str = "vera") -> None:
    office.does(owner, lambda uow: delegate(uow, one, adviser, "合适吗？"))


def reads(office: Office, person: str, case: str) -> bool:
    actor = office.engine.directory.actor(person)
    with office.engine.database.read() as connection:
        return may_read(connection, office.engine, actor, case)


def test_advice_comes_back_to_who_asked_and_only_then_the_task_is_decided(office: Office) -> None:
    office.deploy(step("check"))
    case = office.start()
    one = office.task(case)
    assert not reads(office, "vera", case)
    asks(office, "carl", one)
    # The task is held for who asked, and waits.
    assert office.box("dora", "pool") == []
    (line,) = office.box("carl")
    assert line.waits
    assert office.verbs("carl", one) == ["recall"]
    with pytest.raises(WaitsForAdvice):
        office.completes("carl", one)
    # The adviser sees it, and cannot decide it.
    (line,) = office.box("vera")
    assert (line.task_id, line.advice, line.acts_for) == (one, True, None)
    assert office.verbs("vera", one) == ["advise"]
    with pytest.raises(NotFound):
        office.completes("vera", one)
    office.does("vera", lambda uow: advise(uow, one, "合适。"))
    assert office.box("vera") == []
    assert (office.told("vera"), office.told("carl")) == (["advice_asked"], ["advice_given"])
    assert office.verbs("carl", one) == [
        "complete",
        "release",
        "transfer",
        "delegate",
        "add_signers",
    ]
    (advice,) = office.case("carl", case).task(one).advice
    assert (advice.adviser_id, advice.state, advice.advice) == ("vera", "answered", "合适。")
    office.completes("carl", one)
    assert office.row(task, id=one)["completed_by"] == "carl"
    assert office.case("carl", case).who_acted("check") == ["carl"]
    # Who gave advice has had a part in the case.
    assert reads(office, "vera", case)
    found, said = office.record(case, "task.advice_given")
    assert (found["actor"], said["advice"], said["owner"]) == ("vera", "合适。", "carl")


def test_a_question_taken_back_lets_the_owner_decide(office: Office) -> None:
    office.deploy(step("check"))
    case = office.start()
    one = office.task(case)
    asks(office, "carl", one)
    office.does("carl", lambda uow: recall(uow, one))
    assert office.told("vera") == ["advice_asked", "advice_recalled"]
    assert office.box("vera") == []
    assert not reads(office, "vera", case)
    with pytest.raises(AlreadyDone):
        office.does("vera", lambda uow: advise(uow, one, "合适。"))
    with pytest.raises(AlreadyDone):
        office.does("carl", lambda uow: recall(uow, one))
    office.completes("carl", one)


def test_one_question_at_a_time(office: Office) -> None:
    office.deploy(step("check"))
    one = office.task(office.start())
    asks(office, "carl", one)
    with pytest.raises(WaitsForAdvice):
        asks(office, "carl", one, "will")
    with pytest.raises(WaitsForAdvice):
        office.does("carl", lambda uow: transfer(uow, one, "dora"))
    with pytest.raises(WaitsForAdvice):
        office.does("carl", lambda uow: release(uow, one))
    office.does("vera", lambda uow: advise(uow, one, "合适。"))
    asks(office, "carl", one, "will")
    office.does("will", lambda uow: advise(uow, one, "也合适。"))
    assert [row["state"] for row in office.rows(delegation)] == ["answered", "answered"]


def test_a_question_and_an_answer_say_something(office: Office) -> None:
    office.deploy(step("check"))
    one = office.task(office.start())
    with pytest.raises(Invalid):
        office.does("carl", lambda uow: delegate(uow, one, "vera", " "))
    asks(office, "carl", one)
    with pytest.raises(OpinionRequired):
        office.does("vera", lambda uow: advise(uow, one, " "))


def test_who_may_not_decide_is_not_asked_either(office: Office) -> None:
    office.deploy(step("first"), step("second"), separation=apart("first", "second"))
    case = office.start()
    office.completes("carl", office.task(case))
    one = office.task(case)
    for adviser in ("carl", "anna"):  # who did the first step, and the applicant
        with pytest.raises(SeparationOfDuties):
            asks(office, "dora", one, adviser)
    with pytest.raises(NotAPossiblePerson):
        asks(office, "dora", one, "dora")
    asks(office, "dora", one, "fay")


def test_who_gave_advice_at_a_step_does_not_decide_the_one_kept_apart_from_it(
    office: Office,
) -> None:
    office.deploy(step("first"), step("second"), separation=apart("first", "second"))
    case = office.start()
    one = office.task(case)
    asks(office, "carl", one, "dora")
    office.does("dora", lambda uow: advise(uow, one, "合适。"))
    office.completes("carl", one)
    second = office.task(case)
    assert office.verbs("dora", second) == []
    with pytest.raises(SeparationOfDuties):
        office.completes("dora", second)


def test_a_step_that_is_not_handed_on_asks_nobody(office: Office) -> None:
    office.deploy(step("check", hand_on="none"))
    one = office.task(office.start())
    with pytest.raises(NotAPossiblePerson):
        asks(office, "carl", one)


def test_an_adviser_sees_no_sensitive_value(office: Office) -> None:
    office.deploy(step("check"))
    case = office.start()
    asks(office, "carl", office.task(case))
    with pytest.raises((NotAllowed, NotFound)):
        office.does("vera", lambda uow: reveal(uow, case, "id_card_no"))


def test_a_signer_who_asks_waits_and_the_others_do_not(office: Office) -> None:
    office.deploy(step("vote", "voter @ root", sign_off='rule="any"'))
    one = office.task(office.start())
    asks(office, "vera", one, "fay")
    asks(office, "will", one, "erik")
    with pytest.raises(WaitsForAdvice):
        office.completes("vera", one)
    # Another signer may be asked, too; the answer is not a vote.
    with pytest.raises(NotAPossiblePerson):
        asks(office, "xena", one, "fay")  # has a question already
    asks(office, "xena", one, "will")
    assert [line.advice for line in office.box("will")] == [False]
    office.does("will", lambda uow: advise(uow, one, "同意为好。"))
    assert office.signers(one)["will"] == "open"
    office.completes("xena", one)
    # The matter is decided: nobody waits for an answer any more.
    states = {row["adviser_id"]: row["state"] for row in office.rows(delegation)}
    assert states == {"fay": "dropped", "erik": "dropped", "will": "answered"}
    assert office.box("fay") == office.box("erik") == []
    with pytest.raises(AlreadyDone):
        office.does("fay", lambda uow: advise(uow, one, "晚了"))


def test_who_has_voted_asks_nothing(office: Office) -> None:
    office.deploy(step("vote", "voter @ root", sign_off='rule="all"'))
    one = office.task(office.start())
    office.completes("vera", one)
    with pytest.raises(AlreadyDone):
        asks(office, "vera", one, "fay")


def test_a_question_ends_with_its_task(office: Office) -> None:
    office.deploy(step("check"))
    office.deploy(step("check"), key="slow", boundary="check")
    withdrawn, late = office.start(), office.start(key="slow")
    for case in (withdrawn, late):
        asks(office, "carl", office.task(case))
    office.does("anna", lambda uow: withdraw(uow, withdrawn))
    office.clock.advance(2 * DAY)
    while run_due(office.engine, "test"):
        pass
    assert [row["state"] for row in office.rows(delegation)] == ["dropped", "dropped"]
    assert [row["advice"] for row in office.rows(task)] == [None, None]
    assert office.box("vera") == []
    assert not reads(office, "vera", withdrawn)


def test_of_asking_and_completing_at_once_one_wins(office: Office) -> None:
    office.deploy(step("check", hand_on="anyone"))
    for _time in range(5):
        one = office.task(office.start())
        answers = office.at_once(
            ("carl", lambda uow, one=one: delegate(uow, one, "vera", "合适吗？")),
            ("carl", lambda uow, one=one: complete(uow, one, outcome="agree")),
        )
        (refused,) = [answer for answer in answers if isinstance(answer, EngineError)]
        assert isinstance(refused, AlreadyDone if refused is answers[0] else WaitsForAdvice)


def test_of_an_answer_and_taking_the_question_back_at_once_one_wins(office: Office) -> None:
    office.deploy(step("check"))
    for _time in range(5):
        one = office.task(office.start())
        asks(office, "carl", one)
        answers = office.at_once(
            ("vera", lambda uow, one=one: advise(uow, one, "合适。")),
            ("carl", lambda uow, one=one: recall(uow, one)),
        )
        (refused,) = [answer for answer in answers if isinstance(answer, EngineError)]
        assert isinstance(refused, AlreadyDone)
        (row,) = office.rows(delegation, task_id=one)
        assert row["state"] == ("recalled" if refused is answers[0] else "answered")
    assert len(office.rows(event, type="task.advice_asked")) == 5
