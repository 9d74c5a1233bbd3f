"""A decision is held for some seconds: it can be taken back, then it counts, or its maker is told why not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from engine.commands.administer import resume, suspend
from engine.commands.claim import claim
from engine.commands.complete import complete
from engine.commands.drafts import place_of_task, read_draft
from engine.commands.hold import hold, undo
from engine.commands.preferences import choose_hold
from engine.commands.send_back import send_back
from engine.commands.take_back import take_back
from engine.commands.urge import urge_task
from engine.commands.withdraw import withdraw
from engine.errors import (
    AlreadyDone,
    BeingDecided,
    ConfirmationRequired,
    NotFound,
    NothingToUndo,
    OpinionRequired,
    UnknownOutcome,
)
from engine.jobs.leases import claim_due
from engine.jobs.run import run_due
from engine.queries.held import held_of
from engine.store.tables import event, held_decision, job, notification, task
from engine.store.unit_of_work import UnitOfWork
from tests.engine.commands.office import Office, office, step
from tests.engine.verbs.checks import check_chain

__all__ = ["office"]

SECONDS = timedelta(seconds=1)
SIGNED = {"sign_off": 'rule="all"'}


def held(task_id: str, outcome: str = "agree", **facts: Any) -> Callable[[UnitOfWork], Any]:
    return lambda uow: hold(uow, task_id, outcome=outcome, **facts)


def work(office: Office) -> None:
    while run_due(office.engine, "office"):
        pass


def after(office: Office, seconds: float) -> None:
    office.clock.advance(timedelta(seconds=seconds))
    work(office)


def two_steps(office: Office) -> tuple[str, str]:
    office.deploy(step("check"), step("approve", "chair @ applicant.unit"))
    case = office.start()
    return case, office.task(case)


def draft_of(office: Office, person: str, task_id: str) -> Any:
    with office.engine.database.read() as connection:
        return read_draft(connection, office.engine.keyring, person, place_of_task(task_id))


def test_nothing_has_happened_until_the_seconds_are_over(office: Office) -> None:
    case, check = two_steps(office)
    said = office.does("carl", held(check, opinion="all there"))
    assert said.counts_at - office.clock.now() == 8 * SECONDS
    work(office)
    after(office, 7)
    assert office.task(case) == check
    assert office.rows(event, stream=f"instance:{case}", type="task.completed") == []
    after(office, 1)
    assert office.row(task, id=check)["state"] == "completed"
    found, said = office.record(case, "task.completed")
    assert (found["actor"], said["opinion"]) == ("carl", "all there")
    assert office.row(task, id=office.task(case))["element_id"] == "approve"
    assert office.rows(held_decision) == []
    assert office.row(task, id=check)["held"] is None
    check_chain(office.engine, case)


def test_the_trial_leaves_no_trace(office: Office) -> None:
    case, check = two_steps(office)
    before = office.rows(event, stream=f"instance:{case}")
    office.does("carl", held(check))
    assert office.rows(event, stream=f"instance:{case}") == before
    assert [row["element_id"] for row in office.rows(task, instance_id=case)] == ["check"]
    assert [row["kind"] for row in office.rows(job, instance_id=case)] == ["held"]
    assert office.rows(notification) == []


def test_undo_gives_back_what_was_typed_and_leaves_an_event(office: Office) -> None:
    case, check = two_steps(office)
    office.does("carl", held(check, "refuse", opinion="too dear"))
    after(office, 3)
    office.does("carl", lambda uow: undo(uow, check))
    assert draft_of(office, "carl", check).opinion == "too dear"
    found, said = office.record(case, "decision.undone")
    assert found["subject"]["outcome"] == "refuse"
    assert "opinion" not in said
    after(office, 60)
    assert office.task(case) == check
    assert office.verbs("dora", check)[0] == "complete"
    office.completes("dora", check)
    check_chain(office.engine, case)


def test_only_its_maker_undoes_it_and_only_until_it_counts(office: Office) -> None:
    _case, check = two_steps(office)
    office.does("carl", held(check))
    for other in ("dora", "anna"):
        with pytest.raises(NothingToUndo):
            office.does(other, lambda uow: undo(uow, check))
    with pytest.raises(NotFound):
        office.does("erik", lambda uow: undo(uow, check))
    after(office, 8)
    with pytest.raises(NothingToUndo):
        office.does("carl", lambda uow: undo(uow, check))


def test_what_complete_refuses_is_not_held(office: Office) -> None:
    office.deploy(
        '<bpmn:userTask id="check" name="check"><bpmn:extensionElements><spiffworkflow:properties>'
        '<spiffworkflow:property name="candidates" value="clerk @ applicant.unit" />'
        '<spiffworkflow:property name="irreversible" value="true" />'
        "</spiffworkflow:properties><gongban:outcomes>"
        '<gongban:outcome id="agree" label="同意" kind="positive" />'
        '<gongban:outcome id="refuse" label="不同意" kind="negative" opinion="required" />'
        "</gongban:outcomes></bpmn:extensionElements></bpmn:userTask>"
    )
    check = office.task(office.start())
    with pytest.raises(UnknownOutcome):
        office.does("carl", held(check, "perhaps"))
    with pytest.raises(OpinionRequired):
        office.does("carl", held(check, "refuse"))
    with pytest.raises(ConfirmationRequired):
        office.does("carl", held(check))
    assert office.rows(held_decision) == []
    assert office.rows(job) == []
    # Refusing leads to nothing that could not be undone.
    office.does("carl", held(check, "refuse", opinion="no"))


@pytest.mark.parametrize(
    "verb",
    [
        lambda uow, it: complete(uow, it, outcome="agree"),
        lambda uow, it: hold(uow, it, outcome="refuse"),
        claim,
        lambda uow, it: send_back(uow, it, "applicant", reason="no"),
    ],
)
@pytest.mark.parametrize("who", ["dora", "carl"])
def test_while_it_is_being_decided_nobody_else_acts_on_it(
    office: Office, verb: Callable[[UnitOfWork, str], Any], who: str
) -> None:
    _case, check = two_steps(office)
    office.does("carl", held(check))
    with pytest.raises(BeingDecided) as refused:
        office.does(who, lambda uow: verb(uow, check))
    assert refused.value.parts["by"] == "carl"


def test_lists_and_verbs_say_that_it_is_being_decided(office: Office) -> None:
    case, check = two_steps(office)
    office.does("carl", held(check))
    assert office.box("carl", "pool") == []
    (line,) = office.box("dora", "pool")
    assert line.held_by == "carl"
    assert office.verbs("dora", check) == []
    assert office.verbs("carl", check) == ["undo"]
    assert office.case("anna", case).task(check).decided_by("dora") == "carl"
    with office.engine.database.read() as connection:
        (mine,) = held_of(connection, "carl")
        assert held_of(connection, "dora") == []
    assert (mine.task_id, mine.outcome) == (check, "agree")


def test_each_signer_has_an_own_vote_to_hold(office: Office) -> None:
    office.deploy(step("vote", "voter @ root", **SIGNED))
    case = office.start()
    vote = office.task(case)
    for voter in ("vera", "will"):
        office.does(voter, held(vote))
    assert [line.held_by for line in office.box("xena")] == [None]
    office.completes("xena", vote)
    office.does("will", lambda uow: undo(uow, vote))
    after(office, 8)
    assert office.signers(vote) == {"vera": "voted", "will": "open", "xena": "voted"}
    office.completes("will", vote)
    assert office.row(task, id=vote)["state"] == "completed"


def test_a_vote_that_others_made_needless_is_dropped(office: Office) -> None:
    office.deploy(step("vote", "voter @ root", **SIGNED))
    case = office.start()
    vote = office.task(case)
    office.does("vera", held(vote, opinion="yes"))
    office.completes("will", vote, "refuse")
    after(office, 8)
    assert office.told("vera")[-1] == "decision_dropped"
    assert office.signers(vote)["vera"] == "not_needed"
    assert draft_of(office, "vera", vote).opinion == "yes"


def test_a_case_that_was_stopped_meanwhile_keeps_the_words_and_says_why(office: Office) -> None:
    case, check = two_steps(office)
    office.does("carl", held(check, opinion="all there"))
    office.does("admin", lambda uow: suspend(uow, case, reason="a question"))
    after(office, 8)
    row = office.rows(notification, person_id="carl")[-1]
    assert (row["kind"], row["facts"]["why"]) == ("decision_dropped", "suspended")
    assert draft_of(office, "carl", check).opinion == "all there"
    found, _said = office.record(case, "decision.dropped")
    assert found["subject"]["problem"] == "suspended"
    office.does("admin", lambda uow: resume(uow, case, reason="answered"))
    after(office, 60)
    assert office.task(case) == check
    assert office.verbs("carl", check)[0] == "complete"
    check_chain(office.engine, case)


def test_a_task_that_died_meanwhile_drops_the_decision(office: Office) -> None:
    case, check = two_steps(office)
    office.does("carl", held(check))
    office.does("anna", lambda uow: withdraw(uow, case))
    after(office, 8)
    assert office.told("carl")[-1] == "decision_dropped"
    case, check = two_steps(office)
    office.completes("carl", check)
    approve = office.task(case)
    office.does("fay", held(approve))
    office.does("carl", lambda uow: take_back(uow, check))
    after(office, 8)
    assert office.told("fay")[-1] == "decision_dropped"
    assert office.row(task, id=office.task(case))["element_id"] == "check"


def test_who_lost_the_role_meanwhile_has_not_decided(office: Office) -> None:
    case, check = two_steps(office)
    office.does("carl", held(check))
    carl = next(one for one in office.directory.people.values() if one["id"] == "carl")
    carl["roles"] = []
    after(office, 8)
    assert office.task(case) == check
    assert office.told("carl")[-1] == "decision_dropped"


def test_how_long_is_each_persons_choice(office: Office) -> None:
    case, check = two_steps(office)
    office.does("carl", lambda uow: choose_hold(uow, 15))
    office.does("carl", held(check))
    after(office, 14)
    assert office.task(case) == check
    after(office, 1)
    approve = office.task(case)
    office.does("fay", lambda uow: choose_hold(uow, 0))
    office.does("fay", held(approve))
    work(office)
    assert office.row(task, id=approve)["state"] == "completed"


def test_a_worker_that_starts_later_makes_it_count(office: Office) -> None:
    """Whoever held the job has died: its lease runs out, and the decision counts all the same."""
    case, check = two_steps(office)
    office.does("carl", held(check))
    office.clock.advance(8 * SECONDS)
    assert len(claim_due(office.engine, "a worker that is killed now")) == 1
    work(office)
    assert office.task(case) == check
    after(office, 121)
    assert office.row(task, id=check)["completed_by"] == "carl"


def test_time_does_not_overtake_a_decision_made_before_it(office: Office) -> None:
    office.deploy(step("check"), step("next"), boundary="check")
    case = office.start()
    check = office.task(case)
    office.clock.advance(timedelta(days=1) - 3 * SECONDS)
    office.does("carl", held(check))
    after(office, 4)
    assert office.task(case) == check
    after(office, 4)
    assert office.row(task, id=check)["completed_by"] == "carl"
    assert office.row(task, id=office.task(case))["element_id"] == "next"


def test_who_decides_after_the_time_does_not_stop_the_clock(office: Office) -> None:
    office.deploy(step("check"), step("next"), boundary="check")
    case = office.start()
    check = office.task(case)
    office.clock.advance(timedelta(days=1) + SECONDS)
    office.does("carl", held(check))
    work(office)
    assert office.row(task, id=check)["state"] == "cancelled"
    after(office, 8)
    assert office.told("carl")[-1] == "decision_dropped"


def test_two_at_once_have_one_decision(office: Office) -> None:
    _case, check = two_steps(office)
    answers = office.at_once(("carl", held(check)), ("dora", held(check, "refuse")))
    assert sorted(type(one).__name__ for one in answers) == ["BeingDecided", "Held"]
    answers = office.at_once(
        ("carl", lambda uow: complete(uow, check, outcome="agree")),
        ("dora", lambda uow: complete(uow, check, outcome="agree")),
    )
    assert {type(one) for one in answers} <= {BeingDecided, AlreadyDone}


def test_who_waits_may_still_urge(office: Office) -> None:
    _case, check = two_steps(office)
    office.does("carl", held(check))
    office.does("anna", lambda uow: urge_task(uow, check))
