"""Events: what happened, chained so that a change to any of them shows.

Every event belongs to a stream and carries the hash of the one before it. Personal data and free
text are never in the event itself: they are its *payload*, of which the event holds only
SHA-256(salt ‖ canonical payload). Salt and payload are kept elsewhere and may lawfully be erased;
the chain still verifies. The format is published in docs/audit-format.md with test vectors.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from engine.audit.canonical import NotCanonical, canonical, timestamp

EVENT_PREFIX = b"gongban:event:1\n"
STREAM_PREFIX = b"gongban:stream:1\n"
SALT_BYTES = 16
#: Type of the event that must accompany an erased payload; its subject is `erasure_subject(…)`.
ERASED = "payload_erased"

_WORD = re.compile(r"[\w.:@/+=#-]{1,200}")
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_MOST_KEYS = 16

Subject = Mapping[str, str | int | bool | None]


@dataclass(frozen=True, slots=True)
class Head:
    """How far a stream goes: its name, the number of its events and the hash of the last."""

    stream: str
    length: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Event:
    """One link of a stream. Hashes are 32 bytes, `at` is aware; `seq` starts at 1."""

    stream: str
    seq: int
    prev_hash: bytes
    hash: bytes
    at: datetime
    type: str
    actor: str | None
    subject: Subject
    payload_digest: bytes | None

    @property
    def head(self) -> Head:
        """The stream's head once this event is its last."""
        return Head(self.stream, self.seq, self.hash)


@dataclass(frozen=True, slots=True)
class Payload:
    """The erasable half of an event, as stored; after erasure `salt` and `data` are None."""

    stream: str
    seq: int
    salt: bytes | None
    data: bytes | None


class Chained(NamedTuple):
    """A new event with the salt and canonical payload to be stored beside it (None: no payload)."""

    event: Event
    salt: bytes | None
    payload: bytes | None


def genesis(stream: str) -> Head:
    """The head of a stream without events; its hash is of the name, so streams cannot swap."""
    _check_word("stream", stream)
    return Head(stream, 0, hashlib.sha256(STREAM_PREFIX + stream.encode()).digest())


def chain(
    head: Head,
    *,
    at: datetime,
    type: str,
    actor: str | None,
    subject: Subject | None = None,
    payload: Any = None,
    salt: bytes | None = None,
) -> Chained:
    """The event that follows `head`, with the salt and payload to store beside it.

    `subject`: a few opaque ids, enum words, small numbers; never text that a person wrote.
    `payload`: any JSON value; None means there is none. `salt`: 16 random bytes unless given.
    Raises `NotCanonical` for a subject or payload that does not fit, `ValueError` for a naive time.
    """
    subject = dict(subject or {})
    _check(type, actor, subject)
    data: bytes | None = None
    digest: bytes | None = None
    if payload is None:
        salt = None
    else:
        salt = os.urandom(SALT_BYTES) if salt is None else salt
        data = canonical(payload)
        digest = payload_digest(salt, data)
    seq = head.length + 1
    own_hash = _hash(head.stream, seq, head.hash, at, type, actor, subject, digest)
    event = Event(head.stream, seq, head.hash, own_hash, at, type, actor, subject, digest)
    return Chained(event, salt, data)


def event_hash(event: Event) -> bytes:
    """The hash of the event's contents; equal to `event.hash` unless somebody changed them."""
    return _hash(
        event.stream,
        event.seq,
        event.prev_hash,
        event.at,
        event.type,
        event.actor,
        event.subject,
        event.payload_digest,
    )


def payload_digest(salt: bytes, data: bytes) -> bytes:
    """SHA-256(salt ‖ canonical payload). `ValueError` unless the salt has 16 bytes."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes")
    return hashlib.sha256(salt + data).digest()


def erasure_subject(stream: str, seq: int) -> dict[str, str | int]:
    """The subject of the `payload_erased` event for one payload.

    A verifier takes an erased payload without such an event (in any stream) for a finding: erasing
    is itself on the record.
    """
    return {"stream": stream, "seq": seq}


def event_row(event: Event) -> dict[str, Any]:
    """The event as exported: hashes in hex, the time as text. Canonical bytes of it are a line."""
    return {**_body_of(event), "hash": event.hash.hex()}


def _body_of(event: Event) -> dict[str, Any]:
    digest = event.payload_digest
    return {
        "actor": event.actor,
        "at": timestamp(event.at),
        "payload": digest.hex() if digest is not None else None,
        "prev": event.prev_hash.hex(),
        "seq": event.seq,
        "stream": event.stream,
        "subject": dict(event.subject),
        "type": event.type,
    }


def _hash(
    stream: str,
    seq: int,
    prev_hash: bytes,
    at: datetime,
    type: str,
    actor: str | None,
    subject: Subject,
    digest: bytes | None,
) -> bytes:
    body = _body_of(Event(stream, seq, prev_hash, b"", at, type, actor, subject, digest))
    return hashlib.sha256(EVENT_PREFIX + canonical(body)).digest()


def _check(type: str, actor: str | None, subject: Mapping[str, Any]) -> None:
    _check_word("type", type)
    if actor is not None:
        _check_word("actor", actor)
    if len(subject) > _MOST_KEYS:
        raise NotCanonical("A subject is a few ids, not a document.", keys=len(subject))
    for key, value in subject.items():
        if not _KEY.fullmatch(key):
            raise NotCanonical("A subject's keys are lower-case words.", key=key)
        if isinstance(value, str):
            _check_word(key, value)
        elif not (value is None or isinstance(value, int)):
            raise NotCanonical("A subject holds ids, words and integers.", key=key)


def _check_word(name: str, value: str) -> None:
    # The value stays out of the message: what is refused here may be a person's words.
    if not _WORD.fullmatch(value):
        raise NotCanonical("An id or word without blanks, up to 200 characters.", field=name)
