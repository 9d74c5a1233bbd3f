"""Who may ask for haste: the same question that urging asks, for readers."""

from __future__ import annotations

from engine.actors import Actor
from engine.queries.case import CaseView, TaskView
from engine.queries.verbs import verbs_on


def may_urge(case: CaseView, task: TaskView, actor: Actor) -> bool:
    """True for who takes part in the case and cannot act on the open task now."""
    if task.state != "open" or case.state != "active" or task.question_to(actor.id):
        return False
    if "complete" in verbs_on(case, task, actor):
        return False
    return case.takes_part
