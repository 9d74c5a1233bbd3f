"""Is this printed form ours? Whoever holds it enters its number and code; no session is asked for.

The answer says no more than the paper does, and the applicant's name masked: enough to see whether
somebody changed an amount, nothing for somebody who has only guessed a number.
"""

from __future__ import annotations

from typing import Any

from flask import render_template, request

from engine.masking import mask_name
from engine.queries.paper import Paper, find_paper
from webapp.language import gettext as _
from webapp.language import language, ngettext
from webapp.pages import filters
from webapp.pages.blueprint import blueprint
from webapp.pages.work import state_text
from webapp.requests import engine

#: More than any number or code has.
_LONGEST = 80


@blueprint.get("/check")
def check_paper() -> str:
    """The form for number and code, with the answer once they are given."""
    number = request.args.get("number", "").strip()[:_LONGEST]
    code = request.args.get("code", "").strip()[:_LONGEST]
    asked = bool(number or code)
    found = None
    if asked:
        with engine().database.read() as connection:
            found = find_paper(connection, number, code)
    return render_template(
        "check_paper.html",
        number=number,
        code=code,
        asked=asked,
        paper=None if found is None else _told(found),
    )


def _told(paper: Paper) -> dict[str, Any]:
    house = engine()
    definition = house.catalog.get(paper.definition_id)
    facts = [
        (_("No."), paper.number or paper.instance_id),
        (_("Process"), definition.text(definition.title, language())),
        (_("Applicant"), mask_name(house.directory.name(paper.starter_id))),
        (_("Handed in on"), filters.date(paper.started_at)),
    ]
    if paper.amount_fen is not None:
        facts.append((_("Amount today"), filters.money(paper.amount_fen)))
    facts.append((_("State today"), state_text(paper.state)))
    return {
        "facts": [{"label": label, "value": value} for label, value in facts],
        "at": paper.at,
        "since": paper.since,
        "since_text": ngettext(
            "Since then %(num)s more entry has been made; a newer form may say more.",
            "Since then %(num)s more entries have been made; a newer form may say more.",
            paper.since,
        )
        if paper.since
        else _("Nothing has been recorded since: the paper is up to date."),
    }
