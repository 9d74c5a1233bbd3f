"""What becomes of open work when somebody leaves or is shut out: the rows of docs/leavers.md, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from engine.actors import person_key
from engine.commands.administer import reassign
from engine.commands.claim import claim
from engine.commands.complete import complete
from engine.commands.leaving import release_claims, withdraw_person
from engine.errors import NotAPossiblePerson, NotFound, SeparationOfDuties
from engine.store.tables import delegation, instance, proxy, task, webhook
from tests.engine.commands.leaving_house import Union, open_union, package, work

CLERK = "clerk @ applicant.unit"
BOARD = "board @ applicant.unit"


@pytest.fixture
def union(database_url: str) -> Iterator[Union]:
    with open_union(database_url) as opened:
        yield opened


def left_events(union: Union, case: str) -> list[dict[str, Any]]:
    """The changes of each `person.left` event of a case, flattened."""
    return [
        change
        for one in union.events(case)
        if one.type == "person.left"
        for change in (one.payload or {})["changes"]
    ]


# --- claimed ---------------------------------------------------------------------------------------


def test_what_a_leaver_had_claimed_goes_back_to_the_pool(union: Union) -> None:
    case = union.begin(package(work("check", CLERK)))
    union.act("carl", claim, union.open_task(case).id)
    union.leave("carl")
    row = union.open_task(case)
    assert row.claimed_by is None
    assert union.keys(row.id) == ["clerk@north"]
    assert [one["what"] for one in left_events(union, case)] == ["released"]
    union.complete("cleo", case)
    assert union.state(case) == "completed"


def test_what_a_leaver_had_claimed_is_the_successors(union: Union) -> None:
    case = union.begin(package(work("check", CLERK)))
    union.act("carl", claim, union.open_task(case).id)
    # Of another unit: without the role, the task itself must name the successor.
    union.leave("carl", "sam")
    row = union.open_task(case)
    assert row.claimed_by == "sam"
    assert union.keys(row.id) == ["clerk@north", "person:sam"]
    assert union.told("sam") == ["handed_over"]
    union.complete("sam", case)
    assert union.state(case) == "completed"


def test_a_successor_whom_a_separation_rule_forbids_it_does_not_get_a_claimed_task(
    union: Union,
) -> None:
    case = union.begin(package(work("check", CLERK)), by="hilda")
    union.act("carl", claim, union.open_task(case).id)
    union.leave("carl", "hilda")
    row = union.open_task(case)
    assert row.claimed_by is None
    assert union.keys(row.id) == ["clerk@north"]
    with pytest.raises(SeparationOfDuties):
        union.complete("hilda", case)


# --- addressed to one person -----------------------------------------------------------------------


def test_what_waits_for_the_leaver_alone_goes_to_the_successor(union: Union) -> None:
    case = union.begin(package(work("check", "= &quot;carl&quot;")))
    union.leave("carl", "cleo")
    row = union.open_task(case)
    assert union.keys(row.id) == ["person:cleo"]
    assert row.candidate_keys == ["person:cleo"]
    union.complete("cleo", case)


def test_without_a_successor_it_goes_to_the_fallback_of_the_step(union: Union) -> None:
    case = union.begin(
        package(work("check", "= &quot;carl&quot;", fallback="chair @ applicant.unit"))
    )
    union.leave("carl")
    assert union.keys(union.open_task(case).id) == ["chair@north"]
    assert union.told("hilda") == ["handed_over"]
    assert left_events(union, case)[0]["keys"] == ["chair@north"]


def test_without_a_fallback_it_goes_to_the_administrators(union: Union) -> None:
    case = union.begin(package(work("check", "= &quot;carl&quot;")))
    union.leave("carl")
    assert union.keys(union.open_task(case).id) == ["admin@root"]
    # Whoever entered the leaving knows; the other administrator is told.
    assert union.told("alan") == ["handed_over"]


def test_a_fallback_whose_people_may_not_act_is_passed_over(union: Union) -> None:
    made = package(work("check", "= &quot;carl&quot;", fallback="chair @ applicant.unit"))
    case = union.begin(made, by="hilda")
    union.leave("carl")
    assert union.keys(union.open_task(case).id) == ["admin@root"]


def test_a_task_that_named_others_too_is_left_to_them(union: Union) -> None:
    case = union.begin(package(work("check", "= [&quot;carl&quot;, &quot;cleo&quot;]")))
    union.leave("carl")
    assert union.keys(union.open_task(case).id) == ["person:cleo"]


def test_a_task_handed_to_the_leaver_is_handed_on_as_well(union: Union) -> None:
    case = union.begin(package(work("check", CLERK)))
    opened = union.open_task(case).id
    union.act("ada", reassign, opened, "carl", reason="carl knows it")
    union.act("carl", claim, opened)
    union.leave("carl", "cleo")
    row = union.open_task(case)
    assert (row.claimed_by, union.keys(opened)) == (None, ["person:cleo"])
    union.complete("cleo", case)


# --- sign-offs ---------------------------------------------------------------------------------------


def test_a_leavers_open_part_in_a_sign_off_ends_and_the_others_decide(union: Union) -> None:
    case = union.begin(package(work("vote", BOARD, sign_off='rule="all"')))
    opened = union.open_task(case)
    assert opened.tally["entitled"] == 3
    union.complete("bert", case, "yes")
    union.leave("bea")
    row = union.open_task(case)
    assert row.tally["entitled"] == 2
    assert union.signers(row.id) == {"bert": "voted", "bodo": "open", "bea": "removed"}
    assert person_key("bea") not in union.keys(row.id)
    union.complete("bodo", case, "yes")
    assert union.state(case) == "completed"


def test_a_sign_off_is_decided_where_the_leavers_vote_was_all_it_waited_for(union: Union) -> None:
    case = union.begin(package(work("vote", BOARD, sign_off='rule="all"')))
    opened = union.open_task(case).id
    union.complete("bert", case, "yes")
    union.complete("bodo", case, "yes")
    union.leave("bea")
    assert union.state(case) == "completed"
    done = union.rows(select(task.c.outcome, task.c.completed_by).where(task.c.id == opened))[0]
    assert tuple(done) == ("yes", "system")
    types = [one.type for one in union.events(case)]
    assert types[-3:] == ["task.signer_retired", "task.completed", "instance.ended"]


def test_the_vote_of_a_leaver_stands(union: Union) -> None:
    case = union.begin(package(work("vote", BOARD, sign_off='rule="ratio"')))
    union.complete("bea", case, "yes")
    union.leave("bea")
    row = union.open_task(case)
    assert (row.tally["entitled"], row.tally["positive"]) == (3, 1)
    assert union.signers(row.id)["bea"] == "voted"


def test_in_a_sequence_the_next_is_asked_when_it_was_the_leavers_turn(union: Union) -> None:
    case = union.begin(package(work("vote", BOARD, sign_off='rule="sequence"')))
    opened = union.open_task(case).id
    # The order of the cast: bert, bodo, bea.
    union.leave("bert")
    assert union.signers(opened) == {"bert": "removed", "bodo": "open", "bea": "waiting"}
    assert union.keys(opened) == ["person:bodo"]
    union.complete("bodo", case, "yes")
    union.complete("bea", case, "yes")
    assert union.state(case) == "completed"


def test_in_a_sequence_a_leaver_whose_turn_had_not_come_is_skipped(union: Union) -> None:
    case = union.begin(package(work("vote", BOARD, sign_off='rule="sequence"')))
    union.leave("bodo")
    union.complete("bert", case, "yes")
    assert union.keys(union.open_task(case).id) == ["person:bea"]
    union.complete("bea", case, "yes")
    assert union.state(case) == "completed"


def test_what_the_last_one_entitled_would_decide_is_the_successors(union: Union) -> None:
    made = package(work("vote", BOARD, sign_off='rule="all" signers="[&quot;bea&quot;]"'))
    case = union.begin(made)
    opened = union.open_task(case).id
    union.leave("bea", "bodo")
    assert union.signers(opened) == {"bea": "removed"}
    assert union.keys(opened) == ["person:bodo"]
    assert union.told("bodo") == ["handed_over"]
    union.complete("bodo", case, "yes")
    assert union.state(case) == "completed"


def test_without_a_successor_the_last_one_entitled_leaves_it_to_the_administrators(
    union: Union,
) -> None:
    made = package(work("vote", BOARD, sign_off='rule="all" signers="[&quot;bea&quot;]"'))
    case = union.begin(made)
    union.leave("bea")
    assert union.state(case) == "active"
    assert union.keys(union.open_task(case).id) == ["admin@root"]
    assert union.stuck() == []
    union.complete("ada", case, "yes")
    assert union.state(case) == "completed"


def test_a_case_that_stands_still_is_not_moved_until_it_goes_on(union: Union) -> None:
    case = union.begin(package(work("vote", BOARD, sign_off='rule="all"')))
    union.complete("bert", case, "yes")
    union.complete("bodo", case, "yes")
    _set_state(union, case, "suspended")
    union.leave("bea")
    assert union.signers(union.open_task(case).id)["bea"] == "open"
    _set_state(union, case, "active")
    union.act("system", withdraw_person, "bea")
    assert union.state(case) == "completed"


def _set_state(union: Union, case: str, state: str) -> None:
    with union.engine.database.write() as connection:
        connection.execute(update(instance).where(instance.c.id == case).values(state=state))
        connection.commit()


# --- proxies, advice, messages -------------------------------------------------------------------------


def test_the_proxies_of_a_leaver_end_on_both_sides(union: Union) -> None:
    now = union.engine.clock.now()
    with union.engine.database.write() as connection:
        for id, owner, deputy in (
            ("p1", "carl", "cleo"),
            ("p2", "cleo", "carl"),
            ("p3", "cleo", "sam"),
        ):
            connection.execute(
                insert(proxy).values(
                    id=id,
                    owner_id=owner,
                    deputy_id=deputy,
                    since=now - timedelta(days=1),
                    reason="leave",
                    created_by=owner,
                    created_at=now,
                )
            )
        connection.commit()
    assert union.leave("carl").proxies == ["p1", "p2"]
    ended = {row.id: row.ended_at for row in union.rows(select(proxy.c.id, proxy.c.ended_at))}
    assert ended == {"p1": now, "p2": now, "p3": None}
    assert union.told("cleo") == ["proxy_ended", "proxy_ended"]


def test_advice_asked_of_a_leaver_goes_back_to_who_asked(union: Union) -> None:
    case = union.begin(package(work("check", CLERK)))
    opened = union.open_task(case).id
    union.act("cleo", claim, opened)
    with union.engine.database.write() as connection:
        connection.execute(
            insert(delegation).values(
                id="d1",
                task_id=opened,
                owner_id="cleo",
                adviser_id="sam",
                question="Is this right?",
                asked_at=union.engine.clock.now(),
                state="open",
            )
        )
        connection.commit()
    union.leave("sam")
    assert union.rows(select(delegation.c.state))[0].state == "recalled"
    assert union.told("cleo") == ["advice_recalled"]
    assert [one["what"] for one in left_events(union, case)] == ["advice_recalled"]
    assert union.open_task(case).claimed_by == "cleo"


def test_nothing_is_sent_to_a_leavers_webhooks_any_more(union: Union) -> None:
    with union.engine.database.write() as connection:
        connection.execute(
            insert(webhook).values(
                id="w1",
                person_id="carl",
                name="robot",
                url="http://localhost/",
                host="localhost",
                secret="s",
                format="plain",
                active=True,
                created_at=union.engine.clock.now(),
            )
        )
        connection.commit()
    union.leave("carl")
    assert union.rows(select(webhook.c.active))[0].active is False


# --- the leaver's own cases ------------------------------------------------------------------------------


def test_a_step_that_waits_for_an_applicant_who_left_goes_to_the_head_of_the_unit(
    union: Union,
) -> None:
    case = union.begin(package(work("supplement", "starter"), work("check", CLERK)))
    assert union.keys(union.open_task(case).id) == ["person:anna"]
    union.leave("anna")
    assert union.keys(union.open_task(case).id) == ["person:hilda"]
    assert union.told("hilda") == ["handed_over"]
    assert union.told("alan") == ["applicant_left"]
    union.complete("hilda", case)
    assert union.open_task(case).element_id == "check"


def test_a_step_that_comes_to_the_applicant_after_they_left_opens_for_the_head(
    union: Union,
) -> None:
    case = union.begin(package(work("check", CLERK), work("confirm", "starter")))
    union.leave("anna")
    assert union.keys(union.open_task(case).id) == ["clerk@north"]
    union.complete("carl", case)
    assert union.keys(union.open_task(case).id) == ["person:hilda"]


def test_where_the_head_may_not_act_the_head_above_does(union: Union) -> None:
    # The applicant is the head of the unit; the one above it takes the place.
    case = union.begin(package(work("confirm", "starter")), by="hilda")
    union.leave("hilda")
    assert union.keys(union.open_task(case).id) == ["person:tom"]


def test_a_running_case_goes_on_without_its_applicant(union: Union) -> None:
    case = union.begin(package(work("check", CLERK)))
    union.leave("anna")
    assert union.state(case) == "active"
    union.complete("carl", case)
    assert union.state(case) == "completed"


# --- refused, repeated, shut out -------------------------------------------------------------------------


@pytest.mark.parametrize("successor", ["carl", "nobody", "sam"])
def test_a_successor_must_be_somebody_else_who_can_act(union: Union, successor: str) -> None:
    union.cast.left.add("sam")
    with pytest.raises(NotAPossiblePerson):
        union.act("ada", withdraw_person, "carl", successor)


def test_leaving_twice_changes_nothing_the_second_time(union: Union) -> None:
    case = union.begin(package(work("check", "= &quot;carl&quot;")))
    assert union.leave("carl", "cleo").cases == [case]
    told = len(union.events(case))
    assert union.leave("carl", "cleo").cases == []
    assert len(union.events(case)) == told


def test_every_case_of_a_leaver_gets_one_event(union: Union) -> None:
    made = package(work("check", "= &quot;carl&quot;"))
    cases = [union.begin(made) for _ in range(3)]
    assert union.leave("carl", "cleo").cases == sorted(cases)
    for case in cases:
        events = [one for one in union.events(case) if one.type == "person.left"]
        assert [one.subject for one in events] == [{"person": "carl"}]
        assert (events[0].payload or {})["why"] == "moved away"


def test_who_is_shut_out_loses_what_they_claimed_and_nothing_else(union: Union) -> None:
    made = package(work("check", CLERK))
    claimed, free = union.begin(made), union.begin(made)
    named = union.begin(package(work("check", "= &quot;carl&quot;")))
    union.act("carl", claim, union.open_task(claimed).id)
    union.cast.disabled.add("carl")
    assert union.act("ada", release_claims, "carl", "disabled") == [claimed]
    assert union.open_task(claimed).claimed_by is None
    assert union.keys(union.open_task(free).id) == ["clerk@north"]
    assert union.keys(union.open_task(named).id) == ["person:carl"]
    assert [one.type for one in union.events(claimed)][-1] == "person.shut_out"
    # What only they could do is on the page; it is theirs again once they are let in.
    assert [one.task_id for one in union.stuck()] == [union.open_task(named).id]
    union.cast.disabled.clear()
    assert union.stuck() == []
    union.complete("carl", named)


def test_a_step_of_an_applicant_who_is_shut_out_waits_for_them(union: Union) -> None:
    union.cast.disabled.add("anna")
    case = union.begin(package(work("confirm", "starter")))
    assert union.keys(union.open_task(case).id) == ["person:anna"]


# --- units that merge ------------------------------------------------------------------------------------


def test_work_of_a_merged_unit_is_done_by_those_of_the_new_one(union: Union) -> None:
    case = union.begin(package(work("check", CLERK), work("vote", BOARD, sign_off='rule="all"')))
    opened = union.open_task(case).id
    with pytest.raises(NotFound):
        union.act("sam", complete, opened, form={})
    union.cast.merge("north", "south")
    assert "clerk@north" in union.cast.actor("sam").keys
    union.act("sam", complete, opened, form={})
    # Places stay as they were at the start; whoever sits there now is asked.
    assert set(union.signers(union.open_task(case).id)) == {"bert", "bodo", "bea"}
    assert union.rows(select(instance.c.places))[0].places["applicant.unit"] == "north"
