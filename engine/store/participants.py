"""Who has had a part in a case: what rules of separation ask, of commands and of readers alike."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

#: In a separation rule: those who objected to a notice of the case.
OBJECTORS = "objectors"
#: What stays known of an element's participants although its result counts no more.
LASTING = ("people", "advisers")


class WhoActed:
    """The questions a case answers about its participants."""

    __slots__ = ()

    id: str
    participants: Mapping[str, Any]
    barred: frozenset[str]

    def who_acted(self, element: str) -> list[str]:
        """Ids of those who acted at an element, in order."""
        people: list[str] = self.participants.get(element, {}).get("people", [])
        return people

    def who_advised(self, element: str) -> list[str]:
        """Ids of those who gave advice at an element; separation rules bind them, too."""
        people: list[str] = self.participants.get(element, {}).get("advisers", [])
        return people

    def has_objected(self, person: str) -> bool:
        """True for a person who objected to a notice of this case."""
        marks = self.participants.get(OBJECTORS, {}).get("marks", ())
        return objector_mark(self.id, person) in marks

    def is_recused(self, person: str) -> bool:
        """True for a person who has declared not to be impartial in this case."""
        return person in self.barred

    def has_part(self, person: str) -> bool:
        """True for a person who has acted or given advice anywhere in the case."""
        return any(
            person in self.who_acted(one) or person in self.who_advised(one)
            for one in self.participants
        )


def objector_mark(instance_id: str, person: str) -> str:
    """What stands for an objector among a case's participants."""
    return hashlib.sha256(f"objector\n{instance_id}\n{person}".encode()).hexdigest()
