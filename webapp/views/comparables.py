"""The last comparable cases, as the page of a task shows them."""

from __future__ import annotations

from typing import Any

from flask import url_for
from sqlalchemy import Connection

from engine.actors import Actor
from engine.engine import Engine
from engine.queries.case import CaseView, TaskView
from engine.queries.comparables import comparables
from webapp.language import gettext as _
from webapp.language import language


def compared(
    house: Engine, connection: Connection, case: CaseView, task: TaskView, actor: Actor
) -> dict[str, Any] | None:
    """Title, amount, outcome and date; of a case that is not the reader's to open, unit instead of title."""
    found = comparables(connection, house, case, task.element, actor)
    if not found:
        return None
    step = case.definition.steps[task.element]
    known = {outcome.id: outcome for outcome in step.outcomes}
    return {
        "by": _by(case),
        "cases": [
            {
                "title": one.title
                or str(house.directory.facts(one.starter_id).get("unit_name", "")),
                "url": url_for("pages.case", id=one.id) if one.may_open else None,
                "amount_fen": one.amount_fen,
                "outcome": case.definition.text(known[one.outcome].label, language())
                if one.outcome in known
                else "",
                "kind": known[one.outcome].kind if one.outcome in known else "neutral",
                "at": one.decided_at,
            }
            for one in found
        ],
    }


def _by(case: CaseView) -> str:
    """What makes them comparable: the labels of the facts, or that they are the latest."""
    wanted = case.definition.manifest.comparable
    labels: dict[str, str] = {}
    for form in case.definition.forms.values():
        for path, field in form.fields():
            if field.label:
                labels.setdefault(path, case.definition.text(field.label, language()))
    named = [labels[path] for path in wanted if path in labels]
    if not named:
        return _("the latest decided at this step")
    separator = ", " if language() == "en" else "、"
    return _("nearest in %(facts)s", facts=separator.join(dict.fromkeys(named)))
