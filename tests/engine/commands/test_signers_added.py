"""Adding signers: rows J1 to J11 of docs/sign-off.md."""

from __future__ import annotations

import pytest

from engine.commands.signers import MOST_ADDED, add_signers
from engine.errors import (
    AlreadyClaimed,
    AlreadyDone,
    AlreadySigns,
    Invalid,
    NotAllowed,
    NotAPossiblePerson,
    NotFound,
    SeparationOfDuties,
    UnknownOutcome,
    VotesAreCounted,
)
from engine.ids import new_id
from engine.store.tables import recusal
from tests.engine.commands.signing import BACK, GLADLY, MORNING, NEVER, NO, PASS, YES, House, house

__all__ = ["house"]


def test_j1_who_asks_others_to_sign_first_waits_for_them(house: House) -> None:
    house.open('rule="all"')
    house.on("bob", add_signers, ["dora", "emil"], "before", "please look first")
    assert house.states() == {
        "ann": "open",
        "dora": "open",
        "emil": "waiting",
        "bob": "waiting",
        "cai": "open",
    }
    assert house.told("signer_added") == ["dora"]
    with pytest.raises(AlreadyDone):
        house.vote("bob")
    house.vote("dora")
    assert house.asked() == ["ann", "cai", "emil"]
    house.vote("emil")
    assert house.told("signer_added") == ["dora", "emil"]
    assert house.told("task_opened") == ["bob"]
    house.vote("ann")
    house.vote("cai")
    assert house.vote("bob").closes
    ((subject, said),) = house.events("task.signers_added")
    assert (subject["how"], subject["entitled"]) == ("before", 5)
    assert (said["name"], said["people"]) == ("Bob", ["dora", "emil"])
    assert said["note"] == "please look first"
    assert said["before"] == [{"person": "bob", "state": "open"}]
    assert said["after"] == [
        {"person": "dora", "state": "open"},
        {"person": "emil", "state": "waiting", "after": "dora"},
        {"person": "bob", "state": "waiting", "after": "emil"},
    ]


def test_j2_those_asked_afterwards_follow_and_nothing_is_decided_before(house: House) -> None:
    house.open('rule="sequence"')
    house.on("ann", add_signers, ["dora", "emil"], "after")
    assert list(house.states()) == ["ann", "dora", "emil", "bob", "cai"]
    assert house.told("signer_added") == []
    for person, following in (("ann", "dora"), ("dora", "emil"), ("emil", "bob"), ("bob", "cai")):
        assert house.asked() == [person]
        assert not house.vote(person).closes
        assert house.asked() == [following]
        house.check()
    house.on("cai", add_signers, ["fay"], "after")
    assert not house.vote("cai").closes
    assert house.vote("fay").closes
    assert house.outcome() == ("yes", "fay")


def test_j3_those_asked_in_parallel_are_asked_at_once(house: House) -> None:
    house.open('rule="sequence"')
    house.on("ann", add_signers, ["dora", "emil"], "parallel")
    assert house.asked() == ["ann", "dora", "emil"]
    assert list(house.states()) == ["ann", "dora", "emil", "bob", "cai"]
    for person in ("emil", "ann", "bob", "dora"):
        assert not house.vote(person).closes
        house.check()
    assert house.vote("cai").closes


@pytest.mark.parametrize("rule", ["any", "ratio"])
def test_j4_where_votes_are_counted_one_who_is_added_is_one_more(house: House, rule: str) -> None:
    house.open(f'rule="{rule}"')
    with pytest.raises(VotesAreCounted):
        house.on("ann", add_signers, ["dora"], "after")
    house.on("ann", add_signers, ["dora", "emil"], "parallel")
    house.on("bob", add_signers, ["fay"], "before")
    assert house.the_task().tally["entitled"] == 6
    if rule == "ratio":
        # Two of three would have been enough.
        assert not house.vote("ann").closes
        assert not house.vote("cai").closes
        assert not house.vote("dora").closes
        assert house.vote("fay").closes
    else:
        for person in ("ann", "cai", "dora", "emil", "fay"):
            assert not house.vote(person, "no").closes
        assert house.vote("bob", "no").closes
        assert house.outcome()[0] == "no"


def test_j5_nobody_is_added_once_the_votes_make_the_result_certain(house: House) -> None:
    house.open('rule="ratio" wait="all"')
    house.vote("ann")
    house.on("cai", add_signers, ["dora"], "parallel")
    house.vote("bob")
    house.vote("dora")
    with pytest.raises(VotesAreCounted):
        house.on("cai", add_signers, ["emil"], "parallel")
    assert house.vote("cai", "no").closes
    assert house.outcome()[0] == "yes"


