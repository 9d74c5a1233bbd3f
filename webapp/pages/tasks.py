"""The page of a task, and the verbs its buttons send."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from markupsafe import escape
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from engine.actors import Actor
from engine.commands.access import may_act
from engine.commands.drafts import place_of_task, read_draft, save_draft
from engine.errors import ConfirmationRequired, InvalidForm, NotFound, OpinionRequired
from engine.queries.case import case_of_task, read_case
from engine.queries.inbox import inbox
from engine.store.unit_of_work import UnitOfWork
from webapp.file_access import take_upload
from webapp.language import gettext as _
from webapp.pages import queue
from webapp.pages.blueprint import blueprint
from webapp.pages.deciding import ask_to_confirm, decide, go_on
from webapp.pages.queue import Place
from webapp.pages.verbs import VERBS
from webapp.pages.work import list_with
from webapp.problems import WebProblem, sentence
from webapp.reading import open_case
from webapp.requests import current_actor, current_session, engine, is_text, once, standing_in
from webapp.views.task_page import task_page

#: The longest form a page may send, in characters.
_MAX_FORM = 1_000_000


@blueprint.get("/tasks/<string:id>")
def task(id: str) -> str | BaseResponse:
    """The task, for whoever may know of it; a finished one shows its case."""
    actor = current_actor()
    place = queue.asked()
    with engine().database.read() as connection:
        page = shown(connection, actor, id)
        if "url" in page:
            return redirect(page["url"])
        after = queue.following(connection, actor, place, id)
    following = None if after is None else place.task_url(after)
    return render_template("task.html", place=place, following=following, **page)


def shown(connection: Connection, actor: Actor, id: str) -> dict[str, Any]:
    """The variables of the task's page; of a finished one only `url`, where its case is."""
    case = open_case(connection, case_of_task(connection, id))
    one = case.task(id)
    if one.state != "open":
        return {"url": url_for("pages.case", id=case.id)}
    draft = read_draft(connection, engine().keyring, actor.id, place_of_task(id))
    return task_page(
        engine(),
        connection,
        case,
        one,
        actor,
        draft=draft,
        may_act=may_act(case, one.element, actor.id),
    )


@blueprint.get("/tasks/<string:id>/beside")
def task_beside(id: str) -> str | BaseResponse:
    """The task as it lies open beside its list."""
    place = replace(queue.asked(), beside=True)
    with engine().database.read() as connection:
        page = shown(connection, current_actor(), id)
    if "url" in page:
        return make_response(f'<p class="empty">{escape(_("This step is finished."))}</p>', 200)
    return beside(page, place)


def beside(page: dict[str, Any], place: Place) -> str:
    """The task without the page around it."""
    id = page["task"]["id"]
    return render_template(
        "task.html",
        layout="partials/pane.html",
        place=place,
        list_url=place.list_url(),
        alone_url=replace(place, beside=False).task_url(id),
        **page,
    )


@blueprint.post("/tasks/<string:id>/complete")
def task_complete(id: str) -> BaseResponse:
    """The decision: an outcome, the form, the opinion."""
    current_session()
    form, opinion = sent_form(), request.form.get("opinion", "")
    place = queue.sent()
    onward = place.beside or request.args.get("then") == "next"
    with engine().database.read() as connection:
        following = queue.following(connection, current_actor(), place, id) if onward else None
    try:
        key = request.form.get("idempotency_key", "")
        result, _fresh = once(key, lambda uow: decide(uow, id, form))
    except InvalidForm as error:
        return _again(id, form, opinion, errors=error.parts.get("errors", ()))
    except OpinionRequired as error:
        return _again(id, form, opinion, opinion_error=sentence(error.problem))
    except ConfirmationRequired:
        return make_response(ask_to_confirm(id), 422)
    if not result["held"]:
        done, others = _("Done. The case goes on."), _("Signed. Others still have to.")
        flash(done if result["decided"] else others, "success")
    return go_on(place, following, onward=onward) if place.listed else redirect(_next_task())


