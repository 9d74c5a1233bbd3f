"""The doors: a password of our own, the directory's, or the provider's word, and what each still asks for.

Whoever has shown a password and must still show a code, set up a device or choose a new password has no
session yet: a `pending_sign_in` with a token of its own stands for them, for ten minutes.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from engine.clock import today
from engine.store.unit_of_work import UnitOfWork
from webapp.accounts.directory_rows import belongs_on
from webapp.accounts.errors import (
    CodeRefused,
    LoginRefused,
    NewPasswordRequired,
    SecondFactorMissing,
    SecondFactorRequired,
    SignInOver,
)
from webapp.accounts.own_password import prepare, set_password
from webapp.accounts.passwords import hash_password, is_old, verify
from webapp.accounts.second_factor import begin_device, check_code, confirm_device
from webapp.accounts.sessions import UNSEEN, Sessions, SignedIn, Visitor, clear_up, hash_token
from webapp.accounts.tables import (
    account,
    pending_sign_in,
    person,
    role_holding,
    second_factor,
    used_state,
)
from webapp.accounts.throttle import MOST_BY_CODE, begin_attempt, end_attempt

if TYPE_CHECKING:
    from engine.engine import Engine

#: How long somebody may take over what is asked for after the password.
PATIENCE = timedelta(minutes=10)

PASSWORD, DIRECTORY, PROVIDER = "password", "directory", "provider"
#: What a pending sign-in still needs.
CODE, DEVICE, NEW_PASSWORD = "code", "device", "new_password"


class PasswordCheck(Protocol):
    """A directory that knows passwords; raises `DirectoryAway` when it cannot say."""

    def is_right(self, username: str, password: str) -> bool:
        """Whether the password is this person's."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What an installation asks of those who sign in."""

    #: After how many days a password has to be changed; 0: never by itself.
    password_days: int = 0
    #: Roles whose holders need a second factor.
    second_factor_roles: frozenset[str] = frozenset()
    #: Whether our own code is asked for also after the provider's sign-in.
    code_after_provider: bool = False
    directory: PasswordCheck | None = None


@dataclass(frozen=True, slots=True)
class Waiting:
    """Not signed in yet: what is needed next, and the token to come back with."""

    token: str = field(repr=False)
    needs: str


@dataclass(frozen=True, slots=True)
class Pending:
    """A sign-in under way, as its page shows it."""

    person_id: str
    username: str
    name: str
    how: str
    needs: str | None


