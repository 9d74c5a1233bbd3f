"""Answers of the API: frozen views and commands' results as JSON."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from engine.catalog.steps import Outcome, Step
from engine.commands.start import Acted
from engine.engine import Engine
from engine.queries.case import CaseView
from engine.queries.masked import masked
from engine.store.tables import task
from engine.store.unit_of_work import UnitOfWork
from webapp.language import language


def acted(_uow: UnitOfWork, result: Acted) -> dict[str, Any]:
    """What a verb led to."""
    case = result.case
    of = None
    if result.task_id is not None:
        of = {"id": result.task_id, "state": "completed" if result.closes else "open"}
    return {
        "task": of,
        "instance": {"id": case.id, "state": case.state},
        "next": [
            {
                "task": one.id,
                "name": case.definition.text(one.name, language()),
                "element": one.element,
                "candidates": one.keys[:50],
            }
            for one in result.moved.opened
        ],
    }


def acted_on(uow: UnitOfWork, result: Acted) -> dict[str, Any]:
    """The same for verbs after which the task may be neither open nor completed."""
    said = acted(uow, result)
    if result.task_id is not None:
        state = uow.execute(select(task.c.state).where(task.c.id == result.task_id)).scalar_one()
        said["task"] = {"id": result.task_id, "state": state}
    return said


def outcomes(case: CaseView, step: Step, offered: list[Outcome]) -> list[dict[str, Any]]:
    """Outcomes in the reader's language."""
    return [
        {
            "id": one.id,
            "label": case.definition.text(one.label, language()),
            "kind": one.kind,
            "opinion_required": one.opinion_required,
            "final": step.is_final(one),
        }
        for one in offered
    ]


def visible_document(engine: Engine, case: CaseView) -> dict[str, Any]:
    """The document with every sensitive value masked."""
    return masked(case.document, case.definition, engine.keyring, case.id)
