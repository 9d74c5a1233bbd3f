"""My work: the boxes of the inbox."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import render_template, request, url_for
from markupsafe import Markup
from sqlalchemy import Connection

from engine.actors import Actor
from engine.commands.drafts import drafts_of
from engine.engine import Engine
from engine.errors import NotFound
from engine.queries.found import NEWEST
from engine.queries.inbox import counts
from engine.queries.items import InboxItem, Page
from engine.queries.views import View
from webapp.language import gettext as _
from webapp.language import language
from webapp.pages import filters, queue
from webapp.pages.blueprint import blueprint
from webapp.pages.inbox_tools import address, page_of, tools, view_asked
from webapp.pages.queue import Place
from webapp.requests import current_actor, engine, standing_in
from webapp.views.batch import actions_of

_BOXES = ("todo", "pool", "done", "started", "cc", "drafts")
_PAGE = 30


@blueprint.get("/inbox", endpoint="inbox")
def inbox_page() -> str:
    """One box, with the counts of all."""
    return list_with(None, queue.here(), request.args.get("task", "")[:64])


def list_with(pane: str | None, place: Place, task: str) -> str:
    """The list with a task beside it: the one that the address names, or what is given."""
    house, actor = engine(), current_actor()
    given = place.parameters if pane else request.args
    box, after = given.get("box", "todo"), given.get("after") or None
    if box not in _BOXES:
        raise NotFound(box=box)
    view = None if box == "drafts" else view_asked(given, box)
    further = bool(request.headers.get("HX-Request") and after)
    with house.database.read() as connection:
        owners = standing_in(connection)
        page = (
            None
            if view is None
            else page_of(connection, house, actor, view, owners, limit=_PAGE, after=after)
        )
        if page is not None and further:
            return _rows(page, actor, view, place)
        numbers = counts(connection, actor, owners=owners)
        drafts = _drafts(connection, actor)
        shown = (
            None
            if view is None
            else tools(house, connection, actor, view, owners, any_work=bool(numbers.get(box)))
        )
    if page is None:
        items, more = drafts, None
    else:
        items = _lines(page, actor, box, place)
        more = _more(page, view)
    if task and pane is None and box in queue.BOXES:
        pane = task_beside(task, place)
    boxes = [{"id": one, "count": filters.count(numbers.get(one, 0))} for one in _BOXES[:-1]]
    boxes.append({"id": "drafts", "count": filters.count(len(drafts))})
    return render_template(
        "inbox.html",
        box=box,
        boxes=boxes,
        items=items,
        more_url=more,
        q=view.text if view else "",
        tools=shown,
        goes_by_case=bool(page and page.next and page.next.startswith(NEWEST)),
        actions=actions_of(box),
        place=place,
        pane=Markup(pane) if pane else "",
        beside=task,
    )


def _more(page: Page, view: View | None) -> str | None:
    return address(view, after=page.next) if view is not None and page.next else None


def _lines(page: Page, actor: Actor, box: str, place: Place) -> list[dict[str, Any]]:
    return [{**line(one, actor, box=box), **_places(place, one, box)} for one in page.items]


def _rows(page: Page, actor: Actor, view: View | None, place: Place) -> str:
    """The next page alone: nothing is counted for it."""
    items = _lines(page, actor, view.box if view else "", place)
    return render_template("partials/inbox_rows.html", items=items, more_url=_more(page, view))


def task_beside(id: str, place: Place) -> str | None:
    """The task that the address names, if it is still to do and for the reader to see."""
    # Only there: the page of a task knows its list, and the list knows the page of a task.
    from webapp.pages.tasks import beside, shown

    with engine().database.read() as connection:
        try:
            page = shown(connection, current_actor(), id)
        except NotFound:
            return None
    return None if "url" in page else beside(page, place)


def _places(place: Place, item: InboxItem, box: str) -> dict[str, Any]:
    """Where a line to decide leads: its page, which knows the list, or beside the list."""
    if item.task_id is None or box not in queue.BOXES:
        return {"url_beside": None}
    alone = replace(place, beside=False, done=0)
    return {
        "url": alone.task_url(item.task_id),
        "url_beside": url_for("pages.task_beside", id=item.task_id, **{"from": place.listed}),  # type: ignore[arg-type]
    }


def line(item: InboxItem, actor: Actor, *, box: str = "") -> dict[str, Any]:
    """One line of a list, for its template; only what lies in the pool can be claimed."""
    house = engine()
    definition = house.catalog.get(item.definition_id)
    facts = house.directory.facts(item.starter_id)
    step = definition.steps[item.element] if item.element else None
    is_open = item.task_id is not None and item.state == "open"
    state = None if is_open else item.state
    text = state_text(item.state) if state else None
    if item.task_id is not None and step is not None and not is_open and item.outcome:
        label = next((one.label for one in step.outcomes if one.id == item.outcome), "")
        text = definition.text(label, language()) or text
    return {
        "id": item.task_id or item.instance_id,
        "url": url_for("pages.task", id=item.task_id)
        if is_open
        else url_for("pages.case", id=item.instance_id),
        "what": item.title,
        "who": house.directory.name(item.starter_id),
        "where": " · ".join(filter(None, (str(facts.get("unit_name", "")), item.number))),
        "process": definition.text(definition.title, language()),
        "step": definition.text(step.name, language()) if step else "",
        "amount_fen": item.amount_fen,
        "due": {"at": item.due_at, "provisional": item.due_provisional}
        if is_open and item.due_at
        else None,
        "at": item.at,
        "state": state,
        "state_text": text,
        "can_claim": is_open and box == "pool" and item.claimed_by is None,
        "can_release": is_open
        and item.claimed_by is not None
        and item.claimed_by in (actor.id, item.acts_for)
        and not item.waits,
        "unread": item.unread,
        "urges": item.urges,
        "pick": (item.task_id or item.instance_id) if actions_of(box) else None,
        "marks": _marks(house, item),
    }


def _marks(house: Engine, item: InboxItem) -> list[str]:
    """What is not as usual with a line: for whom it is, and whether advice is asked."""
    found: list[str] = []
    if item.acts_for is not None:
        found.append(_("for %(name)s", name=house.directory.name(item.acts_for)))
    if item.advice:
        found.append(_("advice asked"))
    if item.waits:
        found.append(_("waits for advice"))
    if item.held_by is not None:
        found.append(_("being decided"))
    return found


def state_text(state: str) -> str:
    """A case's or task's state in words."""
    texts = {
        "active": _("in progress"),
        "completed": _("finished"),
        "withdrawn": _("withdrawn"),
        "suspended": _("stands still"),
        "terminated": _("ended early"),
        "returned": _("sent back"),
        "cancelled": _("not needed"),
        "open": _("open"),
    }
    return texts.get(state, state)


def _drafts(connection: Connection, actor: Actor) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    active = {one.key: one for one in engine().catalog.all_active(connection)}
    for place, saved_at in drafts_of(connection, actor.id):
        kind, _sep, name = place.partition(":")
        if kind == "start" and name in active:
            title = active[name].text(active[name].title, language())
            url, step = url_for("pages.start_form", key=name), _("Application")
        elif kind == "task":
            title, url, step = _("A task you have begun"), url_for("pages.task", id=name), ""
        else:
            continue
        found.append(
            {
                "id": place,
                "url": url,
                "what": title,
                "who": engine().directory.name(actor.id),
                "where": "",
                "process": "",
                "step": step,
                "amount_fen": None,
                "due": None,
                "at": saved_at,
                "state": "open",
                "state_text": _("draft"),
                "can_claim": False,
                "can_release": False,
                "unread": False,
                "urges": 0,
                "pick": None,
                "marks": [],
            }
        )
    return found
