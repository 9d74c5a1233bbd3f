"""What is there already while lines are taken over: read once, kept up with what the lines add."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from engine.catalog.arguments import named_in
from engine.store.unit_of_work import UnitOfWork
from webapp.accounts.tables import account, person, role_holding, unit
from webapp.roles import roles
from webapp.takeover.columns import plain

_CHUNK = 500


@dataclass(slots=True)
class Place:
    """A unit as the lines name it."""

    id: str
    name: str
    kind: str
    parent_id: str | None
    stands: bool = True


@dataclass(slots=True)
class Somebody:
    """A person as the lines name them."""

    id: str
    name: str
    unit_id: str
    group_id: str | None
    username: str | None = None


@dataclass(slots=True)
class Known:
    """The organisation as far as the lines ask; one for each run."""

    uow: UnitOfWork
    places: dict[str, Place] = field(default_factory=dict)
    by_name: dict[str, list[str]] = field(default_factory=dict)
    people: dict[str, Somebody] = field(default_factory=dict)
    #: person → the roles they hold, held or will hold
    holdings: dict[str, list[Any]] = field(default_factory=dict)
    #: what a line of each kind is known by → its row: the same must not stand twice
    seen: dict[tuple[str, str], int] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    registers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, uow: UnitOfWork, numbers: Iterable[str]) -> Known:
        """Read units, roles, registers, and the people with these numbers."""
        found = cls(uow)
        for row in uow.execute(select(unit)):
            stands = row.merged_into is None and (row.ended_on is None or row.ended_on > uow.today)
            found.add_place(Place(row.id, row.name, row.kind, row.parent_id, stands))
        for role, facts in roles().items():
            found.roles |= dict.fromkeys(map(plain, (role, facts["zh"], facts["en"])), role)
        found._read_people(sorted(set(numbers)))
        active = uow.engine.catalog.all_active(uow.connection)
        for register, uses in named_in(active, "register.", "register").items():
            words = [register]
            for use in uses:
                title = use.definition.title
                words += [title, use.definition.text(title, "en")]
            found.registers |= dict.fromkeys(map(plain, words), register)
        return found

    def _read_people(self, numbers: list[str]) -> None:
        for start in range(0, len(numbers), _CHUNK):
            some = numbers[start : start + _CHUNK]
            rows = self.uow.execute(
                select(person, account.c.username)
                .select_from(person.outerjoin(account, account.c.person_id == person.c.id))
                .where(person.c.member_no.in_(some))
            ).all()
            for row in rows:
                self.people[row.member_no] = Somebody(
                    row.id, row.name, row.unit_id, row.group_id, row.username
                )
            held = select(role_holding).where(role_holding.c.person_id.in_([r.id for r in rows]))
            for row in self.uow.execute(held):
                self.holdings.setdefault(row.person_id, []).append(row)

    def add_place(self, place: Place) -> None:
        """A place that is there, or has just been added."""
        self.places[place.id] = place
        if place.stands:
            self.by_name.setdefault(plain(place.name), []).append(place.id)

    def find(self, text: str, *, below: str | None = None) -> list[str]:
        """Ids of the places that a text means: the one with this code, else all with this name."""
        if text in self.places:
            return [text]
        ids = self.by_name.get(plain(text), [])
        return [one for one in ids if below is None or self.places[one].parent_id == below]

    def twice(self, kind: str, key: str, number: int) -> int | None:
        """The row that says the same already, or None; this row says it from now on."""
        return None if (first := self.seen.setdefault((kind, key), number)) == number else first
