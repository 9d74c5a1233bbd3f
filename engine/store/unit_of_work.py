"""One command, one transaction, one commit.

A command gets a `UnitOfWork`, changes rows through its connection, records events and names what has
to leave the house. `commit` writes the events, commits once, and only then lets things leave.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.engine import CursorResult
from sqlalchemy.sql import Executable

from engine.actors import SYSTEM, Actor
from engine.audit.events import Head, chain, genesis
from engine.notifications.write import Told, write
from engine.store.tables import event, event_payload, stream

if TYPE_CHECKING:
    from engine.engine import Engine


_INSERT_EVENT = insert(event)
_INSERT_PAYLOAD = insert(event_payload)


class UnitOfWork:
    """What a command works with: one connection, one instant, one actor."""

    def __init__(self, engine: Engine, connection: Connection, actor: Actor) -> None:
        self.engine = engine
        self.connection = connection
        self.actor = actor
        #: The instant of this command; every row it writes carries the same.
        self.now: datetime = engine.clock.now()
        self._after_commit: list[Callable[[], None]] = []
        self._heads: dict[str, Head] = {}
        self._rows: list[dict[str, Any]] = []
        self._payloads: list[dict[str, Any]] = []
        self._told: list[Told] = []

    @property
    def today(self) -> date:
        """The day in the organisation's time zone, never the machine's."""
        return self.now.astimezone(self.engine.zone).date()

    def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """Run a statement in this transaction."""
        result = self.connection.execute(statement, parameters)
        assert isinstance(result, CursorResult)
        return result

    def execute_many(self, statement: Executable, rows: list[dict[str, Any]]) -> None:
        """Run a statement for each row. One row alone takes a shorter way through the drivers."""
        self.execute(statement, rows[0] if len(rows) == 1 else rows)

    def record(
        self,
        stream_head: Head,
        type: str,
        subject: dict[str, Any],
        payload: Mapping[str, Any],
        *,
        actor: str | None = None,
    ) -> Head:
        """Chain an event to a stream whose head the caller keeps; return the new head."""
        entry, salt, text = chain(
            stream_head,
            at=self.now,
            type=type,
            actor=actor or self.actor.id,
            subject=subject,
            payload=payload,
        )
        self._rows.append(
            {
                "stream": entry.stream,
                "seq": entry.seq,
                "prev_hash": entry.prev_hash,
                "hash": entry.hash,
                "at": entry.at,
                "type": entry.type,
                "actor": entry.actor,
                "subject": entry.subject,
                "payload_digest": entry.payload_digest,
            }
        )
        if text is not None:
            self._payloads.append(
                {
                    "stream": entry.stream,
                    "seq": entry.seq,
                    "salt": salt,
                    "payload": text.decode("utf-8"),
                }
            )
        return entry.head

    def record_in(
        self, name: str, type: str, subject: dict[str, Any], payload: Mapping[str, Any]
    ) -> None:
        """Chain an event to a stream that is not an instance's (a definition, an account, the system)."""
        head = self._heads.get(name)
        if head is None:
            head = self._lock_head(name)
        self._heads[name] = self.record(head, type, subject, payload)

    def _lock_head(self, name: str) -> Head:
        statement = select(stream.c.length, stream.c.hash).where(stream.c.id == name)
        row = self.execute(statement.with_for_update()).one_or_none()
        if row is None:
            # Two commands may begin the same stream at once: one makes the row, both lock it.
            make = insert_sqlite if self.engine.database.is_sqlite else insert_postgresql
            first = {"id": name, "length": 0, "hash": genesis(name).hash}
            self.execute(make(stream).values(first).on_conflict_do_nothing())
            row = self.execute(statement.with_for_update()).one()
        return Head(name, row.length, row.hash)

    def tell(
        self,
        kind: str,
        people: Iterable[str],
        *,
        instance: str | None = None,
        task: str | None = None,
        **facts: Any,
    ) -> None:
        """Notify people: written with this transaction, sent after it; never the one who acts.

        `facts` are parts of the sentence (ids, names, a step's id, an outcome), never a field of a
        form nor a text somebody typed. Who did it is added as `by`; `kind` is one of
        `engine.notifications.kinds`.
        """
        concerned = [person for person in dict.fromkeys(people) if person != self.actor.id]
        if self.actor.id != SYSTEM.id:
            facts.setdefault("by", self.actor.id)
        if concerned:
            self._told.append(Told(kind, concerned, instance, task, facts))

    def after_commit(self, action: Callable[[], None]) -> None:
        """Do this once the commit has happened; it must not fail the command."""
        self._after_commit.append(action)

    def flush_events(self) -> None:
        """Write the events recorded so far; called by `commit` and by nothing on a hot path."""
        if self._rows:
            self.execute_many(_INSERT_EVENT, self._rows)
            if self._payloads:
                self.execute_many(_INSERT_PAYLOAD, self._payloads)
            self._rows, self._payloads = [], []
        for name, head in self._heads.items():
            values = {"length": head.length, "hash": head.hash}
            self.execute(update(stream).where(stream.c.id == name).values(values))
        self._heads = {}
        if self._told:
            told, self._told = self._told, []
            write(self, told)

    def commit(self) -> None:
        """The one commit. What waited for it leaves afterwards."""
        self.flush_events()
        self.connection.commit()
        waiting, self._after_commit = self._after_commit, []
        for action in waiting:
            action()
