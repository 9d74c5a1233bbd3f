"""The box of copies: cases shown to a person who does not decide in them, the unread ones first."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal, or_, select

from engine.errors import Invalid
from engine.queries.paging import mark, place
from engine.store.tables import copy, instance

_COLUMNS = (
    literal(None).label("task_id"),
    literal(None).label("element_id"),
    instance.c.id.label("instance_id"),
    instance.c.definition_id,
    instance.c.title,
    instance.c.number,
    instance.c.amount_fen,
    instance.c.starter_id,
    instance.c.state,
    literal(None).label("due_at"),
    literal(False).label("due_provisional"),
    literal(None).label("claimed_by"),
    instance.c.end_event.label("outcome"),
    copy.c.at,
    instance.c.id.label("mark"),
    copy.c.read_at.is_(None).label("unread"),
)
_UNREAD, _READ = "unread:", "read:"


def copies_of(
    connection: Connection,
    person: str,
    *,
    limit: int,
    after: str | None = None,
    condition: ColumnElement[bool] | None = None,
) -> tuple[list[dict[str, object]], str | None]:
    """One page of the copies a person has, newest first in either part; and where the next begins.

    Two short walks along the index of a person's copies, rather than one sort of all of them.
    """
    moment, identity = place(after) if after else (None, _UNREAD)
    if not identity.startswith((_UNREAD, _READ)):
        raise Invalid("This does not name the end of a page.")
    found: list[dict[str, object]] = []
    for part, unread in ((_UNREAD, copy.c.read_at.is_(None)), (_READ, copy.c.read_at.is_not(None))):
        if part == _UNREAD and identity.startswith(_READ):
            continue
        statement = _of(person).where(unread)
        if condition is not None:
            statement = statement.where(condition)
        if moment is not None and identity.startswith(part):
            last = identity.removeprefix(part)
            statement = statement.where(
                or_(copy.c.at < moment, and_(copy.c.at == moment, instance.c.id < last))
            )
        ordered = statement.order_by(copy.c.at.desc(), instance.c.id.desc())
        rows = connection.execute(ordered.limit(limit + 1 - len(found))).all()
        found += [dict(row._mapping) for row in rows]
        if len(found) > limit:
            break
    if len(found) <= limit:
        return found, None
    last_row = found[limit - 1]
    part = _UNREAD if last_row["unread"] else _READ
    return found[:limit], mark(last_row["at"], f"{part}{last_row['mark']}")  # type: ignore[arg-type]


def unread(connection: Connection, person: str, most: int) -> int:
    """How many copies a person has not opened yet, counted to one more than `most`."""
    waiting = select(literal(1)).where(copy.c.person_id == person, copy.c.read_at.is_(None))
    limited = waiting.limit(most + 1).subquery()
    return int(connection.execute(select(func.count()).select_from(limited)).scalar_one())


def _of(person: str) -> Select[tuple[object, ...]]:
    return (
        select(*_COLUMNS)
        .select_from(copy.join(instance, instance.c.id == copy.c.instance_id))
        .where(copy.c.person_id == person)
    )
