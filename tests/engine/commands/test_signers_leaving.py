"""When those who sign leave, or hand over: rows J21 to J23 of docs/sign-off.md."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine.actors import SYSTEM
from engine.commands.fewer_signers import retire_signer
from engine.commands.signers import add_signers
from engine.errors import NotAllowed, UnknownOutcome
from engine.jobs.run import run_due
from tests.engine.commands.signing import NO, PASS, YES, House, house

__all__ = ["house"]


def test_j21_who_leaves_is_taken_off_and_the_next_is_asked(house: House) -> None:
    house.open('rule="sequence"')
    house.vote("ann")
    task_id = house.task()
    house.act(SYSTEM.id, retire_signer, task_id, "bob", "left")
    assert house.asked() == ["cai"]
    assert house.act(SYSTEM.id, retire_signer, task_id, "ann", "left") is None
    assert house.act(SYSTEM.id, retire_signer, task_id, "hal", "left") is None
    house.check()
    acted = house.act(SYSTEM.id, retire_signer, task_id, "cai", "left")
    assert acted.closes
    assert house.outcome() == ("yes", SYSTEM.id)
    assert [said["why"] for _, said in house.events("task.signer_retired")] == ["left", "left"]
    assert house.act(SYSTEM.id, retire_signer, task_id, "cai", "left") is None


def test_j21_who_leaves_may_count_as_staying_away(house: House) -> None:
    house.open('rule="ratio" leavers="counted"')
    house.act(SYSTEM.id, retire_signer, house.task(), "bob", "left")
    house.check()
    assert not house.vote("ann").closes
    assert house.vote("cai").closes
    assert house.outcome()[0] == "yes"


@pytest.mark.parametrize("fallback", ["", "helper @ applicant.unit"])
def test_j22_if_nobody_is_left_somebody_else_decides_alone(house: House, fallback: str) -> None:
    more = {"fallback": fallback} if fallback else {}
    house.open('rule="all" form="each"', outcomes=YES + NO + PASS, into="votes", **more)
    for person in ("ann", "bob", "cai"):
        house.act(SYSTEM.id, retire_signer, house.task(), person, "left")
    assert house.outcome() == (None, None)
    house.check()
    assert house.asked() == (["helper@north"] if fallback else ["admin@root"])
    who = "dora" if fallback else "ada"
    with pytest.raises(UnknownOutcome):
        house.vote(who, "pass")
    with pytest.raises(NotAllowed):
        house.on(who, add_signers, ["emil"], "after")
    assert house.vote(who, form={"remark": "in their stead"}).closes
    assert house.outcome() == ("yes", who)
    (own,) = house.document()["votes"]
    assert (own["signer"], own["remark"]) == (who, "in their stead")


def test_j23_if_the_lead_leaves_the_decision_goes_back_to_the_role(house: House) -> None:
    house.open()
    house.on("bob", add_signers, ["dora", "emil"], "parallel")
    house.vote("dora")
    house.engine.directory.left.add("bob")
    house.act(SYSTEM.id, retire_signer, house.task(), "bob", "left")
    assert house.asked() == ["board@north", "helper@north"]
    house.check()
    assert house.states() == {"dora": "not_needed"}
    # Who had signed is asked anew by whoever takes it.
    house.on("ann", add_signers, ["dora"], "after")
    assert house.the_task().tally == {
        "entitled": 2, "positive": 0, "negative": 0, "abstain": 0, "chained": 1
    }  # fmt: skip
    house.vote("ann")
    assert house.vote("dora").closes
    assert house.outcome() == ("yes", "ann")


def test_a_widened_decision_that_is_handed_over_is_one_persons_again(house: House) -> None:
    house.open(
        due="duration(&quot;P2D&quot;)",
        ladder='<gongban:rung at="due" do="hand_over" to="chair @ applicant.unit" />',
    )
    house.on("bob", add_signers, ["dora"], "parallel")
    house.vote("dora")
    house.engine.clock.advance(timedelta(days=2, minutes=1))
    while run_due(house.engine, "worker"):
        pass
    assert house.asked() == ["chair@north"]
    house.check()
    assert house.vote("cai").closes
    assert house.outcome() == ("yes", "cai")
