"""Who waits for a task: the same question that urging asks, for readers."""

from __future__ import annotations

from sqlalchemy import Connection

from engine.actors import Actor
from engine.commands.access import may_act
from engine.queries.case import CaseView, TaskView, verbs_on
from engine.queries.readers import takes_part


def may_urge(connection: Connection, case: CaseView, task: TaskView, actor: Actor) -> bool:
    """True for who takes part in the case and cannot act on the open task now."""
    if task.state != "open" or case.state != "active":
        return False
    step = case.definition.steps[task.element]
    if "complete" in verbs_on(task, actor, step) and may_act(case, task.element, actor.id):
        return False
    return takes_part(connection, actor, case)
