"""Webhooks: where robots listen. An administrator adds the organisation's, a person perhaps an own one."""

from __future__ import annotations

import secrets
from collections.abc import Iterable

from sqlalchemy import Connection, Row, insert, select, update

from engine.errors import Invalid, NotFound
from engine.ids import new_id
from engine.notifications.kinds import KINDS
from engine.store.tables import setting, webhook
from engine.store.unit_of_work import UnitOfWork

FORMATS = ("plain", "wecom", "dingtalk", "feishu")
#: The row of `setting` that lets people have webhooks of their own.
PEOPLE_MAY = "people_may_have_webhooks"
#: A person with more of them is a mistake.
MOST_OF_ONE = 20


def add_webhook(
    uow: UnitOfWork,
    name: str,
    url: str,
    host: str,
    format: str,
    *,
    secret: str = "",
    kinds: Iterable[str] | None = None,
    person_id: str | None = None,
) -> tuple[str, str]:
    """Add one; return its id and the secret that signs its calls, made here for `plain` if none is given.

    Without `person_id` it is the organisation's and hears of everybody, but only the `kinds` chosen.
    The address must have been judged by the caller: which hosts may be called is the installation's.
    """
    chosen = None if kinds is None else sorted(set(kinds))
    if not name.strip() or len(name) > 80 or format not in FORMATS:
        raise Invalid("A webhook needs a name and one of the formats.", format=format)
    if chosen is not None and set(chosen) - set(KINDS):
        raise Invalid("There is no such kind.", kinds=chosen)
    if len(webhooks_of(uow.connection, person_id)) >= MOST_OF_ONE:
        raise Invalid("There are enough webhooks.")
    if not secret and format == "plain":
        secret = secrets.token_urlsafe(32)
    webhook_id = new_id()
    keyring = uow.engine.keyring
    uow.execute(
        insert(webhook).values(
            id=webhook_id,
            person_id=person_id,
            name=name.strip(),
            url=keyring.seal(url, f"webhook/{webhook_id}/url"),
            host=host[:255],
            secret=keyring.seal(secret, f"webhook/{webhook_id}/secret"),
            format=format,
            kinds=chosen,
            active=True,
            created_at=uow.now,
        )
    )
    _record(
        uow, "webhook.added", webhook_id, {"name": name.strip(), "host": host, "format": format}
    )
    return webhook_id, secret


def remove_webhook(uow: UnitOfWork, webhook_id: str, *, person_id: str | None = None) -> None:
    """Take one away; what was on its way there is dropped. Raise `NotFound` for somebody else's."""
    owner = webhook.c.person_id.is_(None) if person_id is None else webhook.c.person_id == person_id
    gone = uow.execute(
        update(webhook)
        .where(webhook.c.id == webhook_id, webhook.c.active.is_(True), owner)
        # The row stays for the deliveries that name it; what it knew does not.
        .values(active=False, url="", secret="")
    )
    if gone.rowcount == 0:
        raise NotFound(webhook=webhook_id)
    _record(uow, "webhook.removed", webhook_id, {})


def webhooks_of(connection: Connection, person_id: str | None) -> list[Row[tuple[object, ...]]]:
    """A person's webhooks, or the organisation's; what is sealed stays so."""
    owner = webhook.c.person_id.is_(None) if person_id is None else webhook.c.person_id == person_id
    return list(
        connection.execute(
            select(webhook).where(owner, webhook.c.active.is_(True)).order_by(webhook.c.id)
        )
    )


def people_may_have_webhooks(connection: Connection) -> bool:
    """True when the administrators let people have webhooks of their own."""
    found = connection.execute(select(setting.c.value).where(setting.c.name == PEOPLE_MAY))
    return found.scalar_one_or_none() is True


def let_people_have_webhooks(uow: UnitOfWork, may: bool) -> None:
    """Allow it or not. Those that are there stop being called when it is not allowed any more."""
    changed = uow.execute(update(setting).where(setting.c.name == PEOPLE_MAY).values(value=may))
    if changed.rowcount == 0:
        uow.execute(insert(setting).values(name=PEOPLE_MAY, value=may))
    if not may:
        uow.execute(
            update(webhook)
            .where(webhook.c.person_id.is_not(None), webhook.c.active.is_(True))
            .values(active=False, url="", secret="")
        )
    uow.record_in("system", "webhook.people_may", {"may": may}, {})


def _record(uow: UnitOfWork, type: str, webhook_id: str, payload: dict[str, object]) -> None:
    uow.record_in("system", type, {"webhook": webhook_id}, payload)
