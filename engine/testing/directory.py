"""A small organisation read from `_shared/cast.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from engine.actors import Actor, person_key, role_key


class CastDirectory:
    """The people of scenarios. Roles can be taken away and given during a test."""

    def __init__(self, units: list[dict[str, Any]], people: list[dict[str, Any]]) -> None:
        self.units = {unit["id"]: unit for unit in units}
        self.people = {person["id"]: person for person in people}

    @classmethod
    def load(cls, path: Path) -> CastDirectory:
        """Read the file."""
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        return cls(content["units"], content["people"])

    def actor(self, person_id: str) -> Actor:
        """The person with the keys held now."""
        person = self.people[person_id]
        keys = {role_key(held["role"], held["at"]) for held in person["roles"]}
        return Actor(person_id, frozenset(keys | {person_key(person_id)}), person["unit"])

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
        return [
            person["id"]
            for person in self.people.values()
            if any(held["role"] == role and held["at"] == place for held in person["roles"])
        ]

    def name(self, person_id: str) -> str:
        """The person's name."""
        person = self.people.get(person_id)
        return person["name"] if person else person_id
