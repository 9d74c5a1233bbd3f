"""The answers already given, so that a repeated request does nothing twice.

The row is written in the command's own transaction: if the command rolls back, nothing was
promised; if it commits, the second request finds the first one's answer.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_or_nothing_pg
from sqlalchemy.dialects.sqlite import insert as insert_or_nothing_sqlite

from engine.errors import InFlight, KeyReused
from engine.store.tables import idempotency
from engine.store.unit_of_work import UnitOfWork

KEPT = timedelta(hours=24)
MAX_KEY = 200

# What comes back, not the row count: of an INSERT psycopg's is not kept.
_TAKE = {
    "sqlite": insert_or_nothing_sqlite(idempotency)
    .on_conflict_do_nothing()
    .returning(idempotency.c.id),
    "postgresql": insert_or_nothing_pg(idempotency)
    .on_conflict_do_nothing()
    .returning(idempotency.c.id),
}
_KEEP = (
    update(idempotency)
    .where(idempotency.c.id == bindparam("key"))
    .values(status=bindparam("status"), response=bindparam("response"))
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the first request was answered."""

    status: int
    body: str


@dataclass(frozen=True, slots=True)
class Promise:
    """A key that is taken now; `keep` stores the answer before the commit."""

    id: str

    def keep(self, uow: UnitOfWork, status: int, body: str) -> None:
        """Remember the answer for the next request with this key."""
        uow.execute(_KEEP, {"key": self.id, "status": status, "response": body})


def begin(uow: UnitOfWork, *, route: str, key: str, body: bytes, secret: bytes) -> Promise | Answer:
    """Take the key, or return the answer it already has.

    The scope is actor and route. Raise `KeyReused` for another body under the same key, `InFlight`
    when the first request has left no answer yet.
    The body is kept as a keyed hash: it may hold sensitive values that are easy to guess.
    """
    identity = hashlib.sha256(f"{uow.actor.id}\n{route}\n{key}".encode()).hexdigest()
    request = hmac.new(secret, body, hashlib.sha256).hexdigest()
    row = {"id": identity, "request": request, "created_at": uow.now}
    # On PostgreSQL a second request waits here until the first has committed or rolled back.
    if uow.execute(_TAKE[uow.connection.dialect.name], row).first() is not None:
        return Promise(identity)
    known = uow.execute(select(idempotency).where(idempotency.c.id == identity)).one_or_none()
    if known is None or known.status is None:
        raise InFlight
    if known.created_at < uow.now - KEPT:
        uow.execute(delete(idempotency).where(idempotency.c.id == identity))
        uow.execute(insert(idempotency).values(row))
        return Promise(identity)
    if known.request != request:
        raise KeyReused
    return Answer(known.status, known.response)


def forget_old(uow: UnitOfWork) -> None:
    """Drop answers older than a day."""
    uow.execute(delete(idempotency).where(idempotency.c.created_at < uow.now - KEPT))
