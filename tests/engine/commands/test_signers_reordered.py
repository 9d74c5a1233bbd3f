"""Putting signers into another order: row J17 of docs/sign-off.md."""

from __future__ import annotations

import pytest

from engine.commands.signers import add_signers, reorder_signers
from engine.errors import Invalid, NotAllowed, ReasonRequired
from tests.engine.commands.signing import House, house

__all__ = ["house"]


def test_j17_those_not_asked_yet_are_put_into_another_order(house: House) -> None:
    house.open('rule="sequence"')
    house.on("ann", add_signers, ["dora", "emil"], "after")
    with pytest.raises(NotAllowed):
        house.on("ann", reorder_signers, ["bob", "cai", "dora", "emil"])
    with pytest.raises(ReasonRequired):
        house.on("ada", reorder_signers, ["bob", "cai", "dora", "emil"])
    for order in (["bob", "cai"], ["ann", "bob", "cai", "dora", "emil"], ["bob"] * 4, []):
        with pytest.raises(Invalid):
            house.on("ada", reorder_signers, order, "as agreed")
    house.on("ada", reorder_signers, ["cai", "emil", "bob", "dora"], "as agreed")
    house.check()
    for person in ("ann", "cai", "emil", "bob"):
        assert house.asked() == [person]
        house.vote(person)
    assert house.vote("dora").closes
    ((_, said),) = house.events("task.signers_reordered")
    assert said["before"] == ["dora", "emil", "bob", "cai"]
    assert said["after"] == ["cai", "emil", "bob", "dora"]


def test_j17_the_lead_puts_those_who_were_added_into_order(house: House) -> None:
    house.open()
    house.on("bob", add_signers, ["dora", "emil", "fay"], "before")
    house.on("bob", reorder_signers, ["fay", "bob", "emil"])
    for person in ("dora", "fay", "bob"):
        assert house.asked() == [person]
        house.vote(person)
        house.check()
    assert house.vote("emil").closes
    assert house.outcome() == ("yes", "bob")
