"""Who acts at the same moment, or on what another has changed since: one answer each, and nothing lost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from engine.audit.records import verify
from engine.commands.claim import claim
from engine.commands.complete import complete
from engine.errors import AlreadyClaimed, AlreadyDone, EngineError, FieldConflict
from engine.store.tables import instance, signer, task
from tests.engine.borrowing import VOTERS, branching, house, sample

__all__ = ["house"]


def test_of_two_who_complete_at_once_one_is_told_that_it_is_done(house):
    case = house.begin()
    opened = house.open_task(case, "check")

    def finish(person: str) -> Callable[[], Any]:
        return lambda: house.act(
            person, complete, opened, outcome="agree", form={"stock_note": person}
        )

    answers = house.together(finish("carl"), finish("cleo"))
    refused = [one for one in answers if isinstance(one, EngineError)]
    assert [type(one) for one in refused] == [AlreadyDone]
    winner = "cleo" if isinstance(answers[0], AlreadyDone) else "carl"
    assert refused[0].parts["by"] == winner
    assert house.document(case)["stock_note"] == winner
    assert [one[0] for one in house.events(case)].count("task.completed") == 1
    assert len(house.all(select(task.c.id).where(task.c.element_id == "approve"))) == 1
    assert verify(house.engine).findings == []


def test_of_two_who_claim_at_once_one_is_told_who_was_first(house):
    opened = house.open_task(house.begin(), "check")
    answers = house.together(
        lambda: house.act("carl", claim, opened), lambda: house.act("cleo", claim, opened)
    )
    refused = [one for one in answers if isinstance(one, EngineError)]
    assert [type(one) for one in refused] == [AlreadyClaimed]
    assert house.all(select(task.c.claimed_by).where(task.c.id == opened)) == [
        refused[0].parts["by"]
    ]


def test_thirty_who_sign_at_once_are_all_answered_and_all_counted(house):
    case = house.begin(sample('rule="all" form="each"'))
    house.act("carl", complete, house.open_task(case, "review"), outcome="agree", form={})
    # jack is on the board, too, but has nothing to do with this case so far.
    house.act("jack", complete, house.open_task(case, "vote"), outcome="yes", form={})
    vote = house.open_task(case, "vote")

    def sign(person: str) -> Callable[[], Any]:
        return lambda: house.act(person, complete, vote, outcome="yes", form={"reason": person})

    answers = house.together(*(sign(voter) for voter in VOTERS))
    assert [one for one in answers if isinstance(one, Exception)] == []
    assert Counter(one.decided for one in answers) == {False: 29, True: 1}
    assert house.all(select(task.c.tally).where(task.c.id == vote)) == [
        {"entitled": 31, "positive": 31, "negative": 0, "abstain": 0}
    ]
    assert set(house.all(select(signer.c.state).where(signer.c.task_id == vote))) == {"voted"}
    forms = house.document(case)["votes"]
    assert sorted(one["signer"] for one in forms) == sorted([*VOTERS, "jack"])
    assert [one[0] for one in house.events(case)].count("task.voted") == 31
    assert verify(house.engine).findings == []


def test_nobody_votes_twice_not_even_at_once(house, request):
    case = house.begin(sample('rule="all" form="each"'))
    house.act("carl", complete, house.open_task(case, "review"), outcome="agree", form={})
    vote = house.open_task(case, "vote")
    twice = [lambda: house.act("voter0", complete, vote, outcome="yes", form={})] * 4
    answers = house.together(*twice)
    assert Counter(type(one) for one in answers if isinstance(one, Exception)) == {AlreadyDone: 3}
    assert house.one(select(task.c.tally).where(task.c.id == vote))["positive"] == 1


def test_of_two_branches_that_write_one_field_the_later_gets_both_values(house):
    case = house.begin(branching())
    seen = house.version(case)
    tasks = {name: house.open_task(case, name) for name in ("left", "right")}

    def write(person: str, name: str) -> Callable[[], Any]:
        return lambda: house.act(person, complete, tasks[name], form={"note": name}, version=seen)

    answers = house.together(write("carl", "left"), write("cleo", "right"))
    refused = [one for one in answers if isinstance(one, Exception)]
    assert [type(one) for one in refused] == [FieldConflict]
    late = "left" if isinstance(answers[0], FieldConflict) else "right"
    early = "right" if late == "left" else "left"
    assert refused[0].parts["fields"] == {"note": {"yours": late, "theirs": early}}
    assert house.document(case)["note"] == early
    # Whoever has read the other's value may still decide for their own.
    person = "carl" if late == "left" else "cleo"
    house.act(person, complete, tasks[late], form={"note": late}, version=house.version(case))
    assert house.document(case)["note"] == late
    assert house.one(select(instance.c.state)) == "completed"


def test_two_branches_that_write_the_same_value_do_not_disturb_each_other(house):
    case = house.begin(branching())
    seen = house.version(case)
    for person, name in (("carl", "left"), ("cleo", "right")):
        opened = house.open_task(case, name)
        house.act(person, complete, opened, form={"note": "same"}, version=seen)
    assert house.one(select(instance.c.state)) == "completed"


def test_a_form_opened_before_somebody_changed_its_field_is_refused(house):
    case = house.begin(sample('rule="all" form="shared"'))
    house.act("carl", complete, house.open_task(case, "review"), outcome="agree", form={})
    vote, old = house.open_task(case, "vote"), house.version(case)
    house.act("voter0", complete, vote, outcome="yes", form={"reason": "good"}, version=old)
    with pytest.raises(FieldConflict) as refused:
        house.act("voter1", complete, vote, outcome="yes", form={"reason": "bad"}, version=old)
    assert refused.value.parts["fields"]["votes"] == {
        "yours": {"reason": "bad"},
        "theirs": {"reason": "good"},
    }
    assert house.one(select(task.c.tally).where(task.c.id == vote))["positive"] == 1
