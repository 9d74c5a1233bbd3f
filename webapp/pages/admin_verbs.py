"""What administrators do to a case on its page: forms that work without scripts, each with its consequence."""

from __future__ import annotations

import re
from typing import Any

from flask import url_for
from sqlalchemy import Connection

from engine.actors import Actor
from engine.commands.administer import (
    LONGEST_REASON,
    correct,
    move_token,
    reassign,
    resume,
    suspend,
    terminate,
)
from engine.engine import Engine
from engine.errors import Invalid, NotAPossiblePerson, NotFound
from engine.queries.case import CaseView, TaskView, case_of_task
from engine.queries.case_verbs import may_repair
from engine.store.unit_of_work import UnitOfWork
from webapp.language import gettext as _
from webapp.language import language
from webapp.pages.corrections import correctable, read_value
from webapp.pages.offers import Fields, Sent, choice_field, text_field
from webapp.requests import engine
from webapp.views.naming import people_named


def admin_forms(house: Engine, case: CaseView, actor: Actor) -> list[dict[str, Any]]:
    """The forms that are open to this reader; none for who does not look after this case."""
    if not may_repair(case, actor) or case.state not in ("active", "suspended"):
        return []
    if case.state == "suspended":
        found = [
            _form(
                "resume", _("Resume the case"), _("Deadlines and timers go on counting from now.")
            )
        ]
    else:
        help = _(
            "Until it is resumed, nobody can act on the case; its deadlines and timers stand still."
        )
        found = [_form("suspend", _("Suspend the case"), help)]
        found += _on_tasks(house, case)
    fields = correctable(case)
    if fields:
        found.append(
            _form(
                "correct",
                _("Correct a value"),
                _("The case says the new value from now on. The old one stays on the record."),
                [
                    choice_field("field", _("Which value"), fields, select=True),
                    {
                        "name": "value",
                        "label": _("New value"),
                        "type": "text",
                        "required": False,
                        "help": _("Amounts in yuan, dates like 2026-03-20, ticks as yes or no."),
                    },
                ],
                version=case.document_version,
            )
        )
    effects = [
        {"value": "undo", "label": _("undo what was done for it"), "note": ""},
        {
            "value": "keep",
            "label": _("keep what was done; only give back what is set aside"),
            "note": "",
        },
    ]
    found.append(
        _form(
            "terminate",
            _("End the case early"),
            _("The case ends for everybody. This cannot be undone."),
            [choice_field("effects", _("What becomes of it"), effects)],
            danger=True,
        )
    )
    for one in found:
        # Should the form not hold, the page shows the place where it stands.
        one["action"] = url_for("pages.case_verb", id=case.id, verb=one["id"], _anchor="admin")
    return found


def _on_tasks(house: Engine, case: CaseView) -> list[dict[str, Any]]:
    tasks = case.open_tasks
    if not tasks:
        return []
    definition = case.definition
    targets = [
        {
            "value": one.id,
            "label": _("The applicant")
            if one.id == definition.start_event
            else definition.text(one.name, language()),
            "note": "",
        }
        for one in definition.steps.values()
    ]
    move = _form(
        "move",
        _("Move to another step"),
        _("Back: what was decided since does not count. On: what lies between is left out."),
        [
            choice_field(
                "task",
                _("From which step"),
                [{"value": one.id, "label": _step(case, one), "note": ""} for one in tasks],
                select=True,
            ),
            choice_field("target", _("To which step"), targets, select=True),
            {
                "name": "alone",
                "label": _("End the parallel branches, too"),
                "type": "check",
                "required": False,
                "help": _("Needed when the step comes after the point where branches meet."),
            },
        ],
    )
    parts = [part for one in tasks for part in _parts(house, case, one)]
    if not parts:
        return [move]
    hand = _form(
        "reassign",
        _("Give a task to somebody else"),
        _("From then on it is theirs alone to decide; the rules of separation hold."),
        [
            choice_field("part", _("Task"), parts, select=True),
            {
                "name": "to",
                "label": _("To whom"),
                "type": "name",
                "required": True,
                "people_url": url_for("remarks.People", instance_id=case.id),
                "help": _("A name, or a member number."),
            },
        ],
    )
    return [move, hand]


def _parts(house: Engine, case: CaseView, task: TaskView) -> list[dict[str, Any]]:
    """The task, or in a sign-off the part of each who has not voted."""
    if task.tally is None:
        return [{"value": task.id, "label": _step(case, task), "note": ""}]
    return [
        {
            "value": f"{task.id}:{one.person_id}",
            "label": _step(case, task),
            "note": house.directory.name(one.person_id),
        }
        for one in task.signers
        if one.state in ("open", "waiting")
    ]


def _step(case: CaseView, task: TaskView) -> str:
    return case.definition.text(case.definition.steps[task.element].name, language())


def _form(
    id: str,
    label: str,
    help: str,
    fields: Fields | None = None,
    *,
    danger: bool = False,
    version: int | None = None,
) -> dict[str, Any]:
    """`help` says the consequence; the tick below says that it was read."""
    reason = text_field("reason", _("Why (others will read this)"), most=LONGEST_REASON)
    sure = {
        "name": "sure",
        "label": _("I have read what this does."),
        "type": "check",
        "required": True,
    }
    return {
        "id": id,
        "label": label,
        "help": help,
        "danger": danger,
        "fields": [*(fields or []), reason, sure],
        "version": version,
    }


def run_admin(uow: UnitOfWork, case: str, verb: str, sent: Sent) -> object:
    """Run the command of one of the forms."""
    reason = sent.get("reason", "")
    if verb == "suspend":
        return suspend(uow, case, reason=reason)
    if verb == "resume":
        return resume(uow, case, reason=reason)
    if verb == "terminate":
        keep = sent.get("effects") == "keep"
        return terminate(uow, case, reason=reason, effects="keep" if keep else "undo")
    if verb == "move":
        task = _of_case(uow, case, sent.get("task", ""))
        alone = bool(sent.get("alone"))
        return move_token(uow, task, sent.get("target", ""), reason=reason, alone=alone)
    if verb == "reassign":
        task, _colon, signer = sent.get("part", "").partition(":")
        task = _of_case(uow, case, task)
        to = _named(uow.connection, task, sent.get("to", ""))
        return reassign(uow, task, to, reason=reason, signer=signer or None)
    version = sent.get("version", "")
    if not re.fullmatch(r"[0-9]{1,18}", version):
        raise Invalid(field="version")
    values = read_value(uow, case, sent.get("field", ""), sent.get("value", ""))
    return correct(uow, case, values, reason=reason, version=int(version))


def _of_case(uow: UnitOfWork, case: str, task: str) -> str:
    """The task, if it is one of the case; raise `NotFound`."""
    if case_of_task(uow.connection, task) != case:
        raise NotFound(task=task)
    return task


def _named(connection: Connection, task: str, written: str) -> str:
    """The one person meant by a name or a number; raise `NotAPossiblePerson`."""
    named = people_named(engine(), connection, written)
    if named.unknown or named.unclear or len(named.people) != 1:
        raise NotAPossiblePerson(task=task)
    return named.people[0]


#: Verb → what is said afterwards.
ADMIN_SAID = {
    "suspend": lambda: _("The case stands still."),
    "resume": lambda: _("The case goes on."),
    "terminate": lambda: _("The case has been ended."),
    "move": lambda: _("The case has been moved."),
    "reassign": lambda: _("It now lies with the person you chose."),
    "correct": lambda: _("The value is corrected."),
}
