"""The verbs of a task's page beside the decision, as one table: what a dialog asks, what it does, what is said.

A verb more is a row more: the route, the buttons and the dialogs are made from the table. Which of
them are open is the engine's affair; a verb whose field offers nobody to choose is left out.
"""

from __future__ import annotations

from typing import Any

from engine.commands.claim import claim, release
from engine.commands.delegate import advise, delegate, recall
from engine.commands.hand_on import MAX_REASON, transfer
from webapp.language import gettext as _
from webapp.pages.back_verbs import BACK
from webapp.pages.offers import Fields, Offer, PageVerb, person_field, text_field
from webapp.pages.signer_verbs import SIGNERS
from webapp.views.receivers import receivers


def _transfer_fields(offer: Offer) -> Fields:
    return [
        person_field(
            offer.house, _("To whom"), receivers(offer.house, offer.case, offer.task, offer.actor)
        ),
        {
            "name": "reason",
            "label": _("Why (others will read this)"),
            "type": "text",
            "required": False,
            "max": MAX_REASON,
        },
    ]


def _delegate_fields(offer: Offer) -> Fields:
    people = receivers(offer.house, offer.case, offer.task, offer.actor, purpose="delegate")
    return [
        person_field(offer.house, _("Whom to ask"), people),
        text_field("question", _("What you want to know")),
    ]


def _advise_fields(_offer: Offer) -> Fields:
    return [text_field("advice", _("Your advice"))]


#: Verb → row, in the order of the buttons.
VERBS: dict[str, PageVerb] = {
    "claim": PageVerb(
        label=lambda: _("Take it on"),
        run=lambda uow, task, _sent: claim(uow, task),
        stays=True,
        dialog=False,
    ),
    "release": PageVerb(
        label=lambda: _("Put it back"),
        run=lambda uow, task, _sent: release(uow, task),
        said=lambda: _("It is back in the list for anyone of your role."),
        dialog=False,
    ),
    "advise": PageVerb(
        label=lambda: _("Give advice"),
        run=lambda uow, task, sent: advise(uow, task, sent.get("advice", "")),
        said=lambda: _("Your advice is on its way. The decision is not yours."),
        fields=_advise_fields,
    ),
    "transfer": PageVerb(
        label=lambda: _("Hand over"),
        run=lambda uow, task, sent: transfer(uow, task, sent.get("to", ""), sent.get("reason", "")),
        said=lambda: _("It now lies with the person you chose."),
        fields=_transfer_fields,
        help=lambda: _("From then on it is theirs alone to decide, not yours."),
    ),
    "delegate": PageVerb(
        label=lambda: _("Ask for advice"),
        run=lambda uow, task, sent: delegate(
            uow, task, sent.get("to", ""), sent.get("question", "")
        ),
        said=lambda: _("You are told when the advice is here. Until then the task waits."),
        fields=_delegate_fields,
        help=lambda: _("They may read the case and answer; you decide when the answer is here."),
        stays=True,
    ),
    "recall": PageVerb(
        label=lambda: _("Take the question back"),
        run=lambda uow, task, _sent: recall(uow, task),
        said=lambda: _("The question is taken back. You can decide now."),
        stays=True,
    ),
    **SIGNERS,
    **BACK,
}

#: Fields without anything to choose: the verb has nobody to be used with.
_CHOSEN = ("person", "persons", "choice", "select")


def dialogs(offer: Offer, open_now: list[str]) -> list[dict[str, Any]]:
    """The dialogs of those verbs that are open and have one, as the template reads them."""
    found = []
    for name, verb in VERBS.items():
        if name not in open_now or not verb.dialog:
            continue
        fields = verb.fields(offer)
        if any(one["type"] in _CHOSEN and not one["options"] for one in fields):
            continue
        found.append(
            {
                "id": name,
                "label": verb.label(),
                "help": verb.help(),
                "danger": verb.danger,
                "fields": fields,
            }
        )
    return found
