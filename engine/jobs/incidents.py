"""Work that gave up, by kind: what failed where, since when, in how many cases; and all of it tried again."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, select

from engine.actors import Actor
from engine.jobs.run import retry
from engine.store.tables import instance, job

if TYPE_CHECKING:
    from engine.engine import Engine

#: What of an error's words is another in each case.
_OF_A_CASE = re.compile(r"\b(instance|job|task|file|person)=[^,)]+")
#: How many of a kind are tried again at once; the others wait for the next time.
MOST_AT_ONCE = 500


@dataclass(slots=True)
class Kind:
    """Incidents that are of one kind."""

    id: str
    process: str
    #: One of the versions they are on.
    definition_id: str
    element: str
    #: timer, ability, …
    work: str
    error: str
    count: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Incident:
    """One job that gave up."""

    id: str
    instance_id: str
    title: str
    number: str | None
    error: str
    attempts: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Retried:
    """What became of trying one again: made due, or no incident any more."""

    id: str
    again: bool


def kinds(connection: Connection) -> list[Kind]:
    """All kinds of incidents there are, the most frequent first."""
    rows = connection.execute(
        select(
            instance.c.key,
            func.min(instance.c.definition_id).label("definition_id"),
            job.c.element_id,
            job.c.kind,
            job.c.error,
            func.count().label("number"),
            func.min(job.c.due_at).label("first"),
            func.max(job.c.due_at).label("last"),
        )
        .join(instance, instance.c.id == job.c.instance_id)
        .where(job.c.state == "incident")
        .group_by(instance.c.key, job.c.element_id, job.c.kind, job.c.error)
    )
    found: dict[str, Kind] = {}
    for row in rows:
        error = _words(row.error)
        name = _id(row.key, row.element_id, row.kind, error)
        one = found.get(name)
        if one is None:
            found[name] = Kind(
                name,
                row.key,
                row.definition_id,
                row.element_id or "",
                row.kind,
                error,
                row.number,
                row.first,
                row.last,
            )
        else:
            one.count += row.number
            one.first, one.last = min(one.first, row.first), max(one.last, row.last)
    return sorted(found.values(), key=lambda one: (-one.count, one.id))


def incidents(connection: Connection, kind: str = "", limit: int = 200) -> list[Incident]:
    """Jobs that gave up, the latest first; of one kind, where it is named."""
    rows = connection.execute(
        select(job, instance.c.title, instance.c.number, instance.c.key, job.c.kind.label("work"))
        .join(instance, instance.c.id == job.c.instance_id)
        .where(job.c.state == "incident")
        .order_by(job.c.due_at.desc(), job.c.id)
    )
    found: list[Incident] = []
    for row in rows:
        if kind and _id(row.key, row.element_id, row.work, _words(row.error)) != kind:
            continue
        found.append(
            Incident(
                row.id,
                row.instance_id,
                row.title,
                row.number,
                row.error or "",
                row.attempts,
                row.due_at,
            )
        )
        if len(found) == limit:
            break
    return found


def retry_all(engine: Engine, actor: Actor, ids: list[str]) -> Iterator[Retried]:
    """Make incidents due again, each in a transaction of its own; what is none any more is left alone.

    Workers do the work: each job runs once, however often somebody asks.
    """
    for job_id in ids[:MOST_AT_ONCE]:
        with engine.command(actor) as uow:
            again = retry(uow, job_id)
            uow.commit()
        yield Retried(job_id, again)


def states_of(connection: Connection, ids: list[str]) -> dict[str, Any]:
    """The rows of jobs that were tried again, by id."""
    rows = connection.execute(
        select(job.c.id, job.c.state, job.c.attempts, job.c.due_at, job.c.error, instance.c.title)
        .add_columns(job.c.instance_id)
        .join(instance, instance.c.id == job.c.instance_id)
        .where(job.c.id.in_(ids[:MOST_AT_ONCE]))
    )
    return {row.id: row for row in rows}


def _words(error: str | None) -> str:
    return _OF_A_CASE.sub(r"\1=…", error or "")


def _id(process: str, element: str | None, work: str, error: str) -> str:
    text = "\n".join((process, element or "", work, error))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]
