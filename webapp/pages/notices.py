"""Public notices: the list, one notice, and objecting to it."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from engine.abilities.notice_rules import NoticeRules
from engine.commands.notices import object_to_notice
from engine.errors import Invalid, NotFound
from engine.queries.notices import NoticeDetail, NoticeView, read_notice, visible_notices
from engine.store.unit_of_work import UnitOfWork
from webapp.language import gettext as _
from webapp.pages.blueprint import blueprint
from webapp.pages.frame import new_key
from webapp.requests import current_actor, current_session, engine, once
from webapp.rights import place_name

#: The page's words for the states of a notice.
_STATES = {"running": "open", "ended": "closed", "withdrawn": "withdrawn"}


@blueprint.get("/notices")
def notices() -> str:
    """Notices shown to the caller."""
    actor, house = current_actor(), engine()
    state = request.args.get("state", "running")
    if state not in _STATES:
        raise NotFound(state=state)
    with house.database.read() as connection:
        page = visible_notices(
            connection, house, actor, state=_STATES[state], after=request.args.get("after") or None
        )
        counts = {
            name: len(visible_notices(connection, house, actor, state=stored, limit=200).items)
            for name, stored in _STATES.items()
        }
    more = url_for("pages.notices", state=state, after=page.next) if page.next else None
    return render_template(
        "notices.html",
        state=state,
        counts=counts,
        items=[_line(one) for one in page.items],
        more_url=more,
    )


def _line(view: NoticeView) -> dict[str, Any]:
    return {
        "id": view.id,
        "url": url_for("pages.notice", id=view.id),
        "title": view.title,
        "unit": "",
        "scope": _scope_text(view),
        "starts": view.starts,
        "ends": view.ends,
        "state": {"open": "now", "closed": "ok", "withdrawn": "off"}.get(view.state, "off"),
        "state_text": _state_text(view.state),
        "left_text": None,
    }


def _scope_text(view: NoticeView) -> str:
    return _("everyone") if view.place is None else place_name(view.place)


def _state_text(state: str) -> str:
    texts = {"open": _("on notice"), "closed": _("ended"), "withdrawn": _("withdrawn")}
    return texts.get(state, state)


def _result_text(result: str | None) -> str | None:
    """What is on the record, in the reader's language; the record itself is in Chinese."""
    rules = NoticeRules.load()
    texts = {
        rules.none: _("No objection was made."),
        rules.under_review: _("An objection is being looked into."),
        rules.upheld: _("An objection was upheld."),
        rules.dismissed: _("The objections were dismissed."),
    }
    return texts.get(result, result) if result else None


@blueprint.get("/notices/<string:id>")
def notice(id: str) -> str:
    """One notice."""
    return _page(_read(id))


def _read(id: str) -> NoticeDetail:
    with engine().database.read() as connection:
        return read_notice(connection, engine(), current_actor(), id)


def _page(
    detail: NoticeDetail,
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> str:
    view = detail.notice
    objections = detail.objections or ()
    state = {"open": "running", "closed": "ended"}.get(view.state, view.state)
    return render_template(
        "notice.html",
        notice={
            "id": view.id,
            "title": view.title,
            "unit": "",
            "scope": _scope_text(view),
            "starts": view.starts,
            "ends": view.ends,
            "provisional": view.provisional,
            "phone": view.phone,
            "number": None,
            "published_at": view.starts,
            "state": "objected" if view.state == "open" and objections else state,
            "state_text": _state_text(view.state),
            "withdrawn_reason": None,
            "withdrawn_at": None,
            "result_text": _result_text(view.result),
            "intro": _(
                "The following is made public. Anyone who knows of something that speaks against it "
                "may say so within the period."
            ),
        },
        items=[{"label": label, "value": value} for label, value in view.items.items()],
        table=None,
        can_object=view.may_object,
        why_not_object=None,
        objection=typed,
        errors=errors or {},
        key=new_key(),
        my_objections=[
            {
                "at": one.at,
                "content": f"{one.content} ({one.real_name}, {one.contact})",
                "state_text": _objection_text(one.state),
            }
            for one in objections
        ],
    )


def _objection_text(state: str) -> str:
    texts = {"open": _("being looked into"), "upheld": _("upheld"), "dismissed": _("dismissed")}
    return texts.get(state, state)


@blueprint.post("/notices/<string:id>/object")
def notice_object(id: str) -> BaseResponse:
    """Hand in an objection."""
    current_session()
    typed = {name: request.form.get(name, "") for name in ("real_name", "contact", "content")}

    def command(uow: UnitOfWork) -> dict[str, str]:
        object_to_notice(uow, id, **typed)
        return {"notice": id}

    try:
        once(request.form.get("idempotency_key", ""), command)
    except Invalid as error:
        field = str(error.parts.get("field") or "content")
        page = _page(_read(id), typed, {field: _("Please fill this in; a few words are enough.")})
        return make_response(page, 422)
    flash(_("Your objection is handed in. Only those who look into it see who you are."), "success")
    return redirect(url_for("pages.notice", id=id))
