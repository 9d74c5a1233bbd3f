"""What happened in a case, from its event stream: nothing here is told from anywhere else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, select

from engine.runtime.diagram import Diagram
from engine.store.case import stream_of
from engine.store.tables import event, event_payload


@dataclass(frozen=True, slots=True)
class Happening:
    """One event with its payload; an erased payload is None."""

    seq: int
    at: datetime
    type: str
    actor: str | None
    subject: Mapping[str, Any]
    payload: Mapping[str, Any] | None
    hash: str


def history(connection: Connection, instance_id: str) -> list[Happening]:
    """All events of a case, in order. The caller has asked `may_read`."""
    rows = connection.execute(
        select(event, event_payload.c.payload)
        .outerjoin(
            event_payload,
            and_(event_payload.c.stream == event.c.stream, event_payload.c.seq == event.c.seq),
        )
        .where(event.c.stream == stream_of(instance_id))
        .order_by(event.c.seq)
    )
    return [
        Happening(
            seq=row.seq,
            at=row.at,
            type=row.type,
            actor=row.actor,
            subject=row.subject,
            payload=None if row.payload is None else json.loads(row.payload),
            hash=row.hash.hex(),
        )
        for row in rows
    ]


def way_taken(diagram: Diagram, happenings: list[Happening]) -> tuple[list[str], list[str]]:
    """The sequence flows taken and the elements entered, each once, for the diagram."""
    passed = dict.fromkeys(
        entry[0] for one in happenings for entry in (one.payload or {}).get("way", ())
    )
    flows = [name for name in passed if name in diagram.flows]
    return flows, [name for name in passed if name in diagram.elements]
