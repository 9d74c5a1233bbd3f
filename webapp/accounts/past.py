"""What places were called, where they stood and where people belonged: kept by the day, plans included.

A state holds from its day until the next one begins. The rows of `unit` and `person` say the same of
today; they are written here, and by `settling.py` on the day of a plan.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Column, Connection, Table, insert, select, update

from engine.store.unit_of_work import UnitOfWork
from webapp.accounts.directory_rows import Unit, read_units
from webapp.accounts.tables import person, person_state, unit, unit_state

#: The day from which what nobody dated has held.
ALWAYS = date(1, 1, 1)


@dataclass(frozen=True, slots=True)
class Spell:
    """How something was from a day (None: always) up to, not including, another (None: still)."""

    since: date | None
    until: date | None
    values: dict[str, Any]


def note_unit(uow: UnitOfWork, unit_id: str, on: date, **changed: str | None) -> None:
    """From a day on a unit has another `name` or `parent_id`."""
    _note(uow, unit, unit_state, unit_state.c.unit_id, unit_id, on, changed)


def note_person(uow: UnitOfWork, person_id: str, on: date, **changed: str | None) -> None:
    """From a day on a person has another `unit_id` or `group_id`."""
    _note(uow, person, person_state, person_state.c.person_id, person_id, on, changed)


def _note(
    uow: UnitOfWork,
    table: Table,
    states: Table,
    key: Column[Any],
    id: str,
    on: date,
    changed: dict[str, str | None],
) -> None:
    names = [column.name for column in states.c if not column.primary_key]
    rows = uow.execute(select(states).where(key == id).order_by(states.c.since)).all()
    known: dict[date, dict[str, Any]] = {
        row.since: {name: getattr(row, name) for name in names} for row in rows
    }
    if not known:
        row = uow.execute(select(table).where(table.c.id == id)).one()
        known[ALWAYS] = {name: getattr(row, name) for name in names}
        uow.execute(insert(states).values({key.name: id, "since": ALWAYS, **known[ALWAYS]}))
    before = known[max(day for day in known if day <= on)]
    touched = {on: {**before, **changed}}
    # What is planned for later and only repeated the old value follows the new one.
    following = dict(before)
    for day in sorted(day for day in known if day > on):
        same = {name: value for name, value in changed.items() if known[day][name] == before[name]}
        if not same:
            break
        following |= same
        touched[day] = {**known[day], **same}
    for day, values in touched.items():
        if day in known:
            uow.execute(update(states).where(key == id, states.c.since == day).values(values))
        else:
            uow.execute(insert(states).values({key.name: id, "since": day, **values}))
    known |= touched
    now = known[max(day for day in known if day <= uow.today)]
    uow.execute(update(table).where(table.c.id == id).values(now))


def units_on(connection: Connection, day: date) -> dict[str, Unit]:
    """The places that stood, or will stand, on a day: with the names and the order of that day."""
    units = read_units(connection)
    rows = connection.execute(
        select(unit_state).where(unit_state.c.since <= day).order_by(unit_state.c.since)
    )
    for row in rows:
        units[row.unit_id] = replace(units[row.unit_id], name=row.name, parent_id=row.parent_id)
    return {
        one.id: replace(one, merged_into=None)
        for one in units.values()
        if (one.founded_on is None or one.founded_on <= day)
        and (one.ended_on is None or one.ended_on > day)
    }


def spells_of_unit(connection: Connection, unit_id: str) -> list[Spell]:
    """What a place was called and where it stood, the latest first; empty where it never changed."""
    return _spells(connection, unit_state, unit_state.c.unit_id, unit_id)


def spells_of_person(connection: Connection, person_id: str) -> list[Spell]:
    """Where a person belonged, the latest first; empty for who has never moved."""
    return _spells(connection, person_state, person_state.c.person_id, person_id)


def _spells(connection: Connection, states: Table, key: Column[Any], id: str) -> list[Spell]:
    rows = connection.execute(select(states).where(key == id).order_by(states.c.since)).all()
    names = [column.name for column in states.c if not column.primary_key]
    found = []
    for number, row in enumerate(rows):
        until = rows[number + 1].since if number + 1 < len(rows) else None
        since = None if row.since == ALWAYS else row.since
        found.append(Spell(since, until, {name: getattr(row, name) for name in names}))
    return found[::-1]
