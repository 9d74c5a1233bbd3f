"""Deadlines counted again: because a calendar arrived, or because the case stood still for a while."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, select, update

from engine.commands.task_clock import Timed, next_rung
from engine.scope import Scope
from engine.store.candidates import move_due
from engine.store.case import Case
from engine.store.tables import job, task
from engine.store.tables.jobs import OF_A_TASK
from engine.store.unit_of_work import UnitOfWork
from engine.working_days import WorkingDays

_NOTHING = timedelta()


def recount_task(
    uow: UnitOfWork,
    case: Case,
    row: Row[Any],
    calendar: WorkingDays,
    by: timedelta = _NOTHING,
) -> dict[str, Any] | None:
    """Count an open task's due date and its jobs again, from `by` later; what moved, for the record.

    A due date that was never provisional stands unless the case stood still.
    """
    step = case.definition.steps[row.element_id]
    counts_from = (row.counts_from or row.created_at) + by
    due_at, provisional = row.due_at, row.due_provisional
    if step.due and (by or provisional):
        scope = _scope(uow, case, counts_from, calendar)
        due_at, provisional = scope.instant(step.due, step.id), scope.provisional
    uow.execute(
        update(task)
        .where(task.c.id == row.id)
        .values(counts_from=counts_from, due_at=due_at, due_provisional=provisional)
    )
    if due_at != row.due_at:
        move_due(uow, row.id, due_at)
    timed = Timed(row.id, row.token, step, due_at, counts_from)
    jobs = _recount_jobs(uow, case, timed, calendar, again=bool(by) or due_at != row.due_at)
    if due_at == row.due_at and not jobs and not by:
        return None
    return {
        "task": row.id,
        "element": row.element_id,
        "counts_from": counts_from.isoformat(),
        "from": None if row.due_at is None else row.due_at.isoformat(),
        "to": None if due_at is None else due_at.isoformat(),
        "jobs": jobs,
    }


def _recount_jobs(
    uow: UnitOfWork, case: Case, timed: Timed, calendar: WorkingDays, *, again: bool
) -> list[dict[str, str]]:
    rows = uow.execute(
        select(job).where(
            job.c.instance_id == case.id,
            job.c.token == timed.token,
            job.c.kind.in_(OF_A_TASK),
            job.c.state.not_in(("done", "cancelled")),
        )
    ).all()
    moved = []
    for row in rows:
        if row.kind == "deadline" and timed.due_at is not None:
            values: dict[str, Any] = {"due_at": timed.due_at}
        elif row.kind == "rung" and (again or row.provisional):
            done = row.payload.get("done", [])
            rung = next_rung(uow, case, timed, done, calendar)
            if rung is None:
                uow.execute(update(job).where(job.c.id == row.id).values(state="cancelled"))
                moved.append({"job": row.id, "kind": row.kind, "state": "cancelled"})
                continue
            payload = {**row.payload, "rung": rung.index}
            values = {"due_at": rung.at, "provisional": rung.provisional, "payload": payload}
        else:
            continue
        uow.execute(update(job).where(job.c.id == row.id).values(**values))
        if values["due_at"] != row.due_at:
            moved.append(
                {
                    "job": row.id,
                    "kind": row.kind,
                    "token": timed.token,
                    "due": values["due_at"].isoformat(),
                }
            )
    return moved


def recount_timer(
    uow: UnitOfWork,
    case: Case,
    row: Row[Any],
    calendar: WorkingDays,
    by: timedelta = _NOTHING,
) -> dict[str, Any] | None:
    """Count a timer of the diagram again, from `by` later; what moved, for the record."""
    start = started(row) + by
    scope = _scope(uow, case, start, calendar)
    due_at = scope.instant(row.payload["expression"], row.element_id)
    values: dict[str, Any] = {"due_at": due_at, "provisional": scope.provisional}
    if by:
        values["payload"] = {**row.payload, "from": start.isoformat()}
    uow.execute(update(job).where(job.c.id == row.id).values(**values))
    if due_at == row.due_at:
        return None
    return {
        "job": row.id,
        "token": row.token,
        "element": row.element_id,
        "from": row.due_at.isoformat(),
        "to": due_at.isoformat(),
    }


def started(row: Row[Any]) -> datetime:
    """The instant a timer counts from: when it was set, and later for time in which the case stood still."""
    kept = row.payload.get("from")
    if kept:
        return datetime.fromisoformat(kept)
    set_at: datetime = row.created_at
    return set_at


def _scope(uow: UnitOfWork, case: Case, now: datetime, calendar: WorkingDays) -> Scope:
    return case.scope_over(uow, case.facts(uow), now=now, calendar=calendar)
