"""What a task's ladder does as time passes, and what it leaves alone."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.commands.claim import claim
from engine.commands.withdraw import withdraw
from engine.errors import NotFound
from engine.store.tables import delegation, job, signer, task, task_candidate
from tests.engine.deadlines.errand import House


def test_a_reminder_reaches_those_who_may_take_the_task(house: House) -> None:
    task_id = house.start()
    house.pass_until("2026-03-05T08:29")
    assert house.told() == []
    house.pass_until("2026-03-05T08:30")
    assert sorted(house.told()) == [("carl", "reminder"), ("cleo", "reminder")]
    assert house.task_row(task_id).state == "open"
    ((_, subject, facts),) = house.events("task.reminded")
    assert (subject["task"], subject["rung"]) == (task_id, 1)
    assert facts["people"] == ["carl", "cleo"]


def test_a_reminder_reaches_only_the_one_who_has_claimed_the_task(house: House) -> None:
    house.act("cleo", claim, house.start())
    house.pass_until("2026-03-05T09:00")
    assert house.told() == [("cleo", "reminder")]


def test_nobody_is_reminded_whom_a_separation_rule_forbids_the_task(house: House) -> None:
    house.deploy(old="clerk @ applicant.unit", new="clerk @ applicant.unit, board @ applicant.unit")
    house.to_vote()
    house.complete("bea", "vote", "no")
    house.pass_until("2026-03-05T09:00")
    assert sorted({who for who, _ in house.told()}) == ["carl", "cleo", "dora"]


def test_an_escalation_tells_the_head_of_the_place_and_leaves_the_task_where_it_is(
    house: House,
) -> None:
    task_id = house.start()
    house.pass_until("2026-03-06T00:00")
    assert house.told()[-1] == ("hugo", "escalated")
    assert house.task_row(task_id).candidate_keys == ["clerk@north"]
    ((_, _, facts),) = house.events("task.escalated")
    assert facts["people"] == ["hugo"]
    assert facts["waits_for"] == ["carl", "cleo"]


def test_an_escalation_about_the_head_goes_to_the_head_above(house: House) -> None:
    house.deploy(old="clerk @ applicant.unit", new="chair @ applicant.unit")
    house.start()
    house.pass_until("2026-03-06T00:00")
    assert house.told() == [("hugo", "reminder"), ("pia", "escalated")]


def test_an_escalation_where_nobody_heads_goes_to_the_administrators(house: House) -> None:
    house.cast.left |= {"hugo", "pia"}
    house.start()
    house.pass_until("2026-03-06T00:00")
    assert house.told()[-1] == ("ada", "escalated")


def test_a_task_handed_over_is_the_others_and_no_longer_the_first_ones(house: House) -> None:
    task_id = house.start()
    house.act("carl", claim, task_id)
    house.pass_until("2026-03-09T09:00")
    row = house.task_row(task_id)
    assert (row.candidate_keys, row.claimed_by) == (["deputy@north"], None)
    keys = select(task_candidate.c.key, task_candidate.c.open)
    assert [tuple(one) for one in house.rows(keys)] == [("deputy@north", True)]
    assert house.told()[-1] == ("dora", "handed_over")
    with pytest.raises(NotFound):
        house.complete("carl", "desk", "agree")
    house.complete("dora", "desk", "refuse")
    ((_, _, facts),) = house.events("task.handed_over")
    assert (facts["from"], facts["keys"], facts["left_out"]) == (["carl"], ["deputy@north"], [])


def test_whoever_may_not_act_is_left_out_of_a_hand_over(house: House) -> None:
    house.cast.people["bea"]["roles"].append({"role": "deputy", "at": "north"})
    house.to_vote()
    house.complete("dora", "vote", "no")
    house.pass_until("2026-03-09T09:00")
    assert house.task_row(house.task("desk")).candidate_keys == ["person:bea"]
    ((_, _, facts),) = house.events("task.handed_over")
    assert facts["left_out"] == ["dora"]


@pytest.mark.parametrize(
    ("fallback", "keys"), [("", ["keeper@top"]), ("chair @ applicant.unit", ["chair@north"])]
)
def test_where_nobody_is_left_the_fallback_or_the_administrators_have_it(
    house: House, fallback: str, keys: list[str]
) -> None:
    named = '<spiffworkflow:property name="candidates" value="clerk @ applicant.unit" />'
    extra = f'<spiffworkflow:property name="fallback" value="{fallback}" />' if fallback else ""
    house.deploy(old=named, new=named + extra)
    house.to_vote()
    house.complete("dora", "vote", "no")
    house.pass_until("2026-03-09T09:00")
    assert house.task_row(house.task("desk")).candidate_keys == keys
    ((_, _, facts),) = house.events("task.handed_over")
    assert (facts["fallback"], facts["left_out"]) == (True, ["dora"])


def test_advice_asked_for_before_a_hand_over_is_dropped(house: House) -> None:
    task_id = house.start()

    def ask(uow: object) -> None:
        uow.execute(  # type: ignore[attr-defined]
            delegation.insert().values(
                id="d", task_id=task_id, owner_id="carl", adviser_id="bea", question="?",
                asked_at=house.engine.clock.now(), state="open",
            )
        )  # fmt: skip

    house.act("system", ask)
    house.pass_until("2026-03-09T09:00")
    assert [row.state for row in house.rows(select(delegation.c.state))] == ["dropped"]


def test_a_task_decided_by_time_is_nobodys_act_and_the_case_goes_on(house: House) -> None:
    task_id = house.start()
    house.pass_until("2026-03-13T00:00")
    row = house.task_row(task_id)
    assert (row.state, row.outcome, row.completed_by) == ("completed", "refuse", "system")
    assert row.decided_how == "timeout"
    ((_, subject, _),) = house.events("task.completed")
    assert (subject["automatic"], subject["how"], subject["outcome"]) == (True, "timeout", "refuse")
    assert house.events("instance.ended")[0][1]["end_event"] == "lapsed"
    lapsed = {who for who, kind in house.told() if kind == "decided_by_timeout"}
    assert lapsed == {"anna", "dora"}


def test_the_rungs_are_climbed_in_the_order_of_time_however_they_are_drawn(house: House) -> None:
    house.start()
    house.pass_until("2026-03-13T00:00")
    assert [one[0] for one in house.events()][1:] == [
        "task.reminded",
        "task.escalated",
        "task.handed_over",
        "task.completed",
        "instance.ended",
    ]


def test_a_worker_that_was_away_climbs_each_rung_once_when_it_is_back(house: House) -> None:
    house.start()
    house.set(house.engine.clock.now().replace(day=20))
    house.pass_until("2026-03-25T00:00")
    kinds = [one[0] for one in house.events()]
    assert [
        kinds.count(one) for one in ("task.reminded", "task.escalated", "task.handed_over")
    ] == [
        1,
        1,
        1,
    ]
    assert house.jobs() == []


def test_a_task_has_one_rung_job_at_a_time(house: House) -> None:
    house.start()
    assert house.waiting() == [("rung", "03-05 08:30")]
    house.pass_until("2026-03-05T09:00")
    assert house.waiting() == [("rung", "03-06 00:00")]


def test_a_reminder_for_a_time_before_the_task_was_opened_is_left_out(house: House) -> None:
    house.deploy(old="add working days(today(), 3)", new="today()")
    house.start()
    house.pass_until("2026-03-02T23:00")
    assert house.told() == []
    assert house.waiting() == [("rung", "03-03 00:00")]


def test_the_votes_of_a_sign_off_stay_when_time_decides(house: House) -> None:
    task_id = house.to_vote()
    house.complete("bea", "vote", "yes")
    house.pass_until("2026-03-02T11:00")
    assert house.told() == [("dora", "reminder")]
    house.pass_until("2026-03-02T17:00")
    assert house.told()[-1] == ("pia", "escalated")
    house.pass_until("2026-03-02T21:00")
    row = house.task_row(task_id)
    assert (row.outcome, row.completed_by, row.decided_how) == ("no", "system", "timeout")
    assert row.tally["positive"] == 1
    votes = house.rows(select(signer.c.person_id, signer.c.state, signer.c.outcome))
    assert sorted(tuple(one) for one in votes) == [
        ("bea", "voted", "yes"),
        ("dora", "not_needed", None),
    ]


def test_a_task_visited_again_has_a_ladder_of_its_own(house: House) -> None:
    first = house.to_vote()
    house.pass_until("2026-03-02T21:00")
    second = house.task("desk")
    assert house.waiting() == [("rung", "03-05 08:30")]
    house.complete("cleo", "desk", "agree")
    again = house.task("vote")
    assert again != first
    house.pass_until("2026-03-02T23:00")
    assert sorted(house.told()[-2:]) == [("bea", "reminder"), ("dora", "reminder")]
    assert house.task_row(second).state == "completed"


def test_no_job_is_left_of_a_task_that_was_completed_in_time(house: House) -> None:
    house.start()
    house.complete("carl", "desk", "refuse")
    assert [row.state for row in house.rows(select(job.c.state))] == ["cancelled"]
    assert house.jobs() == []


def test_no_job_is_left_of_a_sign_off_decided_in_time(house: House) -> None:
    house.deploy(
        old='<gongban:signOff rule="all" />', new='<gongban:signOff rule="ratio" no_quorum="no" />'
    )
    house.to_vote()
    assert [kind for kind, _ in house.waiting()] == ["rung", "deadline"]
    for person in ("bea", "dora"):
        house.complete(person, "vote", "yes")
    assert house.waiting() == [("rung", "03-04 05:00")]


def test_no_job_is_left_of_a_case_that_was_withdrawn(house: House) -> None:
    house.start()
    house.act("anna", withdraw, house.case, reason="")
    assert house.jobs() == []
    house.pass_until("2026-04-01T00:00")
    assert house.told() == []


def test_after_any_of_these_no_due_job_is_of_a_closed_task(house: House) -> None:
    house.to_vote()
    house.pass_until("2026-03-13T00:00")
    open_tokens = {row.token for row in house.rows(select(task).where(task.c.state == "open"))}
    assert {row.token for row in house.jobs()} <= open_tokens


def test_a_silence_that_counts_as_a_confirmation_says_so(house: House) -> None:
    house.to_vote()
    for person in ("bea", "dora"):
        house.complete(person, "vote", "yes")
    house.pass_until("2026-03-04T05:00")
    assert house.told() == [("anna", "reminder")]
    house.pass_until("2026-03-04T09:00")
    assert house.events("task.completed")[-1][1]["how"] == "timeout"
    assert house.events("instance.ended")[0][1]["end_event"] == "taken_as_confirmed"
