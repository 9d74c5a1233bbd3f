"""Lists of work kept under a name, from the inbox's own page."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from engine.commands.saved_filters import change_filter, remove_filter, save_filter
from engine.errors import EngineError, NotFound
from engine.queries.views import BOXES, View
from engine.store.unit_of_work import UnitOfWork
from webapp.language import gettext as _
from webapp.pages.blueprint import blueprint
from webapp.pages.inbox_tools import address, view_asked
from webapp.problems import sentence
from webapp.requests import current_session, once


@blueprint.post("/inbox/filters")
def filter_save() -> BaseResponse:
    """Keep the list as it is shown under a name."""
    view = _view()

    def command(uow: UnitOfWork) -> dict[str, Any]:
        name, role = request.form.get("name", ""), request.form.get("role") or None
        return {"id": save_filter(uow, name, view.as_dict(), role=role)}

    return _done(command, view, _("Saved. You find it above the list."))


@blueprint.post("/inbox/filters/<string:id>")
def filter_change(id: str) -> BaseResponse:
    """Another name, or others who see it."""
    changes = {"name": request.form.get("name", ""), "role": request.form.get("role") or None}

    def command(uow: UnitOfWork) -> dict[str, Any]:
        change_filter(uow, id, changes)
        return {}

    return _done(command, _view(), _("Saved."))


@blueprint.post("/inbox/filters/<string:id>/remove")
def filter_remove(id: str) -> BaseResponse:
    """Away with it."""

    def command(uow: UnitOfWork) -> dict[str, Any]:
        remove_filter(uow, id)
        return {}

    return _done(command, _view(), _("Removed."))


def _view() -> View:
    """The list the form stands above."""
    current_session()
    box = request.form.get("box", "todo")
    if box not in BOXES:
        raise NotFound(box=box)
    fields = {name: request.form.get(name, "") for name in ("sort", "process", "due")}
    return view_asked({**fields, "q": request.form.get("text", "")}, box)


def _done(command: Any, view: View, said: str) -> BaseResponse:
    try:
        once(request.form.get("idempotency_key", ""), command)
    except EngineError as error:
        if error.problem not in ("invalid", "name_taken", "too_many_filters", "not_allowed"):
            raise
        flash(_reason(error), "danger")
    else:
        flash(said, "success")
    return redirect(address(view))


def _reason(error: EngineError) -> str:
    if error.problem == "invalid":
        return _("Please give it a name.")
    return sentence(error.problem, error.parts)
