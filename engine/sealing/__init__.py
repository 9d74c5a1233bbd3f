"""Sensitive values: sealed once, bound to their place, found by equality, never shown."""

from engine.sealing.cipher import AesGcm, Cipher
from engine.sealing.errors import (
    KeyringBroken,
    NothingToIndex,
    NotSealed,
    SealingError,
    Tampered,
    UnknownSealingKey,
)
from engine.sealing.index import normalise
from engine.sealing.keyring import Keyring, is_sealed, key_of

__all__ = [
    "AesGcm",
    "Cipher",
    "Keyring",
    "KeyringBroken",
    "NotSealed",
    "NothingToIndex",
    "SealingError",
    "Tampered",
    "UnknownSealingKey",
    "is_sealed",
    "key_of",
    "normalise",
]
