"""Several lines of a list at once: first what would happen to each, then what has happened."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from engine.errors import NotFound
from webapp import batch
from webapp.language import gettext as _
from webapp.pages.blueprint import blueprint
from webapp.pages.frame import new_key
from webapp.requests import current_actor, current_session, engine, perform_each
from webapp.views.batch import ACTIONS, MOST, foreseen, item_of, label, results, targets


@blueprint.post("/inbox/batch")
def inbox_batch() -> str | BaseResponse:
    """What would become of each line that was ticked. Nothing is done yet."""
    current_session()
    action, box, ids = _asked()
    if not ids:
        flash(_("Tick at least one line first."), "info")
        return redirect(url_for("pages.inbox", box=box))
    actor = current_actor()
    with engine().database.read() as connection:
        known = targets(engine(), connection, action, ids)
    lines = foreseen(engine(), actor, action, ids, known)
    return render_template(
        "batch.html",
        action={"id": action, "label": label(action)},
        box=box,
        key=new_key(),
        items=lines,
        possible=sum(one["possible"] for one in lines),
        with_opinion=action == "agree",
        opinion_required=any(one["needs_opinion"] and one["possible"] for one in lines),
    )


@blueprint.post("/inbox/batch/done")
def inbox_batch_done() -> str | BaseResponse:
    """Do it, each item in a transaction of its own, and say what became of each."""
    current_session()
    action, box, ids = _asked()
    if not ids:
        return redirect(url_for("pages.inbox", box=box))
    opinion = request.form.get("opinion", "").strip()[:2000]
    confirmed = set(request.form.getlist("confirm"))
    with engine().database.read() as connection:
        known = targets(engine(), connection, action, ids)
    items = [
        item_of(action, id, known.get(id), opinion=opinion, confirm=id in confirmed) for id in ids
    ]
    answers, _replayed = perform_each(
        items, batch.act, batch.refused, page_key=request.form.get("idempotency_key", "")
    )
    lines = results(engine(), answers, known)
    return render_template(
        "batch_done.html",
        action={"id": action, "label": label(action)},
        box=box,
        items=lines,
        done=sum(one["done"] for one in lines),
        refused=sum(not one["done"] for one in lines),
    )


def _asked() -> tuple[str, str, list[str]]:
    """The action, the box it came from, and the ids, each once."""
    action, box = request.form.get("action", ""), request.form.get("box", "todo")
    if action not in ACTIONS or box not in ("todo", "pool", "cc"):
        raise NotFound(action=action)
    ids = [one for one in dict.fromkeys(request.form.getlist("item")) if 0 < len(one) <= 64]
    return action, box, ids[:MOST]
