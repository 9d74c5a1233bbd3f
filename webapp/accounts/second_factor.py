"""One-time codes (TOTP, RFC 6238) as a second factor, with recovery codes for a lost device.

The secret lies sealed and counts once a code of it has been typed. A code is taken once: the row
remembers its thirty seconds and moves forward only. Recovery codes lie as keyed digests.
"""

from __future__ import annotations

import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import pyotp
from sqlalchemy import Connection, delete, func, insert, select, update

from engine.clock import outside_now
from engine.errors import NotFound, ReasonRequired
from engine.sealing import Keyring
from engine.store.unit_of_work import UnitOfWork
from webapp.accounts.errors import CodeRefused, SecondFactorThere
from webapp.accounts.sessions import revoke
from webapp.accounts.tables import recovery_code, second_factor
from webapp.accounts.throttle import MOST_BY_CODE, begin_attempt, end_attempt

if TYPE_CHECKING:
    from engine.engine import Engine

STEP = 30
#: How many steps the device's clock may be before or behind ours.
TOLERANCE = 1
RECOVERY_CODES = 10
#: Without 0, 1, I, L, O and U: nobody has to guess which of two signs it is.
_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_ISSUER = "Gongban"


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a person has a second factor, since when, and how many recovery codes are left."""

    confirmed_at: datetime | None = None
    recovery_left: int = 0

    @property
    def active(self) -> bool:
        """True when signing in asks for a code."""
        return self.confirmed_at is not None


def standing_of(connection: Connection, person_id: str) -> Standing:
    """How a person's second factor stands."""
    confirmed_at = connection.execute(
        select(second_factor.c.confirmed_at).where(second_factor.c.person_id == person_id)
    ).scalar_one_or_none()
    if confirmed_at is None:
        return Standing()
    left = connection.execute(
        select(func.count()).where(
            recovery_code.c.person_id == person_id, recovery_code.c.used_at.is_(None)
        )
    ).scalar_one()
    return Standing(confirmed_at, left)


def begin_device(uow: UnitOfWork, person_id: str) -> str:
    """A fresh secret for a device, not counting yet; the same one until it is confirmed."""
    row = uow.execute(
        select(second_factor).where(second_factor.c.person_id == person_id)
    ).one_or_none()
    if row is not None and row.confirmed_at is not None:
        raise SecondFactorThere(person=person_id)
    if row is not None:
        return _open(uow.engine.keyring, row)
    secret = pyotp.random_base32()
    uow.execute(
        insert(second_factor).values(
            person_id=person_id,
            secret=uow.engine.keyring.seal(secret, _place(person_id)),
            last_step=0,
        )
    )
    return secret


def open_secret(engine: Engine, person_id: str) -> str:
    """The secret of a device that is being set up; raise `NotFound` where there is none."""
    with engine.database.read() as connection:
        row = connection.execute(
            select(second_factor).where(
                second_factor.c.person_id == person_id, second_factor.c.confirmed_at.is_(None)
            )
        ).one_or_none()
    if row is None:
        raise NotFound(second_factor=person_id)
    return _open(engine.keyring, row)


