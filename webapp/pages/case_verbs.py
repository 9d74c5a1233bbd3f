"""The verbs of a case's page for its applicant and for who has just decided in it: withdraw, revise, take back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import url_for

from engine.actors import Actor
from engine.commands.trail import Trail
from engine.commands.withdraw import revise, withdraw
from engine.errors import AlreadyDone, IrreversibleEffect, Suspended, TooLate
from engine.queries.case import CaseView
from engine.queries.case_verbs import check_revision, check_taking_back, check_withdrawal, passes
from engine.store.unit_of_work import UnitOfWork
from webapp.language import gettext as _
from webapp.language import language
from webapp.pages.offers import Sent, text_field

_MAX_REASON = 500

Run = Callable[[UnitOfWork, str, Sent], object]

#: Verb → the command, and what is said afterwards.
CASE_VERBS: dict[str, tuple[Run, Callable[[], str]]] = {
    "withdraw": (
        lambda uow, case, sent: withdraw(uow, case, reason=sent.get("reason", "")),
        lambda: _("The case is withdrawn."),
    ),
    "revise": (
        lambda uow, case, sent: revise(uow, case, reason=sent.get("reason", "")),
        lambda: _("You have the case again: change it and hand it in."),
    ),
}


def own_verbs(trail: Trail, case: CaseView, actor: Actor) -> list[dict[str, Any]]:
    """The dialogs that are open to this reader on the case as a whole."""
    found = []
    if case.starter_id == actor.id:
        if passes(lambda: check_revision(trail, case)):
            found.append(
                _verb(
                    "revise",
                    _("Take back to change"),
                    _("The case comes back to you. What was decided so far does not count."),
                )
            )
        if passes(lambda: check_withdrawal(trail, case)):
            help = _("The case ends and leaves everyone’s lists. This cannot be undone.")
            found.append(_verb("withdraw", _("Withdraw the case"), help, danger=True))
    return found + _taking_back(trail, case, actor)


def _taking_back(trail: Trail, case: CaseView, actor: Actor) -> list[dict[str, Any]]:
    """One button for each decision that may still be taken back."""
    found = []
    if case.state != "active":
        return []
    for task in case.tasks:
        if task.state != "completed" or task.undone:
            continue
        if not passes(lambda: check_taking_back(trail, case, task, actor)):  # noqa: B023
            continue
        step = case.definition.text(case.definition.steps[task.element].name, language())
        found.append(
            {
                **_verb(
                    f"take-back-{task.id}",
                    _("Take back “%(step)s”", step=step),
                    _("You have the step again and decide anew. What it led to ends."),
                ),
                "action": url_for("pages.task_verb", id=task.id, verb="take_back"),
            }
        )
    return found


def _verb(id: str, label: str, help: str, *, danger: bool = False) -> dict[str, Any]:
    reason = text_field(
        "reason", _("Why (others will read this)"), required=False, most=_MAX_REASON
    )
    return {"id": id, "label": label, "help": help, "danger": danger, "fields": [reason]}


def why_not_withdraw(trail: Trail, case: CaseView) -> str | None:
    """Why the command would refuse; None when the case can be withdrawn, or is over anyway."""
    try:
        check_withdrawal(trail, case)
    except (AlreadyDone, Suspended):
        return None
    except (TooLate, IrreversibleEffect):
        if case.definition.manifest.withdraw_until is None:
            return _("This kind of case cannot be withdrawn.")
        return _("The case has gone too far to be withdrawn.")
    return None
