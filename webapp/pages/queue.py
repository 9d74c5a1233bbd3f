"""The list one came from: which one comes next, and how many of it have been decided on the way.

The list travels as the query of its own address (`from=box%3Dtodo%26q%3D…`), so that its box, its
filter and its order are those that the list itself has.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import request, url_for
from sqlalchemy import Connection

from engine.actors import Actor
from engine.queries.items import InboxItem
from webapp.pages.inbox_tools import page_of, view_asked
from webapp.requests import engine, standing_in

#: Lists in which there is something to decide.
BOXES = ("todo", "pool")
#: How far ahead the next one is looked for.
_AHEAD = 300
#: What belongs to one look at a list, not to the list.
_PASSING = ("after", "task", "done", "from")
_LONGEST = 500
_TASK = re.compile(r"/tasks/[^/]+")


@dataclass(frozen=True, slots=True)
class Place:
    """Where in which list the reader is."""

    #: The list's query; empty where the reader comes from no list.
    listed: str = ""
    #: How many were decided since the list was opened.
    done: int = 0
    #: True where the case lies open beside the list.
    beside: bool = False

    @property
    def parameters(self) -> dict[str, str]:
        """The list's query as parameters of its page."""
        return dict(parse_qsl(self.listed))

    def list_url(self, task: str | None = None) -> str:
        """The list; with a task, that task beside it."""
        done = self.done or None if task is not None else None
        return url_for("pages.inbox", **self.parameters, task=task, done=done)  # type: ignore[arg-type]

    def task_url(self, task: str) -> str:
        """A task's page, or the task beside its list."""
        if self.beside:
            return self.list_url(task)
        done = self.done or None
        return url_for("pages.task", id=task, done=done, **{"from": self.listed or None})  # type: ignore[arg-type]

    def counted(self, by: int) -> Place:
        """The same place, some decisions later."""
        return replace(self, done=max(0, self.done + by))


def here() -> Place:
    """The list that a page shows, by the query of its own address."""
    pairs = [(name, value) for name, value in request.args.items() if name not in _PASSING]
    return Place(_clean(urlencode(pairs)), _number(request.args.get("done")), beside=True)


def asked() -> Place:
    """The list that a task's page was opened from."""
    return Place(_clean(request.args.get("from", "")), _number(request.args.get("done")))


def sent() -> Place:
    """The list that a form of a task's page names."""
    form = request.form
    place = Place(_clean(form.get("from", "")), _number(form.get("done")))
    return replace(place, beside=bool(form.get("beside")) and bool(place.listed))


def referred() -> Place:
    """The list of the page that a form was sent from, where the form itself names none."""
    page = urlsplit(request.headers.get("Referer", ""))
    query = dict(parse_qsl(page.query))
    if page.path == url_for("pages.inbox") and query.get("task"):
        pairs = [(name, value) for name, value in query.items() if name not in _PASSING]
        return Place(_clean(urlencode(pairs)), _number(query.get("done")), beside=True)
    if _TASK.fullmatch(page.path):
        return Place(_clean(query.get("from", "")), _number(query.get("done")))
    return Place()


def lines(connection: Connection, actor: Actor, place: Place) -> list[InboxItem]:
    """What is to decide in the list, in its order."""
    wanted = place.parameters
    view = view_asked(wanted, wanted["box"])
    owners = standing_in(connection)
    return page_of(connection, engine(), actor, view, owners, limit=_AHEAD).items


def following(connection: Connection, actor: Actor, place: Place, task: str) -> str | None:
    """The task after this one in the list; of a task that is not in it, the first. None at the end."""
    if not place.listed:
        return None
    found = [one.task_id for one in lines(connection, actor, place) if not one.held_by]
    behind = found[found.index(task) + 1 :] if task in found else found
    return next(iter(behind), None)


def _clean(query: str) -> str:
    """The query of a list to decide from; nothing for anything else."""
    pairs = dict(parse_qsl(query[:_LONGEST]))
    if pairs.get("box", "todo") not in BOXES:
        return ""
    pairs.setdefault("box", "todo")
    return urlencode(pairs) if query or request.endpoint == "pages.inbox" else ""


def _number(text: str | None) -> int:
    return int(text) if text and re.fullmatch(r"[0-9]{1,4}", text) else 0
