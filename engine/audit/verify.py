"""Verification from inside: an export, or the rows of a live database.

Both go through `standalone_verifier`, which shares no code with what writes events and checkpoints:
a mistake there cannot hide itself here. What a report proves is in its `proves`, word for word.
"""

from __future__ import annotations

from collections.abc import Iterable

from engine.audit import standalone_verifier
from engine.audit.checkpoint import Checkpoint, PublicKey, SealedHead, checkpoint_row
from engine.audit.events import Event, Head, Payload, event_row
from engine.audit.export import key_row, payload_row, sealed_head_row
from engine.audit.standalone_verifier import Finding, NoExport, Report, verify_export

__all__ = ["Finding", "NoExport", "Report", "verify_export", "verify_rows"]


def verify_rows(
    *,
    events: Iterable[Event],
    payloads: Iterable[Payload],
    checkpoints: Iterable[Checkpoint],
    sealed_heads: Iterable[SealedHead],
    keys: Iterable[PublicKey],
    heads: Iterable[Head] | None = None,
    held: Iterable[Checkpoint] = (),
    trusted_keys: Iterable[str] = (),
    all_roots: bool = True,
) -> Report:
    """Verify a live database; every iterable is read once, in the order that an export has.

    `heads`: the table of present heads, if there is one; it shows a tail cut off after the last
    checkpoint, unless whoever cut it changed the table too. `held`: checkpoints from outside.
    `all_roots=False` recomputes only the last root and those of held checkpoints.
    """
    return standalone_verifier.verify_all(
        keys=map(key_row, keys),
        checkpoints=map(checkpoint_row, checkpoints),
        heads=map(sealed_head_row, sealed_heads),
        events=map(event_row, events),
        payloads=map(payload_row, payloads),
        held=map(checkpoint_row, held),
        trusted_keys=trusted_keys,
        all_roots=all_roots,
        current_heads=None
        if heads is None
        else (
            {"stream": head.stream, "length": head.length, "hash": head.hash.hex()}
            for head in heads
        ),
    )