def _again(
    id: str, form: Any, opinion: str, *, errors: Any = (), opinion_error: str | None = None
) -> Response:
    """The same page with what is wrong, and everything that was typed."""
    actor = current_actor()
    with engine().database.read() as connection:
        case = read_case(connection, engine(), actor, case_of_task(connection, id))
        page = task_page(
            engine(),
            connection,
            case,
            case.task(id),
            actor,
            sent=form or {},
            errors=tuple(errors),
            opinion=opinion,
            opinion_error=opinion_error,
        )
    place = queue.sent()
    if place.beside:
        return make_response(list_with(beside(page, place), place, id), 422)
    return make_response(render_template("task.html", place=place, **page), 422)


def _next_task() -> str:
    """Back to the list; the next task of the to-do box is one click away there."""
    with engine().database.read() as connection:
        owners = standing_in(connection)
        waiting = inbox(connection, current_actor(), "todo", limit=1, owners=owners).items
    return url_for("pages.inbox", box="todo" if waiting else "pool")


def sent_form() -> dict[str, Any] | None:
    """The form a page sent as JSON; None where it has none. Raise `malformed`."""
    text = request.form.get("form_json", "")
    if not text:
        return None
    if len(text) > _MAX_FORM:
        raise WebProblem("malformed", 422)
    try:
        values = json.loads(text)
    except ValueError:
        raise WebProblem("malformed", 422) from None
    if not isinstance(values, dict) or not is_text(values):
        raise WebProblem("malformed", 422)
    return values


@blueprint.post("/tasks/<string:id>/claim")
def task_claim(id: str) -> BaseResponse:
    """Take it on, and open it."""
    return _act(id, "claim")


@blueprint.post("/tasks/<string:id>/release")
def task_release(id: str) -> BaseResponse:
    """Put it back."""
    return _act(id, "release")


@blueprint.post("/tasks/<string:id>/draft")
def task_draft(id: str) -> Response:
    """Keep what has been typed so far."""
    actor = current_actor()
    with engine().database.read() as connection:
        read_case(connection, engine(), actor, case_of_task(connection, id))
    return keep_draft(place_of_task(id))


def keep_draft(place: str) -> Response:
    """Save the draft a page sends as JSON."""
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise WebProblem("malformed", 422)
    with engine().command(current_actor()) as uow:
        save_draft(uow, place, body.get("form"), str(body.get("opinion") or ""))
        uow.commit()
    return make_response("", 204)


@blueprint.post("/uploads")
def upload() -> Response:
    """One attachment; the form then names it by id."""
    current_session()
    taken = take_upload(request.files.get("file"))
    taken["url"] = url_for("files.OneFile", file_id=taken["id"])
    return make_response(taken, 201)


@blueprint.post("/tasks/<string:id>/<string:verb>")
def task_verb(id: str, verb: str) -> BaseResponse:
    """The verbs of the table."""
    return _act(id, verb)


def _act(id: str, verb: str) -> BaseResponse:
    """Run a verb of the table once, and say so."""
    current_session()
    known = VERBS.get(verb)
    if known is None:
        raise NotFound(verb=verb)

    def command(uow: UnitOfWork) -> None:
        known.run(uow, id, request.form)

    once(request.form.get("idempotency_key", ""), command)
    said = known.said()
    if said:
        flash(said, "success")
    return redirect(_after(id, verb))


def _after(id: str, verb: str) -> str:
    """Where the page goes: back to the task, to the case it is in again, or to the list."""
    place = queue.referred()
    if place.listed and verb != "take_back":
        return place.task_url(id) if VERBS[verb].stays else place.list_url()
    if verb == "take_back":
        with engine().database.read() as connection:
            return url_for("pages.case", id=case_of_task(connection, id))
    return url_for("pages.task", id=id) if VERBS[verb].stays else url_for("pages.inbox")
