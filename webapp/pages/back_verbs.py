"""Verbs of a task's page that give it away for good: sending the case back, taking back, stepping aside."""

from __future__ import annotations

from typing import Any

from engine.commands.complete import MAX_OPINION
from engine.commands.recusals import declare
from engine.commands.send_back import Then, send_back
from engine.commands.sending_back import APPLICANT, Target
from engine.commands.take_back import take_back
from engine.commands.trail import Trail
from engine.errors import EngineError
from engine.queries.case import CaseView, case_of_task
from engine.queries.case_verbs import places_to_send_back
from engine.store.unit_of_work import UnitOfWork
from webapp.language import gettext as _
from webapp.language import language
from webapp.pages.offers import Fields, Offer, PageVerb, Sent, choice_field, text_field

_MAX_REASON = 200


def _send_back_fields(offer: Offer) -> Fields:
    places = _places(offer)
    fields: Fields = [
        choice_field(
            "target",
            _("Back to"),
            [_option(offer, one) for one in places],
        )
    ]
    if any(one.may_jump for one in places):
        fields.append(_then_field(offer, places))
    beside = [place_name(offer.case, one) for one in places if one.has_block]
    if beside:
        fields.append(
            {
                "name": "whole_block",
                "label": _("Have the steps beside it done again as well"),
                "type": "check",
                "required": False,
                "help": _("Only for: %(steps)s", steps=_listed(beside)),
            }
        )
    reason = text_field("reason", _("Why (others will read this)"), most=MAX_OPINION)
    return [*fields, reason]


def _places(offer: Offer) -> list[Target]:
    try:
        trail = Trail(offer.connection, offer.case)
        return places_to_send_back(trail, offer.case, offer.task, offer.actor)
    except EngineError:
        return []


def _option(offer: Offer, target: Target) -> dict[str, Any]:
    """A place with the name of who did it last."""
    did = next((one for one in offer.case.tasks if one.token == target.visit.token), None)
    person = did.completed_for or did.completed_by if did is not None else None
    if target.element == offer.case.definition.start_event:
        person = offer.case.starter_id
    name = offer.house.directory.name(person) if person not in (None, "system") else ""
    return {"value": target.element, "label": place_name(offer.case, target), "note": name}


def place_name(case: CaseView, target: Target) -> str:
    """What a place is called: the applicant, or the step."""
    if target.element == case.definition.start_event or APPLICANT in target.words:
        return _("The applicant")
    element = case.definition.diagram.elements[target.element]
    return case.definition.text(element.name or element.id, language())


def _then_field(offer: Offer, places: list[Target]) -> Any:
    jumping = [place_name(offer.case, one) for one in places if one.may_jump]
    only = (
        ""
        if len(jumping) == len(places)
        else _("Straight back only from: %(steps)s", steps=_listed(jumping))
    )
    options = [
        {"value": "walk", "label": _("It goes through all steps again"), "note": ""},
        {"value": "jump", "label": _("It comes straight back to me"), "note": ""},
    ]
    return choice_field("then", _("Once it is handed in again"), options, help=only)


def _listed(names: list[str]) -> str:
    return (", " if language() == "en" else "、").join(names)


def _send_back(uow: UnitOfWork, task: str, sent: Sent) -> object:
    then: Then = "jump" if sent.get("then") == "jump" else "walk"
    return send_back(
        uow,
        task,
        sent.get("target", ""),
        reason=sent.get("reason", ""),
        then=then,
        whole_block=bool(sent.get("whole_block")),
    )


def _recuse(uow: UnitOfWork, task: str, sent: Sent) -> object:
    case = case_of_task(uow.connection, task)
    return declare(uow, instance_id=case, reason=sent.get("reason", ""))


#: Verb → row; `take_back` has its button on the page of the case.
BACK: dict[str, PageVerb] = {
    "send_back": PageVerb(
        label=lambda: _("Send back"),
        run=_send_back,
        said=lambda: _("The case is sent back."),
        fields=_send_back_fields,
        help=lambda: _("What was decided since then does not count any more."),
        danger=True,
    ),
    "recuse": PageVerb(
        label=lambda: _("Step aside"),
        run=_recuse,
        said=lambda: _("Others decide this case now. You can take that back on your own page."),
        fields=lambda _offer: [
            text_field(
                "reason",
                _("Why (readers of the case do not see this)"),
                required=False,
                most=_MAX_REASON,
            )
        ],
        help=lambda: _("You declare that you are not impartial here. Others then decide."),
        danger=True,
    ),
    "take_back": PageVerb(
        label=lambda: _("Take back"),
        run=lambda uow, task, sent: take_back(uow, task, reason=sent.get("reason", "")),
        said=lambda: _("You have the step again."),
        dialog=False,
    ),
}
