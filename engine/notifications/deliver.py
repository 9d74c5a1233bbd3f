"""What is due leaves the house: claimed, handed to the courier, settled; tried again, given up in the open.

A claim moves the due date past the time a sender may take. Nobody else touches the row until then, and
a sender that dies has its row claimed again: at least once, always under the same id.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import Connection, Row, or_, select, update

from engine.notifications.choices import choices_of
from engine.notifications.kinds import MAIL, TASK_OPENED
from engine.notifications.parcels import Courier, Hook, Line, NotDelivered, Parcel, line, lines
from engine.sealing import Keyring
from engine.store.tables import delivery, notification, webhook

if TYPE_CHECKING:
    from engine.engine import Engine

#: How long a claim holds; a batch stops at half of it, and no single message takes so long.
LEASE = timedelta(minutes=10)
#: How long to wait after each failed attempt; after the last it is given up.
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))
_AT_ONCE = 20
_MOST_COLLECTED = 500

log = structlog.get_logger()


def deliver_due(
    engine: Engine, courier: Courier, *, elapsed: Callable[[], float] = time.monotonic
) -> int:
    """Send what is due; return how many messages were claimed."""
    _close_digests(engine)
    ids = _claim(engine)
    began = elapsed()
    for one in ids:
        if elapsed() - began > LEASE.total_seconds() / 2:
            break  # the lease runs out for the others, and they are claimed again
        _send(engine, courier, one)
    return len(ids)


def _is_due(connection: Connection, state: str, now: Any) -> bool:
    found = select(delivery.c.id).where(delivery.c.state == state, delivery.c.due_at <= now)
    return connection.execute(found.limit(1)).first() is not None


def _claim(engine: Engine) -> list[str]:
    now = engine.clock.now()
    with engine.database.read() as connection:
        if not _is_due(connection, "waiting", now):
            return []
    with engine.database.write() as connection:
        statement = (
            select(delivery.c.id)
            .where(delivery.c.state == "waiting", delivery.c.due_at <= now)
            .order_by(delivery.c.due_at, delivery.c.id)
            .limit(_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        ids = list(connection.execute(statement).scalars())
        connection.execute(
            update(delivery)
            .where(delivery.c.id.in_(ids))
            .values(due_at=now + LEASE, attempts=delivery.c.attempts + 1)
        )
        connection.commit()
    return ids


def _close_digests(engine: Engine) -> None:
    """Join what was collected for a person into one message, whose content is fixed from here on."""
    now = engine.clock.now()
    with engine.database.read() as connection:
        if not _is_due(connection, "collected", now):
            return
    with engine.database.write() as connection:
        rows = connection.execute(
            select(notification.c.person_id, delivery.c.id)
            .select_from(delivery.join(notification))
            .where(delivery.c.state == "collected", delivery.c.due_at <= now)
            .order_by(notification.c.person_id, delivery.c.id)
            .limit(_MOST_COLLECTED)
            .with_for_update(of=delivery, skip_locked=True)
        ).all()
        for _person, group in groupby(rows, key=lambda row: row.person_id):
            head, *others = [row.id for row in group]
            _change(connection, [head], state="waiting", due_at=now, digest_id=head)
            _change(connection, others, state="joined", digest_id=head)
        connection.commit()


def _change(connection: Connection, ids: list[str], **values: Any) -> None:
    if ids:
        connection.execute(update(delivery).where(delivery.c.id.in_(ids)).values(**values))


def _send(engine: Engine, courier: Courier, delivery_id: str) -> None:
    try:
        parcel = _parcel(engine, delivery_id)
        if parcel is not None:
            courier.deliver(parcel)
    except NotDelivered as error:
        _failed(engine, delivery_id, error)
    # The outermost loop: whatever a message does to its courier, the others leave.
    except Exception as error:
        _failed(engine, delivery_id, NotDelivered(type(error).__name__))
    else:
        _settle(engine, delivery_id, "dropped" if parcel is None else "sent")


def _parcel(engine: Engine, delivery_id: str) -> Parcel | None:
    """The message, or None when nobody needs it any more."""
    with engine.database.read() as connection:
        row = connection.execute(
            select(delivery, notification.c.person_id)
            .select_from(delivery.join(notification))
            .where(delivery.c.id == delivery_id)
        ).one()
        found = _lines(connection, row)
        hook = _hook(connection, engine.keyring, row.webhook_id) if row.webhook_id else None
        language = choices_of(connection, [row.person_id]).language(row.person_id)
    if not found or (row.webhook_id and hook is None):
        return None
    directory = engine.directory
    if row.people is not None:
        names = tuple(directory.name(one) for one in row.people["ids"])
        return Parcel(row.id, found, "zh", hook=hook, people=names, count=row.people["count"])
    if not directory.is_active(row.person_id):
        return None
    address = directory.address(row.person_id) if row.channel == MAIL else None
    if row.channel == MAIL and address is None:
        raise NotDelivered("no_address", permanent=True)
    digest = row.digest_id is not None
    return Parcel(row.id, found, language, address=address, hook=hook, digest=digest)


def _lines(connection: Connection, row: Row[Any]) -> tuple[Line, ...]:
    """What the message tells. A task that somebody has done since is told to nobody."""
    statement = lines().join(delivery, delivery.c.notification_id == notification.c.id)
    own = delivery.c.id == row.id
    if row.digest_id is not None:
        own = or_(own, delivery.c.digest_id == row.digest_id)
    statement = statement.where(own).order_by(notification.c.at, notification.c.id)
    found = [line(one) for one in connection.execute(statement)]
    return tuple(
        one for one in found if one.kind != TASK_OPENED or one.task_state in ("open", None)
    )


def _hook(connection: Connection, keyring: Keyring, webhook_id: str) -> Hook | None:
    row = connection.execute(
        select(webhook).where(webhook.c.id == webhook_id, webhook.c.active.is_(True))
    ).one_or_none()
    return None if row is None else open_hook(keyring, row)


def open_hook(keyring: Keyring, row: Row[Any]) -> Hook:
    """A webhook's row with its address and secret in the clear."""
    return Hook(
        id=row.id,
        url=keyring.open_sealed(row.url, f"webhook/{row.id}/url"),
        secret=keyring.open_sealed(row.secret, f"webhook/{row.id}/secret"),
        format=row.format,
    )


def _settle(engine: Engine, delivery_id: str, state: str) -> None:
    with engine.database.write() as connection:
        values = {"state": state, "sent_at": engine.clock.now(), "error": None}
        connection.execute(
            update(delivery)
            .where(
                or_(
                    delivery.c.id == delivery_id,
                    (delivery.c.digest_id == delivery_id) & (delivery.c.state == "joined"),
                )
            )
            .values(**values)
        )
        connection.commit()


def _failed(engine: Engine, delivery_id: str, error: NotDelivered) -> None:
    with engine.database.write() as connection:
        row = connection.execute(
            select(delivery.c.attempts, delivery.c.channel)
            .where(delivery.c.id == delivery_id)
            .with_for_update()
        ).one()
        given_up = error.permanent or row.attempts > len(BACK_OFF)
        wait = BACK_OFF[min(row.attempts, len(BACK_OFF)) - 1]
        now = engine.clock.now()
        _change(
            connection,
            [delivery_id],
            state="given_up" if given_up else "waiting",
            due_at=now if given_up else now + wait,
            error=error.code[:200],
        )
        connection.commit()
    log.warning(
        "not delivered",
        delivery=delivery_id,
        channel=row.channel,
        error=error.code,
        given_up=given_up,
    )
