"""A case has stood still for a while: what counts from an instant counts from that much later."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from engine.commands.recount import recount_task, recount_timer
from engine.store.case import Case
from engine.store.tables import job, task
from engine.store.unit_of_work import UnitOfWork


def shift_deadlines(uow: UnitOfWork, case: Case, by: timedelta) -> list[dict[str, Any]]:
    """Move the deadlines of a case that stood still for so long; return what moved, for the record.

    Durations, working days and hours count from the later instant; a date that the diagram or the
    document names stays where it is. A job keeps its state: only when it is due changes. The caller
    holds the case's lock, and records and saves it.
    """
    calendar = uow.engine.working_days
    tasks = uow.execute(
        select(task)
        .where(task.c.instance_id == case.id, task.c.state == "open")
        .order_by(task.c.created_at, task.c.id)
    ).all()
    timers = uow.execute(
        select(job)
        .where(
            job.c.instance_id == case.id,
            job.c.kind == "timer",
            job.c.state.not_in(("done", "cancelled")),
        )
        .order_by(job.c.due_at, job.c.id)
    ).all()
    moved = [recount_task(uow, case, row, calendar, by) for row in tasks]
    moved += [recount_timer(uow, case, row, calendar, by) for row in timers]
    return [one for one in moved if one is not None]
