"""The boxes of an inbox: what waits for a person, what waits for the person's roles, what is done."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, select

from engine.actors import Actor
from engine.errors import Invalid
from engine.queries import copied, finished, found, open_work
from engine.queries.items import InboxItem, Page
from engine.queries.open_work import Place, Sieve, lists_of
from engine.queries.open_work_sql import ASKED, FIRST_OWNER
from engine.queries.orders import ORDERS, Order
from engine.queries.proxies import StandIn
from engine.queries.views import BOXES, WAITING
from engine.search import asked
from engine.store.tables import instance, task, urge

#: Counts are exact up to here; beyond they are said to be more.
MOST_COUNTED = 999

__all__ = [
    "BOXES",
    "MOST_COUNTED",
    "WAITING",
    "count_waiting",
    "counts",
    "holds",
    "inbox",
]


def inbox(
    connection: Connection,
    actor: Actor,
    box: str,
    *,
    limit: int = 50,
    after: str | None = None,
    text: str = "",
    owners: Sequence[StandIn] = (),
    sort: str | None = None,
    process: str | None = None,
    due: tuple[datetime | None, datetime | None] | None = None,
) -> Page:
    """One page of a box. Open work comes oldest first unless sorted otherwise, the rest newest first.

    `text` finds cases by words of their applicant, unit, number and title; a single character finds
    nothing less. `due` sifts open work by deadline, from and until, and then deadlines are its order.
    `owners` are those the actor stands in for: what waits for them waits for the actor, too, and its
    lines say so.
    """
    words = tuple(asked(text))
    if box in WAITING:
        order = _order(sort, by_due=due is not None)
        sieve = Sieve(process, *(due or (None, None)), words)
        return _waiting(connection, actor, box, order, sieve, limit, after, owners)
    if sort not in (None, "-age") or due is not None:
        raise Invalid("This list has one order.", box=box, sort=sort)
    conditions = [holds(words)] if words else []
    if process is not None:
        conditions.append(instance.c.key == process)
    condition = and_(*conditions) if conditions else None
    if box == "cc":
        lines, following = copied.copies_of(
            connection, actor.id, limit=limit, after=after, condition=condition
        )
        return Page([_line(one) for one in lines], following)
    read = finished.done if box == "done" else finished.started
    return read(connection, actor.id, limit=limit, after=after, condition=condition)


def holds(words: Sequence[str]) -> ColumnElement[bool]:
    """The condition that a case is found by all of these words."""
    return and_(*(instance.c.words.like(open_work.holding(word), escape="\\") for word in words))


def counts(
    connection: Connection,
    actor: Actor,
    boxes: Collection[str] = BOXES,
    *,
    owners: Sequence[StandIn] = (),
) -> dict[str, int]:
    """How many lines each box has (of `cc`: how many unread), counted to one more than `MOST_COUNTED`."""
    most = MOST_COUNTED + 1
    numbers = {}
    for box in boxes:
        if box in WAITING:
            numbers[box] = open_work.count(connection, lists_of(actor, box, owners), Sieve(), most)
        elif box == "cc":
            numbers[box] = copied.unread(connection, actor.id, MOST_COUNTED)
        else:
            count = finished.count_done if box == "done" else finished.count_started
            numbers[box] = count(connection, actor.id, most)
    return numbers


def count_waiting(
    connection: Connection,
    actor: Actor,
    box: str,
    sieves: Mapping[str, Sieve],
    *,
    most: int = MOST_COUNTED + 1,
    owners: Sequence[StandIn] = (),
) -> dict[str, int]:
    """How many lines of open work there are in each sieve; `most` where there are that many or more."""
    lists = lists_of(actor, box, owners)
    return {name: open_work.count(connection, lists, sieve, most) for name, sieve in sieves.items()}


def _order(sort: str | None, *, by_due: bool) -> Order:
    name = sort or ("due" if by_due else "age")
    if name not in ORDERS:
        raise Invalid("There is no such order.", sort=sort)
    if by_due and ORDERS[name].column != "due_at":
        raise Invalid("What is sifted by deadline is sorted by deadline.", sort=sort)
    return ORDERS[name]


def _waiting(
    connection: Connection,
    actor: Actor,
    box: str,
    order: Order,
    sieve: Sieve,
    limit: int,
    after: str | None,
    owners: Sequence[StandIn],
) -> Page:
    lists = lists_of(actor, box, owners)
    if sieve.words:
        places, following = found.search(
            connection, lists, order, sieve=sieve, after=after, most=limit
        )
    else:
        beyond = order.place(after) if after else None
        places = open_work.first(
            connection, lists, order, sieve=sieve, after=beyond, most=limit + 1
        )
        following = None
        if len(places) > limit:
            places = places[:limit]
            following = order.mark(places[-1].value, places[-1].task_id)
    return Page(_items(connection, places, actor, owners), following)


_ROWS = (
    select(
        task.c.id.label("task_id"),
        task.c.element_id,
        task.c.instance_id,
        instance.c.definition_id,
        instance.c.title,
        instance.c.number,
        instance.c.amount_fen,
        instance.c.starter_id,
        task.c.state,
        task.c.due_at,
        task.c.due_provisional,
        task.c.claimed_by,
        task.c.advice,
        task.c.held,
        task.c.tally,
        task.c.outcome,
    )
    .select_from(task.join(instance, instance.c.id == task.c.instance_id))
    .where(task.c.id.in_(bindparam("ids", expanding=True)))
)
_URGES = (
    select(urge.c.task_id, func.count())
    .where(urge.c.task_id.in_(bindparam("ids", expanding=True)))
    .group_by(urge.c.task_id)
)


def _items(
    connection: Connection, places: list[Place], actor: Actor, owners: Sequence[StandIn]
) -> list[InboxItem]:
    """The lines of open work, with how often each was urged: two statements for the whole page."""
    ids = [one.task_id for one in places]
    if not ids:
        return []
    rows = {row.task_id: dict(row._mapping) for row in connection.execute(_ROWS, {"ids": ids})}
    urges = {row[0]: row[1] for row in connection.execute(_URGES, {"ids": ids})}
    return [
        _item(rows[one.task_id], one, urges.get(one.task_id, 0), actor, owners) for one in places
    ]


def _item(
    fields: dict[str, Any], found: Place, urges: int, actor: Actor, owners: Sequence[StandIn]
) -> InboxItem:
    advice, held = fields.pop("advice") or {}, fields.pop("held") or {}
    several = fields.pop("tally") is not None
    acts_for = owners[found.rank - FIRST_OWNER].owner.id if found.rank >= FIRST_OWNER else None
    return InboxItem(
        element=fields.pop("element_id"),
        at=found.at,
        urges=urges,
        acts_for=acts_for,
        advice=found.rank == ASKED,
        waits=found.rank != ASKED and (acts_for or actor.id) in advice,
        held_by=held.get(acts_for or actor.id) if several else next(iter(held.values()), None),
        **fields,
    )


def _line(fields: dict[str, Any]) -> InboxItem:
    fields.pop("mark")
    return InboxItem(task_id=fields.pop("task_id"), element=fields.pop("element_id"), **fields)
