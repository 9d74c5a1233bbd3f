"""The landing page: my numbers, my deadlines, my cases and with whom they are, what has come of the last."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import Connection

from engine.actors import Actor
from engine.commands.drafts import drafts_of
from engine.engine import Engine
from engine.queries import own
from engine.queries.inbox import count_waiting, counts, inbox
from engine.queries.open_work import Sieve
from engine.queries.proxies import StandIn
from engine.queries.views import DUE, due_span
from webapp.language import gettext as _
from webapp.language import language
from webapp.pages import filters
from webapp.views.case_list import state_shown
from webapp.views.standing import places_in

#: How many deadlines, cases and results stand on the page.
MOST_DEADLINES, MOST_CASES, MOST_RESULTS = 6, 6, 4


def numbers(
    connection: Connection, house: Engine, actor: Actor, owners: list[StandIn]
) -> list[dict[str, Any]]:
    """What there is to count, each with the list it counts."""
    now = house.clock.now()
    sieves = {"all": Sieve()}
    for name in DUE:
        sieves[name] = Sieve(None, *(due_span(name, now, house.zone) or ()))
    todo = count_waiting(connection, actor, "todo", sieves, owners=owners)
    others = counts(connection, actor, ("pool", "cc"), owners=owners)
    found = [
        ("todo", _("To do"), todo["all"], url_for("pages.inbox", box="todo"), ""),
        ("overdue", _("Overdue"), todo["overdue"], _due_url("overdue"), "bad"),
        ("today", _("Due today"), todo["today"], _due_url("today"), "warn"),
        ("week", _("Due this week"), todo["week"], _due_url("week"), ""),
        ("pool", _("For anyone"), others["pool"], url_for("pages.inbox", box="pool"), ""),
        ("cc", _("Copies not read"), others["cc"], url_for("pages.inbox", box="cc"), ""),
        (
            "drafts",
            _("Drafts"),
            len(drafts_of(connection, actor.id)),
            url_for("pages.inbox", box="drafts"),
            "",
        ),
        (
            "mine",
            _("My cases in progress"),
            own.count_in_progress(connection, actor.id),
            url_for("pages.cases", mine=1, state="open"),
            "",
        ),
    ]
    return [
        {
            "id": name,
            "label": label,
            "count": filters.count(number) or "0",
            "url": url,
            "tone": tone if number else "",
        }
        for name, label, number, url, tone in found
    ]


def _due_url(name: str) -> str:
    return url_for("pages.inbox", box="todo", due=name)


def deadlines(
    connection: Connection, house: Engine, actor: Actor, owners: list[StandIn]
) -> list[dict[str, Any]]:
    """What is due next, the most urgent first."""
    page = inbox(
        connection, actor, "todo", limit=MOST_DEADLINES, owners=owners, sort="due", due=(None, None)
    )
    found = []
    for one in page.items:
        if one.due_at is None:
            continue
        definition = house.catalog.get(one.definition_id)
        step = definition.steps.get(one.element or "")
        found.append(
            {
                "title": one.title,
                "number": one.number,
                "step": definition.text(step.name, language()) if step else "",
                "url": url_for("pages.task", id=one.task_id),
                "due": {"at": one.due_at, "provisional": one.due_provisional},
            }
        )
    return found


def my_cases(connection: Connection, house: Engine, actor: Actor) -> list[dict[str, Any]]:
    """The cases under way that the actor started, the oldest first, with where they stand."""
    cases = own.in_progress(connection, actor.id, MOST_CASES)
    ids = [one.id for one in cases]
    tasks, awaited = own.standing_at(connection, ids), own.awaited_by(connection, ids)
    return [
        {
            "title": one.title,
            "number": one.number,
            "url": url_for("pages.case", id=one.id),
            "started_at": one.started_at,
            "suspended": one.state == "suspended",
            "places": places_in(
                house,
                house.catalog.get(one.definition_id),
                tasks.get(one.id, []),
                awaited.get(one.id, []),
            ),
        }
        for one in cases
    ]


def results(connection: Connection, house: Engine, actor: Actor) -> list[dict[str, Any]]:
    """How the actor's last cases ended."""
    found = []
    for one in own.last_ended(connection, actor.id, MOST_RESULTS):
        definition = house.catalog.get(one.definition_id)
        end = definition.diagram.elements.get(one.end_event or "")
        found.append(
            {
                "title": one.title,
                "number": one.number,
                "url": url_for("pages.case", id=one.id),
                "at": one.ended_at,
                "state": state_shown(definition, one.state, one.end_event),
                "text": definition.text(end.name, language())
                if end is not None and end.name and one.state == "completed"
                else {"withdrawn": _("withdrawn"), "terminated": _("ended early")}.get(
                    one.state, _("finished")
                ),
            }
        )
    return found
