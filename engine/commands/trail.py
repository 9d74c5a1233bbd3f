"""What a case's own record says of its visits: read when the case is to be put back, never on the way on."""

from __future__ import annotations

import json

from sqlalchemy import Connection, select

from engine.catalog.definition import Definition
from engine.runtime.visits import Visits
from engine.store.case import stream_of
from engine.store.tables import event_payload


def read_visits(connection: Connection, definition: Definition, instance_id: str) -> Visits:
    """The visits of a case that count now, from its events."""
    visits = Visits(definition.diagram)
    rows = connection.execute(
        select(event_payload.c.payload)
        .where(event_payload.c.stream == stream_of(instance_id))
        .order_by(event_payload.c.seq)
    ).scalars()
    for text in rows:
        if text is None:
            continue
        facts = json.loads(text)
        visits.redo(facts.get("redone", ()))
        visits.repeats.update(facts.get("repeats", {}))
        visits.undo(facts.get("undone", ()))
        visits.add(facts.get("way", ()))
    return visits
