"""A person's own cases: where they stand, since when and with whom; and how the last ones ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, literal, select

from engine.queries.inbox import MOST_COUNTED
from engine.store.tables import instance, job, signer, task
from engine.store.tables.jobs import OF_A_TASK

#: A long sign-off is named by its first signers.
_MOST_SIGNERS = 6


@dataclass(frozen=True, slots=True)
class OwnCase:
    """One of a person's own cases."""

    id: str
    key: str
    definition_id: str
    title: str
    number: str | None
    state: str
    started_at: datetime
    ended_at: datetime | None
    end_event: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """One place where a case stands: an open task and who is asked to do it."""

    instance_id: str
    element: str
    since: datetime
    due_at: datetime | None
    due_provisional: bool
    claimed_by: str | None
    keys: tuple[str, ...]


_COLUMNS = (
    instance.c.id,
    instance.c.key,
    instance.c.definition_id,
    instance.c.title,
    instance.c.number,
    instance.c.state,
    instance.c.started_at,
    instance.c.ended_at,
    instance.c.end_event,
)


def last_started(connection: Connection, person: str, limit: int) -> list[OwnCase]:
    """The cases the person started last, newest first."""
    return _read(connection, _of(person).order_by(instance.c.started_at.desc()).limit(limit))


def in_progress(connection: Connection, person: str, limit: int) -> list[OwnCase]:
    """The person's cases that are under way, the oldest first: it has waited longest."""
    running = _of(person).where(instance.c.ended_at.is_(None))
    return _read(connection, running.order_by(instance.c.started_at).limit(limit))


def last_ended(connection: Connection, person: str, limit: int) -> list[OwnCase]:
    """The person's cases that ended last, newest first."""
    ended = _of(person).where(instance.c.ended_at.is_not(None))
    return _read(connection, ended.order_by(instance.c.ended_at.desc()).limit(limit))


def count_in_progress(connection: Connection, person: str) -> int:
    """How many of the person's cases are under way, counted to one more than `MOST_COUNTED`."""
    running = (
        select(literal(1))
        .where(instance.c.starter_id == person, instance.c.ended_at.is_(None))
        .limit(MOST_COUNTED + 1)
        .subquery()
    )
    return int(connection.execute(select(func.count()).select_from(running)).scalar_one())


def standing_at(connection: Connection, instance_ids: Sequence[str]) -> dict[str, list[Standing]]:
    """The open tasks of some cases, the oldest first, with who is asked: two statements."""
    if not instance_ids:
        return {}
    rows = connection.execute(
        select(
            task.c.id,
            task.c.instance_id,
            task.c.element_id,
            task.c.created_at,
            task.c.due_at,
            task.c.due_provisional,
            task.c.claimed_by,
            task.c.candidate_keys,
        )
        .where(task.c.instance_id.in_(instance_ids), task.c.state == "open")
        .order_by(task.c.created_at, task.c.id)
    ).all()
    signers = _open_signers(connection, [row.id for row in rows if row.candidate_keys is None])
    found: dict[str, list[Standing]] = {}
    for row in rows:
        keys = tuple(row.candidate_keys or signers.get(row.id, ()))
        found.setdefault(row.instance_id, []).append(
            Standing(
                row.instance_id,
                row.element_id,
                row.created_at,
                row.due_at,
                row.due_provisional,
                row.claimed_by,
                keys,
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class Awaited:
    """What a case waits for that is nobody's task: time, a message, work of the system."""

    instance_id: str
    element: str | None
    kind: str
    since: datetime
    due_at: datetime
    gave_up: bool


def awaited_by(connection: Connection, instance_ids: Sequence[str]) -> dict[str, list[Awaited]]:
    """What some cases wait for besides people; one statement."""
    if not instance_ids:
        return {}
    rows = connection.execute(
        select(job)
        .where(
            job.c.instance_id.in_(instance_ids),
            job.c.kind.not_in(OF_A_TASK),
            job.c.state.in_(("due", "waiting", "incident")),
        )
        .order_by(job.c.due_at, job.c.id)
    )
    found: dict[str, list[Awaited]] = {}
    for row in rows:
        one = Awaited(
            row.instance_id,
            row.element_id,
            row.kind,
            row.created_at,
            row.due_at,
            row.state == "incident",
        )
        found.setdefault(row.instance_id, []).append(one)
    return found


def _open_signers(connection: Connection, task_ids: Sequence[str]) -> dict[str, list[str]]:
    if not task_ids:
        return {}
    number = func.row_number().over(partition_by=signer.c.task_id, order_by=signer.c.position)
    first = (
        select(signer.c.task_id, signer.c.person_id, number.label("number"))
        .where(signer.c.task_id.in_(task_ids), signer.c.state == "open")
        .subquery()
    )
    found: dict[str, list[str]] = {}
    statement = select(first).where(first.c.number <= _MOST_SIGNERS + 1).order_by(first.c.number)
    for row in connection.execute(statement):
        found.setdefault(row.task_id, []).append(f"person:{row.person_id}")
    return found


def _of(person: str) -> Select[Any]:
    return select(*_COLUMNS).where(instance.c.starter_id == person)


def _read(connection: Connection, statement: Select[Any]) -> list[OwnCase]:
    return [OwnCase(**row._mapping) for row in connection.execute(statement)]
