"""People and places as the engine sees them."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select, update

from engine.errors import NotFound
from webapp.accounts.directory import DatabaseDirectory
from webapp.accounts.people import assign_role, end_role
from webapp.accounts.tables import directory_version, person, role_holding


def holding(house: Any) -> str:
    with house.database.read() as connection:
        return str(connection.execute(select(role_holding.c.id)).scalar_one())


def test_a_person_carries_the_keys_of_the_roles_held_today(house: Any, anna: str) -> None:
    actor = house.directory.actor(anna)
    assert actor.keys == {"person:anna", "checker@north"}
    assert actor.unit == "north"


def test_a_case_knows_the_places_of_its_applicant(house: Any, anna: str) -> None:
    assert house.directory.places(anna) == {
        "applicant.unit": "north",
        "applicant.group": "counter",
        "applicant.cluster": "side",
        "root": "root",
    }


def test_facts_hold_nothing_that_is_sealed(house: Any, anna: str) -> None:
    facts = house.directory.facts(anna)
    assert facts["unit_name"] == "North office"
    assert facts["gender"] == "female"
    assert "mobile" not in facts
    with house.database.read() as connection:
        stored = connection.execute(select(person.c.facts)).scalar_one()
    assert "13900000001" not in str(stored)


def test_an_unknown_person_is_named_by_the_id_and_has_no_keys(house: Any, anna: str) -> None:
    assert house.directory.name("nobody") == "nobody"
    with pytest.raises(NotFound):
        house.directory.actor("nobody")


def test_a_role_that_ends_works_no_longer_in_this_process(house: Any, do: Any, anna: str) -> None:
    assert house.directory.holders("checker", "north") == [anna]
    do(end_role, holding(house))
    assert house.directory.holders("checker", "north") == []
    assert house.directory.actor(anna).keys == {"person:anna"}


def test_another_process_notices_an_ended_role_within_a_second(
    house: Any, do: Any, anna: str
) -> None:
    watch = [0.0]
    other = DatabaseDirectory(
        house.database, clock=house.clock, zone=house.zone, elapsed=lambda: watch[0]
    )
    assert other.holders("checker", "north") == [anna]
    do(end_role, holding(house))
    watch[0] = 1.0
    assert other.holders("checker", "north") == []


def test_a_role_begins_and_ends_with_its_days(house: Any, do: Any, anna: str) -> None:
    do(assign_role, anna, "judge", "root", since=date(2026, 3, 4), until=date(2026, 3, 5))
    seen = []
    for _ in range(4):
        seen.append(house.directory.holders("judge", "root"))
        house.clock.advance(timedelta(days=1))
    assert seen == [[], [], [anna], []]


def test_asking_again_costs_no_statement_until_the_second_is_over(house: Any, anna: str) -> None:
    house.directory.actor(anna)
    statements: list[str] = []

    def count(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    event.listen(house.database.engine, "before_cursor_execute", count)
    for _ in range(20):
        house.directory.actor(anna)
        house.directory.name(anna)
    assert statements == []
    house.watch.seconds = 1.5
    house.directory.name(anna)
    assert len(statements) == 1


def test_an_answer_read_before_a_change_is_not_remembered(house: Any, anna: str) -> None:
    directory = house.directory
    read = directory.units

    def change_while_reading(connection: Any) -> str:
        directory.forget()
        return "old"

    directory._remember(("probe",), change_while_reading)
    assert ("probe",) not in directory._known
    assert read()["north"].name == "North office"


def test_the_version_row_is_what_tells_others(house: Any, anna: str) -> None:
    with house.database.write() as connection:
        connection.execute(update(person).values(name="Anne"))
        assert house.directory.name(anna) == "Anna"
        connection.execute(update(directory_version).values(version=999))
        connection.commit()
    house.watch.seconds = 2.0
    assert house.directory.name(anna) == "Anne"


def test_people_are_found_by_a_part_of_their_name_and_by_role(
    house: Any, do: Any, anna: str
) -> None:
    directory = house.directory
    found = directory.name(anna)
    assert anna in directory.find_people(found[:1])
    assert directory.find_people("%") == directory.find_people("_") == []
    role = next(iter(sorted(house.directory.actor(anna).keys))).partition("@")[0]
    assert anna in directory.find_people("", role)
    assert directory.find_people("", "no_such_role") == []
