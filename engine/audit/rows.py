"""The audit trail's tables as iterators, in the order that verifying and exporting need.

Rows are read as they lie there, without the columns' types: somebody may have written anything into
them, and what cannot be read must reach the verifier as a finding, never as an exception.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    String,
    literal,
    select,
    type_coerce,
    union_all,
)

from engine.audit.checkpoint import Checkpoint, PublicKey, SealedHead
from engine.audit.events import Event, Head, Payload
from engine.store.case import stream_of
from engine.store.tables import checkpoint, event, event_payload, instance, stream

#: Rows fetched at a time: an audit trail may be larger than memory.
BATCH = 1000
#: Stands for a time that cannot be read; no event has happened then.
NEVER = datetime.min.replace(tzinfo=UTC)


def heads(connection: Connection) -> Iterator[Head]:
    """Where every stream stands: an instance's head is on its row, the others have a table."""
    found = union_all(
        select(
            (literal(stream_of("")) + instance.c.id).label("name"),
            instance.c.audit_length.label("length"),
            type_coerce(instance.c.audit_hash, String).label("hash"),
        ),
        select(stream.c.id, stream.c.length, type_coerce(stream.c.hash, String)),
    ).subquery()
    statement = select(found).where(found.c.length > 0)
    for row in _rows(connection, statement.order_by(by_code_point(connection, found.c.name))):
        yield Head(row.name, row.length, _bytes(row.hash))


def events(connection: Connection) -> Iterator[Event]:
    """Every event, ascending by stream, then number."""
    columns = [type_coerce(column, String) for column in event.c if column is not event.c.seq]
    order = (by_code_point(connection, event.c.stream), event.c.seq)
    for row in _rows(connection, select(event.c.seq, *columns).order_by(*order)):
        digest = row.payload_digest
        yield Event(
            stream=row.stream,
            seq=row.seq,
            prev_hash=_bytes(row.prev_hash),
            hash=_bytes(row.hash),
            at=_time(row.at),
            type=row.type,
            actor=row.actor,
            subject=_mapping(row.subject),
            payload_digest=None if digest is None else _bytes(digest),
        )


def payloads(connection: Connection) -> Iterator[Payload]:
    """Every payload, in the order of the events."""
    columns = (event_payload.c.stream, event_payload.c.seq)
    data = (type_coerce(event_payload.c.salt, String), type_coerce(event_payload.c.payload, String))
    order = (by_code_point(connection, event_payload.c.stream), event_payload.c.seq)
    for row in _rows(connection, select(*columns, *data).order_by(*order)):
        yield Payload(
            row.stream,
            row.seq,
            None if row.salt is None else _bytes(row.salt),
            None if row.payload is None else _bytes(row.payload),
        )


def checkpoints(connection: Connection, after: int = 0) -> Iterator[Checkpoint]:
    """The checkpoints after a number, ascending."""
    for row in _rows(connection, _records(after)):
        yield read_checkpoint(row.number, _mapping(row.record))


def last_checkpoint(connection: Connection) -> Checkpoint | None:
    """The newest checkpoint, if there is any."""
    newest = _records(0).order_by(None).order_by(checkpoint.c.number.desc()).limit(1)
    row = connection.execute(newest).one_or_none()
    return None if row is None else read_checkpoint(row.number, _mapping(row.record))


def sealed_heads(connection: Connection) -> Iterator[SealedHead]:
    """The heads that had moved at each checkpoint, ascending by checkpoint, then stream."""
    raw = type_coerce(checkpoint.c.heads, String).label("heads")
    for row in _rows(connection, select(checkpoint.c.number, raw).order_by(checkpoint.c.number)):
        for entry in _list(row.heads):
            try:
                name, length, hash_ = entry
                yield SealedHead(row.number, Head(name, length, bytes.fromhex(hash_)))
            except (TypeError, ValueError):
                # Left out: the root then does not come out, which names the checkpoint.
                continue


def public_keys(connection: Connection) -> Iterator[PublicKey]:
    """The keys that signed, each once; whether one is *the* key, only an outsider can say."""
    known: set[PublicKey] = set()
    for row in _rows(connection, _records(0)):
        record = _mapping(row.record)
        try:
            key = PublicKey(str(record["algorithm"]), bytes.fromhex(record["public"]))
        except (KeyError, TypeError, ValueError):
            continue
        if key not in known:
            known.add(key)
            yield key


def read_checkpoint(number: int, record: Mapping[str, Any]) -> Checkpoint:
    """A stored record; one that cannot be read becomes a checkpoint that no verifier accepts."""
    try:
        return Checkpoint(
            number=record["number"],
            at=_time(record["at"]),
            previous=bytes.fromhex(record["previous"]),
            root=bytes.fromhex(record["root"]),
            count=record["count"],
            algorithm=record["algorithm"],
            key=record["key"],
            signature=bytes.fromhex(record["signature"]),
        )
    except (KeyError, TypeError, ValueError):
        return Checkpoint(number, NEVER, b"", b"", 0, "", "", b"")


def by_code_point(connection: Connection, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """Order by code point, whatever the database's language."""
    return column if connection.dialect.name == "sqlite" else column.collate("C")


def _records(after: int) -> Select[Any]:
    raw = type_coerce(checkpoint.c.record, String).label("record")
    newer = checkpoint.c.number > after
    return select(checkpoint.c.number, raw).where(newer).order_by(checkpoint.c.number)


def _rows(connection: Connection, statement: Select[Any]) -> Iterator[Row[Any]]:
    yield from connection.execute(statement.execution_options(yield_per=BATCH))


def _bytes(value: Any) -> bytes:
    return value.encode("utf-8", "replace") if isinstance(value, str) else bytes(value)


def _time(value: Any) -> datetime:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return NEVER
    if not isinstance(value, datetime):
        return NEVER
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _mapping(text: Any) -> dict[str, Any]:
    value = _json(text)
    # A key that no subject may have: the event's hash cannot come out.
    return value if isinstance(value, dict) else {"?": None}


def _list(text: Any) -> list[Any]:
    value = _json(text)
    return value if isinstance(value, list) else []


def _json(text: Any) -> Any:
    try:
        return json.loads(text)
    except (TypeError, ValueError):
        return None
