"""Cases a person has to do with, and cases a person counts; newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select

from engine.actors import Actor, person_key
from engine.queries.items import InboxItem, Page
from engine.queries.paging import mark, place
from engine.queries.proxies import StandIn
from engine.queries.readers import known_of
from engine.store.tables import delegation, instance, signer, task, task_candidate

if TYPE_CHECKING:
    from engine.engine import Engine


def my_cases(
    connection: Connection,
    actor: Actor,
    *,
    state: str = "",
    limit: int = 30,
    after: str | None = None,
    conditions: Sequence[ColumnElement[bool]] = (),
) -> Page:
    """Cases the actor started, decided or signed in, gave advice in, or is asked in now."""
    part = _has_part(actor)
    statement = select(instance).where(or_(instance.c.starter_id == actor.id, part), *conditions)
    if state:
        statement = statement.where(instance.c.state == state)
    rows, following = _page(connection, statement, limit, after)
    return Page([case_item(row) for row in rows], following)


@dataclass(frozen=True, slots=True)
class Overseen:
    """A page of cases that somebody counts, and which of them this reader may open."""

    page: Page
    known: set[str]


def overseen_cases(
    connection: Connection,
    house: Engine,
    actor: Actor,
    conditions: Sequence[ColumnElement[bool]],
    *,
    number: str = "",
    limit: int = 30,
    after: str | None = None,
    owners: Sequence[StandIn] = (),
) -> Overseen:
    """Cases by what is counted of them, newest first; nothing is looked for that may be hidden.

    `number` is a whole case number: who counts a case may know it.
    """
    statement = select(*_COUNTED).where(*conditions)
    if number:
        statement = statement.where(instance.c.number == number)
    rows, following = _page(connection, statement, limit, after)
    known = known_of(connection, house, actor, rows, owners)
    return Overseen(Page([case_item(row) for row in rows], following), known)


def count_cases(connection: Connection, conditions: Sequence[ColumnElement[bool]]) -> int:
    """How many cases there are, exactly."""
    statement = select(func.count()).select_from(instance).where(*conditions)
    return int(connection.execute(statement).scalar_one())


#: What a line needs and what says who may open it; never the tokens.
_COUNTED = (
    instance.c.id,
    instance.c.key,
    instance.c.definition_id,
    instance.c.number,
    instance.c.title,
    instance.c.amount_fen,
    instance.c.state,
    instance.c.starter_id,
    instance.c.places,
    instance.c.place,
    instance.c.participants,
    instance.c.started_at,
    instance.c.ended_at,
    instance.c.end_event,
)


def _page(
    connection: Connection, statement: Select[Any], limit: int, after: str | None
) -> tuple[Sequence[Row[Any]], str | None]:
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
    return rows[:limit], following


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


def case_item(row: Any) -> InboxItem:
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
        ended_at=row.ended_at,
        place=row.place,
    )
