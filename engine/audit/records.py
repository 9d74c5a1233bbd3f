"""The audit trail of a live database: seal it, verify it, export it, erase what the law wants erased."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, insert, select, update

from engine.audit import rows
from engine.audit.checkpoint import Checkpoint, Signer, checkpoint_row, make_checkpoint
from engine.audit.events import ERASED, Head, erasure_subject
from engine.audit.export import write_export
from engine.audit.outside import CheckpointFile, Sink, signer_at
from engine.audit.verify import Report, verify_rows
from engine.errors import AlreadyDone, NotFound
from engine.store.database import Database
from engine.store.tables import checkpoint as checkpoint_table
from engine.store.tables import event_payload

if TYPE_CHECKING:
    from engine.engine import Engine
    from engine.store.unit_of_work import UnitOfWork

__all__ = [
    "CheckpointFile",
    "Sink",
    "checkpoint",
    "erase_payload",
    "export",
    "resend",
    "signer_at",
    "verify",
]

#: The stream in which erasures are recorded.
SYSTEM_STREAM = "system"


def checkpoint(engine: Engine, signer: Signer, sink: Sink | None = None) -> Checkpoint | None:
    """Seal where every stream stands, and hand the checkpoint to `sink` once it is committed.

    None when nothing has moved since the last one. A sink that fails raises here; the checkpoint
    stands, and `resend` hands it over again.
    """
    made = _seal(engine, signer)
    if made is not None and sink is not None:
        sink(made)
    return made


def resend(engine: Engine, sink: Sink, *, after: int = 0) -> int:
    """Hand the checkpoints after a number to a sink again; return how many."""
    with engine.database.read() as connection:
        waiting = list(rows.checkpoints(connection, after))
    for one in waiting:
        sink(one)
    return len(waiting)


def verify(
    engine: Engine,
    *,
    held: Iterable[Checkpoint] = (),
    trusted_keys: Iterable[str] = (),
    all_roots: bool = True,
) -> Report:
    """Verify the whole trail in one state of the database, while others go on working.

    `held`: checkpoints kept outside. `trusted_keys`: fingerprints known from outside.
    `all_roots=False` recomputes only the last root and those of held checkpoints.
    """
    with _one_state(engine.database) as connection:
        return verify_rows(
            events=rows.events(connection),
            payloads=rows.payloads(connection),
            checkpoints=rows.checkpoints(connection),
            sealed_heads=rows.sealed_heads(connection),
            keys=rows.public_keys(connection),
            heads=rows.heads(connection),
            held=held,
            trusted_keys=trusted_keys,
            all_roots=all_roots,
        )


def export(engine: Engine, target: Path | str) -> dict[str, Any]:
    """Write an export with its verifier to `target` (a zip if called so); return the manifest.

    `FileExistsError` if something is there.
    """
    with _one_state(engine.database) as connection:
        return write_export(
            target,
            created=engine.clock.now(),
            events=rows.events(connection),
            payloads=rows.payloads(connection),
            checkpoints=rows.checkpoints(connection),
            sealed_heads=rows.sealed_heads(connection),
            keys=rows.public_keys(connection),
        )


def erase_payload(uow: UnitOfWork, stream: str, seq: int, reason: str) -> None:
    """Empty one event's payload because the law asks for it, and record that; the caller commits.

    The event stays, and so does the digest of what it said. Raise `NotFound` for an event that is
    not there, `AlreadyDone` when its payload is empty already.
    """
    if uow.connection.dialect.name == "sqlite":
        # Otherwise the old bytes stay in the file until something else is written over them.
        uow.connection.exec_driver_sql("PRAGMA secure_delete = ON")
    place = (event_payload.c.stream == stream, event_payload.c.seq == seq)
    erased = uow.execute(
        update(event_payload)
        .where(*place, event_payload.c.payload.is_not(None))
        .values(salt=None, payload=None)
    )
    if erased.rowcount == 0:
        known = uow.execute(select(event_payload.c.seq).where(*place)).one_or_none()
        missing = AlreadyDone if known is not None else NotFound
        raise missing(stream=stream, seq=seq)
    name = uow.engine.directory.name(uow.actor.id)
    uow.record_in(
        SYSTEM_STREAM, ERASED, erasure_subject(stream, seq), {"name": name, "reason": reason}
    )


def _seal(engine: Engine, signer: Signer) -> Checkpoint | None:
    database = engine.database
    if not database.is_sqlite:
        with database.write() as connection:
            connection = _repeatable(connection)
            # Two at once would give two checkpoints one number. Taken before the first read, so
            # that what this transaction sees is what the one before has left.
            connection.exec_driver_sql("LOCK TABLE checkpoint IN SHARE ROW EXCLUSIVE MODE")
            made, moved = _made(engine, connection, signer)
            return _stored(connection, made, moved, signer) if moved else None
    while True:
        # Reading every head takes a while, and commands need the one writer: read beside them.
        with database.read() as connection:
            made, moved = _made(engine, connection, signer)
        if not moved:
            return None
        with database.write() as connection:
            last = rows.last_checkpoint(connection)
            if (last.number if last else 0) == made.number - 1:
                return _stored(connection, made, moved, signer)


def _made(engine: Engine, connection: Connection, signer: Signer) -> tuple[Checkpoint, list[Head]]:
    """The next checkpoint over one state of the database, and the heads that moved."""
    previous = rows.last_checkpoint(connection)
    sealed = {one.head.stream: one.head for one in rows.sealed_heads(connection)}
    moved: list[Head] = []
    heads = _noting(rows.heads(connection), sealed, moved)
    made = make_checkpoint(previous, at=engine.clock.now(), heads=heads, signer=signer)
    return made, moved


def _stored(
    connection: Connection, made: Checkpoint, moved: list[Head], signer: Signer
) -> Checkpoint:
    connection.execute(
        insert(checkpoint_table).values(
            number=made.number,
            at=made.at,
            # The key lies beside what it signed; which key is *the* key is for others to say.
            record={**checkpoint_row(made), "public": signer.public_key.hex()},
            heads=[[head.stream, head.length, head.hash.hex()] for head in moved],
        )
    )
    connection.commit()
    return made


def _noting(heads: Iterable[Head], sealed: dict[str, Head], moved: list[Head]) -> Iterator[Head]:
    """All heads, while those that differ from what was sealed last are noted."""
    for head in heads:
        if sealed.get(head.stream) != head:
            moved.append(head)
        yield head


@contextmanager
def _one_state(database: Database) -> Iterator[Connection]:
    """A connection on which all statements together see one state of the database."""
    with database.read() as connection:
        yield connection if database.is_sqlite else _repeatable(connection)


def _repeatable(connection: Connection) -> Connection:
    # PostgreSQL's default lets every statement see a state of its own.
    return connection.execution_options(isolation_level="REPEATABLE READ")
