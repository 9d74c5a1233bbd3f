"""The verbs around notifications: what a person wants, what has been read, what is tried again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta

from sqlalchemy import delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from engine.errors import Invalid
from engine.notifications.choices import (
    DIGEST_TIME,
    GENERAL,
    HOURLY,
    LANGUAGE,
    LANGUAGES,
    next_digest,
)
from engine.notifications.kinds import APP, KINDS, MAIL, TASK_OPENED, WANTED
from engine.store.tables import delivery, notification, notification_choice
from engine.store.unit_of_work import UnitOfWork

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
#: How long a notification is kept; the case's record keeps what happened.
KEPT = timedelta(days=180)
_AT_ONCE = 1_000


def choose(
    uow: UnitOfWork,
    wanted: Mapping[str, Mapping[str, str]],
    *,
    digest_time: str | None = None,
    language: str | None = None,
) -> None:
    """Write what the actor wants: kind → channel → now, digest or never. The rest stays as it was."""
    rows: dict[tuple[str, str], str] = {}
    for kind, channels in wanted.items():
        for channel, value in channels.items():
            if kind not in KINDS or value not in WANTED.get(channel, ()):
                raise Invalid("There is no such choice.", kind=kind, channel=channel)
            if (kind, channel) == (TASK_OPENED, APP):
                raise Invalid("The to-do box shows every task.", kind=kind, channel=channel)
            rows[kind, channel] = value
    if digest_time is not None:
        if digest_time != HOURLY and not _TIME.fullmatch(digest_time):
            raise Invalid("A digest comes hourly or at a time of day.", digest=digest_time)
        rows[GENERAL, DIGEST_TIME] = digest_time
    if language is not None:
        if language not in LANGUAGES:
            raise Invalid("There is no such language.", language=language)
        rows[GENERAL, LANGUAGE] = language
    for (kind, channel), value in rows.items():
        _write(uow, kind, channel, value)
    if digest_time is not None:
        _move_collected(uow, digest_time)


def _write(uow: UnitOfWork, kind: str, channel: str, value: str) -> None:
    mine = {"person_id": uow.actor.id, "kind": kind, "channel": channel}
    if kind != GENERAL and value == KINDS[kind].default(channel):
        # The default has no row: a later default holds for whoever never chose.
        uow.execute(
            delete(notification_choice).where(
                *(notification_choice.c[name] == given for name, given in mine.items())
            )
        )
        return
    make = insert_sqlite if uow.engine.database.is_sqlite else insert_postgresql
    # Two clicks reach us at once; the later one holds.
    uow.execute(
        make(notification_choice)
        .values(**mine, wanted=value)
        .on_conflict_do_update(
            index_elements=["person_id", "kind", "channel"], set_={"wanted": value}
        )
    )


def _move_collected(uow: UnitOfWork, digest_time: str) -> None:
    """What has been collected already comes with the next digest of the new time."""
    own = select(notification.c.id).where(notification.c.person_id == uow.actor.id)
    uow.execute(
        update(delivery)
        .where(
            delivery.c.state == "collected",
            delivery.c.channel == MAIL,
            delivery.c.notification_id.in_(own),
        )
        .values(due_at=next_digest(uow.now, digest_time, uow.engine.zone, uow.engine.working_days))
    )


def mark_read(uow: UnitOfWork, ids: Iterable[str] | None = None) -> int:
    """Mark the actor's own notifications as read, all of them without `ids`; return how many were not."""
    unread = (
        (notification.c.person_id == uow.actor.id)
        & notification.c.shown.is_(True)
        & notification.c.read_at.is_(None)
    )
    if ids is not None:
        unread &= notification.c.id.in_(list(ids))
    return uow.execute(update(notification).where(unread).values(read_at=uow.now)).rowcount


def retry_delivery(uow: UnitOfWork, delivery_id: str | None = None) -> int:
    """Try again what was given up, all of it without an id; return how many.

    Each begins at its first attempt, under the id it had.
    """
    given_up = delivery.c.state == "given_up"
    if delivery_id is not None:
        given_up &= delivery.c.id == delivery_id
    tried = uow.execute(
        update(delivery)
        .where(given_up)
        .values(state="waiting", attempts=0, due_at=uow.now, error=None)
    ).rowcount
    if tried:
        uow.record_in("system", "delivery.retried", {"delivery": delivery_id, "count": tried}, {})
    return tried


def drop_old_notifications(uow: UnitOfWork) -> int:
    """Delete what is older than half a year and no longer on its way; return how many."""
    old = list(
        uow.execute(
            select(notification.c.id)
            .where(
                notification.c.at < uow.now - KEPT,
                ~exists().where(
                    delivery.c.notification_id == notification.c.id,
                    delivery.c.state.in_(("waiting", "collected", "joined", "given_up")),
                ),
            )
            .limit(_AT_ONCE)
        ).scalars()
    )
    if old:
        uow.execute(delete(delivery).where(delivery.c.notification_id.in_(old)))
        uow.execute(delete(notification).where(notification.c.id.in_(old)))
    return len(old)
