"""Sessions: opened, found, listed and ended. How one comes to be opened is `sign_in`'s affair.

`find` is on the way of every request and costs one statement: the session's row joined with the
person and the roles held today, a row per role. Keeping the keys on the session's row would save
nothing (people hold a handful of roles) and would let a role that has ended go on working until the
copy is renewed. The time of expiry slides, but is written at most every ten minutes.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, and_, bindparam, delete, insert, select, update

from engine.actors import Actor, person_key, role_key
from engine.sealing import Keyring
from engine.store.unit_of_work import UnitOfWork
from webapp.accounts.directory import DatabaseDirectory
from webapp.accounts.tables import (
    account,
    login_attempt,
    pending_sign_in,
    person,
    role_holding,
    session,
    used_state,
)
from webapp.accounts.throttle import end_attempt

if TYPE_CHECKING:
    from engine.engine import Engine

#: A session ends this long after it was last used.
LIFETIME = timedelta(hours=12)
#: How much of the sliding may be lost, for the sake of not writing at every request.
TOUCH_EVERY = timedelta(minutes=10)

_FIND = (
    select(
        session.c.token_hash,
        session.c.csrf,
        session.c.created_at,
        session.c.expires_at,
        session.c.seen_at,
        session.c.address,
        session.c.agent,
        session.c.how,
        person.c.id,
        person.c.name,
        person.c.unit_id,
        account.c.username,
        role_holding.c.role,
        role_holding.c.unit_id.label("place"),
    )
    .select_from(
        session.join(person, person.c.id == session.c.person_id)
        .join(account, account.c.person_id == person.c.id)
        .outerjoin(
            role_holding,
            and_(
                role_holding.c.person_id == person.c.id,
                role_holding.c.since <= bindparam("day"),
                role_holding.c.until.is_(None) | (role_holding.c.until > bindparam("day")),
            ),
        )
    )
    .where(
        session.c.token_hash == bindparam("token_hash"),
        session.c.expires_at > bindparam("now"),
        account.c.disabled.is_(False),
        person.c.left_on.is_(None) | (person.c.left_on > bindparam("day")),
    )
)


@dataclass(frozen=True, slots=True)
class Session:
    """Who is signed in, with the keys held at this moment."""

    #: Names the session without being able to open it.
    id: str
    actor: Actor
    name: str
    username: str
    csrf: str
    created_at: datetime
    expires_at: datetime
    seen_at: datetime
    #: From where and with what it was opened, and by which door: password, directory, provider or demo.
    address: str = ""
    agent: str = ""
    how: str = "password"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a request comes from, as far as it says."""

    address: str = ""
    agent: str = ""


#: A visitor of whom nothing is said.
UNSEEN = Visitor()


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh session. The token is shown to its owner once and kept nowhere."""

    token: str = field(repr=False)
    csrf: str
    person_id: str
    expires_at: datetime


class Sessions:
    """Opening, finding, listing and ending sessions over one engine's database and clock."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def open_for(self, person_id: str, visitor: Visitor = UNSEEN) -> SignedIn:
        """Begin a session without a password: for a demonstration and for tests."""
        return self._open(person_id, visitor, how="demo")

    def find(self, token: str, *, used: bool = True) -> Session | None:
        """Who a token belongs to: one statement, and now and then a second that renews the expiry.

        `used`: False where a page asks by itself, which must not keep a session open for ever.
        """
        with self._engine.database.glance() as connection:
            found = self.find_in(connection, token)
        if found is not None:
            found = self._with_former(found)
        if found is not None and used and self._engine.clock.now() - found.seen_at > TOUCH_EVERY:
            self._touch(found)
        return found

    def find_in(self, connection: Connection, token: str) -> Session | None:
        """The same on a connection the caller has open; nothing is written."""
        now = self._engine.clock.now()
        rows = connection.execute(
            _FIND,
            {
                "token_hash": hash_token(token),
                "now": now,
                "day": now.astimezone(self._engine.zone).date(),
            },
        ).all()
        return _session(rows[0], rows) if rows else None

    def _with_former(self, found: Session) -> Session:
        """Who holds a role at a unit holds it at those that have merged into it, too; some administer."""
        directory = self._engine.directory
        if not isinstance(directory, DatabaseDirectory):
            return found
        keys = directory.with_former(found.actor.keys)
        administers = not keys.isdisjoint(directory.administrator_keys())
        if keys is found.actor.keys and not administers:
            return found
        return replace(found, actor=replace(found.actor, keys=keys, administers=administers))

    def sign_out(self, token: str) -> None:
        """End a session; an unknown one is already ended."""
        with self._engine.database.write() as connection:
            connection.execute(delete(session).where(session.c.token_hash == hash_token(token)))
            connection.commit()

    def end(self, actor: Actor, session_id: str) -> bool:
        """End one of the actor's own sessions; False where there is none of this id."""
        with self._engine.command(actor) as uow:
            ended = revoke(uow, actor.id, session_id=session_id)
            uow.commit()
        return bool(ended)

    def of_person(self, person_id: str) -> list[Session]:
        """A person's running sessions, the latest used first; their actors carry no roles."""
        statement = (
            select(session, person.c.id, person.c.name, person.c.unit_id, account.c.username)
            .join(person, person.c.id == session.c.person_id)
            .join(account, account.c.person_id == person.c.id)
            .where(
                session.c.person_id == person_id, session.c.expires_at > self._engine.clock.now()
            )
            .order_by(session.c.seen_at.desc())
        )
        with self._engine.database.read() as connection:
            return [_session(row, []) for row in connection.execute(statement)]

    def _open(
        self,
        person_id: str,
        visitor: Visitor,
        *,
        how: str,
        attempt: str | None = None,
        pending: str | None = None,
        also: Callable[[UnitOfWork], object] | None = None,
    ) -> SignedIn:
        """Begin a session; `also` is done with it, and a pending sign-in of this hash ends."""
        actor = self._engine.directory.actor(person_id)
        token = secrets.token_urlsafe(32)
        csrf = new_csrf(self._engine.keyring, person_id)
        with self._engine.database.write() as connection:
            uow = UnitOfWork(self._engine, connection, actor)
            clear_up(uow)
            end_attempt(uow, attempt)
            if pending is not None:
                uow.execute(delete(pending_sign_in).where(pending_sign_in.c.token_hash == pending))
            if also is not None:
                also(uow)
            expires_at = uow.now + LIFETIME
            uow.execute(
                insert(session).values(
                    token_hash=hash_token(token),
                    person_id=person_id,
                    csrf=csrf,
                    created_at=uow.now,
                    expires_at=expires_at,
                    seen_at=uow.now,
                    address=visitor.address[:64],
                    agent=visitor.agent[:300],
                    how=how,
                )
            )
            uow.record_in(
                f"account:{person_id}",
                "account.signed_in",
                {"person": person_id, "session": hash_token(token)[:16], "how": how},
                {"address": visitor.address},
            )
            uow.commit()
        return SignedIn(token, csrf, person_id, expires_at)

    def _touch(self, found: Session) -> None:
        now = self._engine.clock.now()
        with self._engine.database.write() as connection:
            connection.execute(
                update(session)
                .where(session.c.token_hash == found.id)
                .values(seen_at=now, expires_at=now + LIFETIME)
            )
            connection.commit()


