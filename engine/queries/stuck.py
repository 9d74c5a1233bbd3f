"""What nobody can do: open tasks without anyone able and allowed, work that gave up, cases that wait for nothing.

Keys are few where tasks are many: who stands behind a key is asked once for each, and cases are looked
into only where the few people behind their task's keys have had a part in them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, literal_column, select

from engine.engine import Engine
from engine.queries.barred import OpenRow, all_barred, open_rows, parts, perhaps_barred, recusals
from engine.queries.paging import mark, place
from engine.store.tables import instance, job, task, task_candidate

#: Why nobody can do it.
NOBODY = "nobody_holds_it"  #: nobody holds the role, or all have left or are shut out
BARRED = (
    "all_barred"  #: those who could are forbidden by a separation rule or have recused themselves
)
NO_SIGNER = "no_signer"  #: a sign-off without anybody who may still sign
HOLDER_GONE = "holder_gone"  #: claimed by somebody who cannot act any more
INCIDENT = "incident"  #: background work that gave up
NOTHING_OPEN = "nothing_open"  #: a running case with no task, job or message: it must not exist


@dataclass(frozen=True, slots=True)
class Stuck:
    """One line: a task, a job that gave up, or a case."""

    why: str
    instance_id: str
    definition_id: str
    title: str
    number: str | None
    element: str | None
    task_id: str | None
    at: datetime
    #: The keys that lead to nobody.
    keys: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """What names the line."""
        return self.task_id or self.instance_id


@dataclass(frozen=True, slots=True)
class StuckPage:
    """A page of the list; `next` names where the following one begins."""

    items: list[Stuck]
    next: str | None
    count: int


def tasks_nobody_can_do(
    connection: Connection, engine: Engine, limit: int = 50, after: str | None = None
) -> StuckPage:
    """A page of what waits in vain, oldest first."""
    found = sorted(_all(connection, engine), key=lambda one: (one.at, one.id))
    beyond = place(after) if after else None
    left = [one for one in found if beyond is None or (one.at, one.id) > beyond]
    page = left[:limit]
    more = mark(page[-1].at, page[-1].id) if len(left) > limit else None
    return StuckPage(page, more, len(found))


def ids_nobody_can_do(connection: Connection, engine: Engine) -> frozenset[str]:
    """What names each line of the list."""
    return frozenset(one.id for one in _all(connection, engine))


def _all(connection: Connection, engine: Engine) -> list[Stuck]:
    keys = list(connection.execute(select(task_candidate.c.key).distinct()).scalars())
    able = engine.directory.able(keys)
    dead = [key for key in keys if not able[key]]
    reasons: dict[str, str] = {}
    for task_id in _held_by_nobody(connection, engine):
        reasons[task_id] = HOLDER_GONE
    for task_id in _without_anybody(connection, dead):
        reasons.setdefault(task_id, NOBODY)
    suspects = perhaps_barred(connection, engine, able)
    rows = open_rows(connection, engine, {*reasons, *suspects})
    asked = _keys_of(connection, list(rows))
    recused = recusals(connection)
    found = []
    for task_id, row in rows.items():
        behind = asked.get(task_id, [])
        why = reasons.get(task_id)
        if why is None and all_barred(row, behind, able, recused):
            why = BARRED
        if why == NOBODY and row.sign_off:
            why = NO_SIGNER
        if why is not None:
            found.append(_line(row, why, tuple(behind)))
    return found + _unsigned(connection) + _incidents(connection) + _idle(connection)


# --- nobody behind the keys -----------------------------------------------------------------------


def _without_anybody(connection: Connection, dead: Sequence[str]) -> list[str]:
    """Open tasks all of whose keys lead to nobody."""
    touched: set[str] = set()
    for part in parts(dead):
        statement = select(task_candidate.c.task_id).where(task_candidate.c.key.in_(part))
        touched.update(connection.execute(statement).scalars())
    without = set(dead)
    keys = _keys_of(connection, sorted(touched))
    return [task_id for task_id, held in keys.items() if without.issuperset(held)]


def _held_by_nobody(connection: Connection, engine: Engine) -> list[str]:
    """Tasks claimed by somebody who cannot act."""
    holders = list(
        connection.execute(
            select(task.c.claimed_by)
            .where(task.c.claimed_by.is_not(None), task.c.state == "open")
            .distinct()
        ).scalars()
    )
    able = engine.directory.able([f"person:{one}" for one in holders])
    gone = [one for one in holders if not able[f"person:{one}"]]
    found: list[str] = []
    for part in parts(gone):
        statement = select(task.c.id).where(task.c.claimed_by.in_(part), task.c.state == "open")
        found += connection.execute(statement).scalars()
    return found


# --- the rows behind them -------------------------------------------------------------------------


def _keys_of(connection: Connection, task_ids: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for part in parts(task_ids):
        statement = (
            select(task_candidate.c.task_id, task_candidate.c.key)
            .where(task_candidate.c.task_id.in_(part))
            .order_by(task_candidate.c.key)
        )
        for row in connection.execute(statement):
            found.setdefault(row.task_id, []).append(row.key)
    return found


def _line(row: OpenRow, why: str, keys: tuple[str, ...]) -> Stuck:
    if why == HOLDER_GONE:
        keys = (f"person:{row.claimed_by}",)
    return Stuck(
        why=why,
        instance_id=row.id,
        definition_id=row.definition.id,
        title=row.title,
        number=row.number,
        element=row.element,
        task_id=row.task_id,
        at=row.at,
        keys=keys,
    )


# --- sign-offs without signers, work that gave up, cases that wait for nothing -----------------------

_CASE = (instance.c.id, instance.c.definition_id, instance.c.title, instance.c.number)


def _unsigned(connection: Connection) -> list[Stuck]:
    """Sign-offs in which nobody is asked."""
    asked = select(task_candidate.c.key).where(task_candidate.c.task_id == task.c.id)
    statement = (
        select(*_CASE, task.c.id.label("task_id"), task.c.element_id, task.c.created_at.label("at"))
        .join(instance, instance.c.id == task.c.instance_id)
        .where(task.c.claimed_by.is_(None), task.c.state == "open", ~exists(asked))
    )
    return [_of(row, NO_SIGNER, row.task_id) for row in connection.execute(statement)]


def _incidents(connection: Connection) -> list[Stuck]:
    statement = (
        select(*_CASE, job.c.element_id, job.c.due_at.label("at"))
        .join(instance, instance.c.id == job.c.instance_id)
        .where(job.c.state == "incident")
    )
    return [_of(row, INCIDENT, None) for row in connection.execute(statement)]


def _idle(connection: Connection) -> list[Stuck]:
    """The alarm: a running case that nothing can move."""
    tasks = select(task.c.id).where(task.c.instance_id == instance.c.id, task.c.state == "open")
    jobs = select(job.c.id).where(
        job.c.instance_id == instance.c.id, job.c.state.in_(("due", "waiting", "incident"))
    )
    statement = select(*_CASE, instance.c.started_at.label("at")).where(
        # Written out: a value that comes with the statement keeps PostgreSQL from the partial index.
        instance.c.state == literal_column("'active'"),
        ~exists(tasks),
        ~exists(jobs),
    )
    return [_of(row, NOTHING_OPEN, None) for row in connection.execute(statement)]


def _of(row: Any, why: str, task_id: str | None) -> Stuck:
    return Stuck(
        why=why,
        instance_id=row.id,
        definition_id=row.definition_id,
        title=row.title,
        number=row.number,
        element=row._mapping.get("element_id"),
        task_id=task_id,
        at=row.at,
    )
