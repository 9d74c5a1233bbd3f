"""Timers: an indexed due date each; a token moves when its job runs, never because somebody looked."""

from __future__ import annotations

from sqlalchemy import RowMapping, select, update

from engine.commands.advance import advance
from engine.commands.start import record_end
from engine.scope import Scope
from engine.store.case import Case, lock, save
from engine.store.tables import job
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
    """Compute provisional timers again by a changed calendar; return how many moved."""
    rows = uow.execute(
        select(job)
        .where(job.c.provisional.is_(True), job.c.state == "due", job.c.kind == "timer")
        # Cases are locked in the order every command with several of them uses.
        .order_by(job.c.instance_id)
    ).all()
    moved = 0
    for row in rows:
        case = lock(uow, row.instance_id)
        case.look_from(row.token)
        scope = Scope(case.facts(uow), now=row.created_at, zone=uow.engine.zone, calendar=calendar)
        due_at = scope.instant(row.payload["expression"], row.element_id)
        uow.execute(
            update(job)
            .where(job.c.id == row.id)
            .values(due_at=due_at, provisional=scope.provisional)
        )
        if due_at != row.due_at:
            moved += 1
            case.record(
                uow,
                "timer.moved",
                {"job": row.id, "element": row.element_id},
                {"from": row.due_at.isoformat(), "to": due_at.isoformat()},
            )
            save(uow, case)
    return moved
