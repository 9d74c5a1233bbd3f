"""Deciding from a page: a decision is held for some seconds, or confirmed where nothing can be undone."""

from __future__ import annotations

import re
from typing import Any

from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from engine.commands.complete import complete
from engine.commands.drafts import discard_draft, place_of_task
from engine.commands.hold import hold, undo
from engine.errors import ConfirmationRequired
from engine.queries.case import case_of_task, read_case
from engine.queries.preferences import preferences_of
from engine.store.unit_of_work import UnitOfWork
from webapp.language import gettext as _
from webapp.language import language, ngettext
from webapp.pages import queue
from webapp.pages.blueprint import blueprint
from webapp.pages.queue import Place
from webapp.requests import current_actor, current_session, engine, once


def decide(uow: UnitOfWork, id: str, form: dict[str, Any] | None) -> dict[str, Any]:
    """Hold what the page sent; complete it where it was confirmed, or where the person holds nothing."""
    sent = request.form
    version = sent.get("version", "")
    said = {
        "outcome": sent.get("outcome") or None,
        "form": form,
        "opinion": sent.get("opinion", ""),
        "version": int(version) if re.fullmatch(r"[0-9]{1,18}", version) else None,
    }
    confirmed = sent.get("confirm") == "yes"
    seconds = preferences_of(uow.engine, uow.connection, uow.actor.id).hold_seconds
    if seconds and not confirmed:
        held = hold(uow, id, **said)  # type: ignore[arg-type]
        discard_draft(uow, place_of_task(id))
        return {"held": True, "decided": False, "case": held.instance_id}
    acted = complete(uow, id, **said)  # type: ignore[arg-type]
    step = acted.case.definition.steps[str(acted.element)]
    # Nothing is committed yet: an unconfirmed decision is left as it was.
    if not confirmed and step.is_final(step.outcome(sent.get("outcome") or None)):
        raise ConfirmationRequired(task=id, element=step.id)
    discard_draft(uow, place_of_task(id))
    return {"held": False, "decided": acted.decided, "case": acted.case.id}


def ask_to_confirm(id: str) -> str:
    """The same decision once more, with what it leads to: for browsers that asked nothing themselves."""
    house, sent = engine(), request.form
    with house.database.read() as connection:
        case = read_case(connection, house, current_actor(), case_of_task(connection, id))
    step = case.definition.steps[case.task(id).element]
    chosen = step.outcome(sent.get("outcome") or None)
    return render_template(
        "confirm_decision.html",
        case={"title": case.title},
        task={"id": id, "name": case.definition.text(step.name, language())},
        outcome={"id": chosen.id, "label": case.definition.text(chosen.label, language())},
        sent=[(name, value) for name, value in sent.items() if name not in _NOT_AGAIN],
        detail=_("What follows cannot be taken back."),
        back=queue.sent().task_url(id),
    )


#: Fields of the form that its confirmation says anew.
_NOT_AGAIN = ("csrf_token", "confirm", "outcome")


def go_on(place: Place, following: str | None, *, onward: bool) -> BaseResponse:
    """The next of the list, where the reader wants it; else the list, saying when it is done."""
    place = place.counted(1)
    if onward and following is not None:
        return redirect(place.task_url(following))
    if onward and place.listed:
        done = ngettext(
            "That was the last one here: %(num)s decided.",
            "That was the last one here: %(num)s decided.",
            place.done,
        )
        flash(done, "success")
    return redirect(place.list_url())


@blueprint.post("/tasks/<string:id>/undo")
def task_undo(id: str) -> BaseResponse:
    """Take the own decision back, and open the task again with everything that was typed."""
    current_session()
    place = queue.sent()
    once(request.form.get("idempotency_key", ""), lambda uow: undo(uow, id).outcome)
    flash(_("The decision is taken back. Everything you had typed is here again."), "info")
    return redirect(place.counted(-1).task_url(id))
