"""Checkpoints: one signature over where every stream stands, for somebody outside to keep.

A checkpoint is worth what its keeper is worth: whoever holds checkpoint N can show that nothing up
to N was changed since. Nothing here depends on ids or on the order of times, so a transaction that
commits late is sealed by the next checkpoint, never missed.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from engine.audit.canonical import canonical, timestamp
from engine.audit.events import Head
from engine.audit.merkle import root_of_heads
from engine.errors import EngineError

CHECKPOINT_PREFIX = b"gongban:checkpoint:1\n"
#: What the first checkpoint names as its predecessor.
NO_CHECKPOINT = bytes(32)


class SigningKeyBroken(EngineError):
    """The signing key cannot be read."""

    problem = "signing_key_broken"


class Signer(Protocol):
    """Signs checkpoints. Another algorithm (SM2 with SM3) is another class and another name."""

    @property
    def algorithm(self) -> str:
        """The name written into every checkpoint, e.g. "Ed25519"."""

    @property
    def public_key(self) -> bytes:
        """The public key, in the algorithm's usual raw form."""

    def sign(self, message: bytes) -> bytes:
        """The signature of `message` (not of its hash: hashing is the algorithm's affair)."""


class Ed25519Signer:
    """Ed25519 (RFC 8032) with a private key that lies in a file of 32 bytes, in hex, mode 0600."""

    algorithm = "Ed25519"

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public_key = key.public_key().public_bytes_raw()

    @classmethod
    def create(cls, file: Path | str) -> Ed25519Signer:
        """Make a key and its file. `FileExistsError` if there is one: no key is overwritten."""
        key = Ed25519PrivateKey.generate()
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.write(key.private_bytes_raw().hex() + "\n")
            out.flush()
            os.fsync(out.fileno())
        return cls(key)

    @classmethod
    def load(cls, file: Path | str) -> Ed25519Signer:
        """Read a key file. Raises `SigningKeyBroken`."""
        try:
            return cls.from_private_bytes(bytes.fromhex(Path(file).read_text()))
        except (OSError, ValueError):
            # Without the cause: its message could show a part of the key.
            raise SigningKeyBroken(file=str(file)) from None

    @classmethod
    def from_private_bytes(cls, raw: bytes) -> Ed25519Signer:
        """A signer from the 32 bytes of a private key. `ValueError` for another length."""
        return cls(Ed25519PrivateKey.from_private_bytes(raw))

    def sign(self, message: bytes) -> bytes:
        """The 64 bytes of the signature."""
        return self._key.sign(message)

    def __repr__(self) -> str:
        return f"Ed25519Signer({key_id(self.algorithm, self.public_key)})"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that checkpoints were signed with; published, and compared by its id."""

    algorithm: str
    public: bytes

    @property
    def id(self) -> str:
        """The fingerprint, 32 hex digits."""
        return key_id(self.algorithm, self.public)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The signed statement: at this time, `count` streams stood as `root` says."""

    number: int
    at: datetime
    previous: bytes
    root: bytes
    count: int
    algorithm: str
    key: str
    signature: bytes

    @property
    def signed_bytes(self) -> bytes:
        """What is signed: the prefix and the canonical record without its signature."""
        body = {
            "algorithm": self.algorithm,
            "at": timestamp(self.at),
            "count": self.count,
            "key": self.key,
            "number": self.number,
            "previous": self.previous.hex(),
            "root": self.root.hex(),
        }
        return CHECKPOINT_PREFIX + canonical(body)

    @property
    def hash(self) -> bytes:
        """What the next checkpoint names as `previous`: SHA-256 of `signed_bytes`."""
        return hashlib.sha256(self.signed_bytes).digest()


@dataclass(frozen=True, slots=True)
class SealedHead:
    """A head that had moved when a checkpoint was made. The others stood as an earlier one says."""

    checkpoint: int
    head: Head


def make_checkpoint(
    previous: Checkpoint | None, *, at: datetime, heads: Iterable[Head], signer: Signer
) -> Checkpoint:
    """The checkpoint after `previous` (None: the first) over *all* heads, ascending by stream.

    The caller stores it together with a `SealedHead` for each head that moved since `previous`, in
    one transaction that reads one state of the database. `ValueError` if heads are out of order.
    """
    root, count = root_of_heads(heads)
    unsigned = Checkpoint(
        number=previous.number + 1 if previous else 1,
        at=at,
        previous=previous.hash if previous else NO_CHECKPOINT,
        root=root,
        count=count,
        algorithm=signer.algorithm,
        key=key_id(signer.algorithm, signer.public_key),
        signature=b"",
    )
    return replace(unsigned, signature=signer.sign(unsigned.signed_bytes))


def is_signed_by(checkpoint: Checkpoint, key: PublicKey) -> bool:
    """Whether `key` signed the checkpoint. An algorithm unknown to this program never did."""
    if (checkpoint.algorithm, checkpoint.key) != (Ed25519Signer.algorithm, key.id):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(
            checkpoint.signature, checkpoint.signed_bytes
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def key_id(algorithm: str, public: bytes) -> str:
    """The fingerprint of a key: the first 32 hex digits of SHA-256(algorithm ‖ ":" ‖ key)."""
    return hashlib.sha256(algorithm.encode() + b":" + public).hexdigest()[:32]


def checkpoint_row(checkpoint: Checkpoint) -> dict[str, Any]:
    """The checkpoint as exported and as handed to an outsider; canonical bytes of it are a line."""
    return {
        "algorithm": checkpoint.algorithm,
        "at": timestamp(checkpoint.at),
        "count": checkpoint.count,
        "key": checkpoint.key,
        "number": checkpoint.number,
        "previous": checkpoint.previous.hex(),
        "root": checkpoint.root.hex(),
        "signature": checkpoint.signature.hex(),
    }
