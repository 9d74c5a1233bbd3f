"""What stands above a list of work: search, order, processes and deadlines with counts, saved lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import Connection

from engine.actors import Actor
from engine.engine import Engine
from engine.errors import Invalid
from engine.queries.inbox import count_waiting, inbox
from engine.queries.items import Page
from engine.queries.open_work import Sieve
from engine.queries.proxies import StandIn
from engine.queries.saved_filters import roles_of, saved_filters
from engine.queries.views import DUE, WAITING, View, due_span
from engine.search import asked
from webapp.language import gettext as _
from webapp.language import language
from webapp.pages.frame import new_key
from webapp.rights import role_title

#: Beside a process or a deadline, counts are exact up to here: they show where much waits.
_MOST = 99


def view_asked(arguments: Mapping[str, str], box: str) -> View:
    """What the address says; what makes no sense there is left out rather than refused."""
    text = arguments.get("q", "").strip()[:100]
    fields = {name: arguments.get(name, "") for name in ("sort", "process", "due")}
    for names in (("sort", "process", "due"), ("process", "due"), ("process",), ()):
        try:
            return View.of({"box": box, "text": text, **{name: fields[name] for name in names}})
        except Invalid:
            continue
    return View(box, text=text)


def page_of(
    connection: Connection,
    house: Engine,
    actor: Actor,
    view: View,
    owners: Sequence[StandIn],
    *,
    limit: int,
    after: str | None = None,
) -> Page:
    """A page of the list as it is looked at."""
    return inbox(
        connection,
        actor,
        view.box,
        limit=limit,
        after=after,
        text=view.text,
        owners=owners,
        sort=view.sort or None,
        process=view.process or None,
        due=due_span(view.due, house.clock.now(), house.zone),
    )


def address(view: View, **more: str | None) -> str:
    """The page of a list of work."""
    fields: dict[str, Any] = {**view.as_dict(), **more}
    text = fields.pop("text", None)
    return url_for("pages.inbox", **fields, q=text or None)


def tools(
    house: Engine,
    connection: Connection,
    actor: Actor,
    view: View,
    owners: Sequence[StandIn],
    *,
    any_work: bool,
) -> dict[str, Any]:
    """What the template partials/inbox_tools.html is filled with; an empty box has nothing to sift."""
    sifts = view.box in WAITING and any_work
    saved = _saved(house, connection, actor, view)
    return {
        "q": view.text,
        "too_short": bool(view.text) and not asked(view.text),
        "kept": {"process": view.process, "due": view.due},
        "sorts": _sorts(view),
        "chips": _chips(house, connection, actor, view, owners) if sifts else [],
        "saved": saved,
        "is_saved": any(one["is_now"] for one in saved),
        "view": [{"name": name, "value": value} for name, value in view.as_dict().items()],
        "roles": [
            {"value": role, "label": role_title(role, language())} for role in roles_of(actor)
        ],
        "key": new_key(),
        "plain": not (view.sort or view.process or view.due or view.text),
    }


def _sorts(view: View) -> list[dict[str, Any]]:
    """The orders there are; what is sifted by deadline has one, and finished work has one."""
    if view.box not in WAITING or view.due:
        return []
    texts = {
        "age": _("Longest waiting first"),
        "-age": _("Newest first"),
        "due": _("Due soonest first"),
        "-amount": _("Largest amount first"),
        "amount": _("Smallest amount first"),
    }
    now = view.sort or "age"
    return [{"value": one, "label": label, "is_now": one == now} for one, label in texts.items()]


def _chips(
    house: Engine, connection: Connection, actor: Actor, view: View, owners: Sequence[StandIn]
) -> list[dict[str, Any]]:
    """Overdue, due today and this week, then the processes that have something; each shows only that, or all again."""
    now = house.clock.now()
    spans = {one: due_span(one, now, house.zone) for one in DUE}
    titles = {
        one.key: one.text(one.title, language()) for one in house.catalog.all_active(connection)
    }
    if view.process:
        titles.setdefault(view.process, view.process)
    sieves = {f"due:{one}": Sieve(view.process or None, *(spans[one] or ())) for one in DUE}
    chosen = spans.get(view.due) or (None, None)
    sieves |= {f"process:{key}": Sieve(key, *chosen) for key in titles}
    numbers = count_waiting(connection, actor, view.box, sieves, most=_MOST + 1, owners=owners)
    texts = {
        "due:overdue": _("Overdue"),
        "due:today": _("Due today"),
        "due:week": _("Due this week"),
    }
    found = []
    for name, number in numbers.items():
        kind, value = name.split(":", 1)
        is_now = (view.due if kind == "due" else view.process) == value
        if not number and not is_now:
            continue
        other = _with(view, kind, "" if is_now else value)
        found.append(
            {
                "kind": kind,
                "label": texts[name] if kind == "due" else titles[value],
                "count": f"{_MOST}+" if number > _MOST else str(number),
                "url": address(other),
                "is_now": is_now,
                "is_bad": name == "due:overdue",
            }
        )
    of_processes = [one for one in found if one["kind"] == "process"]
    # One process alone says nothing.
    if len(of_processes) == 1 and not view.process:
        found.remove(of_processes[0])
    return found


def _with(view: View, kind: str, value: str) -> View:
    fields = view.as_dict() | {kind: value}
    if kind == "due" and value:
        fields.pop("sort", None)
    return View.of(fields)


def _saved(house: Engine, connection: Connection, actor: Actor, view: View) -> list[dict[str, Any]]:
    return [
        {
            "id": one.id,
            "name": one.name,
            "url": address(one.view),
            "is_now": one.view == view,
            "mine": one.owner_id == actor.id,
            "by": "" if one.owner_id == actor.id else house.directory.name(one.owner_id),
            "role": one.role,
            "role_label": role_title(one.role, language()) if one.role else "",
        }
        for one in saved_filters(connection, actor)
    ]
