"""What expressions may ask about the organisation: who heads a place, level by level, and who holds a role.

A place is given as a case names it (`"root"`, `"applicant.cluster"`) or by its id (`applicant.unit`
is one). Whatever is asked is answered with ids of people, each once, the applicant never among them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from engine.actors import Directory


class Organisation:
    """The host functions of one case's expressions."""

    def __init__(self, directory: Directory, places: Mapping[str, str], applicant: str) -> None:
        self._directory = directory
        self._places = places
        self._applicant = applicant
        self.functions: Mapping[str, Callable[..., Any]] = {
            "heads": self._heads,
            "heads up": self._heads_up,
            "holders": self._holders,
        }

    def _heads(self, place: Any) -> list[str]:
        return self._others(self._directory.heads(self._id(place)))

    def _heads_up(self, place: Any, to: Any = None) -> list[str]:
        """Nearest first; `to` is the last place asked, the top where it is null or does not lie above."""
        last = self._id(to)
        found: list[str] = []
        for at in self._directory.chain(self._id(place)):
            found += self._directory.heads(at)
            if at == last:
                break
        return self._others(found)

    def _holders(self, role: Any, place: Any) -> list[str]:
        return self._others(self._directory.holders(str(role), self._id(place)))

    def _id(self, place: Any) -> str:
        return self._places.get(place, place) if isinstance(place, str) else ""

    def _others(self, people: Iterable[str]) -> list[str]:
        return [one for one in dict.fromkeys(people) if one != self._applicant]
