"""The engine's directory, answered from the organisation's tables.

What it remembers is thrown away when the version row of the tables has moved. It looks at that row at
most once a second, so a change made by any process holds everywhere within a second, and a busy
server spends one short statement a second on it. The keys a signed-in person carries do not come
from here but from the sessions table's own statement: a role that ends stops working at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from engine.actors import SYSTEM, Actor, person_key, role_key
from engine.clock import Clock, today
from engine.errors import NotFound
from engine.sealing import is_sealed
from engine.store.database import Database
from webapp.accounts.tables import account, directory_version, person, role_holding, unit

_T = TypeVar("_T")

#: How long a change made by another process may go unnoticed, in seconds.
LOOK_AGAIN = 1.0
#: More entries than this and all is forgotten: the memory of a process has an end.
_MOST_ENTRIES = 50_000
#: As many people a search by name gives at most.
MOST_FOUND = 200


@dataclass(frozen=True, slots=True)
class Unit:
    """A place of the organisation."""

    id: str
    name: str
    kind: str
    parent_id: str | None
    #: The unit that took over when this one ended.
    merged_into: str | None = None


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


class DatabaseDirectory:
    """People and places. Safe to share between threads; sees what has been committed."""

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock,
        zone: ZoneInfo,
        roles: Mapping[str, Mapping[str, Any]] | None = None,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        #: Role id → its facts: which rights it carries, which kinds of place it heads.
        self._roles = roles or {}
        self._database = database
        self._clock = clock
        self._zone = zone
        self._elapsed = elapsed
        self._lock = threading.Lock()
        self._known: dict[tuple[str, ...], Any] = {}
        self._version: int | None = None
        self._day: date | None = None
        self._looked = float("-inf")
        #: Rises whenever something is forgotten: an answer read before that is not kept.
        self._generation = 0

    def actor(self, person_id: str) -> Actor:
        """The person with the keys held today; raise `NotFound`."""
        who = self.person(person_id)
        keys: frozenset[str] = self._remember(
            ("keys", person_id), lambda c: _read_keys(c, person_id, self._today())
        )
        return Actor(who.id, keys, who.unit_id)

    def facts(self, person_id: str) -> dict[str, object]:
        """What a case carries of its applicant: never what is sealed."""
        who, units = self.person(person_id), self.units()
        facts: dict[str, object] = dict(who.facts)
        facts.update(
            id=who.id,
            name=who.name,
            member_no=who.member_no,
            unit=who.unit_id,
            unit_name=units[who.unit_id].name,
        )
        if who.group_id is not None:
            facts.update(group=who.group_id, group_name=units[who.group_id].name)
        return facts

    def places(self, person_id: str) -> dict[str, str]:
        """The places of a person's case: own unit and group, and what stands above them."""
        who = self.person(person_id)
        places = {"applicant.unit": who.unit_id}
        if who.group_id is not None:
            places["applicant.group"] = who.group_id
        for above in self.above(who.unit_id):
            if above.kind == "cluster":
                places.setdefault("applicant.cluster", above.id)
            if above.kind == "root":
                places.setdefault("root", above.id)
        return places

    def holders(self, role: str, place: str) -> list[str]:
        """Ids of those who hold a role at a place today, by id."""
        place = self.successor(place)
        found: tuple[str, ...] = self._remember(
            ("holders", role, place), lambda c: _read_holders(c, role, place, self._today())
        )
        return list(found)

    def is_active(self, person_id: str) -> bool:
        """True for a known person who has not left and whose account, if any, is not shut."""
        found: bool = self._remember(
            ("active", person_id), lambda c: _read_active(c, person_id, self._today())
        )
        return found

    def heads(self, place: str) -> list[str]:
        """Ids of those who hold a role that heads this kind of place."""
        keys = [key.split("@") for key in self.head_keys(place)]
        return list(dict.fromkeys(one for role, at in keys for one in self.holders(role, at)))

    def head_keys(self, place: str) -> list[str]:
        """The keys of the roles that head this kind of place."""
        place = self.successor(place)
        known = self.units().get(place)
        kind = known.kind if known else ""
        return [
            role_key(role, place)
            for role, facts in self._roles.items()
            if kind in facts.get("heads", ())
        ]

    def all_places(self) -> list[str]:
        """Every unit that has not been taken over by another, by id."""
        return sorted(one.id for one in self.units().values() if not one.merged_into)

    def chain(self, place: str) -> list[str]:
        """The place and all that stand above it, nearest first."""
        return [unit.id for unit in self.above(place)] if place in self.units() else []

    def people_at(self, place: str) -> list[str]:
        """Ids of those who belong to a unit or group today, by id."""
        found: tuple[str, ...] = self._remember(
            ("people", place), lambda c: _read_people(c, place, self._today())
        )
        return list(found)

    def find_people(self, text: str, role: str = "") -> list[str]:
        """Ids of active people whose name holds a text, by name; asked of the tables each time."""
        with self._database.glance() as connection:
            return _find_people(connection, text, role, self._today())

    def administrator_keys(self) -> list[str]:
        """The roles with the right to administer, at the top."""
        roots = [unit.id for unit in self.units().values() if unit.kind == "root"]
        return [
            role_key(role, root)
            for role, facts in self._roles.items()
            if "administer" in facts.get("rights", ())
            for root in roots
        ]

    def successor(self, place: str) -> str:
        """The unit that has taken over from a place, or the place itself."""
        units = self.units()
        seen: set[str] = set()
        while place in units and units[place].merged_into and place not in seen:
            seen.add(place)
            place = units[place].merged_into or place
        return place

    def name(self, person_id: str) -> str:
        """The person's name, or the id where it is unknown."""
        if person_id == SYSTEM.id:
            return person_id
        try:
            return self.person(person_id).name
        except NotFound:
            return person_id

    def person(self, person_id: str) -> Person:
        """One person; raise `NotFound`."""
        found = self._remember(("person", person_id), lambda c: _read_person(c, person_id))
        if found is None:
            raise NotFound(person=person_id)
        return found

    def units(self) -> dict[str, Unit]:
        """Every unit by id. A big organisation has thousands of them: they fit."""
        return self._remember(("units",), _read_units)

    def above(self, unit_id: str) -> list[Unit]:
        """The unit and all that stand above it, nearest first."""
        units = self.units()
        chain: list[Unit] = []
        at: str | None = unit_id
        while at is not None and len(chain) < 32:
            chain.append(units[at])
            at = units[at].parent_id
        return chain

    def forget(self) -> None:
        """Read everything again; called after this process has changed something."""
        with self._lock:
            self._known, self._version, self._looked = {}, None, float("-inf")
            self._generation += 1

    def _today(self) -> date:
        return today(self._clock, self._zone)

    def _remember(self, key: tuple[str, ...], read: Callable[[Connection], _T]) -> _T:
        generation = self._look_again()
        with self._lock:
            if key in self._known:
                found: _T = self._known[key]
                return found
        with self._database.read() as connection:
            found = read(connection)
        with self._lock:
            if generation == self._generation:
                if len(self._known) >= _MOST_ENTRIES:
                    self._known = {}
                self._known[key] = found
        return found

    def _look_again(self) -> int:
        day = self._today()
        with self._lock:
            fresh = self._elapsed() - self._looked < LOOK_AGAIN and day == self._day
            if fresh:
                return self._generation
            self._looked = self._elapsed()
        with self._database.read() as connection:
            version = connection.execute(select(directory_version.c.version)).scalar_one_or_none()
        with self._lock:
            # A role may begin or end with the day, without any row having changed.
            if version != self._version or day != self._day:
                self._known, self._version, self._day = {}, version, day
                self._generation += 1
            return self._generation