class SignIn(Sessions):
    """Sessions, and the ways to one."""

    def __init__(self, engine: Engine, rules: Rules = Rules()) -> None:
        super().__init__(engine)
        self.rules = rules

    def begin(self, username: str, password: str, visitor: Visitor = UNSEEN) -> SignedIn | Waiting:
        """Check the password and go as far as it leads; raise `LoginRefused` or `TooManyAttempts`.

        The answer to a wrong name and to a wrong password is the same and takes the same time.
        """
        found, how, attempt = self._checked(username, password, visitor)
        needs = self._needs(found, how, code_given=False)
        renewed = None
        if how == PASSWORD and is_old(found.password_hash):
            renewed = hash_password(password)
        if needs is None:
            return self._open(
                found.person_id,
                visitor,
                how=how,
                attempt=attempt,
                also=lambda uow: _renew(uow, found.person_id, renewed),
            )
        return self._wait(found.person_id, how, needs, attempt=attempt, renewed=renewed)

    def sign_in(
        self,
        username: str,
        password: str,
        visitor: Visitor = UNSEEN,
        *,
        code: str = "",
    ) -> SignedIn:
        """The same for programs, which have everything at hand or are told what is missing."""
        reached = self.begin(username, password, visitor)
        if isinstance(reached, Waiting) and reached.needs == CODE and code:
            reached = self.give_code(reached.token, code, visitor)
        if isinstance(reached, SignedIn):
            return reached
        self.give_up(reached.token)
        raise {
            CODE: SecondFactorRequired,
            DEVICE: SecondFactorMissing,
            NEW_PASSWORD: NewPasswordRequired,
        }[reached.needs]

    def admit(self, person_id: str, visitor: Visitor = UNSEEN) -> SignedIn | Waiting:
        """The provider has said who this is."""
        found = self._account(account.c.person_id == person_id)
        if found is None or found.disabled:
            raise LoginRefused
        needs = self._needs(found, PROVIDER, code_given=not self.rules.code_after_provider)
        if needs is None:
            return self._open(person_id, visitor, how=PROVIDER)
        return self._wait(person_id, PROVIDER, needs)

    def check_password(self, username: str, password: str, visitor: Visitor = UNSEEN) -> None:
        """Whether this is really the person at the keyboard; raises as `begin` does."""
        found, _how, attempt = self._checked(username, password, visitor)
        with self._as(found.person_id) as uow:
            end_attempt(uow, attempt)
            uow.commit()

    def pending(self, token: str) -> Pending:
        """What a sign-in under way still needs; raise `SignInOver`."""
        with self._engine.database.read() as connection:
            row = connection.execute(
                select(pending_sign_in).where(
                    pending_sign_in.c.token_hash == hash_token(token),
                    pending_sign_in.c.expires_at > self._engine.clock.now(),
                )
            ).one_or_none()
        found = self._account(account.c.person_id == row.person_id) if row else None
        if row is None or found is None or found.disabled:
            raise SignInOver
        needs = self._needs(found, row.how, code_given=row.code_given)
        return Pending(row.person_id, found.username, found.name, row.how, needs)

    def give_code(self, token: str, code: str, visitor: Visitor = UNSEEN) -> SignedIn | Waiting:
        """The one-time code, or a recovery code."""
        found = self._pending_that_needs(token, CODE)
        check_code(self._engine, found.person_id, code, address=visitor.address)
        return self._after_code(token, found, visitor)

    def device_of(self, token: str) -> str:
        """The secret of the device that has to be set up before this sign-in goes on."""
        found = self._pending_that_needs(token, DEVICE)
        with self._as(found.person_id) as uow:
            secret = begin_device(uow, found.person_id)
            uow.commit()
        return secret

    def give_first_code(
        self, token: str, code: str, visitor: Visitor = UNSEEN
    ) -> tuple[SignedIn | Waiting, list[str]]:
        """The first code of a new device: it counts from now on; recovery codes beside the sign-in."""
        found = self._pending_that_needs(token, DEVICE)
        attempt = begin_attempt(
            self._engine, found.person_id, visitor.address, kind="code", most=MOST_BY_CODE
        )
        with self._as(found.person_id) as uow:
            codes = confirm_device(uow, found.person_id, code)
            end_attempt(uow, attempt)
            uow.commit()
        return self._after_code(token, found, visitor), codes

    def give_new_password(
        self, token: str, password: str, visitor: Visitor = UNSEEN
    ) -> SignedIn | Waiting:
        """The password the person has chosen in place of the one that cannot stay."""
        found = self._pending_that_needs(token, NEW_PASSWORD)
        prepared = prepare(self._engine, found.person_id, password)
        return self._open(
            found.person_id,
            visitor,
            how=found.how,
            pending=hash_token(token),
            also=lambda uow: set_password(uow, found.person_id, prepared),
        )

    def give_up(self, token: str) -> None:
        """Begin again from the front."""
        with self._engine.database.write() as connection:
            connection.execute(
                delete(pending_sign_in).where(pending_sign_in.c.token_hash == hash_token(token))
            )
            connection.commit()

    def person_of(self, username: str) -> str | None:
        """Whose account this is, shut or not; nobody is made here because a provider knows them."""
        with self._engine.database.read() as connection:
            found: str | None = connection.execute(
                select(account.c.person_id).where(account.c.username == username)
            ).scalar_one_or_none()
        return found

    def spend(self, state: str) -> bool:
        """Take what came back from the provider; False for what has come back before."""
        values = {"state_hash": hash_token(state), "at": self._engine.clock.now()}
        try:
            with self._engine.database.write() as connection:
                connection.execute(insert(used_state).values(values))
                connection.commit()
        except IntegrityError:
            return False
        return True

    def needs_device(self, person_id: str) -> bool:
        """Whether a role of the person asks for a second factor."""
        wanted = self.rules.second_factor_roles
        if not wanted:
            return False
        day = today(self._engine.clock, self._engine.zone)
        with self._engine.database.read() as connection:
            held = connection.execute(
                select(role_holding.c.id)
                .where(
                    role_holding.c.person_id == person_id,
                    role_holding.c.role.in_(sorted(wanted)),
                    role_holding.c.since <= day,
                    role_holding.c.until.is_(None) | (role_holding.c.until > day),
                )
                .limit(1)
            ).first()
        return held is not None

    @contextmanager
    def _as(self, person_id: str) -> Iterator[UnitOfWork]:
        """A transaction of the person's own; the caller commits."""
        actor = self._engine.directory.actor(person_id)
        with self._engine.database.write() as connection:
            yield UnitOfWork(self._engine, connection, actor)

    def _checked(self, username: str, password: str, visitor: Visitor) -> tuple[Row, str, str]:
        """The account whose password this is, by which door, and the attempt that was counted."""
        attempt = begin_attempt(self._engine, username, visitor.address)
        found = self._account(account.c.username == username.strip())
        # Outside of any transaction: this takes long, and on SQLite it would keep all writers out.
        right = verify(found.password_hash if found else None, password)
        how = PASSWORD
        if found is not None and not found.password_hash and self.rules.directory is not None:
            how = DIRECTORY
            # An empty password would be no check: many directories take it for an anonymous visit.
            right = bool(password) and self.rules.directory.is_right(found.username, password)
        if not right or found is None or found.disabled:
            raise LoginRefused
        return found, how, attempt

    def _account(self, condition: object) -> Row | None:
        day = today(self._engine.clock, self._engine.zone)
        with self._engine.database.read() as connection:
            return connection.execute(
                select(account, person.c.name, second_factor.c.confirmed_at)
                .join(person, person.c.id == account.c.person_id)
                .outerjoin(second_factor, second_factor.c.person_id == account.c.person_id)
                .where(condition, belongs_on(day))  # type: ignore[arg-type]  # a column's comparison
            ).one_or_none()

    def _needs(self, found: Row, how: str, *, code_given: bool) -> str | None:
        """What is still to be shown or done before a session begins, first things first."""
        if not code_given:
            if found.confirmed_at is not None:
                return CODE
            if self.needs_device(found.person_id):
                return DEVICE
        if how == PASSWORD and (found.must_change or self._is_out_of_date(found)):
            return NEW_PASSWORD
        return None

    def _is_out_of_date(self, found: Row) -> bool:
        if not self.rules.password_days:
            return False
        oldest = self._engine.clock.now() - timedelta(days=self.rules.password_days)
        return found.password_set_at is None or found.password_set_at < oldest

    def _wait(
        self,
        person_id: str,
        how: str,
        needs: str,
        *,
        attempt: str | None = None,
        renewed: str | None = None,
    ) -> Waiting:
        token = secrets.token_urlsafe(32)
        with self._as(person_id) as uow:
            clear_up(uow)
            end_attempt(uow, attempt)
            _renew(uow, person_id, renewed)
            uow.execute(
                insert(pending_sign_in).values(
                    token_hash=hash_token(token),
                    person_id=person_id,
                    how=how,
                    code_given=needs == NEW_PASSWORD,
                    expires_at=uow.now + PATIENCE,
                )
            )
            uow.commit()
        return Waiting(token, needs)

    def _pending_that_needs(self, token: str, needs: str) -> Pending:
        found = self.pending(token)
        if found.needs != needs:
            raise SignInOver
        return found

    def _after_code(self, token: str, found: Pending, visitor: Visitor) -> SignedIn | Waiting:
        """With the code given: signed in, or a new password is all that is left."""
        known = self._account(account.c.person_id == found.person_id)
        if known is None:
            raise CodeRefused
        if self._needs(known, found.how, code_given=True) is None:
            return self._open(found.person_id, visitor, how=found.how, pending=hash_token(token))
        self.give_up(token)
        return self._wait(found.person_id, found.how, NEW_PASSWORD)


def _renew(uow: UnitOfWork, person_id: str, hashed: str | None) -> None:
    """The same password under today's parameters."""
    if hashed is not None:
        uow.execute(
            update(account).where(account.c.person_id == person_id).values(password_hash=hashed)
        )
