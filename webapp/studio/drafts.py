"""What is done to a draft as a whole, from its page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from engine.errors import EngineError
from engine.store.unit_of_work import UnitOfWork
from engine.studio.drafts import (
    bring_back,
    discard_draft,
    go_on_from,
    rename_draft,
    share_draft,
    take_over_draft,
    unshare_draft,
)
from engine.studio.reading import read_draft
from engine.studio.writing import go_back
from webapp.language import gettext as _
from webapp.pages.blueprint import blueprint
from webapp.problems import sentence, status_of
from webapp.requests import current_actor, engine, once
from webapp.rights import require
from webapp.studio.overview import draft_page


def do(
    id: str, command: Callable[[UnitOfWork], Any], said: str, *, to: str | None = None
) -> BaseResponse:
    """Run a command of a draft's page once and show the page again, with what was wrong if it was refused."""
    require("administer")
    try:
        once(request.form.get("idempotency_key", ""), lambda uow: {"done": bool(command(uow))})
    except EngineError as error:
        if status_of(error) in (403, 404):
            raise
        return make_response(draft_page(id, sentence(error.problem, error.parts)), status_of(error))
    flash(said, "success")
    return redirect(to or url_for("pages.studio_draft", id=id))


@blueprint.post("/studio/drafts/<string:id>/rename", endpoint="studio_rename")
def rename(id: str) -> BaseResponse:
    """Another title."""
    title = request.form.get("title", "")
    return do(id, lambda uow: rename_draft(uow, id, title), _("Saved."))


@blueprint.post("/studio/drafts/<string:id>/share", endpoint="studio_share")
def share(id: str) -> BaseResponse:
    """Somebody else sees it, or also changes it."""
    person, edits = request.form.get("person", ""), request.form.get("edits") == "yes"
    return do(id, lambda uow: share_draft(uow, id, person, edits=edits), _("Shared."))


@blueprint.post("/studio/drafts/<string:id>/unshare", endpoint="studio_unshare")
def unshare(id: str) -> BaseResponse:
    """Somebody no longer sees it."""
    person = request.form.get("person", "")
    to = url_for("pages.studio") if person == current_actor().id else None
    return do(id, lambda uow: unshare_draft(uow, id, person), _("No longer shared."), to=to)


@blueprint.post("/studio/drafts/<string:id>/discard", endpoint="studio_discard")
def discard(id: str) -> BaseResponse:
    """Away with it; for 30 days it can be brought back."""
    said = _("Discarded. For 30 days you can bring it back from the studio's page.")
    return do(id, lambda uow: discard_draft(uow, id), said, to=url_for("pages.studio"))


@blueprint.post("/studio/drafts/<string:id>/bring-back", endpoint="studio_bring_back")
def restore(id: str) -> BaseResponse:
    """Here it is again."""
    return do(id, lambda uow: bring_back(uow, id), _("Here it is again."))


@blueprint.post("/studio/drafts/<string:id>/take-over", endpoint="studio_take_over")
def take_over(id: str) -> BaseResponse:
    """The draft of somebody who has left."""
    require("administer")
    once(request.form.get("idempotency_key", ""), lambda uow: take_over_draft(uow, id))
    flash(_("The draft is yours now."), "success")
    return redirect(url_for("pages.studio_draft", id=id))


@blueprint.post("/studio/drafts/<string:id>/go-back", endpoint="studio_go_back")
def back(id: str) -> BaseResponse:
    """All files as they were after an earlier save."""
    text = request.form.get("save", "")
    number = int(text) if text.isdecimal() and len(text) < 10 else 0
    said = _("The draft is as it was then. What it was before is a save, too.")
    return do(id, lambda uow: go_back(uow, id, number), said)


@blueprint.post("/studio/drafts/<string:id>/rebase", endpoint="studio_rebase")
def rebase(id: str) -> BaseResponse:
    """The draft goes on from the version in use."""
    actor = require("administer")
    with engine().database.read() as connection:
        active = engine().catalog.active(connection, read_draft(connection, actor, id).key).id
    said = _("The draft goes on from the version in use.")
    return do(id, lambda uow: go_on_from(uow, id, active), said)
