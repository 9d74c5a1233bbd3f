"""What a case's own record says of its visits: read when the case is to be put back, never on the way on."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any, Protocol

from sqlalchemy import Connection, and_, select

from engine.catalog.definition import Definition
from engine.runtime.visits import Visits
from engine.store.case import stream_of
from engine.store.tables import effect, event, event_payload

#: The events that take a case to another version, and back.
MIGRATED, PUT_BACK = "case.migrated", "case.migration_undone"


class Recorded(Protocol):
    """As much of a case as its trail asks for; commands and readers both have it."""

    @property
    def id(self) -> str: ...
    @property
    def definition(self) -> Definition: ...


class Trail:
    """What going back asks of a case, read when it is first asked for, and once for all who ask.

    Commands make theirs under the lock, before they change anything.
    """

    def __init__(self, connection: Connection, case: Recorded) -> None:
        self.connection = connection
        self.definition = case.definition
        self.instance_id = case.id

    @cached_property
    def visits(self) -> Visits:
        """Its visits that count now."""
        return read_visits(self.connection, self.definition, self.instance_id)

    @cached_property
    def standing(self) -> list[Any]:
        """What abilities did for it and has not been undone, newest first."""
        return standing_effects(self.connection, self.instance_id)


def read_visits(connection: Connection, definition: Definition, instance_id: str) -> Visits:
    """The visits of a case that count now, from its events."""
    visits = Visits(definition.diagram)
    rows = connection.execute(
        select(event.c.type, event_payload.c.payload)
        .join(
            event,
            and_(event.c.stream == event_payload.c.stream, event.c.seq == event_payload.c.seq),
        )
        .where(event_payload.c.stream == stream_of(instance_id))
        .order_by(event_payload.c.seq)
    )
    for type, text in rows:
        if text is None:
            continue
        facts = json.loads(text)
        if type == MIGRATED:
            visits.rename(facts.get("renamed", {}))
        elif type == PUT_BACK:
            visits.put_back_names()
        visits.redo(facts.get("redone", ()))
        visits.repeats.update(facts.get("repeats", {}))
        visits.undo(facts.get("undone", ()))
        visits.add(facts.get("way", ()))
    return visits


def standing_effects(connection: Connection, instance_id: str) -> list[Any]:
    """What abilities did for the case and has not been undone, newest first."""
    return list(
        connection.execute(
            select(effect)
            .where(effect.c.instance_id == instance_id, effect.c.state == "standing")
            .order_by(effect.c.created_at.desc(), effect.c.id.desc())
        )
    )
