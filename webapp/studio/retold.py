"""What a rehearsal says of a case, in sentences."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from flask import url_for

from engine.catalog.definition import Definition
from engine.forms.messages import message
from webapp.language import gettext as _
from webapp.language import language, ngettext
from webapp.pages.filters import money
from webapp.problems import sentence

_DAY = 86_400


def kind_text(kind: str) -> str:
    """What a kind of case is called in a list."""
    return {
        "stopped": _("would stand still"),
        "refused": _("would have been refused"),
        "not_taken": _("form not accepted"),
        "other_end": _("another end"),
        "other_way": _("another way"),
        "asked_anew": _("somebody new is asked"),
        "costs_more": _("would cost more"),
        "costs_less": _("would cost less"),
        "longer": _("would take longer"),
        "shorter": _("would be shorter"),
        "same": _("as it was"),
        "untold": _("cannot be told"),
    }[kind]


def line(row: Any, then: Definition, now: Definition) -> dict[str, Any]:
    """One case of a rehearsal."""
    kinds = row.kinds.split()
    return {
        "title": row.title,
        "number": row.number,
        "url": url_for("pages.case", id=row.instance_id),
        "ended_at": row.ended_at,
        "kinds": [{"kind": one, "text": kind_text(one)} for one in kinds],
        "said": list(_sentences(row, then, now)),
    }


def _sentences(row: Any, then: Definition, now: Definition) -> Iterable[str]:
    facts = row.facts
    if why := facts.get("why"):
        yield _untold(why)
    if stopped := facts.get("stopped"):
        yield _(
            "It would stand still at “%(step)s”: %(why)s",
            step=_names(now, [stopped["element"]]),
            why=_stopped(stopped["why"]),
        )
    for element, label, code, params in facts.get("not_taken", ()):
        yield _(
            "“%(step)s”: the field “%(field)s” would not have been accepted. %(why)s",
            step=_names(now, [element]),
            field=now.text(label, language()) if label else "—",
            why=message(code, json.loads(params), language(), now.english),
        )
    if ends := facts.get("ends"):
        yield _(
            "It would end with “%(now)s” instead of “%(then)s”.",
            now=_names(now, [ends["now"]]),
            then=_names(then, [ends["then"]]),
        )
    if asked := facts.get("asked_anew"):
        yield _(
            "Somebody would be asked who was not: %(steps)s. Agreement is assumed there.",
            steps=_names(now, asked),
        )
    yield from _way(facts, then, now)
    if amount := facts.get("amount"):
        yield _(
            "Amount: %(now)s instead of %(then)s.",
            now=money(amount["now"]) or "—",
            then=money(amount["then"]) or "—",
        )
        if facts.get("followed"):
            yield _("It was signed as the table suggested, so the new suggestion is assumed.")
    if row.seconds:
        yield _longer(row.seconds)


def _way(facts: dict[str, Any], then: Definition, now: Definition) -> Iterable[str]:
    more = [one for one in facts.get("more", ()) if one not in facts.get("asked_anew", ())]
    if more:
        yield _("It would also pass: %(steps)s.", steps=_names(now, more))
    if fewer := facts.get("fewer"):
        yield _("It would not pass: %(steps)s.", steps=_names(then, fewer))


def _longer(seconds: int) -> str:
    days = max(1, round(abs(seconds) / _DAY))
    if seconds > 0:
        return ngettext("%(num)s day longer.", "%(num)s days longer.", days)
    return ngettext("%(num)s day shorter.", "%(num)s days shorter.", days)


def _names(definition: Definition, elements: Iterable[str]) -> str:
    """Elements as people call them; gateways and events without a name are left out if others have one."""
    found = []
    for one in dict.fromkeys(elements):
        element = definition.diagram.elements.get(one)
        found.append(definition.text(element.name, language()) if element and element.name else one)
    return (", " if language() == "en" else "、").join(found)


def _untold(why: str) -> str:
    return {
        "erased": _("Part of its record was erased, so it cannot be told again."),
        "moved": _("An administrator moved it by hand, so it cannot be told again."),
        "migrated": _("It changed its version on the way, so it cannot be told again."),
    }.get(why, _("Even under its own version it does not come out as it did, so nothing is said."))


def _stopped(why: str) -> str:
    return {
        "expression": _("an expression has no value there."),
        "expression_failed": _("an expression has no value there."),
        "no_such_outcome": _("the outcome that was chosen is gone."),
        "uncaught_error": _("nobody catches the error that happened."),
        "goes_round": _("it would go round in a circle."),
        "stands_still": _("nothing is open any more."),
    }.get(why) or sentence(why)
