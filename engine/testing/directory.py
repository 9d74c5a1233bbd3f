"""A small organisation read from `_shared/cast.yaml`."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from engine.actors import Actor, person_key, role_key
from engine.yaml_text import read_yaml


class CastDirectory:
    """The people of scenarios. Roles can be taken away and given during a test."""

    def __init__(
        self,
        units: list[dict[str, Any]],
        people: list[dict[str, Any]],
        roles: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self.units = {unit["id"]: unit for unit in units}
        self.people = {person["id"]: person for person in people}
        self.roles = roles or {}
        #: Those who have left, and those whose account is shut.
        self.left: set[str] = set()
        self.disabled: set[str] = set()

    @classmethod
    def load(cls, path: Path) -> CastDirectory:
        """Read the file, and the `roles.toml` beside it where there is one."""
        content = read_yaml(path.read_text(encoding="utf-8"))
        roles = path.parent / "roles.toml"
        facts = tomllib.loads(roles.read_text(encoding="utf-8")) if roles.is_file() else {}
        return cls(content["units"], content["people"], facts)

    def actor(self, person_id: str) -> Actor:
        """The person with the keys held now."""
        person = self.people[person_id]
        keys = {
            role_key(held["role"], place)
            for held in person["roles"]
            for place in (held["at"], *self.former(held["at"]))
        }
        return Actor(
            person_id,
            frozenset(keys | {person_key(person_id)}),
            person["unit"],
            administers=not keys.isdisjoint(self.administrator_keys()),
        )

    def facts(self, person_id: str) -> dict[str, object]:
        """What a case carries of its applicant."""
        person = self.people[person_id]
        known = {
            key: str(person[key])
            for key in ("member_no", "gender", "birth_date", "join_date", "employment_type")
            if person.get(key) is not None
        }
        unit = self.units[person["unit"]]
        return {
            "id": person_id,
            "name": person["name"],
            "unit": unit["id"],
            "unit_name": unit["name"],
            **known,
        }

    def places(self, person_id: str) -> dict[str, str]:
        """The places a case of this applicant knows."""
        person = self.people[person_id]
        places = {"applicant.unit": person["unit"]}
        if person.get("group"):
            places["applicant.group"] = person["group"]
        unit: dict[str, Any] | None = self.units[person["unit"]]
        while unit:
            if unit["kind"] == "cluster":
                places["applicant.cluster"] = unit["id"]
            if unit["kind"] == "root":
                places["root"] = unit["id"]
            unit = self.units.get(unit["parent"])
        return places

    def holders(self, role: str, place: str) -> list[str]:
        """Those who hold the role there, in the order of the file."""
        place = self.successor(place)
        return [
            person["id"]
            for person in self.people.values()
            if person["id"] not in self.left
            and any(held["role"] == role and held["at"] == place for held in person["roles"])
        ]

    def name(self, person_id: str) -> str:
        """The person's name."""
        person = self.people.get(person_id)
        return person["name"] if person else person_id

    def address(self, person_id: str) -> str | None:
        """The address the file gives, if any."""
        found = self.people.get(person_id, {}).get("email")
        return str(found) if found else None

    def is_active(self, person_id: str) -> bool:
        """True for a person of the cast who has not left and may sign in."""
        return self.belongs(person_id) and person_id not in self.disabled

    def belongs(self, person_id: str) -> bool:
        """True for a person of the cast who has not left."""
        return person_id in self.people and person_id not in self.left

    def able(self, keys: Iterable[str]) -> dict[str, list[str]]:
        """Key → those behind it who are active."""
        found = {}
        for key in keys:
            role, _, place = key.partition("@")
            people = self.holders(role, place) if place else [key.removeprefix("person:")]
            found[key] = [person for person in people if self.is_active(person)]
        return found

    def successor(self, place: str) -> str:
        """The unit that has taken over from a place, or the place itself."""
        while place in self.units and self.units[place].get("merged_into"):
            place = self.units[place]["merged_into"]
        return place

    def former(self, place: str) -> list[str]:
        """The units that have merged into this one."""
        return [
            unit
            for unit in self.units
            if unit != place
            and self.units[unit].get("merged_into")
            and self.successor(unit) == place
        ]

    def merge(self, unit: str, into: str) -> None:
        """Merge a unit into another, as an administrator would: people and roles move."""
        self.units[unit]["merged_into"] = into
        for person in self.people.values():
            if person["unit"] == unit:
                person["unit"] = into
            for held in person["roles"]:
                if held["at"] == unit:
                    held["at"] = into

    def heads(self, place: str) -> list[str]:
        """Those whose role heads this kind of place."""
        keys = [key.split("@") for key in self.head_keys(place)]
        return list(dict.fromkeys(one for role, at in keys for one in self.holders(role, at)))

    def head_keys(self, place: str) -> list[str]:
        """The keys of the roles that head this kind of place."""
        place = self.successor(place)
        kind = self.units[place]["kind"] if place in self.units else ""
        return [
            role_key(role, place)
            for role, facts in self.roles.items()
            if kind in facts.get("heads", ())
        ]

    def all_places(self) -> list[str]:
        """The units, in the order of the file."""
        return list(self.units)

    def chain(self, place: str) -> list[str]:
        """The place and all that stand above it."""
        found: list[str] = []
        at = self.successor(place)
        while at in self.units and at not in found:
            found.append(at)
            at = self.units[at]["parent"] or ""
        return found

    def people_at(self, place: str) -> list[str]:
        """Those of a unit or a group, in the order of the file."""
        place = self.successor(place)
        return [
            person["id"]
            for person in self.people.values()
            if place in (person["unit"], person.get("group")) and person["id"] not in self.left
        ]

    def find_people(self, text: str, role: str = "") -> list[str]:
        """Those whose name holds a text, in the order of the file."""
        return [
            person["id"]
            for person in self.people.values()
            if text in person["name"]
            and self.is_active(person["id"])
            and (not role or any(held["role"] == role for held in person["roles"]))
        ][:200]

    def administrator_keys(self) -> list[str]:
        """The roles with the right to administer, at the top."""
        roots = [unit["id"] for unit in self.units.values() if unit["kind"] == "root"]
        return [
            role_key(role, root)
            for role, facts in self.roles.items()
            if "administer" in facts.get("rights", ())
            for root in roots
        ]
