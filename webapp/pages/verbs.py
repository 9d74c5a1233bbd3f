"""The verbs of a task's page beside the decision, as one table: what a dialog asks, what it does, what is said.

A verb more is a row more: the route, the buttons and the dialogs are made from the table. Which of
them are open is `verbs_on`'s affair; a verb whose field offers nobody to choose is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.actors import Actor
from engine.catalog.steps import Step
from engine.commands.claim import claim, release
from engine.commands.delegate import MAX_TEXT, advise, delegate, recall
from engine.commands.hand_on import MAX_REASON, transfer
from engine.engine import Engine
from engine.queries.case import CaseView, TaskView
from engine.store.unit_of_work import UnitOfWork
from webapp.language import gettext as _
from webapp.views.receivers import person_facts, receivers


@dataclass(frozen=True, slots=True)
class Offer:
    """What a dialog is made from: a task as one reader sees it."""

    house: Engine
    case: CaseView
    task: TaskView
    actor: Actor

    @property
    def step(self) -> Step:
        """The task's step."""
        return self.case.definition.steps[self.task.element]


Fields = list[dict[str, Any]]
Sent = Mapping[str, str]


def _no_fields(_offer: Offer) -> Fields:
    return []


def _silent() -> str:
    return ""


@dataclass(frozen=True, slots=True)
class PageVerb:
    """One verb: its button, its dialog, its command and what is said afterwards."""

    label: Callable[[], str]
    #: Runs the engine's command with what the dialog sent.
    run: Callable[[UnitOfWork, str, Sent], object]
    #: What the page says when it is done; nothing where the page shows it anyway.
    said: Callable[[], str] = _silent
    fields: Callable[[Offer], Fields] = _no_fields
    help: Callable[[], str] = _silent
    danger: bool = False
    #: True: the task's page comes back; False: the list, because the task is no longer the caller's.
    stays: bool = False
    #: False for verbs that have a button of their own in the template.
    dialog: bool = True


def _transfer_fields(offer: Offer) -> Fields:
    return [
        _person(offer, _("To whom"), receivers(offer.house, offer.case, offer.task, offer.actor)),
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
        _person(offer, _("Whom to ask"), people),
        _text("question", _("What you want to know")),
    ]


def _advise_fields(_offer: Offer) -> Fields:
    return [_text("advice", _("Your advice"))]


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
        label=lambda: _("Hand it on"),
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
}


def dialogs(offer: Offer, open_now: list[str]) -> list[dict[str, Any]]:
    """The dialogs of those verbs that are open and have one, as the template reads them."""
    found = []
    for name, verb in VERBS.items():
        if name not in open_now or not verb.dialog:
            continue
        fields = verb.fields(offer)
        if any(one["type"] in ("person", "persons") and not one["options"] for one in fields):
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


def _person(offer: Offer, label: str, people: list[str]) -> dict[str, Any]:
    facts = [person_facts(offer.house, one) for one in people]
    options = [{"value": one["id"], "label": one["name"], "note": one["unit"]} for one in facts]
    return {"name": "to", "label": label, "type": "person", "required": True, "options": options}


def _text(name: str, label: str) -> dict[str, Any]:
    return {"name": name, "label": label, "type": "textarea", "required": True, "max": MAX_TEXT}
