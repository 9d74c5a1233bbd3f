"""All the engine ever knows of a person, and the keys that say who may take a task.

A *key* is `role@place` (a role held at a unit) or `person:<id>`. A task stores its keys; a person
carries the keys of the roles held today; the two meet in one indexed lookup.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an opaque person id, the keys held now, and the unit the person belongs to."""

    id: str
    keys: frozenset[str] = field(default_factory=frozenset)
    unit: str | None = None
    #: True for who looks after cases: holds one of the directory's `administrator_keys`.
    administers: bool = False

    def holds(self, keys: Iterable[str]) -> bool:
        """True when one of `keys` names this person or a role the person holds."""
        return any(key in self.keys for key in keys)

    def has_role(self, role: str) -> bool:
        """True when the person holds `role` at any place."""
        prefix = f"{role}@"
        return any(key.startswith(prefix) for key in self.keys)


#: Who acts when a clock or a job does.
SYSTEM = Actor("system")


def person_key(person_id: str) -> str:
    """The key that names one person."""
    return f"person:{person_id}"


def role_key(role: str, place: str) -> str:
    """The key of a role held at a place."""
    return f"{role}@{place}"


class Directory(Protocol):
    """What the engine asks about people and units; the organisation behind it is not its affair."""

    def actor(self, person_id: str) -> Actor:
        """The person with the keys held now."""

    def facts(self, person_id: str) -> dict[str, object]:
        """What a case may carry of its applicant (never sensitive): id, name, unit, unit_name, …"""

    def places(self, person_id: str) -> dict[str, str]:
        """The places a case of this applicant knows, e.g. `{"applicant.unit": "u3", "root": "u1"}`."""

    def holders(self, role: str, place: str) -> list[str]:
        """Ids of those who hold a role at a place now and are active, in a stable order."""

    def name(self, person_id: str) -> str:
        """The person's name, or the id where it is unknown."""

    def address(self, person_id: str) -> str | None:
        """The person's e-mail address, or None."""

    def is_active(self, person_id: str) -> bool:
        """True for a known person who belongs to the organisation today and may sign in."""

    def belongs(self, person_id: str) -> bool:
        """True for a known person who has not left; an account that is shut for a while changes nothing."""

    def able(self, keys: Iterable[str]) -> Mapping[str, Sequence[str]]:
        """Key → ids of those behind it who are active today; many keys cost a few statements."""

    def former(self, place: str) -> list[str]:
        """The places that have merged into this one, directly or on the way."""

    def heads(self, place: str) -> list[str]:
        """Ids of those who head a place today; which roles do is the organisation's data."""

    def head_keys(self, place: str) -> list[str]:
        """The keys of the roles that head a place: who holds one today may act, whoever did before."""

    def chain(self, place: str) -> list[str]:
        """The place and all that stand above it, nearest first."""

    def all_places(self) -> list[str]:
        """Every place of the organisation, in a stable order."""

    def people_at(self, place: str) -> list[str]:
        """Ids of the people who belong to a place today, in a stable order."""

    def find_people(self, text: str, role: str = "") -> list[str]:
        """Ids of active people whose name holds a text, by name; of those who hold a role, if one is named.

        At most 200: a list longer than that is searched, not read.
        """

    def administrator_keys(self) -> list[str]:
        """The keys of those who look after cases when nobody else can."""