def _read_keys(connection: Connection, person_id: str, day: date) -> frozenset[str]:
    statement = select(role_holding.c.role, role_holding.c.unit_id).where(
        role_holding.c.person_id == person_id, held_on(day)
    )
    held = {role_key(row.role, row.unit_id) for row in connection.execute(statement)}
    return frozenset(held | {person_key(person_id)})


def _read_holders(connection: Connection, role: str, place: str, day: date) -> tuple[str, ...]:
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
            _belongs_on(day),
        )
        .order_by(role_holding.c.person_id)
        .distinct()
    )
    return tuple(connection.execute(statement).scalars())


def _read_active(connection: Connection, person_id: str, day: date) -> bool:
    statement = (
        select(account.c.disabled)
        .select_from(person.outerjoin(account, account.c.person_id == person.c.id))
        .where(person.c.id == person_id, _belongs_on(day))
    )
    row = connection.execute(statement).one_or_none()
    return row is not None and not row.disabled


def _read_people(connection: Connection, place: str, day: date) -> tuple[str, ...]:
    statement = (
        select(person.c.id)
        .where(or_(person.c.unit_id == place, person.c.group_id == place), _belongs_on(day))
        .order_by(person.c.id)
    )
    return tuple(connection.execute(statement).scalars())


def _find_people(connection: Connection, text: str, role: str, day: date) -> list[str]:
    statement = (
        select(person.c.id)
        .select_from(person.outerjoin(account, account.c.person_id == person.c.id))
        .where(
            person.c.name.contains(text, autoescape=True),
            _belongs_on(day),
            or_(account.c.disabled.is_(None), account.c.disabled.is_(False)),
        )
        .order_by(person.c.name, person.c.id)
        .limit(MOST_FOUND)
    )
    if role:
        holding = select(role_holding.c.person_id).where(role_holding.c.role == role, held_on(day))
        statement = statement.where(person.c.id.in_(holding))
    return list(connection.execute(statement).scalars())


def _belongs_on(day: date) -> ColumnElement[bool]:
    return or_(person.c.left_on.is_(None), person.c.left_on > day)


def _read_person(connection: Connection, person_id: str) -> Person | None:
    row = connection.execute(select(person).where(person.c.id == person_id)).one_or_none()
    if row is None:
        return None
    facts = {name: value for name, value in row.facts.items() if not is_sealed(value)}
    return Person(row.id, row.name, row.member_no, row.unit_id, row.group_id, facts, row.left_on)


def _read_units(connection: Connection) -> dict[str, Unit]:
    statement = select(unit.c.id, unit.c.name, unit.c.kind, unit.c.parent_id, unit.c.merged_into)
    return {row.id: Unit(*row) for row in connection.execute(statement)}
