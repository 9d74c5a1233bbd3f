"""What the directory reads: people, roles and units as the tables have them on a day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from engine.actors import person_key, role_key
from engine.sealing import is_sealed
from webapp.accounts.tables import account, person, role_holding, unit


@dataclass(frozen=True, slots=True)
class Unit:
    """A place of the organisation."""

    id: str
    name: str
    kind: str
    parent_id: str | None
    #: The unit that took over when this one ended.
    merged_into: str | None = None
    ended_on: date | None = None
    founded_on: date | None = None

    def stands_on(self, day: date) -> bool:
        """True unless it has ended or merged by then."""
        return self.merged_into is None and (self.ended_on is None or self.ended_on > day)


@dataclass(frozen=True, slots=True)
class Person:
    """A person as the directory knows them, without anything sensitive."""

    id: str
    name: str
    member_no: str
    unit_id: str
    group_id: str | None
    facts: dict[str, Any] = field(default_factory=dict)
    left_on: date | None = None


def held_on(day: date) -> ColumnElement[bool]:
    """The condition that a role is held on a day."""
    return and_(
        role_holding.c.since <= day,
        or_(role_holding.c.until.is_(None), role_holding.c.until > day),
    )


def read_keys(connection: Connection, person_id: str, day: date) -> frozenset[str]:
    """The keys of the roles a person holds on a day, and the person's own."""
    statement = (
        select(role_holding.c.role, role_holding.c.unit_id)
        .join(person, person.c.id == role_holding.c.person_id)
        .where(role_holding.c.person_id == person_id, held_on(day), belongs_on(day))
    )
    held = {role_key(row.role, row.unit_id) for row in connection.execute(statement)}
    return frozenset(held | {person_key(person_id)})


def read_holders(connection: Connection, role: str, place: str, day: date) -> tuple[str, ...]:
    """Ids of those who hold a role at a place on a day, by id."""
    statement = (
        select(role_holding.c.person_id)
        .join(person, person.c.id == role_holding.c.person_id)
        .outerjoin(account, account.c.person_id == person.c.id)
        .where(
            # Whose account is shut can do nothing with a role; who has none yet may be given one.
            account.c.disabled.is_not(True),
            role_holding.c.role == role,
            role_holding.c.unit_id == place,
            held_on(day),
            belongs_on(day),
        )
        .order_by(role_holding.c.person_id)
        .distinct()
    )
    return tuple(connection.execute(statement).scalars())


def read_active(connection: Connection, person_id: str, day: date) -> bool:
    """True for a known person who belongs to the organisation and is not shut out."""
    statement = (
        select(account.c.disabled)
        .select_from(person.outerjoin(account, account.c.person_id == person.c.id))
        .where(person.c.id == person_id, belongs_on(day))
    )
    row = connection.execute(statement).one_or_none()
    return row is not None and not row.disabled


#: As many people a search by name gives at most.
MOST_FOUND = 200
#: Values in one statement; every database takes that many.
_CHUNK = 500


def read_able(
    connection: Connection, keys: list[str], successor: Callable[[str], str], day: date
) -> dict[str, list[str]]:
    """Key → ids of those behind it who are active on a day, by id; in a few statements."""
    named = {key: key.removeprefix("person:") for key in keys if key.startswith("person:")}
    asked = {key: key.partition("@") for key in keys if key not in named}
    at = {key: (role, successor(place)) for key, (role, _, place) in asked.items()}
    active = _active_among(connection, sorted(set(named.values())), day)
    holding = _holding(connection, set(at.values()), day)
    return {
        key: [one for one in (named[key],) if one in active]
        if key in named
        else holding.get(at[key], [])
        for key in keys
    }


def _active_among(connection: Connection, people: list[str], day: date) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(people), _CHUNK):
        statement = (
            select(person.c.id)
            .select_from(person.outerjoin(account, account.c.person_id == person.c.id))
            .where(person.c.id.in_(people[start : start + _CHUNK]), belongs_on(day), _not_shut())
        )
        found.update(connection.execute(statement).scalars())
    return found


def _holding(
    connection: Connection, wanted: set[tuple[str, str]], day: date
) -> dict[tuple[str, str], list[str]]:
    roles, places = sorted({role for role, _ in wanted}), sorted({place for _, place in wanted})
    found: dict[tuple[str, str], list[str]] = {}
    for start in range(0, len(places), _CHUNK):
        statement = (
            select(role_holding.c.role, role_holding.c.unit_id, person.c.id)
            .select_from(
                role_holding.join(person, person.c.id == role_holding.c.person_id).outerjoin(
                    account, account.c.person_id == person.c.id
                )
            )
            .where(
                role_holding.c.role.in_(roles),
                role_holding.c.unit_id.in_(places[start : start + _CHUNK]),
                held_on(day),
                belongs_on(day),
                _not_shut(),
            )
            .order_by(person.c.id)
            .distinct()
        )
        for role, place, someone in connection.execute(statement):
            if (role, place) in wanted:
                found.setdefault((role, place), []).append(someone)
    return found


def _not_shut() -> ColumnElement[bool]:
    # Whoever has no account is not shut out: others may yet open one for them.
    return or_(account.c.disabled.is_(None), account.c.disabled.is_(False))


def last_successor(units: Mapping[str, Unit], place: str) -> str:
    """The unit at the end of a chain of mergers, or the place itself."""
    seen: set[str] = set()
    while place in units and units[place].merged_into and place not in seen:
        seen.add(place)
        place = units[place].merged_into or place
    return place


def read_people(connection: Connection, place: str, day: date) -> tuple[str, ...]:
    """Ids of those who belong to a unit or group, by id."""
    statement = (
        select(person.c.id)
        .where(or_(person.c.unit_id == place, person.c.group_id == place), belongs_on(day))
        .order_by(person.c.id)
    )
    return tuple(connection.execute(statement).scalars())


def belongs_on(day: date) -> ColumnElement[bool]:
    """The condition that a person belongs to the organisation on a day."""
    return or_(person.c.left_on.is_(None), person.c.left_on > day)


def read_person(connection: Connection, person_id: str) -> Person | None:
    """One person, without what is sealed; None for an unknown id."""
    row = connection.execute(select(person).where(person.c.id == person_id)).one_or_none()
    if row is None:
        return None
    facts = {name: value for name, value in row.facts.items() if not is_sealed(value)}
    return Person(row.id, row.name, row.member_no, row.unit_id, row.group_id, facts, row.left_on)


def read_units(connection: Connection) -> dict[str, Unit]:
    """Every unit by id."""
    statement = select(
        unit.c.id,
        unit.c.name,
        unit.c.kind,
        unit.c.parent_id,
        unit.c.merged_into,
        unit.c.ended_on,
        unit.c.founded_on,
    )
    return {row.id: Unit(*row) for row in connection.execute(statement)}


def read_named(connection: Connection, text: str, role: str, day: date) -> list[str]:
    """Ids of active people whose name has a text in it, and who hold a role where one is named."""
    statement = (
        select(person.c.id)
        .select_from(person.outerjoin(account, account.c.person_id == person.c.id))
        .where(
            person.c.name.contains(text, autoescape=True),
            belongs_on(day),
            _not_shut(),
        )
        .order_by(person.c.name, person.c.id)
        .limit(MOST_FOUND)
    )
    if role:
        holding = select(role_holding.c.person_id).where(role_holding.c.role == role, held_on(day))
        statement = statement.where(person.c.id.in_(holding))
    return list(connection.execute(statement).scalars())
