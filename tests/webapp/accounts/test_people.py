"""The verbs over people leave a trace and keep the rules."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from engine.errors import Invalid, NotFound
from engine.store.tables import event, event_payload
from webapp.accounts.errors import NameTaken, WeakPassword
from webapp.accounts.own_password import set_password
from webapp.accounts.people import add_person, assign_role, open_account, open_fact
from webapp.accounts.units import add_unit


def test_every_change_of_a_person_is_in_the_account_stream(house: Any, do: Any, anna: str) -> None:
    do(set_password, anna, "quite-another-one")
    with house.database.read() as connection:
        types = connection.execute(
            select(event.c.type).where(event.c.stream == "account:anna").order_by(event.c.seq)
        ).scalars()
        assert list(types) == [
            "person.added",
            "account.opened",
            "role.assigned",
            "account.password_set",
        ]


def test_a_short_password_is_refused(do: Any, anna: str) -> None:
    with pytest.raises(WeakPassword):
        do(set_password, anna, "short")


def test_two_people_cannot_have_one_number_or_one_user_name(do: Any, anna: str) -> None:
    with pytest.raises(NameTaken):
        do(add_person, "Ben", member_no="N-1", unit_id="north")
    ben = do(add_person, "Ben", member_no="N-2", unit_id="north")
    with pytest.raises(NameTaken):
        do(open_account, ben, "anna")


def test_a_role_needs_a_place_and_days_in_order(do: Any, anna: str) -> None:
    with pytest.raises(NotFound):
        do(assign_role, anna, "checker", "nowhere")
    with pytest.raises(Invalid):
        do(assign_role, anna, "checker", "north", since=date(2026, 3, 2), until=date(2026, 3, 2))


def test_a_unit_below_nothing_is_refused(do: Any) -> None:
    with pytest.raises(Invalid):
        do(add_unit, "Adrift", "unit")


def test_looking_at_a_sealed_fact_is_an_event(house: Any, do: Any, anna: str) -> None:
    assert do(open_fact, anna, "mobile") == "13900000001"
    with house.database.read() as connection:
        assert "person.revealed" in list(connection.execute(select(event.c.type)).scalars())
        assert "13900000001" not in str(connection.execute(select(event_payload)).all())
