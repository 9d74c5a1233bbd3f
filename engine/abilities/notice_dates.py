"""Notices whose end was computed from a year without a published calendar, computed again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from engine.abilities.notice import PUBLISH
from engine.commands.recount import started
from engine.store.case import Case, lock, save
from engine.store.tables import effect, job, notice
from engine.store.unit_of_work import UnitOfWork
from engine.working_days import WorkingDays


def recompute_notices(uow: UnitOfWork, calendar: WorkingDays) -> int:
    """Compute the end of every open provisional notice again; return how many ends moved.

    Call it before `engine.jobs.timers.recompute_provisional`, in the same unit of work and with the
    same calendar. This one moves the notice, the field of the case document that holds its dates,
    and the timers that wait for that field; the other one moves what a timer's own expression
    computed with working days.
    """
    rows = uow.execute(
        select(notice.c.id, notice.c.instance_id)
        .where(notice.c.state == "open", notice.c.provisional.is_(True))
        .order_by(notice.c.instance_id, notice.c.id)
    ).all()
    return sum(_recompute(uow, calendar, row.id, row.instance_id) for row in rows)


def _recompute(uow: UnitOfWork, calendar: WorkingDays, notice_id: str, instance_id: str) -> int:
    case = lock(uow, instance_id)
    row = uow.execute(select(notice).where(notice.c.id == notice_id)).one()
    period = calendar.add(row.starts_on, row.days, include_start_day=row.include_start_day)
    moved = period.day != row.ends_on
    if row.state != "open" or not (moved or period.provisional != row.provisional):
        return 0
    uow.execute(
        update(notice)
        .where(notice.c.id == row.id)
        .values(ends_on=period.day, provisional=period.provisional)
    )
    waiting = _timers(uow, case)
    before = {timer.id: _instant(uow, calendar, case, timer) for timer in waiting}
    ends = {"ends": period.day.isoformat(), "provisional": period.provisional}
    _write_dates(uow, case, notice_id, ends)
    for timer in waiting:
        due_at = _instant(uow, calendar, case, timer)
        if due_at != before[timer.id]:
            uow.execute(update(job).where(job.c.id == timer.id).values(due_at=due_at))
    case.record(
        uow,
        "notice.moved",
        {"notice": row.id},
        {"from": row.ends_on.isoformat(), "fields": case.document.audit_changes(), **ends},
    )
    save(uow, case)
    return int(moved)


def _write_dates(uow: UnitOfWork, case: Case, notice_id: str, ends: dict[str, Any]) -> None:
    """The field that took the result of `notice.publish` follows, if it still holds this notice."""
    element = uow.execute(
        select(effect.c.element_id).where(
            effect.c.instance_id == case.id,
            effect.c.ability == PUBLISH,
            effect.c.reference == notice_id,
        )
    ).scalar_one()
    into = case.definition.diagram.elements[element].properties.get("into", "")
    held = case.document.content.get(into)
    # In a multi-instance activity each instance has an entry, and maybe a notice, of its own.
    several = held if isinstance(held, list) else [held]
    for index, one in enumerate(several):
        if isinstance(one, dict) and one.get("id") == notice_id:
            changed = {**one, **ends}
            if isinstance(held, list):
                case.document.write_entry(into, index, len(held), changed)
            else:
                case.document.write({into: changed})


def _timers(uow: UnitOfWork, case: Case) -> list[Row[Any]]:
    rows = uow.execute(
        select(job).where(job.c.instance_id == case.id, job.c.kind == "timer", job.c.state == "due")
    )
    return list(rows)


def _instant(uow: UnitOfWork, calendar: WorkingDays, case: Case, timer: Row[Any]) -> datetime:
    # At the instant the timer was set, so that a duration still counts from there.
    case.look_from(timer.token)
    scope = case.scope_over(uow, case.facts(uow), now=started(timer), calendar=calendar)
    return scope.instant(timer.payload["expression"], timer.element_id)
