"""The organisation's places as a tree, as it is today or was on another day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection

from webapp.accounts.directory_rows import Unit
from webapp.accounts.past import spells_of_unit
from webapp.language import gettext as _
from webapp.rights import place_name
from webapp.views.organisation import KIND_ORDER, kind_text

#: So deep the tree is unfolded when nobody searches in it.
_OPEN = 2


def tree(
    units: Mapping[str, Unit], *, people: Mapping[str, int] | None, text: str = "", today: date
) -> tuple[list[dict[str, Any]], int]:
    """The places, each with those below it, and how many there are; with a text only what has it, and the way there."""
    below: dict[str | None, list[Unit]] = {}
    for one in units.values():
        # Whose parent did not stand on that day is shown at the top: nothing is left out.
        parent = one.parent_id if one.parent_id in units else None
        below.setdefault(parent, []).append(one)
    wanted = text.casefold()
    count = 0

    def branch(parent: str | None, depth: int) -> list[dict[str, Any]]:
        nonlocal count
        found = []
        for one in sorted(below.get(parent, ()), key=lambda u: (KIND_ORDER.index(u.kind), u.name)):
            hit = bool(wanted) and (wanted in one.name.casefold() or wanted == one.id.casefold())
            children = branch(one.id, depth + 1)
            if wanted and not hit and not children:
                continue
            count += hit or not wanted
            found.append(
                {
                    "id": one.id,
                    "name": one.name,
                    "kind_text": kind_text(one.kind),
                    "people": people.get(one.id, 0) if people is not None else None,
                    "note": _note(one, today),
                    "open": bool(wanted) or depth < _OPEN,
                    "hit": hit,
                    "below": children,
                }
            )
        return found

    return branch(None, 0), count


def _note(one: Unit, today: date) -> str:
    if one.ended_on is not None and one.ended_on > today:
        return _("ends on %(day)s", day=one.ended_on.isoformat())
    if one.founded_on is not None and one.founded_on > today:
        return _("from %(day)s on", day=one.founded_on.isoformat())
    return ""


def gone(units: Mapping[str, Unit], today: date) -> list[dict[str, Any]]:
    """The places that have merged or ended, the latest first."""
    found = [one for one in units.values() if not one.stands_on(today)]
    found.sort(key=lambda one: (one.ended_on or date.min, one.name), reverse=True)
    return [
        {
            "id": one.id,
            "name": one.name,
            "merged_into": place_name(one.merged_into) if one.merged_into else None,
            "ended_on": one.ended_on,
        }
        for one in found
    ]


def spells(connection: Connection, id: str, today: date) -> list[dict[str, Any]]:
    """What a place was, is and will be called, and where it stood; empty where nothing ever changed."""
    return [
        {
            "since": one.since,
            "until": one.until,
            "name": one.values["name"],
            "above": place_name(one.values["parent_id"]) if one.values["parent_id"] else None,
            "now": (one.since is None or one.since <= today)
            and (one.until is None or one.until > today),
        }
        for one in spells_of_unit(connection, id)
    ]
