"""The organisation's places as lists and figures need them: what lies below one, and whose unit it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from engine.engine import Engine
from webapp.accounts.directory import DatabaseDirectory
from webapp.accounts.directory_rows import Unit

#: The kind of place by which figures are shown; what lies below belongs to it.
UNIT = "unit"


def units(house: Engine) -> Mapping[str, Unit]:
    """Every place by id; none where the directory knows ids alone."""
    directory = house.directory
    return cast("DatabaseDirectory", directory).units() if hasattr(directory, "units") else {}


def below(house: Engine, place: str) -> frozenset[str]:
    """A place and all that lies below it, with what has merged into any of them."""
    directory = house.directory
    found = {one for one in directory.all_places() if place in directory.chain(one)} | {place}
    return frozenset(found).union(*(directory.former(one) for one in found))


def alone(house: Engine, place: str) -> frozenset[str]:
    """A place without what lies below it, with what has merged into it."""
    return frozenset([place, *house.directory.former(place)])


def today_of(house: Engine, place: str) -> str:
    """The place that has taken over from a place, or the place itself."""
    return next(iter(house.directory.chain(place)), place)


def unit_of(house: Engine, place: str) -> str:
    """The unit that a place belongs to today, or the place itself."""
    known = units(house)
    for one in house.directory.chain(place):
        if one in known and known[one].kind == UNIT:
            return one
    return today_of(house, place)


def is_unit(house: Engine, place: str) -> bool:
    """True for a place of the kind by which figures are shown."""
    return place in units(house) and units(house)[place].kind == UNIT


def choosable(house: Engine, places: frozenset[str] | None) -> list[dict[str, Any]]:
    """Units and their groups that stand and are among the places, in the order of the organisation."""
    known = units(house)
    standing = [
        one
        for one in known.values()
        if one.merged_into is None and (places is None or one.id in places)
    ]
    of_unit: dict[str, list[Unit]] = {}
    for one in standing:
        of_unit.setdefault(unit_of(house, one.id), []).append(one)
    found = []
    for unit in sorted((one for one in standing if one.kind == UNIT), key=lambda one: one.name):
        found.append({"value": unit.id, "label": unit.name})
    if len(found) == 1:
        groups = (one for one in of_unit[found[0]["value"]] if one.kind != UNIT)
        found += [
            {"value": one.id, "label": f"\u3000{one.name}"}
            for one in sorted(groups, key=lambda one: one.name)
        ]
    return found
