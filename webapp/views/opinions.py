"""What people said in a case: signers one by one, advice, and why somebody sent it back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.actors import SYSTEM
from engine.engine import Engine
from engine.how_decided import REPEATED, TIMEOUT
from engine.queries.case import CaseView, TaskView
from engine.queries.history import Happening
from webapp.language import gettext as _
from webapp.language import language
from webapp.views.progress import (
    by,
    decided_text,
    joined,
    sent_back_text,
    sent_to_by_task,
    task_note,
    undone_note,
)


def opinions(
    engine: Engine, case: CaseView, happenings: Iterable[Happening] = ()
) -> list[dict[str, Any]]:
    """What people said, signers one by one, in the order they said it."""
    found: list[dict[str, Any]] = []
    sent_to = sent_to_by_task(case, happenings)
    for task in case.tasks:
        step = case.definition.steps[task.element]
        name = case.definition.text(step.name, language())
        votes = [one for one in task.signers if one.state == "voted"]
        found += _advice(engine, task, name)
        if task.state == "returned":
            found.append(_returned(engine, task, name, sent_to.get(task.id)))
        said = [
            (
                one.voted_by or one.person_id,
                one.outcome,
                one.opinion,
                one.voted_at,
                decided_text(engine, one.decided_how, one.voted_by, one.person_id),
            )
            for one in votes
        ]
        by_itself = task.decided_how in (TIMEOUT, REPEATED)
        if task.state == "completed" and (not votes or by_itself):
            note = task_note(engine, task)
            said.append((task.completed_by or "", task.outcome, task.opinion, task.closed_at, note))
        for person, outcome_id, opinion, at, how in said:
            outcome = case.definition.outcome_given(task.element, outcome_id)
            if len(step.outcomes) == 1 and not opinion and not how:
                continue
            found.append(
                {
                    "by": engine.directory.name(person) if person != SYSTEM.id else _("by itself"),
                    "unit": _unit(engine, person),
                    "at": at,
                    "task": name,
                    "outcome": case.definition.text(outcome.label, language()),
                    "kind": outcome.kind,
                    "text": opinion,
                    "note": joined(how, undone_note(task)),
                }
            )
    return sorted(found, key=lambda one: one["at"])


def _returned(engine: Engine, task: TaskView, step: str, place: str | None) -> dict[str, Any]:
    """That somebody sent the case back, where to and why."""
    person = task.completed_by or ""
    return {
        "by": by(engine, person, task.completed_for),
        "unit": _unit(engine, person),
        "at": task.closed_at,
        "task": step,
        "outcome": sent_back_text(place),
        "kind": "negative",
        "text": task.opinion,
        "note": None,
    }


def _advice(engine: Engine, task: TaskView, step: str) -> list[dict[str, Any]]:
    """What advisers answered: beside the opinions, and never a decision."""
    return [
        {
            "by": engine.directory.name(one.adviser_id),
            "unit": _unit(engine, one.adviser_id),
            "at": one.closed_at,
            "task": step,
            "outcome": _("advice"),
            "kind": "advice",
            "text": one.advice,
            "note": _(
                "asked by %(name)s: %(text)s",
                name=engine.directory.name(one.owner_id),
                text=one.question,
            ),
        }
        for one in task.advice
        if one.state == "answered"
    ]


def _unit(engine: Engine, person: str) -> str:
    if person in ("", "system"):
        return ""
    return str(engine.directory.facts(person).get("unit_name", ""))
