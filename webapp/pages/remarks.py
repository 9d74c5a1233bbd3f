"""Remarks, files, copies and urging, sent from the pages of a task or a case by plain forms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import flash, make_response, redirect, request, url_for
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse

from engine.commands.comments import MOST_FILES, MayNotRead, NothingSaid, add_comment, attach
from engine.commands.copies import UnknownPerson, copy_to
from engine.commands.uploads import BadUpload, upload
from engine.commands.urge import urge_task
from engine.errors import EngineError, TooSoon
from engine.queries.case import CaseView, case_of_task, read_case
from engine.store.tables import document_file
from engine.store.unit_of_work import UnitOfWork
from webapp.language import gettext as _
from webapp.language import language
from webapp.pages import cases, filters
from webapp.pages.blueprint import blueprint
from webapp.problems import sentence
from webapp.requests import current_actor, current_session, engine, once
from webapp.views.attention import told_text
from webapp.views.naming import mentioned_in, outsiders_in, people_named


@blueprint.post("/cases/<string:id>/comment")
def case_comment(id: str) -> BaseResponse:
    """A remark with the people named in it and the files chosen with it; files may come alone."""
    current_session()
    text, copying = request.form.get("text", "").strip(), bool(request.form.get("copy"))
    files = [(str(one.filename), one.stream.read()) for one in _files()]
    # Sent ahead by the page, each with its progress; the command takes only the sender's own.
    sent_ahead = request.form.getlist("uploaded")
    people, nobody = _mentioned(_case(id), text)

    def command(uow: UnitOfWork) -> dict[str, Any]:
        ids = [*sent_ahead, *(upload(uow, name, content).id for name, content in files)]
        if ids and not text:
            attach(uow, id, ids)
            return {"names": [], "files": len(ids)}
        said = add_comment(uow, id, text, mentions=people, files=ids, copy=copying)
        return {"names": [engine().directory.name(one) for one in said.mentions]}

    try:
        result, _fresh = once(request.form.get("idempotency_key", ""), command)
    except (NothingSaid, MayNotRead, UnknownPerson, BadUpload) as error:
        return _again(id, "comment", error, text=text, files=_named(sent_ahead))
    flash(
        _("The files are on the case.") if "files" in result else told_text(result["names"]),
        "success",
    )
    if nobody:
        flash(_nobody(nobody), "warn")
    # The top of the page says what went wrong, else the remark itself is what one looks for.
    return redirect(_back(id, "" if nobody else "remarks"))


@blueprint.post("/cases/<string:id>/copy")
def case_copy(id: str) -> BaseResponse:
    """A copy for the people chosen or written down by name."""
    current_session()
    written, note = request.form.get("names", "").strip(), request.form.get("note", "")
    with engine().database.read() as connection:
        read_case(connection, engine(), current_actor(), id)
        chosen = {engine().directory.name(one): one for one in request.form.getlist("person")}
        named = people_named(engine(), connection, _without(written, list(chosen)))
    ids = [*chosen.values(), *named.people]
    if named.unknown or named.unclear:
        reason = _nobody([*named.unknown, *named.unclear])
        return _again(id, "copy", reason, names=written, note=note)

    def command(uow: UnitOfWork) -> dict[str, Any]:
        copied = copy_to(uow, id, ids, note=note)
        return {"names": [engine().directory.name(one) for one in copied.people]}

    try:
        result, _fresh = once(request.form.get("idempotency_key", ""), command)
    except UnknownPerson as error:
        return _again(id, "copy", error, names=written, note=note)
    names = (", " if language() == "en" else "、").join(result["names"])
    text = _("A copy went to %(names)s.", names=names) if names else _("They have it already.")
    flash(text, "success" if names else "info")
    return redirect(_back(id, ""))


@blueprint.post("/tasks/<string:id>/urge")
def task_urge(id: str) -> BaseResponse:
    """Ask those who may act to hurry."""
    current_session()
    with engine().database.read() as connection:
        case = case_of_task(connection, id)

    def command(uow: UnitOfWork) -> dict[str, Any]:
        urged = urge_task(uow, id, note=request.form.get("note", ""))
        return {"count": urged.count, "heads": len(urged.heads)}

    try:
        result, _fresh = once(request.form.get("idempotency_key", ""), command)
    except TooSoon as error:
        flash(_too_soon(error), "warn")
        return redirect(_back(case, ""))
    if result["heads"]:
        text = _(
            "They are asked to hurry, and their heads are told. This was no. %(count)s.", **result
        )
    else:
        text = _("They are asked to hurry. This was no. %(count)s.", **result)
    flash(text, "success")
    return redirect(_back(case, ""))


def _too_soon(error: TooSoon) -> str:
    again_at = error.parts.get("again_at")
    if not isinstance(again_at, datetime):
        return sentence(error.problem)
    return _(
        "You have urged this a short while ago; you may again %(when)s.",
        when=filters.when(again_at).striptags(),
    )


def _case(id: str) -> CaseView:
    with engine().database.read() as connection:
        return read_case(connection, engine(), current_actor(), id)


def _mentioned(case: CaseView, text: str) -> tuple[list[str], list[str]]:
    """Whom the remark names: chosen from the list, or written after an @; and words that name nobody."""
    house, actor = engine(), current_actor()
    chosen = {house.directory.name(one): one for one in request.form.getlist("person")}
    found = [one for name, one in chosen.items() if f"@{name}" in text]
    # Of several people with one name, who was chosen is meant.
    found += [
        one for one in mentioned_in(house, case, text) if house.directory.name(one) not in chosen
    ]
    with house.database.read() as connection:
        others, nobody = outsiders_in(house, connection, text, [*found, actor.id])
    return [one for one in dict.fromkeys([*found, *others]) if one != actor.id], nobody


def _files() -> list[FileStorage]:
    return [one for one in request.files.getlist("file") if one.filename]


def _named(ids: list[str]) -> list[dict[str, str]]:
    """Files that were sent ahead with a remark that did not hold, so that they need not be sent again."""
    mine = select(document_file.c.id, document_file.c.name).where(
        document_file.c.id.in_(ids[:MOST_FILES]),
        document_file.c.instance_id.is_(None),
        document_file.c.created_by == current_actor().id,
    )
    with engine().database.read() as connection:
        return [{"id": row.id, "name": row.name} for row in connection.execute(mine)]


def _without(text: str, names: list[str]) -> str:
    """The names that are still to be found: those chosen from the list are known by their ids."""
    for name in names:
        text = text.replace(name, " ", 1)
    return text


def _nobody(words: list[str]) -> str:
    names = (", " if language() == "en" else "、").join(words)
    return _(
        "It is not clear who “%(names)s” is. Choose from the list, or write the member number.",
        names=names,
    )


def _again(id: str, form: str, error: EngineError | str, **sent: Any) -> BaseResponse:
    """The case's page with what was written, and why it did not hold."""
    sent["error"] = error
    if isinstance(error, EngineError):
        faults = error.parts.get("faults")
        more = (
            [one.message(language()) for one in faults] if isinstance(faults, (list, tuple)) else []
        )
        sent["error"] = " ".join([sentence(error.problem, error.parts), *more])
    return make_response(cases.case_page(id, sent={"form": form, **sent}), 422)


def _back(case: str, part: str) -> str:
    """The page the form was on: the task's where it names one that is a task, else the case's."""
    task = request.form.get("task", "")
    if task.isalnum():
        return url_for("pages.task", id=task, _anchor=part or None)
    return url_for("pages.case", id=case, _anchor=part or None)
