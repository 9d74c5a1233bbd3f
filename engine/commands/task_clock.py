"""The jobs of an open task: the next rung of its ladder, and the deadline that decides its sign-off.

A task has one rung job at a time, for the rung that comes next; done, it writes the job of the one
after it. A task without a ladder and without such a deadline has no job at all, and asks for none
when it closes.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, update

from engine.catalog.steps import Step
from engine.ids import new_id
from engine.scope import Scope
from engine.store.case import Case
from engine.store.tables import job
from engine.store.tables.jobs import OF_A_TASK
from engine.store.unit_of_work import UnitOfWork
from engine.working_days import WorkingDays

#: States in which a job may still be run.
ALIVE = ("due", "waiting", "incident", "parked")

# Built once: building a statement costs more than running it.
_DROP = (
    update(job)
    .where(
        job.c.instance_id == bindparam("case"),
        job.c.token.in_(bindparam("tokens", expanding=True)),
        job.c.kind.in_(OF_A_TASK),
        job.c.state.in_(ALIVE),
    )
    .values(state="cancelled", lease_owner=None, lease_until=None)
)


@dataclass(frozen=True, slots=True)
class Timed:
    """As much of a task as its clock asks for."""

    id: str
    token: str
    step: Step
    due_at: datetime | None
    #: The instant its deadlines count from.
    counts_from: datetime


@dataclass(frozen=True, slots=True)
class NextRung:
    """The rung that comes next, and when."""

    index: int
    at: datetime
    provisional: bool


def has_jobs(step: Step) -> bool:
    """True when a task of this step may have a job of its own while it is open."""
    return bool(step.ladder) or bool(step.due and step.sign_off.ends_at_deadline)


def jobs_of(uow: UnitOfWork, case: Case, task: Timed) -> list[dict[str, Any]]:
    """The rows for a task that has just been opened."""
    rows = []
    if task.due_at is not None and task.step.sign_off.ends_at_deadline:
        rows.append(_row(uow, case, task, "deadline", task.due_at, {}))
    if (rung := rung_job(uow, case, task)) is not None:
        rows.append(rung)
    return rows


def rung_job(
    uow: UnitOfWork, case: Case, task: Timed, done: Collection[int] = ()
) -> dict[str, Any] | None:
    """The row for the rung after those that are done; None when there is none."""
    rung = next_rung(uow, case, task, done) if task.step.ladder else None
    if rung is None:
        return None
    facts = {"rung": rung.index, "done": sorted(done)}
    return _row(uow, case, task, "rung", rung.at, facts, provisional=rung.provisional)


def next_rung(
    uow: UnitOfWork,
    case: Case,
    task: Timed,
    done: Collection[int] = (),
    calendar: WorkingDays | None = None,
) -> NextRung | None:
    """The earliest rung that is not done; of two at one instant the one drawn first.

    A reminder for a time before the task was opened is left out: nobody could have heeded it.
    """
    found = []
    for index, rung in enumerate(task.step.ladder):
        if index in done:
            continue
        scope = ladder_scope(uow, case, task, calendar)
        at = scope.instant(rung.at, task.step.id)
        if rung.do != "remind" or at > task.counts_from:
            found.append(NextRung(index, at, scope.provisional))
    return min(found, key=lambda one: (one.at, one.index), default=None)


def ladder_scope(
    uow: UnitOfWork, case: Case, task: Timed, calendar: WorkingDays | None = None
) -> Scope:
    """What `at` of a rung reads: the case, `due` and `opened`; durations count from `opened`."""
    zone = uow.engine.zone
    facts = case.facts(uow)
    facts["due"] = None if task.due_at is None else task.due_at.astimezone(zone)
    facts["opened"] = task.counts_from.astimezone(zone)
    return case.scope_over(uow, facts, now=task.counts_from, calendar=calendar)


def drop_jobs(uow: UnitOfWork, case: Case, closed: dict[str, str]) -> None:
    """Cancel the jobs of closed tasks (token → element); no statement where there can be none."""
    steps = case.definition.steps
    tokens = [token for token, element in closed.items() if has_jobs(steps[element])]
    if tokens:
        uow.execute(_DROP, {"case": case.id, "tokens": tokens})


def _row(
    uow: UnitOfWork,
    case: Case,
    task: Timed,
    kind: str,
    due_at: datetime,
    facts: dict[str, Any],
    *,
    provisional: bool = False,
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "kind": kind,
        "instance_id": case.id,
        "token": task.token,
        "element_id": task.step.id,
        "due_at": due_at,
        "provisional": provisional,
        "state": "due",
        "attempts": 0,
        "payload": {"task": task.id, **facts},
        "created_at": uow.now,
    }
