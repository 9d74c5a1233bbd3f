"""Guessing takes time: attempts are counted by user name and by address, those at codes by person.

An attempt counts from the moment it begins, so that many at once gain nothing, and a success takes
its own away again.
"""

from __future__ import annotations

import hashlib
import math
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select

from engine.ids import new_id
from engine.store.unit_of_work import UnitOfWork
from webapp.accounts.errors import TooManyAttempts
from webapp.accounts.tables import login_attempt

if TYPE_CHECKING:
    from engine.engine import Engine

WINDOW = timedelta(minutes=15)
#: Attempts within the window. An address may be a whole building's.
MOST_BY_USERNAME = 10
MOST_BY_ADDRESS = 200
#: A code has six digits and only somebody who knows the password comes to it.
MOST_BY_CODE = 5


def begin_attempt(
    engine: Engine, who: str, address: str, *, kind: str = "name", most: int = MOST_BY_USERNAME
) -> str:
    """Count an attempt and return its id; raise `TooManyAttempts`, with the seconds to wait.

    `kind` keeps apart what is tried: a password for a name, a code for a person.
    """
    now = engine.clock.now()
    name_hash, address_hash = _hash(kind, who), _hash("address", address)
    with engine.database.write() as connection:
        for column, limit in (
            (login_attempt.c.username_hash == name_hash, most),
            (login_attempt.c.address_hash == address_hash, MOST_BY_ADDRESS),
        ):
            _refuse_above(connection, column, limit, now)
        made = new_id()
        connection.execute(
            insert(login_attempt).values(
                id=made, username_hash=name_hash, address_hash=address_hash, at=now
            )
        )
        connection.commit()
    return made


def end_attempt(uow: UnitOfWork, attempt: str | None) -> None:
    """The attempt was good: it does not count."""
    if attempt is not None:
        uow.execute(delete(login_attempt).where(login_attempt.c.id == attempt))


def _refuse_above(
    connection: Connection, same: ColumnElement[bool], limit: int, now: datetime
) -> None:
    count, oldest = connection.execute(
        select(func.count(), func.min(login_attempt.c.at)).where(
            same, login_attempt.c.at > now - WINDOW
        )
    ).one()
    if count >= limit:
        wait = oldest + WINDOW - now
        raise TooManyAttempts(retry_after=max(1, math.ceil(wait.total_seconds())))


def _hash(kind: str, text: str) -> str:
    return hashlib.sha256(
        f"{kind}:{text.strip().casefold()}".encode("utf-8", "replace")
    ).hexdigest()
