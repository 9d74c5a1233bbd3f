"""The engine's directory, answered from the organisation's tables.

What it remembers is thrown away when the version row of the tables has moved. It looks at that row at
most once a second, so a change made by any process holds everywhere within a second, and a busy
server spends one short statement a second on it. The keys a signed-in person carries do not come
from here but from the sessions table's own statement: a role that ends stops working at once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from engine.actors import SYSTEM, Actor, role_key
from engine.clock import Clock, today
from engine.errors import NotFound
from engine.store.database import Database
from webapp.accounts.directory_rows import (
    Person,
    Unit,
    last_successor,
    read_able,
    read_active,
    read_holders,
    read_keys,
    read_named,
    read_people,
    read_person,
    read_units,
)
from webapp.accounts.tables import directory_version

_T = TypeVar("_T")

#: How long a change made by another process may go unnoticed, in seconds.
LOOK_AGAIN = 1.0
#: More entries than this and all is forgotten: the memory of a process has an end.
_MOST_ENTRIES = 50_000


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
            ("keys", person_id), lambda c: read_keys(c, person_id, self._today())
        )
        held = self.with_former(keys)
        administers = not held.isdisjoint(self.administrator_keys())
        return Actor(who.id, held, who.unit_id, administers)

    def facts(self, person_id: str) -> dict[str, object]:
        """What a case carries of its applicant: never what is sealed."""
        who, units = self.person(person_id), self.units()
        # Where mail goes is no fact of a case.
        facts: dict[str, object] = {k: v for k, v in who.facts.items() if k != "email"}
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
            ("holders", role, place), lambda c: read_holders(c, role, place, self._today())
        )
        return list(found)

    def address(self, person_id: str) -> str | None:
        """The person's e-mail address, or None."""
        try:
            return self.person(person_id).facts.get("email") or None
        except NotFound:
            return None

    def is_active(self, person_id: str) -> bool:
        """True for a known person who has not left and whose account, if any, is not shut."""
        found: bool = self._remember(
            ("active", person_id), lambda c: read_active(c, person_id, self._today())
        )
        return found

    def belongs(self, person_id: str) -> bool:
        """True for a known person who has not left."""
        try:
            left_on = self.person(person_id).left_on
        except NotFound:
            return False
        return left_on is None or left_on > self._today()

    def able(self, keys: Iterable[str]) -> dict[str, list[str]]:
        """Key → ids of those behind it who are active today, by id."""
        wanted = list(dict.fromkeys(keys))
        with self._database.read() as connection:
            return read_able(connection, wanted, self.successor, self._today())

    def former(self, place: str) -> list[str]:
        """The units that have merged into this one, directly or on the way, by id."""
        return list(self._former().get(place, ()))

    def with_former(self, keys: frozenset[str]) -> frozenset[str]:
        """Keys of roles, and the same roles at the units that have merged into their places."""
        former = self._former()
        if not former:
            return keys
        more = {
            role_key(role, old)
            for role, at, place in (key.partition("@") for key in keys)
            if at
            for old in former.get(place, ())
        }
        return keys | more

    def _former(self) -> dict[str, list[str]]:
        def read(connection: Connection) -> dict[str, list[str]]:
            units = read_units(connection)
            found: dict[str, list[str]] = {}
            for one in sorted(units):
                last = last_successor(units, one)
                if last != one:
                    found.setdefault(last, []).append(one)
            return found

        return self._remember(("former",), read)

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
        """Every unit that has not ended nor been taken over by another, by id."""
        day = self._today()
        return sorted(one.id for one in self.units().values() if one.stands_on(day))

    def chain(self, place: str) -> list[str]:
        """The place and all that stand above it, nearest first."""
        place = self.successor(place)
        return [unit.id for unit in self.above(place)] if place in self.units() else []

    def people_at(self, place: str) -> list[str]:
        """Ids of those who belong to a unit or group today, by id."""
        place = self.successor(place)
        found: tuple[str, ...] = self._remember(
            ("people", place), lambda c: read_people(c, place, self._today())
        )
        return list(found)

    def find_people(self, text: str, role: str = "") -> list[str]:
        """Ids of active people whose name holds a text, by name; asked of the tables each time."""
        with self._database.glance() as connection:
            return read_named(connection, text, role, self._today())

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
        return last_successor(self.units(), place)

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
        found = self._remember(("person", person_id), lambda c: read_person(c, person_id))
        if found is None:
            raise NotFound(person=person_id)
        return found

    def units(self) -> dict[str, Unit]:
        """Every unit by id. A big organisation has thousands of them: they fit."""
        return self._remember(("units",), read_units)

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
