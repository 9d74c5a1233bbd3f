"""The boxes `done` and `started`: what a person has dealt with, and begun; the newest first.

A person has decided, signed, or been stood in for: each is read along an index of its own and the
first lines of all are merged. A task is in one of them only, the first of those that apply.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, literal, or_, select, union_all

from engine.queries.items import InboxItem, Page
from engine.queries.paging import mark, place
from engine.store.tables import instance, signer, task

_TASK = (
    task.c.id.label("task_id"),
    task.c.element_id,
    instance.c.id.label("instance_id"),
    instance.c.definition_id,
    instance.c.title,
    instance.c.number,
    instance.c.amount_fen,
    instance.c.starter_id,
    task.c.state,
    task.c.due_at,
    task.c.due_provisional,
    task.c.claimed_by,
    task.c.outcome,
)
_CASE = (
    instance.c.id.label("instance_id"),
    instance.c.definition_id,
    instance.c.title,
    instance.c.number,
    instance.c.amount_fen,
    instance.c.starter_id,
    instance.c.state,
    instance.c.end_event.label("outcome"),
    instance.c.started_at.label("at"),
)
Beyond = tuple[Any, str] | None


def done(
    connection: Connection,
    person: str,
    *,
    limit: int,
    after: str | None,
    condition: ColumnElement[bool] | None,
) -> Page:
    """What the person decided or signed, for whomever, and what was done in the person's stead."""
    beyond = place(after) if after else None
    parts = []
    for statement, at, identity in _done(person):
        found = _after(statement, at, identity, beyond)
        if condition is not None:
            found = found.where(condition)
        first = found.order_by(at.desc(), identity.desc()).limit(limit + 1).subquery()
        parts.append(select(first))
    merged = union_all(*parts).subquery()
    ordered = select(merged).order_by(merged.c.at.desc(), merged.c.task_id.desc())
    rows = connection.execute(ordered.limit(limit + 1)).all()
    items = [
        InboxItem(element=row.element_id, **_fields(row, without="element_id"))
        for row in rows[:limit]
    ]
    more = len(rows) > limit
    return Page(items, mark(items[-1].at, str(items[-1].task_id)) if more else None)


def count_done(connection: Connection, person: str, most: int) -> int:
    """How many there are; `most` where there are that many or more."""
    parts = [
        select(statement.with_only_columns(literal(1).label("one")).limit(most).subquery())
        for statement, _at, _identity in _done(person)
    ]
    limited = union_all(*parts).limit(most).subquery()
    return int(connection.execute(select(func.count()).select_from(limited)).scalar_one())


def _done(person: str) -> list[tuple[Select[Any], ColumnElement[Any], ColumnElement[Any]]]:
    """The sources: each with its statement and the columns of its index."""
    whole = task.join(instance, instance.c.id == task.c.instance_id)
    closed = select(*_TASK, task.c.closed_at.label("at")).select_from(whole)
    voted = select(*_TASK, signer.c.voted_at.label("at")).select_from(
        signer.join(task, task.c.id == signer.c.task_id).join(
            instance, instance.c.id == task.c.instance_id
        )
    )
    decided = task.c.completed_by == person
    stood_for = task.c.completed_for == person
    signed = (signer.c.person_id == person) & (signer.c.state == "voted")
    # `IS NOT TRUE` rather than NOT: nobody may have completed it.
    not_decided = decided.is_not(True)
    not_closed = not_decided & stood_for.is_not(True)
    other = signer.alias("other")
    signs = (
        select(other.c.task_id)
        .where(
            other.c.task_id == signer.c.task_id,
            other.c.person_id == person,
            other.c.state == "voted",
        )
        .exists()
    )
    own = signer.c.task_id
    return [
        (closed.where(decided, task.c.closed_at.is_not(None)), task.c.closed_at, task.c.id),
        (
            closed.where(stood_for, not_decided, task.c.closed_at.is_not(None)),
            task.c.closed_at,
            task.c.id,
        ),
        (voted.where(signed, signer.c.voted_at.is_not(None), not_closed), signer.c.voted_at, own),
        (
            voted.where(
                signer.c.voted_by == person, signer.c.voted_at.is_not(None), not_closed, ~signs
            ),
            signer.c.voted_at,
            own,
        ),
    ]


def started(
    connection: Connection,
    person: str,
    *,
    limit: int,
    after: str | None,
    condition: ColumnElement[bool] | None,
) -> Page:
    """The cases the person began."""
    statement = select(*_CASE).where(instance.c.starter_id == person)
    if condition is not None:
        statement = statement.where(condition)
    at, identity = instance.c.started_at, instance.c.id
    statement = _after(statement, at, identity, place(after) if after else None)
    rows = connection.execute(statement.order_by(at.desc(), identity.desc()).limit(limit + 1)).all()
    items = [
        InboxItem(
            task_id=None,
            element=None,
            due_at=None,
            due_provisional=False,
            claimed_by=None,
            **row._mapping,
        )
        for row in rows[:limit]
    ]
    more = len(rows) > limit
    return Page(items, mark(items[-1].at, items[-1].instance_id) if more else None)


def count_started(connection: Connection, person: str, most: int) -> int:
    """How many there are; `most` where there are that many or more."""
    limited = select(literal(1)).where(instance.c.starter_id == person).limit(most).subquery()
    return int(connection.execute(select(func.count()).select_from(limited)).scalar_one())


def _after(
    statement: Select[Any], at: ColumnElement[Any], identity: ColumnElement[Any], beyond: Beyond
) -> Select[Any]:
    if beyond is None:
        return statement
    moment, last = beyond
    return statement.where(at <= moment, or_(at < moment, identity < last))


def _fields(row: Any, *, without: str) -> dict[str, Any]:
    return {name: value for name, value in row._mapping.items() if name != without}
