"""Votes taken back, held as vetoes, and past: rows J18 to J20 of docs/sign-off.md."""

from __future__ import annotations

import pytest

from engine.commands.complete import complete
from engine.commands.fewer_signers import remove_signer
from engine.commands.signers import add_signers, reorder_signers
from engine.commands.withdraw_vote import withdraw_vote
from engine.errors import AlreadyDone, SomebodyActed, VoteIsFinal
from tests.engine.commands.signing import House, house

__all__ = ["house"]


def test_j18_a_vote_is_taken_back_and_cast_anew(house: House) -> None:
    house.open('rule="ratio" wait="all" votes="changeable" veto="chair @ applicant.unit"')
    house.vote("cai", "no", opinion="Too early")
    assert house.the_task().tally["vetoes"] == 1
    with pytest.raises(AlreadyDone):
        house.vote("cai")
    house.on("cai", withdraw_vote)
    assert house.states()["cai"] == "open"
    assert house.asked() == ["ann", "bob", "cai"]
    house.check()
    with pytest.raises(AlreadyDone):
        house.on("cai", withdraw_vote)
    for person in ("ann", "bob", "cai"):
        house.vote(person)
    assert house.outcome()[0] == "yes"
    ((subject, said),) = house.events("task.vote_withdrawn")
    assert (subject["outcome"], subject["negative"], said["name"]) == ("no", 0, "Cai")
    with pytest.raises(AlreadyDone):
        house.on("cai", withdraw_vote)


def test_j18_where_votes_are_final_none_is_taken_back(house: House) -> None:
    house.open('rule="all"')
    house.vote("ann")
    with pytest.raises(VoteIsFinal):
        house.on("ann", withdraw_vote)


def test_j19_a_vote_stays_once_somebody_asked_after_it_has_voted(house: House) -> None:
    house.open('rule="sequence" votes="changeable"')
    house.vote("ann")
    house.on("ann", withdraw_vote)
    assert house.states() == {"ann": "open", "bob": "waiting", "cai": "waiting"}
    assert house.asked() == ["ann"]
    house.vote("ann")
    house.vote("bob")
    with pytest.raises(SomebodyActed):
        house.on("ann", withdraw_vote)
    house.on("bob", withdraw_vote)
    house.on("ann", withdraw_vote)
    assert house.asked() == ["ann"]
    house.check()


def test_j19_holds_for_those_who_came_after_somebody_removed(house: House) -> None:
    house.open('rule="sequence" votes="changeable"')
    house.vote("ann")
    house.on("ada", remove_signer, "bob", "ill")
    assert house.asked() == ["cai"]
    house.on("ann", withdraw_vote)
    assert house.asked() == ["ann"]
    house.check()


def test_j20_a_veto_is_held_by_role_when_voting_and_said_so(house: House) -> None:
    house.open('rule="ratio" veto="chair @ applicant.unit"')
    house.engine.directory.people["cai"]["roles"] = [{"role": "board", "at": "north"}]
    house.engine.directory.people["bob"]["roles"].append({"role": "chair", "at": "north"})
    assert not house.vote("cai", "no").closes
    assert house.vote("bob", "no").closes
    (_, first), (subject, second) = house.events("task.voted")
    assert ("veto" in first, second["veto"], subject["vetoes"]) == (False, True, 1)


def test_of_a_completion_nothing_is_left_to_arrange(house: House) -> None:
    house.open('rule="all"')
    for person in ("ann", "bob", "cai"):
        house.vote(person)
    for verb, args in (
        (add_signers, (["dora"], "after")),
        (withdraw_vote, ()),
        (complete, ()),
    ):
        with pytest.raises(AlreadyDone):
            house.on("ann", verb, *args)
    for verb, args in ((remove_signer, ("bob", "why")), (reorder_signers, (["bob"], "why"))):
        with pytest.raises(AlreadyDone):
            house.on("ada", verb, *args)
