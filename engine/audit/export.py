"""The export: a folder or zip that proves itself, with the verifier inside.

Written from iterators, row by row: an export may be larger than memory. The caller reads all
iterators from one state of the database (one repeatable-read transaction), or rows of one will be
missing in another. Rows come ascending by stream (code points: `COLLATE "C"`), then by number.
"""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from engine.audit import standalone_verifier
from engine.audit.canonical import canonical, timestamp
from engine.audit.checkpoint import Checkpoint, PublicKey, SealedHead, checkpoint_row
from engine.audit.events import Event, Payload, event_row

FORMAT = "gongban-audit-export"
VERSION = 1
_README = """This folder is an audit export. To verify it (Python 3.11 or later, with cryptography):

    python verify.py                            is it consistent in itself?
    python verify.py --key FINGERPRINT          ... and signed with a key you know?
    python verify.py --held checkpoint.json     ... and does it continue what you hold?

Whoever changed this folder could also have changed verify.py: take it from a source you trust.
Only a checkpoint or a fingerprint that you got elsewhere proves more than consistency.
"""


def write_export(
    target: Path | str,
    *,
    created: datetime,
    events: Iterable[Event],
    payloads: Iterable[Payload],
    checkpoints: Iterable[Checkpoint],
    sealed_heads: Iterable[SealedHead],
    keys: Iterable[PublicKey],
) -> dict[str, Any]:
    """Write an export to `target` (a zip if called so, else a new folder); return the manifest.

    `sealed_heads` ascend by checkpoint, then stream. `FileExistsError` if there is something at
    `target`; `ValueError` if events come out of order.
    """
    target = Path(target)
    if target.suffix == ".zip":
        with zipfile.ZipFile(target, "x", zipfile.ZIP_DEFLATED) as archive:
            return _write(
                lambda name: archive.open(name, "w", force_zip64=True),
                created,
                events,
                payloads,
                checkpoints,
                sealed_heads,
                keys,
            )
    target.mkdir(parents=True)
    return _write(
        lambda name: (target / name).open("wb"),
        created,
        events,
        payloads,
        checkpoints,
        sealed_heads,
        keys,
    )


def payload_row(payload: Payload) -> dict[str, Any]:
    """A payload as exported: its canonical text as a string, or the mark of its erasure."""
    # A damaged text must reach the verifier, which will say so: "replace", not an exception.
    place = {"stream": payload.stream, "seq": payload.seq}
    if payload.salt is None or payload.data is None:
        return {**place, "erased": True}
    return {**place, "salt": payload.salt.hex(), "payload": payload.data.decode("utf-8", "replace")}


def sealed_head_row(sealed: SealedHead) -> dict[str, Any]:
    """A head that a checkpoint sealed, as exported."""
    head = sealed.head
    return {
        "checkpoint": sealed.checkpoint,
        "stream": head.stream,
        "length": head.length,
        "hash": head.hash.hex(),
    }


def key_row(key: PublicKey) -> dict[str, Any]:
    """A public key as exported."""
    return {"algorithm": key.algorithm, "key": key.id, "public": key.public.hex()}


def _write(
    opener: Callable[[str], IO[bytes]],
    created: datetime,
    events: Iterable[Event],
    payloads: Iterable[Payload],
    checkpoints: Iterable[Checkpoint],
    sealed_heads: Iterable[SealedHead],
    keys: Iterable[PublicKey],
) -> dict[str, Any]:
    files: dict[str, dict[str, Any]] = {}
    for name, rows in (
        ("events.jsonl", map(event_row, _in_order(events))),
        ("payloads.jsonl", map(payload_row, payloads)),
        ("checkpoints.jsonl", map(checkpoint_row, checkpoints)),
        ("heads.jsonl", map(sealed_head_row, sealed_heads)),
        ("keys.jsonl", map(key_row, keys)),
    ):
        with opener(name) as out:
            files[name] = _write_rows(out, rows)
    verifier = Path(standalone_verifier.__file__).read_bytes()
    for name, content in (("verify.py", verifier), ("README.txt", _README.encode())):
        with opener(name) as out:
            out.write(content)
        files[name] = {"sha256": hashlib.sha256(content).hexdigest()}
    manifest = {
        "format": FORMAT,
        "version": VERSION,
        "created": timestamp(created),
        "files": files,
    }
    with opener("manifest.json") as out:
        out.write(canonical(manifest) + b"\n")
    return manifest


def _write_rows(out: IO[bytes], rows: Iterable[dict[str, Any]]) -> dict[str, Any]:
    digest = hashlib.sha256()
    count = 0
    for row in rows:
        line = canonical(row) + b"\n"
        out.write(line)
        digest.update(line)
        count += 1
    return {"rows": count, "sha256": digest.hexdigest()}


def _in_order(events: Iterable[Event]) -> Iterator[Event]:
    # A wrong collation would look like tampering to every verifier: better to fail here.
    last = ""
    for event in events:
        if event.stream < last:
            raise ValueError("events must ascend by stream")
        last = event.stream
        yield event
