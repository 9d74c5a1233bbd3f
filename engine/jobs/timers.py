"""Timers: an indexed due date each; a token moves when its job runs, never because somebody looked."""

from __future__ import annotations

from sqlalchemy import RowMapping, select

from engine.commands.advance import advance
from engine.commands.recount import recount_task, recount_timer
from engine.commands.start import record_end
from engine.store.case import Case, lock, save
from engine.store.tables import job, task
from engine.store.unit_of_work import UnitOfWork
from engine.working_days import WorkingDays


def fire_timer(uow: UnitOfWork, case: Case, row: RowMapping) -> None:
    """The timer's time has come: move its token."""
    token = row["token"]
    if token not in case.open:
        return
    case.open.pop(token)
    moved = advance(uow, case, lambda execution: execution.fire(token))
    case.record(
        uow,
        "timer.fired",
        {"job": row["id"], "element": row["element_id"]},
        {"due": row["due_at"].isoformat(), **moved.payload()},
    )
    record_end(uow, case)
    save(uow, case)
    moved.insert(uow)


def recompute_provisional(uow: UnitOfWork, calendar: WorkingDays) -> int:
    """Compute provisional timers, due dates and rungs again by a changed calendar; how many moved."""
    jobs = select(job.c.instance_id).where(
        job.c.provisional.is_(True), job.c.state == "due", job.c.kind.in_(("timer", "rung"))
    )
    tasks = select(task.c.instance_id).where(
        task.c.due_provisional.is_(True), task.c.state == "open"
    )
    # Cases are locked in the order every command with several of them uses.
    cases = sorted(set(uow.execute(jobs.union(tasks)).scalars()))
    return sum(_recompute(uow, lock(uow, one), calendar) for one in cases)


def _recompute(uow: UnitOfWork, case: Case, calendar: WorkingDays) -> int:
    due = select(job).where(
        job.c.instance_id == case.id, job.c.provisional.is_(True), job.c.state == "due"
    )
    waiting = uow.execute(due.order_by(job.c.due_at, job.c.id)).all()
    climbing = {row.token for row in waiting if row.kind == "rung"}
    tasks = uow.execute(
        select(task)
        .where(task.c.instance_id == case.id, task.c.state == "open")
        .order_by(task.c.created_at, task.c.id)
    ).all()
    moved = 0
    for row in tasks:
        if not row.due_provisional and row.token not in climbing:
            continue
        if (facts := recount_task(uow, case, row, calendar)) is not None:
            moved += 1
            subject = {"task": facts.pop("task"), "element": facts.pop("element")}
            case.record(uow, "task.due_moved", subject, facts)
    for row in waiting:
        if row.kind == "timer" and (facts := recount_timer(uow, case, row, calendar)) is not None:
            moved += 1
            subject = {"job": facts.pop("job"), "element": facts.pop("element")}
            case.record(uow, "timer.moved", subject, facts)
    if moved:
        save(uow, case)
    return moved
