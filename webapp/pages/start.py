"""Starting a case: the catalogue, the form, the draft."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from engine.catalog.definition import Definition
from engine.commands.drafts import (
    Draft,
    discard_draft,
    drafts_of,
    place_of_start,
    read_draft,
    save_draft,
)
from engine.commands.start import start as start_case
from engine.errors import InvalidForm, NotFound
from engine.forms import FieldError
from engine.queries.copying import Copied, copied
from engine.queries.likely import likely_steps
from engine.queries.own import last_started
from engine.store.unit_of_work import UnitOfWork
from webapp.language import gettext as _
from webapp.language import language
from webapp.pages.blueprint import blueprint
from webapp.pages.frame import new_key
from webapp.pages.tasks import keep_draft, sent_form
from webapp.requests import current_actor, current_session, engine, once
from webapp.views.catalogue import (
    MOST_RECENT,
    copied_from,
    groups,
    may_start,
    recent_starts,
    start_drafts,
)
from webapp.views.island import island
from webapp.views.route import line_of_start

#: How many of the caller's last cases are looked through for earlier ones of a process.
_LOOKED_AT = 50


@blueprint.get("/start")
def start() -> str:
    """What can be started, by area; the caller's drafts and last cases first."""
    actor, text = current_actor(), request.args.get("q", "").strip()[:100]
    with engine().database.read() as connection:
        drafts = drafts_of(connection, actor.id)
        definitions = engine().catalog.all_active(connection)
        recent = last_started(connection, actor.id, MOST_RECENT)
    return render_template(
        "start.html",
        q=text,
        groups=groups(definitions, actor, text),
        drafts=start_drafts(drafts, definitions, actor),
        recent=recent_starts(recent, definitions, actor),
        none=not definitions,
    )


def _definition(key: str) -> Definition:
    with engine().database.read() as connection:
        found = engine().catalog.active(connection, key)
    if not may_start(current_actor(), found):
        raise NotFound(process=key)
    return found


@blueprint.get("/start/<string:key>")
def start_form(key: str) -> str:
    """The form of a new case, with the draft if there is one; or with the values of an earlier case."""
    definition = _definition(key)
    earlier = request.args.get("copy")
    if not earlier:
        return _page(definition)
    with engine().database.read() as connection:
        copy = copied(connection, engine(), current_actor(), definition, earlier)
    return _page(definition, copy=copy)


def _page(
    definition: Definition,
    *,
    sent: dict[str, Any] | None = None,
    errors: tuple[FieldError, ...] = (),
    copy: Copied | None = None,
) -> str:
    house, actor = engine(), current_actor()
    place = place_of_start(definition.key)
    facts = {"applicant": house.directory.facts(actor.id)}
    with house.database.read() as connection:
        draft = read_draft(connection, house.keyring, actor.id, place)
        shown = sent if sent is not None else _begun(draft, copy)
        next_line = line_of_start(house, connection, actor, definition, shown or {})
        earlier = [
            one
            for one in last_started(connection, actor.id, _LOOKED_AT)
            if one.key == definition.key
        ]
    form = None
    if definition.start_form is not None:
        now = house.clock.now().astimezone(house.zone)
        form = island(
            house,
            definition,
            definition.start_event,
            places=house.directory.places(actor.id),
            applicant=actor.id,
            stored={},
            context=facts,
            files={},
            draft_url=url_for("pages.start_draft", key=definition.key),
            given=definition.start_form.given(facts, now=now),
            sent=shown,
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
        copy=copied_from(definition, copy) if copy and sent is None else None,
        earlier=earlier[:MOST_RECENT] if form is not None and copy is None else [],
    )


def _begun(draft: Draft | None, copy: Copied | None) -> dict[str, Any] | None:
    """What the form begins with: the earlier case that was asked for, else the draft."""
    if copy is not None:
        return copy.form
    return draft.form if draft else None


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


@blueprint.post("/start/<string:key>/draft/discard")
def start_discard(key: str) -> BaseResponse:
    """Throw the draft away; whoever may start it no longer may still do that."""
    current_session()
    with engine().command(current_actor()) as uow:
        discard_draft(uow, place_of_start(key))
        uow.commit()
    flash(_("The draft is deleted."), "success")
    return redirect(url_for("pages.start"))
