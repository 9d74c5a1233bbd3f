"""Starting a case: the catalogue, the form, the draft."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from engine.actors import Actor
from engine.catalog.definition import Definition
from engine.commands.drafts import discard_draft, drafts_of, place_of_start, read_draft, save_draft
from engine.commands.start import start as start_case
from engine.errors import InvalidForm, NotFound
from engine.forms import FieldError
from engine.queries.likely import likely_steps
from engine.store.unit_of_work import UnitOfWork
from webapp.language import gettext as _
from webapp.language import language
from webapp.pages.blueprint import blueprint
from webapp.pages.frame import new_key
from webapp.pages.tasks import keep_draft, sent_form
from webapp.requests import current_actor, current_session, engine, once
from webapp.views.island import island
from webapp.views.route import line_of_start


@blueprint.get("/start")
def start() -> str:
    """What the caller may start."""
    actor = current_actor()
    with engine().database.read() as connection:
        drafts = {place for place, _at in drafts_of(connection, actor.id)}
        definitions = engine().catalog.all_active(connection)
    processes = [
        {
            "key": one.key,
            "title": one.text(one.title, language()),
            "summary": one.text(one.manifest.summary, language()),
            "url": url_for("pages.start_form", key=one.key),
            "drafts": 1 if place_of_start(one.key) in drafts else 0,
            "year": None,
        }
        for one in definitions
        if _may_start(actor, one)
    ]
    groups = [{"title": _("For members"), "processes": processes}] if processes else []
    return render_template("start.html", groups=groups)


def _may_start(actor: Actor, definition: Definition) -> bool:
    return any(actor.has_role(role) for role in definition.manifest.start_roles)


def _definition(key: str) -> Definition:
    with engine().database.read() as connection:
        found = engine().catalog.active(connection, key)
    if not _may_start(current_actor(), found):
        raise NotFound(process=key)
    return found


@blueprint.get("/start/<string:key>")
def start_form(key: str) -> str:
    """The form of a new case, with the draft if there is one."""
    return _page(_definition(key))


def _page(
    definition: Definition,
    *,
    sent: dict[str, Any] | None = None,
    errors: tuple[FieldError, ...] = (),
) -> str:
    house, actor = engine(), current_actor()
    place = place_of_start(definition.key)
    with house.database.read() as connection:
        draft = read_draft(connection, house.keyring, actor.id, place)
        typed = sent if sent is not None else (draft.form if draft else {})
        next_line = line_of_start(house, connection, actor, definition, typed)
    form = None
    if definition.start_form is not None:
        form = island(
            house,
            definition,
            definition.start_event,
            places=house.directory.places(actor.id),
            applicant=actor.id,
            stored={},
            context={"applicant": house.directory.facts(actor.id)},
            files={},
            draft_url=url_for("pages.start_draft", key=definition.key),
            sent=sent if sent is not None else (draft.form if draft else None),
            errors=errors,
        )
    return render_template(
        "start_form.html",
        process={
            "key": definition.key,
            "title": definition.text(definition.title, language()),
            "summary": definition.text(definition.manifest.summary, language()),
            "owner": definition.manifest.owner,
            "steps": [
                definition.text(one.name or one.id, language())
                for one in likely_steps(definition, [definition.start_event], set(), 14)
            ],
            "needs": [],
            "duration": None,
            "basis": None,
        },
        form=form,
        key=new_key(),
        draft=place if draft else None,
        draft_at=draft.saved_at if draft and sent is None else None,
        errors=len(errors),
        next_line=next_line,
    )


@blueprint.post("/start/<string:key>")
def start_submit(key: str) -> BaseResponse | Response:
    """Send the application, or keep it as a draft."""
    current_session()
    definition, form = _definition(key), sent_form()
    if request.form.get("action") == "draft":
        with engine().command(current_actor()) as uow:
            save_draft(uow, place_of_start(key), form or {})
            uow.commit()
        flash(_("The draft is saved. You find it under “Drafts”."), "success")
        return redirect(url_for("pages.inbox", box="drafts"))

    def command(uow: UnitOfWork) -> dict[str, str]:
        acted = start_case(uow, definition, form)
        discard_draft(uow, place_of_start(key))
        return {"case": acted.case.id}

    try:
        result, _fresh = once(request.form.get("idempotency_key", ""), command)
    except InvalidForm as error:
        errors: Any = error.parts.get("errors", ())
        return make_response(_page(definition, sent=form or {}, errors=tuple(errors)), 422)
    flash(_("Sent. You can follow every step here."), "success")
    return redirect(url_for("pages.case", id=result["case"]))


@blueprint.post("/start/<string:key>/draft")
def start_draft(key: str) -> Response:
    """Keep what has been typed so far."""
    _definition(key)
    return keep_draft(place_of_start(key))