def address_of(secret: str, username: str) -> str:
    """What the QR code says to the device."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=_ISSUER)


def confirm_device(uow: UnitOfWork, person_id: str, code: str) -> list[str]:
    """The first code of the new device; return the recovery codes, shown this once."""
    row = uow.execute(
        select(second_factor).where(second_factor.c.person_id == person_id)
    ).one_or_none()
    if row is None:
        raise NotFound(second_factor=person_id)
    if row.confirmed_at is not None:
        raise SecondFactorThere(person=person_id)
    step = _step_of(uow.engine, _open(uow.engine.keyring, row), code)
    if step is None:
        raise CodeRefused
    uow.execute(
        update(second_factor)
        .where(second_factor.c.person_id == person_id)
        .values(confirmed_at=uow.now, last_step=step)
    )
    _record(uow, person_id, "account.second_factor_set")
    return new_recovery_codes(uow, person_id)


def new_recovery_codes(uow: UnitOfWork, person_id: str) -> list[str]:
    """Ten fresh ones; those before are worth nothing any more."""
    codes = ["".join(secrets.choice(_SIGNS) for _ in range(10)) for _ in range(RECOVERY_CODES)]
    uow.execute(delete(recovery_code).where(recovery_code.c.person_id == person_id))
    uow.execute_many(
        insert(recovery_code),
        [
            {"person_id": person_id, "code_hash": _digest(uow.engine.keyring, person_id, code)}
            for code in codes
        ],
    )
    _record(uow, person_id, "account.recovery_codes_made")
    return [f"{code[:5]}-{code[5:]}" for code in codes]


def check_code(engine: Engine, person_id: str, code: str, *, address: str = "") -> None:
    """Take a code of the device, or a recovery code; raise `CodeRefused` or `TooManyAttempts`.

    Committed by itself: a code that has been taken stays taken whatever becomes of the rest.
    """
    attempt = begin_attempt(engine, person_id, address, kind="code", most=MOST_BY_CODE)
    actor = engine.directory.actor(person_id)
    with engine.database.write() as connection:
        uow = UnitOfWork(engine, connection, actor)
        if _take(uow, person_id, code):
            end_attempt(uow, attempt)
            uow.commit()
            return
    with engine.database.write() as connection:
        # Whoever types codes here knows the password already: the person should be able to read of it.
        uow = UnitOfWork(engine, connection, actor)
        _record(uow, person_id, "account.code_refused", {"address": address})
        uow.commit()
    raise CodeRefused


def remove_device(uow: UnitOfWork, person_id: str) -> None:
    """Signing in asks for the password alone again; the codes are gone."""
    _forget(uow, person_id)
    _record(uow, person_id, "account.second_factor_removed")


def reset_device(uow: UnitOfWork, person_id: str, reason: str) -> None:
    """An administrator takes a lost device off somebody's account; every session of it ends."""
    if not reason.strip():
        raise ReasonRequired
    _forget(uow, person_id)
    _record(uow, person_id, "account.second_factor_reset", {"reason": reason.strip()[:500]})
    revoke(uow, person_id)


def _forget(uow: UnitOfWork, person_id: str) -> None:
    gone = uow.execute(delete(second_factor).where(second_factor.c.person_id == person_id))
    if gone.rowcount == 0:
        raise NotFound(second_factor=person_id)
    uow.execute(delete(recovery_code).where(recovery_code.c.person_id == person_id))


def _take(uow: UnitOfWork, person_id: str, code: str) -> bool:
    row = uow.execute(
        select(second_factor).where(
            second_factor.c.person_id == person_id, second_factor.c.confirmed_at.is_not(None)
        )
    ).one_or_none()
    if row is None:
        return False
    step = _step_of(uow.engine, _open(uow.engine.keyring, row), code)
    if step is not None:
        # Of two requests with one code the second finds the step taken.
        moved = uow.execute(
            update(second_factor)
            .where(second_factor.c.person_id == person_id, second_factor.c.last_step < step)
            .values(last_step=step)
        )
        return moved.rowcount == 1
    plain = re.sub(r"[\s-]", "", code).upper()
    if len(plain) != 10:
        return False
    used = uow.execute(
        update(recovery_code)
        .where(
            recovery_code.c.person_id == person_id,
            recovery_code.c.code_hash == _digest(uow.engine.keyring, person_id, plain),
            recovery_code.c.used_at.is_(None),
        )
        .values(used_at=uow.now)
    )
    if used.rowcount == 1:
        _record(uow, person_id, "account.recovery_code_used")
    return used.rowcount == 1


def _step_of(engine: Engine, secret: str, code: str) -> int | None:
    """The thirty seconds to which a code belongs, within what clocks may differ; None for a wrong one."""
    plain = re.sub(r"\s", "", code)
    if not re.fullmatch(r"[0-9]{6}", plain):
        return None
    present = int(outside_now(engine.clock).timestamp()) // STEP
    made = pyotp.TOTP(secret, interval=STEP)
    found = None
    for step in range(present - TOLERANCE, present + TOLERANCE + 1):
        if hmac.compare_digest(made.at(step * STEP), plain):
            found = step
    return found


def _open(keyring: Keyring, row: object) -> str:
    person_id, secret = row.person_id, row.secret  # type: ignore[attr-defined]  # a row of the table
    return keyring.open_sealed(secret, _place(person_id))


def _digest(keyring: Keyring, person_id: str, code: str) -> str:
    return keyring.index("recovery_code", f"{person_id}/{code}")


def _place(person_id: str) -> str:
    return f"second_factor/{person_id}"


def _record(
    uow: UnitOfWork, person_id: str, type: str, payload: dict[str, str] | None = None
) -> None:
    uow.record_in(f"account:{person_id}", type, {"person": person_id}, payload or {})
