"""What a person has been told, and what could not be delivered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Integer, Select, and_, func, literal_column, or_, select

from engine.notifications.parcels import Line, line, lines
from engine.queries.paging import mark, place
from engine.store.tables import delivery, notification, webhook

#: The bell counts exactly up to here; beyond it says that there are more.
MOST_COUNTED = 99


@dataclass(frozen=True, slots=True)
class Notifications:
    """A page of them, newest first; `next` names where the following one begins."""

    items: list[Line]
    next: str | None


def unread(connection: Connection, person_id: str) -> int:
    """How many are unread, counted to one more than `MOST_COUNTED`."""
    limited = unread_of(person_id).limit(MOST_COUNTED + 1).subquery()
    return int(connection.execute(select(func.count()).select_from(limited)).scalar_one())


def unread_of(person_id: str) -> Select[int]:
    """One row for each unread notification."""
    # Spelled like the partial index, or it is not used.
    return (
        select(literal_column("1", Integer))
        .select_from(notification)
        .where(
            notification.c.person_id == person_id,
            notification.c.shown,
            notification.c.read_at.is_(None),
        )
    )


def notifications(
    connection: Connection, person_id: str, *, limit: int = 50, after: str | None = None
) -> Notifications:
    """One page of what the person was told."""
    statement = lines().where(notification.c.person_id == person_id, notification.c.shown.is_(True))
    if after:
        moment, identity = place(after)
        statement = statement.where(
            or_(
                notification.c.at < moment,
                and_(notification.c.at == moment, notification.c.id < identity),
            )
        )
    statement = statement.order_by(notification.c.at.desc(), notification.c.id.desc())
    rows = connection.execute(statement.limit(limit + 1)).all()
    items = [line(row) for row in rows[:limit]]
    more = len(rows) > limit
    return Notifications(items, mark(items[-1].at, items[-1].id) if more else None)


def one_notification(connection: Connection, person_id: str, id: str) -> Line | None:
    """One of a person's notifications, or None."""
    row = connection.execute(
        lines().where(notification.c.id == id, notification.c.person_id == person_id)
    ).one_or_none()
    return None if row is None else line(row)


@dataclass(frozen=True, slots=True)
class Failure:
    """A delivery that was given up."""

    id: str
    kind: str
    person_id: str
    channel: str
    webhook: str | None
    attempts: int
    error: str
    since: datetime


def failures(connection: Connection, limit: int = 200) -> list[Failure]:
    """Deliveries that were given up, newest first."""
    rows = connection.execute(
        select(
            delivery.c.id,
            notification.c.kind,
            notification.c.person_id,
            delivery.c.channel,
            webhook.c.name.label("webhook"),
            delivery.c.attempts,
            delivery.c.error,
            delivery.c.due_at.label("since"),
        )
        .select_from(delivery.join(notification).outerjoin(webhook))
        .where(delivery.c.state == "given_up")
        .order_by(delivery.c.due_at.desc())
        .limit(limit)
    )
    return [Failure(**row._mapping) for row in rows]
