"""The verbs over an account's password: set it, change it, have none here.

The slow parts (hashing, comparing with former ones) are `prepare`d before a transaction: on SQLite
one transaction keeps all others waiting.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Row, delete, insert, select, update

from engine.errors import NotFound
from engine.ids import new_id
from engine.store.unit_of_work import UnitOfWork
from webapp.accounts.errors import WeakPassword
from webapp.accounts.passwords import hash_password, verify
from webapp.accounts.policy import REMEMBERED, check_policy
from webapp.accounts.sessions import revoke
from webapp.accounts.tables import account, former_password, person

if TYPE_CHECKING:
    from engine.engine import Engine


@dataclass(frozen=True, slots=True)
class Prepared:
    """A password that the policy allows for this person, hashed."""

    person_id: str
    hash: str = field(repr=False)


def prepare(engine: Engine, person_id: str, password: str) -> Prepared:
    """Check a new password against policy and history, and hash it. Raises `WeakPassword`."""
    with engine.database.read() as connection:
        who, hashes = _known(connection, person_id)
    return _prepared(who, hashes, password)


def set_password(
    uow: UnitOfWork,
    person_id: str,
    password: str | Prepared,
    *,
    must_change: bool = False,
    keep: str | None = None,
) -> None:
    """Give a new password; every running session of the person ends, but the one to `keep`.

    `must_change`: somebody else has set it, and whoever signs in with it chooses another first.
    """
    if not isinstance(password, Prepared):
        password = _prepared(*_known(uow.connection, person_id), password)
    before = uow.execute(
        select(account.c.password_hash).where(account.c.person_id == person_id)
    ).one()
    _remember(uow, person_id, before.password_hash)
    uow.execute(
        update(account)
        .where(account.c.person_id == person_id)
        .values(password_hash=password.hash, password_set_at=uow.now, must_change=must_change)
    )
    uow.record_in(
        f"account:{person_id}",
        "account.password_set",
        {"person": person_id, "temporary": must_change},
        {},
    )
    revoke(uow, person_id, but=keep)


def drop_password(uow: UnitOfWork, person_id: str) -> None:
    """From now on the person signs in by the directory or the provider alone."""
    changed = uow.execute(
        update(account)
        .where(account.c.person_id == person_id)
        .values(password_hash=None, password_set_at=None, must_change=False)
    )
    if changed.rowcount == 0:
        raise NotFound(account=person_id)
    uow.execute(delete(former_password).where(former_password.c.person_id == person_id))
    uow.record_in(f"account:{person_id}", "account.password_dropped", {"person": person_id}, {})
    revoke(uow, person_id)


def _known(connection: Connection, person_id: str) -> tuple[Row, list[str]]:
    """What others know of the person, and the hashes of the last passwords."""
    who = connection.execute(
        select(person.c.id, person.c.name, person.c.member_no, account.c.username)
        .join(account, account.c.person_id == person.c.id)
        .where(person.c.id == person_id)
    ).one_or_none()
    if who is None:
        raise NotFound(account=person_id)
    present = connection.execute(
        select(account.c.password_hash).where(account.c.person_id == person_id)
    ).scalar_one()
    former = connection.execute(
        select(former_password.c.password_hash)
        .where(former_password.c.person_id == person_id)
        .order_by(former_password.c.at.desc(), former_password.c.id.desc())
        .limit(REMEMBERED - 1)
    ).scalars()
    return who, [one for one in (present, *former) if one]


def _prepared(who: Row, hashes: list[str], password: str) -> Prepared:
    check_policy(password, who.username, who.name, who.member_no)
    if any(verify(one, password) for one in hashes):
        raise WeakPassword(why="former")
    return Prepared(who.id, hash_password(password))


def _remember(uow: UnitOfWork, person_id: str, hashed: str | None) -> None:
    """Keep the password that goes, and no more of them than are compared with."""
    if not hashed:
        return
    uow.execute(
        insert(former_password).values(
            id=new_id(), person_id=person_id, password_hash=hashed, at=uow.now
        )
    )
    kept = list(
        uow.execute(
            select(former_password.c.id)
            .where(former_password.c.person_id == person_id)
            .order_by(former_password.c.at.desc(), former_password.c.id.desc())
            .limit(REMEMBERED - 1)
        ).scalars()
    )
    uow.execute(
        delete(former_password).where(
            former_password.c.person_id == person_id, former_password.c.id.not_in(kept)
        )
    )
