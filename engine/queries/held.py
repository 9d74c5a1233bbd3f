"""Decisions that do not count yet: what a person can still take back, and what is no longer to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from engine.store.tables import held_decision, instance, task


@dataclass(frozen=True, slots=True)
class HeldView:
    """A decision its maker can still take back."""

    task_id: str
    instance_id: str
    definition_id: str
    element: str
    title: str
    outcome: str
    held_at: datetime
    counts_at: datetime


def held_of(connection: Connection, person: str) -> list[HeldView]:
    """What the person has decided and can take back, the latest first; in one statement."""
    rows = connection.execute(
        select(
            held_decision.c.task_id,
            held_decision.c.instance_id,
            instance.c.definition_id,
            task.c.element_id,
            instance.c.title,
            held_decision.c.outcome,
            held_decision.c.held_at,
            held_decision.c.counts_at,
        )
        .join(instance, instance.c.id == held_decision.c.instance_id)
        .join(task, task.c.id == held_decision.c.task_id)
        .where(held_decision.c.person_id == person)
        .order_by(held_decision.c.held_at.desc(), held_decision.c.id)
    )
    return [HeldView(*row) for row in rows]
