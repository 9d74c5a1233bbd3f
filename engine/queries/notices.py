"""Public notices as people see them: those of their own place and those for everybody.

Who objected and what was said is opened for reviewers alone: people who may take an open task of the
case now and are not kept from it by separation of duties.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, func, or_, select

from engine.actors import Actor
from engine.commands.access import may_act
from engine.commands.notices import objection_context, places_of, takes_objections
from engine.errors import NotFound
from engine.store.case import Case, columns, from_row
from engine.store.tables import case_document, instance, notice, objection, task, task_candidate
from engine.store.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from engine.engine import Engine


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A notice as everybody in its scope sees it; `state` is open, closed or withdrawn."""

    id: str
    title: str
    scope: str
    #: The unit among whose people it is shown; None: everyone.
    place: str | None
    items: Mapping[str, str]
    starts: date
    #: The last day.
    ends: date
    provisional: bool
    phone: str
    state: str
    result: str | None
    #: True when this reader may object today.
    may_object: bool


@dataclass(frozen=True, slots=True)
class ObjectionView:
    """An objection, opened for a reviewer; `state` is open, upheld or dismissed."""

    id: str
    real_name: str
    contact: str
    content: str
    at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class NoticeDetail:
    """One notice; the case and the objections are None for those who do not review it."""

    notice: NoticeView
    instance_id: str | None
    objections: tuple[ObjectionView, ...] | None


@dataclass(frozen=True, slots=True)
class NoticePage:
    """A page of notices, newest first; `next` names where the following one begins."""

    items: list[NoticeView]
    next: str | None


def visible_notices(
    connection: Connection,
    engine: Engine,
    actor: Actor,
    *,
    state: str | None = None,
    limit: int = 50,
    after: str | None = None,
) -> NoticePage:
    """The notices shown to this reader, of one state or of all, newest first."""
    places = places_of(engine.directory, actor)
    statement = (
        select(notice, instance.c.starter_id)
        .join(instance, instance.c.id == notice.c.instance_id)
        .where(or_(notice.c.place.is_(None), notice.c.place.in_(places)))
        .order_by(notice.c.id.desc())
        .limit(limit + 1)
    )
    if state is not None:
        statement = statement.where(notice.c.state == state)
    if after is not None:
        statement = statement.where(notice.c.id < after)
    rows = connection.execute(statement).all()
    more = rows[limit - 1].id if len(rows) > limit else None
    objected = _objected(connection, actor, [row.id for row in rows[:limit]])
    return NoticePage([_view(engine, actor, row, objected) for row in rows[:limit]], more)


def read_notice(
    connection: Connection, engine: Engine, actor: Actor, notice_id: str
) -> NoticeDetail:
    """One notice; raise `NotFound` for those outside its scope who do not review it either."""
    row = connection.execute(
        select(notice, instance.c.starter_id)
        .join(instance, instance.c.id == notice.c.instance_id)
        .where(notice.c.id == notice_id)
    ).one_or_none()
    if row is None:
        raise NotFound(notice=notice_id)
    reviewer = _reviews(connection, engine, actor, row.instance_id)
    in_scope = row.place is None or row.place in places_of(engine.directory, actor)
    if not (in_scope or reviewer):
        raise NotFound(notice=notice_id)
    view = _view(engine, actor, row, _objected(connection, actor, [row.id]), in_scope)
    if not reviewer:
        return NoticeDetail(view, None, None)
    return NoticeDetail(view, row.instance_id, _objections(connection, engine, notice_id))


def notices_of(
    connection: Connection, engine: Engine, actor: Actor, instance_id: str
) -> list[NoticeView]:
    """A case's notices, oldest first, for somebody who may read the case (the caller asks)."""
    rows = connection.execute(
        select(notice, instance.c.starter_id)
        .join(instance, instance.c.id == notice.c.instance_id)
        .where(notice.c.instance_id == instance_id)
        .order_by(notice.c.starts_on, notice.c.id)
    ).all()
    objected = _objected(connection, actor, [row.id for row in rows])
    places = places_of(engine.directory, actor)
    return [
        _view(engine, actor, row, objected, row.place is None or row.place in places)
        for row in rows
    ]


def count_open(connection: Connection, engine: Engine, actor: Actor) -> int:
    """How many notices are open to this reader, for a page's badge."""
    places = places_of(engine.directory, actor)
    found: int = connection.execute(
        select(func.count()).where(
            notice.c.state == "open", or_(notice.c.place.is_(None), notice.c.place.in_(places))
        )
    ).scalar_one()
    return found


def _view(
    engine: Engine, actor: Actor, row: Row[Any], objected: set[str], in_scope: bool = True
) -> NoticeView:
    today = engine.clock.now().astimezone(engine.zone).date()
    own = row.starter_id == actor.id
    return NoticeView(
        id=row.id,
        title=row.title,
        scope=row.scope,
        place=row.place,
        items=row.items,
        starts=row.starts_on,
        ends=row.ends_on,
        provisional=row.provisional,
        phone=row.phone,
        state=row.state,
        result=row.result,
        may_object=in_scope and not own and row.id not in objected and takes_objections(row, today),
    )


def _objected(connection: Connection, actor: Actor, notices: list[str]) -> set[str]:
    found = select(objection.c.notice_id).where(
        objection.c.person_id == actor.id, objection.c.notice_id.in_(notices)
    )
    return set(connection.execute(found).scalars())


def _reviews(connection: Connection, engine: Engine, actor: Actor, instance_id: str) -> bool:
    statement = (
        select(task.c.element_id)
        .join(task_candidate, task_candidate.c.task_id == task.c.id)
        .where(
            task.c.instance_id == instance_id,
            task.c.state == "open",
            task_candidate.c.key.in_(actor.keys),
            or_(task.c.claimed_by.is_(None), task.c.claimed_by == actor.id),
        )
    )
    elements = list(connection.execute(statement).scalars())
    if not elements:
        return False
    case = _case(connection, engine, actor, instance_id)
    if case.starter_id == actor.id:
        return False
    return any(may_act(case, element, actor.id) for element in elements)


def _case(connection: Connection, engine: Engine, actor: Actor, instance_id: str) -> Case:
    statement = select(*columns()).select_from(instance.join(case_document))
    row = connection.execute(statement.where(instance.c.id == instance_id)).one()
    return from_row(UnitOfWork(engine, connection, actor), row)


def _objections(
    connection: Connection, engine: Engine, notice_id: str
) -> tuple[ObjectionView, ...]:
    rows = connection.execute(
        select(objection).where(objection.c.notice_id == notice_id).order_by(objection.c.id)
    )
    context = objection_context(notice_id)
    views = []
    for row in rows:
        texts = json.loads(engine.keyring.open_sealed(row.sealed, context))
        views.append(ObjectionView(id=row.id, at=row.at, state=row.state, **texts))
    return tuple(views)
