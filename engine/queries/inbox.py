"""The boxes of an inbox: what waits for a person, what waits for the person's roles, what is done."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal, or_, select

from engine.actors import Actor, person_key
from engine.queries import copied
from engine.queries.held import not_held_by
from engine.queries.paging import mark, place
from engine.queries.proxies import StandIn
from engine.store.tables import delegation, instance, signer, task, task_candidate, urge

BOXES = ("todo", "pool", "done", "started", "cc")
_WAITING = ("todo", "pool")
#: Counts are exact up to here; beyond they are said to be more.
MOST_COUNTED = 999


@dataclass(frozen=True, slots=True)
class InboxItem:
    """One line: a task, or for `started` a case."""

    task_id: str | None
    element: str | None
    instance_id: str
    definition_id: str
    title: str
    number: str | None
    amount_fen: int | None
    starter_id: str
    state: str
    at: datetime
    due_at: datetime | None
    due_provisional: bool
    claimed_by: str | None
    outcome: str | None
    #: In `cc`: True until the person has opened the case.
    unread: bool = False
    #: How often those who may act were asked to hurry.
    urges: int = 0
    #: The owner, where the reader sees it because of standing in for one.
    acts_for: str | None = None
    #: True where advice is asked of the reader, not a decision.
    advice: bool = False
    #: True while whoever it lies with waits for advice.
    waits: bool = False
    #: Who has decided it a moment ago; it does not count yet.
    held_by: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list; `next` names where the following one begins, None at the end."""

    items: list[InboxItem]
    next: str | None


