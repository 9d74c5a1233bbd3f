"""For administrators: how messages are worded."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from engine.errors import EngineError, NotFound
from engine.notifications.kinds import TEST
from engine.store.unit_of_work import UnitOfWork
from webapp.language import LANGUAGES
from webapp.language import gettext as _
from webapp.notify.sentences import COUNTS, words
from webapp.notify.wording import check_text, fill, gaps, read_texts, set_text, usual
from webapp.pages.blueprint import blueprint
from webapp.pages.frame import new_key
from webapp.problems import sentence, status_of
from webapp.requests import engine, once
from webapp.rights import require


def _kinds() -> dict[str, str]:
    return {kind: name for kind, (name, _text) in words(_).items() if kind != TEST}


@blueprint.get("/admin/texts")
def texts() -> str:
    """Every kind of message, and how it is worded."""
    require("administer")
    with engine().database.read() as connection:
        own = read_texts(connection)
    return render_template(
        "admin_texts.html",
        items=[
            {
                "kind": kind,
                "name": name,
                "texts": [
                    {"text": own.get(kind, {}).get(one) or usual(kind, one), "lang": one}
                    for one in LANGUAGES
                ],
                "own": kind in own,
            }
            for kind, name in _kinds().items()
        ],
    )


@blueprint.get("/admin/texts/<string:kind>")
def text(kind: str) -> str:
    """One kind of message, in both languages."""
    require("administer")
    return _page(kind)


def _page(kind: str, language: str = "", typed: str = "", problem: str | None = None) -> str:
    kinds = _kinds()
    if kind not in kinds:
        raise NotFound(kind=kind)
    with engine().database.read() as connection:
        own = read_texts(connection).get(kind, {})
    return render_template(
        "admin_text.html",
        kind=kind,
        name=kinds[kind],
        gaps=[{"gap": f"{{{one}}}", "means": _gap_text(one)} for one in gaps(kind)],
        languages=[
            {
                "id": one,
                "name": "中文" if one == "zh" else "English",
                "text": typed if one == language else own.get(one) or usual(kind, one),
                "usual": usual(kind, one),
                "own": one in own,
                "example": _example(kind, typed if one == language else own.get(one), one),
                "problem": problem if one == language else None,
            }
            for one in LANGUAGES
        ],
        key=new_key(),
    )


def _gap_text(gap: str) -> str:
    return {
        "who": _("who did it"),
        "case": _("the title and number of the case; in webhooks its process and number"),
        "why": _("the reason, as a part of a sentence"),
        "unable": _("how much nobody can do"),
        "lying": _("how much lies too long"),
        "new": _("how much of it is new"),
    }.get(gap, gap)


def _example(kind: str, text: str | None, language: str) -> str:
    values = {"who": "王晓", "case": "事项申请 A-2026-00012", "why": "…"}
    if language == "en":
        values = {"who": "Wang Xiao", "case": "Application A-2026-00012", "why": "…"}
    values |= dict.fromkeys(COUNTS, "3")
    return fill(text or usual(kind, language), values)


@blueprint.post("/admin/texts/<string:kind>")
def text_save(kind: str) -> BaseResponse:
    """Look at a text with an example, keep it, or have the usual one back."""
    require("administer")
    language, typed = request.form.get("language", ""), request.form.get("text", "")
    action = request.form.get("action", "save")
    if kind not in _kinds() or language not in LANGUAGES:
        raise NotFound(kind=kind)

    def command(uow: UnitOfWork) -> dict[str, Any]:
        set_text(uow, kind, language, None if action == "reset" else typed)
        return {}

    try:
        if action == "preview":
            return make_response(_page(kind, language, check_text(kind, typed)))
        once(request.form.get("idempotency_key", ""), command)
    except EngineError as error:
        page = _page(kind, language, typed, sentence(error.problem, error.parts))
        return make_response(page, status_of(error))
    flash(_("Saved."), "success")
    return redirect(url_for("pages.text", kind=kind))
