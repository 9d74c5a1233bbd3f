"""For administrators: what nobody can do, and what lies too long."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for

from engine.clock import today
from engine.queries.lying import SUSPENDED, TOO_LONG, Lying, lies_too_long
from engine.queries.stuck import (
    BARRED,
    HOLDER_GONE,
    INCIDENT,
    NO_SIGNER,
    NOBODY,
    NOTHING_OPEN,
    Stuck,
    tasks_nobody_can_do,
)
from webapp.language import gettext as _
from webapp.language import language, ngettext
from webapp.pages.blueprint import blueprint
from webapp.pages.stuck_count import remember
from webapp.requests import engine
from webapp.rights import place_name, require, role_title
from webapp.views.standing import waited


@blueprint.get("/admin/stuck")
def stuck() -> str:
    """Tasks without anybody, sign-offs without signers, work that gave up."""
    require("administer")
    house = engine()
    after = request.args.get("after") or None
    with house.database.read() as connection:
        page = tasks_nobody_can_do(connection, house, limit=50, after=after)
        # Beside the first page only: it is a list of its own.
        lying = (
            Lying([], 0)
            if after
            else lies_too_long(connection, house, today(house.clock, house.zone))
        )
    remember(page.count)
    more = url_for("pages.stuck", after=page.next) if page.next else None
    return render_template(
        "admin_stuck.html",
        items=[_line(one) for one in page.items],
        count=page.count,
        more_url=more,
        lying=[_line(one) for one in lying.items],
        lying_count=lying.count,
    )


def _line(one: Stuck) -> dict[str, Any]:
    definition = engine().catalog.get(one.definition_id)
    element = definition.diagram.elements.get(one.element or "")
    step = definition.text(element.name or element.id, language()) if element else None
    case = url_for("pages.case", id=one.instance_id)
    gave_up = one.why == INCIDENT
    return {
        "id": one.id,
        "case_title": one.title,
        "number": one.number,
        "case_url": case,
        "step": step,
        "why": why(one),
        "alarm": one.why == NOTHING_OPEN,
        "since": one.at,
        "action_url": url_for("pages.incidents") if gave_up else f"{case}#admin",
        "action": {INCIDENT: _("Try again"), SUSPENDED: _("Resume the case")}.get(
            one.why, _("Reassign")
        ),
    }


def why(one: Stuck) -> str:
    """Why nobody can do it, in the reader's language."""
    who = (", " if language() == "en" else "、").join(_key(key) for key in one.keys)
    return {
        NOBODY: lambda: _("Nobody who could do this is here: %(who)s.", who=who),
        BARRED: lambda: _(
            "A rule forbids it to everybody who could do it: %(who)s. "
            "They have had another part in the case, or have recused themselves.",
            who=who,
        ),
        NO_SIGNER: lambda: _("Nobody who is still to sign can do so."),
        HOLDER_GONE: lambda: _("%(who)s has taken it on and cannot act any more.", who=who),
        INCIDENT: lambda: _("Work of the system failed several times."),
        NOTHING_OPEN: lambda: _(
            "The case is running, but nothing in it is open. This must not happen: report it."
        ),
        TOO_LONG: lambda: _waits(one),
        SUSPENDED: lambda: _("The case has been suspended for more than 30 days."),
    }[one.why]()


def _waits(one: Stuck) -> str:
    allowed = engine().catalog.get(one.definition_id).manifest.stuck_after
    return ngettext(
        "It lies here for %(days)s working days; at most %(num)s is allowed for one step.",
        "It lies here for %(days)s working days; at most %(num)s are allowed for one step.",
        allowed,
        days=waited(engine(), one.at),
    )


def _key(key: str) -> str:
    role, _at, place = key.partition("@")
    if not place:
        return engine().directory.name(key.removeprefix("person:"))
    return f"{place_name(place)} {role_title(role, language())}"
