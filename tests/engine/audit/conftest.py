"""A small audit trail, with handles to spoil it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.audit.checkpoint import (
    Checkpoint,
    Ed25519Signer,
    PublicKey,
    SealedHead,
    make_checkpoint,
)
from engine.audit.events import Event, Head, Payload, chain, erasure_subject, genesis
from engine.audit.export import write_export
from engine.audit.verify import Report, verify_rows

START = datetime(2026, 3, 2, 1, tzinfo=UTC)
SIGNER = Ed25519Signer.from_private_bytes(bytes(range(32)))
OTHER_SIGNER = Ed25519Signer.from_private_bytes(bytes(range(1, 33)))
KEY = PublicKey(SIGNER.algorithm, SIGNER.public_key)


@dataclass
class Trail:
    events: list[Event] = field(default_factory=list)
    payloads: list[Payload] = field(default_factory=list)
    checkpoints: list[Checkpoint] = field(default_factory=list)
    sealed: list[SealedHead] = field(default_factory=list)
    heads: dict[str, Head] = field(default_factory=dict)
    keys: list[PublicKey] = field(default_factory=lambda: [KEY])

    def record(
        self, stream: str, type: str = "happened", payload: Any = None, /, **subject
    ) -> Event:
        at = START + timedelta(minutes=len(self.events))
        chained = chain(
            self.heads.get(stream) or genesis(stream),
            at=at,
            type=type,
            actor="u1",
            subject=subject,
            payload=payload,
        )
        event = chained.event
        self.events.append(event)
        self.heads[stream] = event.head
        if chained.payload is not None:
            self.payloads.append(Payload(stream, event.seq, chained.salt, chained.payload))
        return event

    def erase(self, event: Event, on_record: bool = True) -> None:
        self.payloads = [
            Payload(event.stream, event.seq, None, None)
            if (payload.stream, payload.seq) == (event.stream, event.seq)
            else payload
            for payload in self.payloads
        ]
        if on_record:
            self.record("system", "payload_erased", **erasure_subject(event.stream, event.seq))

    def checkpoint(self, signer=SIGNER) -> Checkpoint:
        before = {sealed.head.stream: sealed.head for sealed in self.sealed}
        heads = [self.heads[stream] for stream in sorted(self.heads)]
        made = make_checkpoint(
            self.checkpoints[-1] if self.checkpoints else None,
            at=START + timedelta(hours=1 + len(self.checkpoints)),
            heads=heads,
            signer=signer,
        )
        self.checkpoints.append(made)
        moved = [head for head in heads if before.get(head.stream) != head]
        self.sealed += [SealedHead(made.number, head) for head in moved]
        return made

    def rows(self) -> dict[str, Any]:
        def place(row):
            return (row.stream, row.seq)

        return {
            "events": sorted(self.events, key=place),
            "payloads": sorted(self.payloads, key=place),
            "checkpoints": self.checkpoints,
            "sealed_heads": self.sealed,
            "keys": self.keys,
        }

    def verify(self, **options) -> Report:
        return verify_rows(**self.rows(), **options)

    def export(self, target: Path) -> Path:
        write_export(target, created=START, **self.rows())
        return target


def build_trail() -> Trail:
    """Three cases and the system's stream, two checkpoints, one payload lawfully erased."""
    trail = Trail()
    erased = trail.record("instance/a", "started", {"name": "王小明"}, element="start")
    trail.record("instance/a", "completed", {"opinion": "材料齐全"}, outcome="accept")
    trail.record("instance/b", "started", {"name": "李"}, element="start")
    trail.record("instance/c", "started")
    trail.checkpoint()
    trail.record("instance/b", "completed", {"opinion": "同意"}, outcome="agree", round=2)
    trail.record("instance/a", "ended")
    trail.erase(erased)
    trail.checkpoint()
    return trail


@pytest.fixture
def trail() -> Trail:
    return build_trail()


@pytest.fixture
def empty_trail() -> Trail:
    return Trail()


@pytest.fixture(scope="session")
def export(tmp_path_factory) -> Path:
    """An export of the small trail; tests that spoil it work on a copy."""
    return build_trail().export(tmp_path_factory.mktemp("audit") / "export")
