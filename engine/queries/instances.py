"""A task inside a multi-instance activity as its reader sees it: its item, and its entry of a list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine import feel
from engine.queries.case import CaseView, TaskView
from engine.runs import names_seen
from engine.runtime import runs_at


def document_seen(case: CaseView, task: TaskView, shown: Mapping[str, Any]) -> dict[str, Any]:
    """The document as far as it is shown, and what the task's instance knows besides."""
    runs = runs_at(case.tokens, task.token)
    if not runs:
        return dict(shown)

    def evaluate(known: Mapping[str, Any], text: str) -> Any:
        return feel.to_json(feel.evaluate(text, known))

    return {**shown, **names_seen(case.definition.diagram, runs, shown, evaluate)}


def stored_for(case: CaseView, task: TaskView) -> Mapping[str, Any]:
    """What the document holds already where the task's form goes."""
    into = case.definition.steps[task.element].into
    held = case.document.get(into) if into else case.document
    if into and task.run is not None:
        held = held[task.run] if isinstance(held, list) and task.run < len(held) else None
    return held if isinstance(held, Mapping) else {}