def test_j6_only_who_has_a_vote_to_cast_now_adds_signers(house: House) -> None:
    house.open('rule="sequence"')
    with pytest.raises(AlreadyDone):
        house.on("bob", add_signers, ["dora"], "before")
    house.vote("ann")
    with pytest.raises(AlreadyDone):
        house.on("ann", add_signers, ["dora"], "parallel")
    with pytest.raises(NotFound):
        house.on("emil", add_signers, ["dora"], "parallel")
    with pytest.raises(NotAllowed):
        house.on("anna", add_signers, ["dora"], "parallel")
    assert list(house.states()) == ["ann", "bob", "cai"]


def test_j7_only_people_of_the_circle_are_added_each_once(house: House) -> None:
    house.open('rule="all"')
    with pytest.raises(NotAPossiblePerson):
        house.on("ann", add_signers, ["hal"], "after")
    with pytest.raises(NotAPossiblePerson):
        house.on("ann", add_signers, ["nobody"], "after")
    house.engine.directory.left.add("gus")
    with pytest.raises(NotAPossiblePerson):
        house.on("ann", add_signers, ["gus"], "after")
    for people in (["bob"], ["dora", "ann"]):
        with pytest.raises(AlreadySigns):
            house.on("ann", add_signers, people, "after")
    for people, how in (([], "after"), (["dora"], "beside"), (["x"] * (MOST_ADDED + 1), "after")):
        with pytest.raises(Invalid):
            house.on("ann", add_signers, [f"{p}{n}" for n, p in enumerate(people)], how)
    house.engine.directory.people["anna"]["roles"].append({"role": "helper", "at": "north"})
    with pytest.raises(SeparationOfDuties):
        house.on("ann", add_signers, ["anna"], "after")
    facts = {"id": new_id(), "person_id": "emil", "about_id": "anna", "instance_id": None}
    house.act(
        "emil",
        lambda uow: uow.execute(
            recusal.insert().values(**facts, reason="sister", declared_at=MORNING)
        ),
    )
    with pytest.raises(SeparationOfDuties):
        house.on("ann", add_signers, ["dora", "emil"], "after")
    assert list(house.states()) == ["ann", "bob", "cai"]
    assert [one["rule"] for one, _ in house.events("refused")] == ["own_case", "recusal"]
    house.on("ann", add_signers, ["dora", "dora"], "after")
    assert list(house.states()) == ["ann", "dora", "bob", "cai"]


@pytest.mark.parametrize(
    ("hand_on", "refused"),
    [("none", ["dora", "hal", "trip"]), ("unit", ["trip"]), ("anyone", [])],
)
def test_how_far_the_circle_reaches_is_the_packages_affair(
    house: House, hand_on: str, refused: list[str]
) -> None:
    house.open('rule="all"', hand_on=hand_on)
    for person in ("dora", "hal", "trip"):
        if person in refused:
            with pytest.raises(NotAPossiblePerson):
                house.on("ann", add_signers, [person], "parallel")
        else:
            house.on("ann", add_signers, [person], "parallel")


def test_j8_a_decision_of_one_becomes_a_sign_off_that_keeps_their_outcome(house: House) -> None:
    house.open(outcomes=YES + GLADLY + NO)
    house.on("bob", add_signers, ["dora"], "before")
    house.on("dora", add_signers, ["emil"], "parallel")
    assert house.states() == {"dora": "open", "emil": "open", "bob": "waiting"}
    assert house.the_task().rule == "all"
    with pytest.raises(AlreadyClaimed):
        house.vote("ann")
    house.vote("dora")
    house.on("bob", add_signers, ["fay"], "after")
    house.vote("bob", "gladly", opinion="Well done")
    house.vote("emil")
    assert house.vote("fay").closes
    assert house.outcome() == ("gladly", "bob")
    assert house.the_task().opinion == "Well done"


def test_j9_a_return_by_the_holder_decides_at_once(house: House) -> None:
    house.open(outcomes=YES + NO + PASS + BACK)
    house.on("bob", add_signers, ["dora"], "parallel")
    for outcome in ("back", "pass"):
        with pytest.raises(UnknownOutcome):
            house.vote("dora", outcome)
    assert house.vote("bob", "back").closes
    assert house.outcome() == ("back", "bob")
    assert house.states() == {"bob": "voted", "dora": "not_needed"}
    with pytest.raises(AlreadyDone):
        house.vote("dora")


def test_j10_a_refusal_by_one_who_was_added_decides_against(house: House) -> None:
    house.open(outcomes=YES + NO + NEVER)
    house.on("bob", add_signers, ["dora", "emil"], "parallel")
    house.vote("bob")
    assert house.vote("dora", "never", opinion="It is too dear").closes
    assert house.outcome() == ("no", "dora")
    assert house.states()["emil"] == "not_needed"


def test_j11_who_is_added_fills_in_the_same_form(house: House) -> None:
    house.open()
    house.on("bob", add_signers, ["dora"], "before")
    house.vote("dora", form={"remark": "checked"})
    assert house.document()["remark"] == "checked"
    house.vote("bob", form={"remark": "checked and agreed"})
    assert house.document()["remark"] == "checked and agreed"