_other = task_candidate.alias("other")
_signed = signer.alias("signed")
_TASK_COLUMNS = (
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


def inbox(
    connection: Connection,
    actor: Actor,
    box: str,
    *,
    limit: int = 50,
    after: str | None = None,
    text: str = "",
    owners: Sequence[StandIn] = (),
) -> Page:
    """One page of a box. Open work comes oldest first, finished work newest first.

    `text` finds a part of the case's title or number. `owners` are those the actor stands in for: what
    waits for them waits for the actor, too, and its lines say so.
    """
    if box == "cc":
        found, following = copied.copies_of(
            connection,
            actor.id,
            limit=limit,
            after=after,
            condition=mentions(text) if text else None,
        )
        return Page([_line(one) for one in found], following)
    statement, order, newest = _BOXES[box](actor, owners)
    if box in _WAITING:
        statement = statement.where(not_held_by(actor.id))
    if text:
        statement = statement.where(mentions(text))
    if after:
        moment, identity = place(after)
        time_column, id_column = order
        beyond = time_column < moment if newest else time_column > moment
        beyond_id = id_column < identity if newest else id_column > identity
        statement = statement.where(or_(beyond, and_(time_column == moment, beyond_id)))
    sorting = [column.desc() if newest else column.asc() for column in order]
    rows = connection.execute(statement.order_by(*sorting).limit(limit + 1)).all()
    items = [_item(row, actor, owners) for row in rows[:limit]]
    if box in _WAITING:
        items = _with_urges(connection, items)
    more = len(rows) > limit
    last = rows[limit - 1] if more else None
    return Page(items, mark(last.at, last.mark) if last is not None else None)


def mentions(text: str) -> ColumnElement[bool]:
    """The condition that a case's title or number holds a text."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    like = f"%{escaped}%"
    return or_(instance.c.title.like(like, escape="\\"), instance.c.number.like(like, escape="\\"))


def counts(
    connection: Connection,
    actor: Actor,
    boxes: Collection[str] = BOXES,
    *,
    owners: Sequence[StandIn] = (),
) -> dict[str, int]:
    """How many lines each box has (of `cc`: how many unread), counted to one more than `MOST_COUNTED`."""
    found = {}
    for box in boxes:
        if box == "cc":
            found[box] = copied.unread(connection, actor.id, MOST_COUNTED)
            continue
        statement, _, _ = _BOXES[box](actor, owners)
        if box in _WAITING:
            statement = statement.where(not_held_by(actor.id))
        limited = statement.with_only_columns(literal(1)).limit(MOST_COUNTED + 1).subquery()
        found[box] = connection.execute(select(func.count()).select_from(limited)).scalar_one()
    return found


def _line(fields: dict[str, Any]) -> InboxItem:
    fields.pop("mark")
    return InboxItem(task_id=fields.pop("task_id"), element=fields.pop("element_id"), **fields)


def _with_urges(connection: Connection, items: list[InboxItem]) -> list[InboxItem]:
    """The lines of open work with how often each was urged: one statement for the whole page."""
    ids = [one.task_id for one in items]
    if not ids:
        return items
    counted = (
        select(urge.c.task_id, func.count()).where(urge.c.task_id.in_(ids)).group_by(urge.c.task_id)
    )
    urges = {row[0]: row[1] for row in connection.execute(counted)}
    return [replace(one, urges=urges.get(one.task_id, 0)) for one in items] if urges else items


def _item(row: Any, actor: Actor, owners: Sequence[StandIn]) -> InboxItem:
    fields = dict(row._mapping)
    fields.pop("mark")
    key, advice = fields.pop("key", None), fields.pop("advice", None) or {}
    held, several = fields.pop("held", None) or {}, fields.pop("tally", None) is not None
    asked = key is not None and actor.id in advice.values() and not _is_own(fields, key, actor)
    acts_for = None if key is None or asked else _acts_for(fields, key, actor, owners)
    return InboxItem(
        task_id=fields.pop("task_id"),
        element=fields.pop("element_id"),
        acts_for=acts_for,
        advice=asked,
        waits=not asked and (acts_for or actor.id) in advice,
        held_by=held.get(acts_for or actor.id) if several else next(iter(held.values()), None),
        **{name: fields[name] for name in fields},
    )


def _is_own(fields: dict[str, Any], key: str, actor: Actor) -> bool:
    claimed_by = fields["claimed_by"]
    return bool(claimed_by == actor.id or (claimed_by is None and key in actor.keys))


def _acts_for(
    fields: dict[str, Any], key: str, actor: Actor, owners: Sequence[StandIn]
) -> str | None:
    """Whose line it is: found by a claim, or by a key that the actor does not hold."""
    if _is_own(fields, key, actor):
        return None
    for one in owners:
        if _is_own(fields, key, one.owner):
            return one.owner.id
    return None


Order = tuple[ColumnElement[Any], ColumnElement[Any]]
Box = tuple[Select[Any], Order, bool]


def _open_tasks(condition: ColumnElement[bool]) -> Box:
    statement = (
        select(
            *_TASK_COLUMNS,
            task_candidate.c.key,
            task_candidate.c.created_at.label("at"),
            task.c.id.label("mark"),
        )
        .select_from(
            task_candidate.join(task, task.c.id == task_candidate.c.task_id).join(
                instance, instance.c.id == task.c.instance_id
            )
        )
        .where(condition)
    )
    return statement, (task_candidate.c.created_at, task.c.id), False


def _first_key(*conditions: ColumnElement[bool]) -> Any:
    """The first of a task's keys that meet the conditions: two rows of one task are one line."""
    return (
        select(func.min(_other.c.key))
        .where(_other.c.task_id == task.c.id, *conditions)
        .scalar_subquery()
    )


def _todo(actor: Actor, owners: Sequence[StandIn] = ()) -> Box:
    """What names the person, what the person has claimed, and what advice is asked of the person."""
    named = person_key(actor.id)
    asked = and_(
        task.c.id.in_(
            select(delegation.c.task_id)
            .where(delegation.c.adviser_id == actor.id, delegation.c.state == "open")
            .scalar_subquery()
        ),
        task_candidate.c.key == _first_key(),
        # Who signs it as well has a line for that.
        ~_has_open_key([named]),
    )
    own = [_named_or_claimed(actor), asked]
    for one in owners:
        own.append(and_(_named_or_claimed(one.owner), _stands_in(actor, one)))
    return _open_tasks(or_(*own))


def _named_or_claimed(person: Actor) -> ColumnElement[bool]:
    named = and_(task_candidate.c.key == person_key(person.id), task_candidate.c.open.is_(True))
    # A claimed task keeps its candidate rows closed; one of them is enough to find it by.
    claimed = and_(
        task.c.claimed_by == person.id,
        task.c.state == "open",
        task_candidate.c.key == _first_key(),
    )
    return or_(named, claimed)


def _has_open_key(keys: Collection[str]) -> ColumnElement[bool]:
    return (
        select(_other.c.task_id)
        .where(_other.c.task_id == task.c.id, _other.c.key.in_(keys), _other.c.open.is_(True))
        .exists()
    )


def _stands_in(actor: Actor, one: StandIn) -> ColumnElement[bool]:
    """Where a deputy may act at all: in the process, in nobody's own case, with one voice."""
    voice = (
        select(_signed.c.task_id)
        .where(
            _signed.c.task_id == task.c.id,
            or_(_signed.c.person_id == actor.id, _signed.c.voted_by == actor.id),
        )
        .exists()
    )
    conditions = [instance.c.starter_id.not_in((actor.id, one.owner.id)), ~voice]
    if one.processes is not None:
        conditions.append(instance.c.key.in_(sorted(one.processes)))
    return and_(*conditions)


def _pool(actor: Actor, owners: Sequence[StandIn] = ()) -> Box:
    """What anyone of the person's roles may take; never the person's own case."""
    keys = _role_keys(actor)
    found = [_takeable(keys, actor)]
    # What the person may take in the own right is listed as that, and once.
    listed = [_has_open_key(keys)]
    for one in owners:
        more = [key for key in _role_keys(one.owner) if key not in keys]
        stands_in = _stands_in(actor, one)
        found.append(and_(_takeable(more, one.owner), stands_in, ~or_(*listed)))
        listed.append(and_(_has_open_key(more), stands_in))
    return _open_tasks(or_(*found))


def _role_keys(person: Actor) -> list[str]:
    return sorted(person.keys - {person_key(person.id)})


def _takeable(keys: list[str], person: Actor) -> ColumnElement[bool]:
    return and_(
        task_candidate.c.key.in_(keys),
        task_candidate.c.open.is_(True),
        instance.c.starter_id != person.id,
        # Two of the person's roles on one task are still one line.
        task_candidate.c.key == _first_key(_other.c.key.in_(keys), _other.c.open.is_(True)),
    )


def _done(actor: Actor, _owners: Sequence[StandIn] = ()) -> Box:
    """What the person decided or signed, for whomever, and what was done in the person's stead."""
    voted = (
        select(signer.c.task_id)
        .where(
            or_(
                and_(signer.c.person_id == actor.id, signer.c.state == "voted"),
                signer.c.voted_by == actor.id,
            )
        )
        .scalar_subquery()
    )
    statement = (
        select(
            *_TASK_COLUMNS,
            func.coalesce(task.c.closed_at, task.c.created_at).label("at"),
            task.c.id.label("mark"),
        )
        .select_from(task.join(instance, instance.c.id == task.c.instance_id))
        .where(
            or_(
                task.c.completed_by == actor.id,
                task.c.completed_for == actor.id,
                task.c.id.in_(voted),
            )
        )
    )
    return statement, (func.coalesce(task.c.closed_at, task.c.created_at), task.c.id), True


def _started(actor: Actor, _owners: Sequence[StandIn] = ()) -> Box:
    empty = literal(None)
    statement = select(
        empty.label("task_id"),
        empty.label("element_id"),
        instance.c.id.label("instance_id"),
        instance.c.definition_id,
        instance.c.title,
        instance.c.number,
        instance.c.amount_fen,
        instance.c.starter_id,
        instance.c.state,
        empty.label("due_at"),
        literal(False).label("due_provisional"),
        empty.label("claimed_by"),
        instance.c.end_event.label("outcome"),
        instance.c.started_at.label("at"),
        instance.c.id.label("mark"),
    ).where(instance.c.starter_id == actor.id)
    return statement, (instance.c.started_at, instance.c.id), True


_BOXES: dict[str, Callable[[Actor, Sequence[StandIn]], Box]] = {
    "todo": _todo,
    "pool": _pool,
    "done": _done,
    "started": _started,
}
