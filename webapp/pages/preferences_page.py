"""How one likes to clear a queue: for how long decisions can be taken back, keys, common phrases."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from engine.actors import Actor
from engine.commands.preferences import choose_hold, choose_phrases, choose_shortcuts
from engine.engine import Engine
from engine.errors import Invalid
from engine.queries.preferences import (
    HOLD_CHOICES,
    LONGEST_PHRASE,
    MOST_PHRASES,
    preferences_of,
)
from webapp.language import gettext as _
from webapp.language import ngettext
from webapp.pages.blueprint import blueprint
from webapp.requests import current_actor, current_session, engine
from webapp.views.phrases import default_phrases, phrases_of


def clearing_section(house: Engine, connection: Connection, actor: Actor) -> dict[str, Any]:
    """The variables of partials/clearing.html and partials/phrases.html."""
    chosen = preferences_of(house, connection, actor.id)
    seconds = sorted({*HOLD_CHOICES, chosen.hold_seconds})
    return {
        "seconds": [
            {
                "value": one,
                "label": ngettext("%(num)s second", "%(num)s seconds", one)
                if one
                else _("Not at all: decisions count at once"),
                "chosen": one == chosen.hold_seconds,
            }
            for one in seconds
        ],
        "shortcuts": chosen.shortcuts,
        "phrases": phrases_of(house, connection, actor),
        "most": MOST_PHRASES,
        "longest": LONGEST_PHRASE,
    }


@blueprint.post("/profile/clearing")
def clearing_choose() -> BaseResponse:
    """For how long decisions can be taken back, and whether single keys do things."""
    current_session()
    text = request.form.get("hold_seconds", "")
    with engine().command(current_actor()) as uow:
        # The house's own value may be none of the choices: then it stays what it is.
        if not text.isdecimal() or int(text) != engine().hold_seconds:
            choose_hold(uow, int(text) if text.isdecimal() and len(text) < 4 else -1)
        elif int(text) in HOLD_CHOICES:
            choose_hold(uow, int(text))
        choose_shortcuts(uow, request.form.get("shortcuts") == "yes")
        uow.commit()
    flash(_("Saved."), "success")
    return redirect(url_for("pages.profile") + "#clearing")


@blueprint.post("/profile/phrases")
def phrases_choose() -> BaseResponse:
    """The person's phrases as the form has them, one of them moved or removed where that was pressed."""
    current_session()
    phrases = arranged(request.form.getlist("phrase"), request.form.get("act", ""))
    if request.form.get("act") == "defaults":
        phrases = default_phrases()
    try:
        with engine().command(current_actor()) as uow:
            choose_phrases(uow, phrases)
            uow.commit()
    except Invalid:
        flash(
            _(
                "At most %(most)s phrases of at most %(longest)s characters. Nothing was changed.",
                most=MOST_PHRASES,
                longest=LONGEST_PHRASE,
            ),
            "danger",
        )
    else:
        flash(_("Your phrases are saved."), "success")
    return redirect(url_for("pages.profile") + "#phrases")


def arranged(phrases: list[str], act: str) -> list[str]:
    """The phrases after `up:2`, `down:2` or `remove:2`; anything else leaves their order."""
    verb, _colon, place = act.partition(":")
    number = int(place) if place.isdecimal() and len(place) < 4 else -1
    if not 0 <= number < len(phrases):
        return phrases
    found = list(phrases)
    if verb == "remove":
        del found[number]
    other = {"up": number - 1, "down": number + 1}.get(verb, -1)
    if 0 <= other < len(found) and verb in ("up", "down"):
        found[number], found[other] = found[other], found[number]
    return found
