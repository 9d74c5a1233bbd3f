"""Cases a person has to do with, newest first."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, and_, or_, select

from engine.actors import Actor, person_key
from engine.queries.inbox import holds
from engine.queries.items import InboxItem, Page
from engine.queries.paging import mark, place
from engine.search import asked
from engine.store.tables import delegation, instance, signer, task, task_candidate


def my_cases(
    connection: Connection,
    actor: Actor,
    *,
    state: str = "",
    text: str = "",
    limit: int = 30,
    after: str | None = None,
) -> Page:
    """Cases the actor started, decided or signed in, gave advice in, or is asked in now.

    `text` finds words of applicant, unit, number and title; a single character finds nothing less.
    """
    part = _has_part(actor)
    statement = select(instance).where(or_(instance.c.starter_id == actor.id, part))
    if state:
        statement = statement.where(instance.c.state == state)
    if words := asked(text):
        statement = statement.where(holds(words))
    if after:
        moment, identity = place(after)
        statement = statement.where(
            or_(
                instance.c.started_at < moment,
                and_(instance.c.started_at == moment, instance.c.id < identity),
            )
        )
    ordered = statement.order_by(instance.c.started_at.desc(), instance.c.id.desc())
    rows = connection.execute(ordered.limit(limit + 1)).all()
    last = rows[limit - 1] if len(rows) > limit else None
    following = mark(last.started_at, last.id) if last is not None else None
    return Page([_item(row) for row in rows[:limit]], following)


def _has_part(actor: Actor) -> Any:
    done = select(task.c.instance_id).where(
        or_(task.c.completed_by == actor.id, task.c.completed_for == actor.id)
    )
    signed = (
        select(task.c.instance_id)
        .join(signer, signer.c.task_id == task.c.id)
        .where(
            or_(
                and_(signer.c.person_id == actor.id, signer.c.state != "removed"),
                signer.c.voted_by == actor.id,
            )
        )
    )
    asked = (
        select(task.c.instance_id)
        .join(task_candidate, task_candidate.c.task_id == task.c.id)
        .where(or_(task_candidate.c.key == person_key(actor.id), task.c.claimed_by == actor.id))
    )
    advised = (
        select(task.c.instance_id)
        .join(delegation, delegation.c.task_id == task.c.id)
        .where(delegation.c.adviser_id == actor.id, delegation.c.state.in_(("open", "answered")))
    )
    return instance.c.id.in_(done.union(signed, asked, advised))


def _item(row: Any) -> InboxItem:
    return InboxItem(
        task_id=None,
        element=None,
        instance_id=row.id,
        definition_id=row.definition_id,
        title=row.title,
        number=row.number,
        amount_fen=row.amount_fen,
        starter_id=row.starter_id,
        state=row.state,
        at=row.started_at,
        due_at=None,
        due_provisional=False,
        claimed_by=None,
        outcome=row.end_event,
    )
