"""Who stands in for whom, as the profile page shows it and as its form is read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from engine.actors import Actor
from engine.clock import end_of_day, start_of_day
from engine.engine import Engine
from engine.errors import Invalid
from engine.queries.proxies import ProxyView, proxies_of
from webapp.language import gettext as _
from webapp.language import language
from webapp.views.people import person
from webapp.views.receivers import MOST_OPTIONS

#: Proxies that are over and still shown.
_OLD_SHOWN = 5


def proxy_section(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    *,
    who: str = "",
    error: str | None = None,
    sent: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The variables of the section: `who` narrows the people to choose from by name."""
    now = engine.clock.now()
    titles = {
        one.key: one.text(one.title, language()) for one in engine.catalog.all_active(connection)
    }
    known = [_line(engine, one, actor, now, titles) for one in proxies_of(connection, actor.id)]
    shown = [one for one in known if one["state"] != "over"]
    shown += [one for one in known if one["state"] == "over"][:_OLD_SHOWN]
    return {
        "mine": [one for one in shown if one["own"]],
        "others": [one for one in shown if not one["own"]],
        "people": _people(engine, actor, who),
        "processes": [{"value": key, "label": title} for key, title in titles.items()],
        "who": who,
        "error": error,
        "sent": dict(sent or {}),
        "today": now.astimezone(engine.zone).date().isoformat(),
    }


def days(engine: Engine, since: str, until: str) -> tuple[datetime, datetime | None]:
    """The instants of two days of a form, both of them included; raise `Invalid`."""
    try:
        first = start_of_day(date.fromisoformat(since), engine.zone)
        last = end_of_day(date.fromisoformat(until), engine.zone) if until else None
    except (OverflowError, ValueError):
        raise Invalid("This is no day.", field="since") from None
    return first, last


def _people(engine: Engine, actor: Actor, who: str) -> list[dict[str, str]]:
    """Colleagues of the own unit first, then everybody, by name."""
    directory = engine.directory
    near = directory.people_at(actor.unit) if actor.unit else []
    found = [one for one in near if who in directory.name(one) and directory.is_active(one)]
    ids = dict.fromkeys([*found, *directory.find_people(who)])
    ids.pop(actor.id, None)
    return [person(engine, one) for one in list(ids)[:MOST_OPTIONS]]


def _line(
    engine: Engine, one: ProxyView, actor: Actor, now: datetime, titles: Mapping[str, str]
) -> dict[str, Any]:
    own = one.owner_id == actor.id
    state = one.state(now)
    texts = {"ahead": _("not yet begun"), "active": _("in force"), "over": _("over")}
    return {
        "id": one.id,
        "own": own,
        "name": engine.directory.name(one.deputy_id if own else one.owner_id),
        "since": one.since,
        "until": one.until,
        "processes": [titles.get(key, key) for key in one.processes or ()],
        "reason": one.reason,
        "state": state,
        "state_text": texts[state],
        "can_end": state != "over",
    }
