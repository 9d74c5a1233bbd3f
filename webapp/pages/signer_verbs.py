"""Verbs of a task's page that change who signs: more people, fewer, in another order, a vote less."""

from __future__ import annotations

from engine.commands.fewer_signers import remove_signer
from engine.commands.signers import MOST_SAID, add_signers, reorder_signers
from engine.commands.withdraw_vote import withdraw_vote
from engine.queries.signing import removable, waiting, ways_to_add
from engine.queries.verbs import arranging_part
from webapp.language import gettext as _
from webapp.pages.offers import (
    Fields,
    Offer,
    PageVerb,
    choice_field,
    person_field,
    person_options,
    text_field,
)
from webapp.views.receivers import receivers


def _add_fields(offer: Offer) -> Fields:
    people = receivers(offer.house, offer.case, offer.task, offer.actor, purpose="signer")
    ways = {
        "before": _("before me: I sign after them"),
        "after": _("after me: they are asked once I have signed"),
        "parallel": _("at the same time as me"),
    }
    open_ways = ways_to_add(offer.task, offer.step)
    return [
        {
            "name": "people",
            "label": _("Who else signs"),
            "type": "persons",
            "required": True,
            "options": person_options(offer.house, people),
        },
        choice_field(
            "how",
            _("When they sign"),
            [{"value": one, "label": ways[one], "note": ""} for one in open_ways],
        ),
        text_field("note", _("A note with it"), required=False, most=MOST_SAID),
    ]


def _remove_fields(offer: Offer) -> Fields:
    own = arranging_part(offer.case, offer.task, offer.actor, administers=offer.actor.administers)
    people = removable(offer.task, own, offer.step, administers=offer.actor.administers)
    return [
        person_field(offer.house, _("Who need not sign"), people, "person"),
        _reason(offer),
    ]


def _order_fields(offer: Offer) -> Fields:
    """One list for each place: as many as wait, each showing who stands there now."""
    people = waiting(offer.task)
    options = person_options(offer.house, people)
    places: Fields = [
        {
            "name": "order",
            "label": _("Signs as no. %(number)s", number=number + 1),
            "type": "select",
            "required": True,
            "options": options,
            "value": person,
        }
        for number, person in enumerate(people)
    ]
    return [*places, _reason(offer)]


def _reason(offer: Offer) -> dict[str, object]:
    """Administrators say why; who leads the sign-off may."""
    field: dict[str, object] = text_field(
        "reason",
        _("Why (others will read this)"),
        required=offer.actor.administers and not offer.task.led_by(offer.actor.id),
        most=MOST_SAID,
    )
    return field


SIGNERS: dict[str, PageVerb] = {
    "add_signers": PageVerb(
        label=lambda: _("Add signers"),
        run=lambda uow, task, sent: add_signers(
            uow, task, sent.getlist("people"), sent.get("how", "after"), sent.get("note", "")
        ),
        said=lambda: _("They sign, too, and have been told."),
        fields=_add_fields,
        help=lambda: _("Nothing is decided before all of them have signed."),
        stays=True,
    ),
    "remove_signer": PageVerb(
        label=lambda: _("Take a signer off"),
        run=lambda uow, task, sent: remove_signer(
            uow, task, sent.get("person", ""), sent.get("reason", "")
        ),
        said=lambda: _("This person need not sign any more."),
        fields=_remove_fields,
        help=lambda: _("If the votes that are left decide, the case goes on at once."),
        stays=True,
    ),
    "reorder_signers": PageVerb(
        label=lambda: _("Change the order"),
        run=lambda uow, task, sent: reorder_signers(
            uow, task, sent.getlist("order"), sent.get("reason", "")
        ),
        said=lambda: _("They sign in the new order."),
        fields=_order_fields,
        help=lambda: _("Only those who have not been asked yet change places."),
        stays=True,
    ),
    "withdraw_vote": PageVerb(
        label=lambda: _("Withdraw my vote"),
        run=lambda uow, task, _sent: withdraw_vote(uow, task),
        said=lambda: _("Your vote does not count any more. You can vote again."),
        help=lambda: _("It counts no more, and you can vote anew."),
        stays=True,
    ),
}
