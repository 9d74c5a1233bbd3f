"""Taking signers off the list: rows J12 to J16 of docs/sign-off.md."""

from __future__ import annotations

import pytest

from engine.actors import SYSTEM
from engine.commands.fewer_signers import remove_signer
from engine.commands.signers import add_signers
from engine.errors import (
    AlreadyDone,
    NoLongerAsked,
    NotAllowed,
    NotFound,
    ReasonRequired,
    SeparationOfDuties,
    TooFewSigners,
)
from engine.queries.case import may_read
from tests.engine.commands.signing import House, house

__all__ = ["house"]


def test_j12_who_may_take_a_signer_off_the_list(house: House) -> None:
    house.open('rule="all"')
    house.on("ann", add_signers, ["dora", "emil"], "parallel")
    for person, whom in (("ann", "bob"), ("bob", "dora"), ("dora", "emil")):
        with pytest.raises(NotAllowed):
            house.on(person, remove_signer, whom)
    with pytest.raises(NotFound):
        house.on("gus", remove_signer, "dora")
    with pytest.raises(NotFound):
        house.on("ann", remove_signer, "gus")
    house.vote("ann")
    house.on("ann", remove_signer, "dora")
    with pytest.raises(ReasonRequired):
        house.on("ada", remove_signer, "bob")
    house.on("ada", remove_signer, "bob", "on a long journey")
    assert list(house.states()) == ["ann", "emil", "cai"]
    (_, first), (_, second) = house.events("task.signer_removed")
    assert (first["name"], first["person"]) == ("Ann", "dora")
    assert (second["name"], second["reason"]) == ("Ada", "on a long journey")
    assert second["before"] == [{"person": "bob", "state": "open"}]
    assert second["after"] == [{"person": "bob", "state": "removed"}]
    house.check()


def test_the_lead_takes_off_whom_others_added(house: House) -> None:
    house.open()
    house.on("bob", add_signers, ["dora"], "parallel")
    house.on("dora", add_signers, ["emil"], "after")
    house.on("bob", remove_signer, "emil")
    assert list(house.states()) == ["bob", "dora"]


def test_an_administrator_does_not_arrange_the_own_case(house: House) -> None:
    house.engine.directory.people["anna"]["roles"].append({"role": "admin", "at": "root"})
    house.open('rule="all"')
    with pytest.raises(SeparationOfDuties):
        house.on("anna", remove_signer, "bob", "he would refuse")


def test_j13_too_few_signers_are_not_left_and_no_vote_is_lost(house: House) -> None:
    house.open('rule="all" minimum="3"')
    with pytest.raises(TooFewSigners):
        house.on("ada", remove_signer, "bob", "ill")
    house.on("ann", add_signers, ["dora"], "parallel")
    house.vote("dora")
    with pytest.raises(AlreadyDone):
        house.on("ann", remove_signer, "dora")
    house.on("ada", remove_signer, "bob", "ill")
    assert list(house.states()) == ["ann", "dora", "cai"]


def test_j13_the_lead_is_not_taken_off(house: House) -> None:
    house.open()
    house.on("bob", add_signers, ["dora"], "parallel")
    with pytest.raises(NotAllowed):
        house.on("ada", remove_signer, "bob", "ill")


def test_j14_who_waited_for_the_one_removed_waits_for_the_one_before(house: House) -> None:
    house.open('rule="sequence"')
    house.on("ann", add_signers, ["dora", "emil"], "after")
    house.on("ann", remove_signer, "dora")
    house.check()
    house.vote("ann")
    assert house.asked() == ["emil"]
    house.on("ann", remove_signer, "emil")
    assert house.asked() == ["bob"]
    house.on("bob", add_signers, ["fay"], "before")
    assert house.asked() == ["fay"]
    house.on("bob", remove_signer, "fay")
    assert house.asked() == ["bob"]
    house.check()


def test_j15_removing_the_last_who_has_not_voted_decides(house: House) -> None:
    house.open('rule="all"')
    house.vote("ann")
    house.vote("cai")
    acted = house.on("ada", remove_signer, "bob", "has moved away")
    assert acted.closes
    assert house.outcome() == ("yes", SYSTEM.id)
    ((subject, _),) = house.events("task.completed")
    assert subject["automatic"] is False


def test_j16_who_was_removed_is_told_so_and_may_be_asked_again(house: House) -> None:
    house.open('rule="all"')
    house.on("ann", add_signers, ["dora"], "parallel")
    engine = house.engine
    dora = engine.directory.actor("dora")

    def sees() -> bool:
        with engine.database.read() as connection:
            return may_read(connection, engine, dora, house.case)

    assert sees()
    house.on("ann", remove_signer, "dora")
    assert not sees()
    with pytest.raises(NoLongerAsked):
        house.vote("dora")
    house.on("bob", add_signers, ["dora"], "before")
    assert house.asked() == ["ann", "cai", "dora"]
    house.vote("dora")
    assert house.asked() == ["ann", "bob", "cai"]
    house.check()
