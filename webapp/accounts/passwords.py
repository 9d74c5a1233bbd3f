"""Passwords: argon2id, and the same time for a user name that does not exist."""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from webapp.accounts.policy import MOST_LENGTH

#: Memory per check is what many threads can afford at once; time is what a person does not notice.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1, type=Type.ID)

#: What an unknown user's password is checked against, so that the answer takes as long.
_NOBODY = _HASHER.hash(secrets.token_urlsafe(32))


def hash_password(password: str) -> str:
    """The argon2id hash, its parameters within."""
    return _HASHER.hash(password)


def make_password() -> str:
    """A random one, to be handed over and changed."""
    return secrets.token_urlsafe(12)


def verify(stored: str | None, password: str) -> bool:
    """Whether the password is right; takes its time also when there is nothing to compare with."""
    try:
        _HASHER.verify(stored or _NOBODY, password[: MOST_LENGTH + 1])
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def is_old(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(stored)