def revoke(
    uow: UnitOfWork, person_id: str, *, session_id: str | None = None, but: str | None = None
) -> int:
    """End one or all sessions of a person, or all `but` one; return how many. The caller commits."""
    statement = delete(session).where(session.c.person_id == person_id)
    if session_id is not None:
        statement = statement.where(session.c.token_hash == session_id)
    else:
        if but is not None:
            statement = statement.where(session.c.token_hash != but)
        # Whoever was half way in stays out, too.
        uow.execute(delete(pending_sign_in).where(pending_sign_in.c.person_id == person_id))
    ended = uow.execute(statement).rowcount
    if ended:
        uow.record_in(
            f"account:{person_id}",
            "account.sessions_revoked",
            {"person": person_id},
            {"count": ended},
        )
    return ended


def hash_token(token: str) -> str:
    """How a token is stored. It has 256 random bits, so a plain hash cannot be guessed back."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def new_csrf(keyring: Keyring, person_id: str) -> str:
    """A token for the forms of one session, by which one can still tell later for whom it was made."""
    made = secrets.token_urlsafe(24)
    return f"{made}.{_owner(keyring, made, person_id)}"


def made_for(keyring: Keyring, csrf: str, person_id: str) -> bool:
    """Whether a form's token was once given to this person, be the session long over."""
    made, _, owner = csrf.rpartition(".")
    return bool(made) and hmac.compare_digest(
        owner.encode(), _owner(keyring, made, person_id).encode()
    )


def _owner(keyring: Keyring, made: str, person_id: str) -> str:
    return keyring.index("csrf_owner", f"{made}/{person_id}")[:24]


def clear_up(uow: UnitOfWork) -> None:
    """Signing in is rare enough to sweep what has expired."""
    yesterday = uow.now - timedelta(days=1)
    uow.execute(delete(session).where(session.c.expires_at <= uow.now))
    uow.execute(delete(pending_sign_in).where(pending_sign_in.c.expires_at <= uow.now))
    uow.execute(delete(login_attempt).where(login_attempt.c.at < yesterday))
    uow.execute(delete(used_state).where(used_state.c.at < yesterday))


def _session(row: Any, roles: Sequence[Any]) -> Session:
    keys = {role_key(each.role, each.place) for each in roles if each.role is not None}
    return Session(
        id=row.token_hash,
        actor=Actor(row.id, frozenset(keys | {person_key(row.id)}), row.unit_id),
        name=row.name,
        username=row.username,
        csrf=row.csrf,
        created_at=row.created_at,
        expires_at=row.expires_at,
        seen_at=row.seen_at,
        address=row.address,
        agent=row.agent,
        how=row.how,
    )
