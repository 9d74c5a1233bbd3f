"""Webhooks as the API and the pages handle them: judged before they are added, tested on demand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from engine.commands.webhooks import add_webhook, people_may_have_webhooks
from engine.engine import Engine
from engine.errors import NotAllowed, NotFound
from engine.ids import new_id
from engine.notifications.deliver import open_hook
from engine.notifications.parcels import NotDelivered
from engine.store.tables import webhook
from engine.store.unit_of_work import UnitOfWork
from webapp.notify.addresses import judge
from webapp.notify.courier import HouseCourier
from webapp.settings import Settings


def add(
    uow: UnitOfWork,
    settings: Settings,
    *,
    name: str,
    url: str,
    format: str,
    secret: str = "",
    kinds: Iterable[str] | None = None,
    own: bool = False,
) -> tuple[str, str]:
    """Add a webhook at an address that may be called; return its id and its secret."""
    if own and not people_may_have_webhooks(uow.connection):
        raise NotAllowed(webhook="own")
    target = judge(url.strip(), settings.webhook_hosts)
    return add_webhook(
        uow,
        name,
        url.strip(),
        target.shown,
        format,
        secret=secret.strip(),
        kinds=kinds,
        person_id=uow.actor.id if own else None,
    )


def test(engine: Engine, settings: Settings, id: str, person_id: str | None) -> str | None:
    """Call a webhook with a test, outside any transaction; None, or what went wrong."""
    owner = webhook.c.person_id.is_(None) if person_id is None else webhook.c.person_id == person_id
    with engine.database.read() as connection:
        row: Any = connection.execute(
            select(webhook).where(webhook.c.id == id, webhook.c.active.is_(True), owner)
        ).one_or_none()
    if row is None:
        raise NotFound(webhook=id)
    try:
        HouseCourier(engine, settings).test(open_hook(engine.keyring, row), new_id())
    except NotDelivered as error:
        return error.code
    return None
