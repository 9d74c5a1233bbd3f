"""A person leaves, is shut out, a unit merges: what the organisation's tables and the directory say then."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.actors import Actor
from engine.errors import NotAPossiblePerson, NotFound
from engine.store.tables import event
from engine.store.unit_of_work import UnitOfWork
from webapp.accounts.errors import LoginRefused, MergeRefused, OwnAccount, UnitEnded
from webapp.accounts.leavers import due_leavers, leave, put_in_order, stay
from webapp.accounts.people import add_person, assign_role, end_role, open_account, set_disabled
from webapp.accounts.sign_in import SignIn
from webapp.accounts.tables import account, role_holding
from webapp.accounts.units import add_unit, merge_unit, rename_unit

from .conftest import PASSWORD

TODAY = date(2026, 3, 2)


@pytest.fixture
def ben(do: Any, anna: str) -> str:
    do(add_unit, "South office", "unit", parent="side", id="south")
    do(add_person, "Ben", member_no="S-1", unit_id="south", id="ben")
    do(open_account, "ben", "ben", PASSWORD)
    return "ben"


def events(house: Any, stream: str) -> list[str]:
    with house.database.read() as connection:
        found = select(event.c.type).where(event.c.stream == stream).order_by(event.c.seq)
        return list(connection.execute(found).scalars())


def due(house: Any, day: date) -> list[str]:
    with house.database.read() as connection:
        return due_leavers(connection, day)


# --- leaving ---------------------------------------------------------------------------------------


def test_who_leaves_today_holds_nothing_and_cannot_sign_in(house: Any, do: Any, anna: str) -> None:
    sessions = SignIn(house)
    token = sessions.open_for(anna).token
    do(leave, anna, TODAY)
    assert house.directory.actor(anna).keys == {"person:anna"}
    assert house.directory.holders("checker", "north") == []
    assert not house.directory.is_active(anna)
    assert not house.directory.belongs(anna)
    assert sessions.find(token) is None
    with pytest.raises(LoginRefused):
        sessions.sign_in("anna", PASSWORD)
    assert events(house, "account:anna")[-3:] == [
        "person.leave_set",
        "account.sessions_revoked",
        "person.left",
    ]


def test_who_leaves_on_a_later_day_works_until_then_and_not_an_hour_longer(
    house: Any, do: Any, anna: str
) -> None:
    sessions = SignIn(house)
    do(leave, anna, TODAY + timedelta(days=2))
    token = sessions.open_for(anna).token
    house.clock.advance(timedelta(hours=11))
    assert sessions.find(token) is not None
    assert house.directory.holders("checker", "north") == [anna]
    assert due(house, TODAY + timedelta(days=1)) == []
    # The day has come; the housekeeping has not been here yet.
    house.clock.advance(timedelta(days=1))
    assert sessions.find(token) is None
    token = sessions.open_for(anna).token
    house.clock.advance(timedelta(hours=6))
    assert sessions.find(token) is None
    assert house.directory.holders("checker", "north") == []
    with pytest.raises(LoginRefused):
        sessions.sign_in("anna", PASSWORD)
    assert due(house, TODAY + timedelta(days=2)) == [anna]
    do(put_in_order, anna)
    assert due(house, TODAY + timedelta(days=2)) == []
    with house.database.read() as connection:
        assert connection.execute(select(role_holding.c.until)).scalar() == TODAY + timedelta(
            days=2
        )
        assert connection.execute(select(account.c.disabled)).scalar() is True
    told = events(house, "account:anna")
    do(put_in_order, anna)
    assert events(house, "account:anna") == told


def test_a_day_to_come_can_be_taken_back(house: Any, do: Any, anna: str) -> None:
    do(leave, anna, TODAY + timedelta(days=1))
    do(stay, anna)
    house.clock.advance(timedelta(days=3))
    assert due(house, TODAY + timedelta(days=3)) == []
    assert house.directory.holders("checker", "north") == [anna]


def test_a_role_that_was_to_begin_later_never_does(house: Any, do: Any, anna: str) -> None:
    do(assign_role, anna, "judge", "root", since=TODAY + timedelta(days=5))
    do(leave, anna, TODAY)
    do(stay, anna)
    house.clock.advance(timedelta(days=6))
    assert house.directory.holders("judge", "root") == []


def test_a_successor_is_somebody_who_is_here(house: Any, do: Any, anna: str, ben: str) -> None:
    for nobody in (anna, "nobody"):
        with pytest.raises(NotAPossiblePerson):
            do(leave, anna, TODAY, successor=nobody)
    do(set_disabled, ben, True)
    with pytest.raises(NotAPossiblePerson):
        do(leave, anna, TODAY, successor=ben)
    with pytest.raises(NotFound):
        do(leave, "nobody", TODAY)


# --- shut out ----------------------------------------------------------------------------------------


def test_who_is_shut_out_keeps_the_roles_and_is_not_active_until_let_in(
    house: Any, do: Any, anna: str
) -> None:
    do(set_disabled, anna, True)
    assert not house.directory.is_active(anna)
    assert house.directory.belongs(anna)
    assert house.directory.able(["checker@north", "person:anna"]) == {
        "checker@north": [],
        "person:anna": [],
    }
    do(set_disabled, anna, False)
    assert house.directory.is_active(anna)
    assert house.directory.holders("checker", "north") == [anna]
    assert house.directory.able(["checker@north"]) == {"checker@north": [anna]}


def test_nobody_changes_their_own_roles_or_account(house: Any, do: Any, anna: str) -> None:
    with house.database.read() as connection:
        held = connection.execute(select(role_holding.c.id)).scalar_one()
    me = Actor(anna)
    for command, arguments in (
        (assign_role, (anna, "judge", "root")),
        (end_role, (held,)),
        (set_disabled, (anna, True)),
        (leave, (anna, TODAY)),
        (stay, (anna,)),
    ):
        with house.database.write() as connection, pytest.raises(OwnAccount):
            command(UnitOfWork(house, connection, me), *arguments)


# --- units -------------------------------------------------------------------------------------------


def test_a_merged_unit_lives_on_in_the_other(house: Any, do: Any, anna: str, ben: str) -> None:
    assert do(merge_unit, "north", "south") == 1
    directory = house.directory
    assert directory.person(anna).unit_id == "south"
    assert directory.units()["counter"].parent_id == "south"
    # The role is carried over, and the old key is still answered by whoever holds it now.
    assert directory.actor(anna).keys == {"person:anna", "checker@south", "checker@north"}
    assert directory.holders("checker", "north") == [anna]
    assert directory.able(["checker@north"]) == {"checker@north": [anna]}
    assert directory.former("south") == ["north"]
    assert directory.people_at("north") == [anna, ben]
    assert directory.chain("north") == ["south", "side", "root"]
    assert directory.places(anna)["applicant.unit"] == "south"
    assert "unit.merged" in events(house, "system")
    assert events(house, "account:anna")[-1] == "person.moved"


def test_without_carrying_roles_over_those_of_the_new_unit_do_the_old_ones_work(
    house: Any, do: Any, anna: str, ben: str
) -> None:
    do(assign_role, ben, "checker", "south")
    do(merge_unit, "north", "south", carry_roles=False)
    assert house.directory.actor(anna).keys == {"person:anna"}
    assert house.directory.holders("checker", "north") == [ben]
    assert "checker@north" in house.directory.actor(ben).keys


def test_who_is_signed_in_carries_the_keys_of_merged_units_at_once(
    house: Any, do: Any, anna: str, ben: str
) -> None:
    do(assign_role, ben, "checker", "south")
    sessions = SignIn(house)
    token = sessions.open_for(ben).token
    do(merge_unit, "north", "south")
    found = sessions.find(token)
    assert found is not None
    assert {"checker@south", "checker@north"} <= found.actor.keys


def test_a_chain_of_mergers_leads_to_its_end(house: Any, do: Any, anna: str, ben: str) -> None:
    do(add_unit, "West office", "unit", parent="side", id="west")
    do(merge_unit, "north", "south")
    do(merge_unit, "south", "west")
    assert house.directory.successor("north") == "west"
    assert house.directory.former("west") == ["north", "south"]
    assert house.directory.actor(anna).keys >= {"checker@west", "checker@south", "checker@north"}
    assert house.directory.holders("checker", "north") == [anna]


def test_mergers_that_make_no_sense_are_refused(house: Any, do: Any, anna: str, ben: str) -> None:
    do(add_unit, "Upper side", "cluster", parent="root", id="upper")
    do(add_unit, "Lower side", "cluster", parent="upper", id="lower")
    for old, new in (
        ("north", "north"),
        ("north", "counter"),  # of another kind
        ("upper", "lower"),  # into one below itself
        ("root", "root"),
    ):
        with pytest.raises(MergeRefused):
            do(merge_unit, old, new)
    with pytest.raises(MergeRefused):
        do(merge_unit, "north", "south", TODAY + timedelta(days=1))
    with pytest.raises(NotFound):
        do(merge_unit, "north", "nowhere")
    do(merge_unit, "north", "south")
    # No circle, no second end, and nothing new below what is no more.
    for old, new in (("south", "north"), ("north", "south")):
        with pytest.raises(UnitEnded):
            do(merge_unit, old, new)
    with pytest.raises(UnitEnded):
        do(assign_role, ben, "checker", "north")
    with pytest.raises(UnitEnded):
        do(add_unit, "Too late", "group", parent="north")
    with pytest.raises(UnitEnded):
        do(add_person, "Carl", member_no="N-9", unit_id="north")


def test_a_unit_gets_another_name(house: Any, do: Any, anna: str) -> None:
    do(rename_unit, "north", "Northern office")
    assert house.directory.units()["north"].name == "Northern office"
    assert house.directory.facts(anna)["unit_name"] == "Northern office"
