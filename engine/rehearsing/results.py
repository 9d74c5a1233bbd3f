"""What a rehearsal found: how many cases of each kind, and the cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, case, func, select

from engine.errors import NotFound
from engine.rehearsing.verdict import KINDS
from engine.store.tables import instance, rehearsal, rehearsed_case

PAGE = 50


@dataclass(frozen=True, slots=True)
class Summary:
    """The counts of a rehearsal. A case is counted under each kind that holds of it."""

    id: str
    key: str
    package: str
    title: str
    asked_by: str
    asked_at: datetime
    since: datetime
    until: datetime
    state: str
    total: int
    done: int
    counts: dict[str, int]
    #: The sum over all cases, in 分, of those that would cost more and of those that would cost less.
    more_fen: int
    less_fen: int


def summary(connection: Connection, rehearsal_id: str) -> Summary:
    """A rehearsal with its counts; raise `NotFound`."""
    row = connection.execute(select(rehearsal).where(rehearsal.c.id == rehearsal_id)).one_or_none()
    if row is None:
        raise NotFound(rehearsal=rehearsal_id)
    return _summed(connection, row)


def summaries(connection: Connection, key: str, most: int = 20) -> list[Summary]:
    """The latest rehearsals of a process."""
    rows = connection.execute(
        select(rehearsal)
        .where(rehearsal.c.key == key)
        .order_by(rehearsal.c.asked_at.desc(), rehearsal.c.id.desc())
        .limit(most)
    ).all()
    return [_summed(connection, row) for row in rows]


def _summed(connection: Connection, row: Row[Any]) -> Summary:
    counts = dict.fromkeys(KINDS, 0)
    more = less = 0
    cost = rehearsed_case.c.cost_fen
    grouped = (
        select(
            rehearsed_case.c.kinds,
            func.count(),
            func.sum(case((cost > 0, cost), else_=0)),
            func.sum(case((cost < 0, -cost), else_=0)),
        )
        .where(rehearsed_case.c.rehearsal_id == row.id)
        .group_by(rehearsed_case.c.kinds)
    )
    for kinds, number, dearer, cheaper in connection.execute(grouped):
        for kind in kinds.split():
            counts[kind] += number
        more, less = more + int(dearer), less + int(cheaper)
    return Summary(
        id=row.id,
        key=row.key,
        package=row.package,
        title=row.title,
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        since=row.since,
        until=row.until,
        state=row.state,
        total=row.total,
        done=row.done,
        counts=counts,
        more_fen=more,
        less_fen=less,
    )


def told_cases(
    connection: Connection, rehearsal_id: str, kind: str = "", after: str = "", most: int = PAGE
) -> list[Row[Any]]:
    """The cases of a rehearsal in the order of their ids, all or those of a kind."""
    statement = (
        select(
            rehearsed_case,
            instance.c.title,
            instance.c.number,
            instance.c.definition_id,
            instance.c.started_at,
            instance.c.ended_at,
        )
        .join(instance, instance.c.id == rehearsed_case.c.instance_id)
        .where(rehearsed_case.c.rehearsal_id == rehearsal_id, rehearsed_case.c.instance_id > after)
        .order_by(rehearsed_case.c.instance_id)
        .limit(most)
    )
    if kind:
        statement = statement.where(rehearsed_case.c.kinds.contains(f" {kind} "))
    return list(connection.execute(statement).all())
