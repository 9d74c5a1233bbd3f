"""Where a case stands, in words: at which step, with whom, since when, and whether it has lain there too long."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from engine.catalog.definition import Definition
from engine.engine import Engine
from engine.queries.own import Awaited, Standing
from webapp.language import gettext as _
from webapp.language import language, ngettext
from webapp.rights import place_name, role_title

#: So many people are named one by one.
_MOST_NAMED = 3


def places_in(
    house: Engine, definition: Definition, tasks: Sequence[Standing], awaited: Sequence[Awaited]
) -> list[dict[str, Any]]:
    """Each place where a case stands; what people have to do comes first."""
    found = [_task(house, definition, one) for one in tasks]
    if not found:
        found = [_awaited(definition, one) for one in awaited[:1]]
    return found


def waited(house: Engine, since: datetime) -> int:
    """How many working days something has lain there."""
    today = house.clock.now().astimezone(house.zone).date()
    return max(0, house.working_days.between(since.astimezone(house.zone).date(), today))


def who_is_asked(house: Engine, claimed_by: str | None, keys: Sequence[str]) -> str:
    """Who holds it, else who may: names where they are few, else the office."""
    if claimed_by is not None:
        return house.directory.name(claimed_by)
    comma = ", " if language() == "en" else "、"
    people = [key.removeprefix("person:") for key in keys if key.startswith("person:")]
    named = comma.join(house.directory.name(one) for one in people[:_MOST_NAMED])
    if len(people) > _MOST_NAMED:
        named = _("%(names)s and others", names=named)
    offices = []
    for key in keys:
        role, at, place = key.partition("@")
        if at and not key.startswith("person:"):
            title = role_title(role, language())
            offices.append(
                f"{place_name(place)} {title}"
                if language() == "en"
                else f"{place_name(place)}{title}"
            )
    return comma.join(filter(None, [named, *dict.fromkeys(offices)]))


def _task(house: Engine, definition: Definition, one: Standing) -> dict[str, Any]:
    step = definition.steps.get(one.element)
    days = waited(house, one.since)
    return {
        "step": definition.text(step.name, language()) if step else one.element,
        "who": who_is_asked(house, one.claimed_by, one.keys),
        "since": one.since,
        "waited": _waited_text(days),
        "stuck": days > definition.manifest.stuck_after,
        "due": {"at": one.due_at, "provisional": one.due_provisional} if one.due_at else None,
    }


def _waited_text(days: int) -> str:
    if not days:
        return _("since today")
    return ngettext("for %(num)s working day", "for %(num)s working days", days)


def _awaited(definition: Definition, one: Awaited) -> dict[str, Any]:
    element = definition.diagram.elements.get(one.element or "")
    return {
        "step": definition.text(element.name or element.id, language()) if element else "",
        "who": _("the system, which has given up: an administrator looks after it")
        if one.gave_up
        else _("the system is working on it")
        if one.kind == "ability"
        else _("goes on by itself"),
        "since": one.since,
        "waited": "",
        "stuck": one.gave_up,
        "due": None,
    }
