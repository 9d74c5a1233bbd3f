"""Claim and release: who holds a task, and that only one does."""

from __future__ import annotations

import pytest

from engine.commands.claim import claim, release
from engine.commands.hand_on import transfer
from engine.errors import AlreadyClaimed, NoList, NotAllowed, NotFound
from engine.store.tables import event, task
from tests.engine.commands.office import Office, office, step

__all__ = ["office"]


def test_a_claimed_task_leaves_the_others_pool_and_comes_back_when_released(office: Office) -> None:
    office.deploy(step("check"))
    one = office.task(office.start())
    assert [len(office.box(who, "pool")) for who in ("carl", "dora")] == [1, 1]
    office.does("carl", lambda uow: claim(uow, one))
    assert office.box("dora", "pool") == []
    assert [item.task_id for item in office.box("carl")] == [one]
    assert office.verbs("carl", one) == [
        "complete",
        "release",
        "transfer",
        "delegate",
        "add_signers",
    ]
    office.does("carl", lambda uow: release(uow, one))
    assert [len(office.box(who, "pool")) for who in ("carl", "dora")] == [1, 1]


def test_a_double_click_claims_and_releases_once(office: Office) -> None:
    office.deploy(step("check"))
    case = office.start()
    one = office.task(case)
    for _click in range(2):
        office.does("carl", lambda uow: claim(uow, one))
    assert len(office.rows(event, type="task.claimed")) == 1
    for _click in range(2):
        office.does("carl", lambda uow: release(uow, one))
    assert len(office.rows(event, type="task.released")) == 1


def test_of_two_who_claim_at_once_the_other_is_told_who_has_it(office: Office) -> None:
    office.deploy(step("check"))
    one = office.task(office.start())
    answers = office.at_once(
        ("carl", lambda uow: claim(uow, one)), ("dora", lambda uow: claim(uow, one))
    )
    (refused,) = [answer for answer in answers if isinstance(answer, AlreadyClaimed)]
    assert refused.parts["by"] == office.row(task, id=one)["claimed_by"]


def test_who_released_it_meanwhile_does_not_put_back_what_another_has_claimed(
    office: Office,
) -> None:
    office.deploy(step("check"))
    one = office.task(office.start())
    office.does("carl", lambda uow: claim(uow, one))
    with pytest.raises(AlreadyClaimed):
        office.does("dora", lambda uow: release(uow, one))
    assert office.row(task, id=one)["claimed_by"] == "carl"


def test_what_was_given_to_one_person_goes_back_into_no_list(office: Office) -> None:
    office.deploy(step("check"))
    one = office.task(office.start())
    office.does("carl", lambda uow: transfer(uow, one, "dora"))
    assert "release" not in office.verbs("dora", one)
    with pytest.raises(NoList):
        office.does("dora", lambda uow: release(uow, one))
    # Taking it on is nothing new: it is hers.
    office.does("dora", lambda uow: claim(uow, one))
    assert office.row(task, id=one)["claimed_by"] is None
    assert [item.task_id for item in office.box("dora")] == [one]


def test_a_signers_part_goes_back_into_no_list(office: Office) -> None:
    office.deploy(step("vote", "voter @ root", sign_off='rule="all"'))
    one = office.task(office.start())
    office.does("vera", lambda uow: claim(uow, one))
    with pytest.raises(NoList):
        office.does("vera", lambda uow: release(uow, one))


def test_who_handed_it_on_can_no_longer_take_it(office: Office) -> None:
    office.deploy(step("first"), step("second"))
    case = office.start()
    office.completes("carl", office.task(case))
    one = office.task(case)
    office.does("carl", lambda uow: transfer(uow, one, "dora"))
    with pytest.raises(NotAllowed):  # he has acted in the case, so he may know of the task
        office.does("carl", lambda uow: claim(uow, one))
    with pytest.raises(NotFound):  # she has nothing to do with it
        office.does("erik", lambda uow: claim(uow, one))
