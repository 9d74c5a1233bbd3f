"""The areas of the organisation's work and the points in each: data, beside the packages that name them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from webapp.roles import FILE as ROLES_FILE

FILE = ROLES_FILE.with_name("areas.toml")


@dataclass(frozen=True, slots=True)
class Titled:
    """Something with a number or id and a title in each language."""

    id: str
    titles: Mapping[str, str]

    def title(self, language: str) -> str:
        """The title in the reader's language."""
        return self.titles.get(language, self.titles["zh"])


@dataclass(frozen=True, slots=True)
class Area(Titled):
    """An area and the points of work in it."""

    points: tuple[Titled, ...] = ()


@cache
def areas() -> tuple[Area, ...]:
    """Every area, in the order in which people are shown them; none where no file says."""
    if not FILE.is_file():
        return ()
    content = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return tuple(
        Area(
            one["id"],
            {"zh": one["zh"], "en": one["en"]},
            tuple(
                Titled(point["no"], {"zh": point["zh"], "en": point["en"]})
                for point in one["points"]
            ),
        )
        for one in content["area"]
    )


@cache
def area_of(work_point: str) -> Area | None:
    """The area that a point of work belongs to."""
    for one in areas():
        if any(point.id == work_point for point in one.points):
            return one
    return None


def point(work_point: str) -> Titled | None:
    """A point of work by its number."""
    area = area_of(work_point)
    return next((one for one in area.points if one.id == work_point), None) if area else None
