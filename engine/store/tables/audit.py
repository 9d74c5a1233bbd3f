"""The event streams, the payloads a lawful erasure may empty, and the checkpoints that seal them.

Rows of `event` and `checkpoint` are never changed: triggers refuse UPDATE, DELETE, TRUNCATE and
REPLACE. A payload may be emptied (both columns to NULL) and nothing else.
"""

from sqlalchemy import Column, ForeignKeyConstraint, Integer, LargeBinary, String, Table, Text

from engine.store.metadata import metadata
from engine.store.types import Id, Json, UtcTime

event = Table(
    "event",
    metadata,
    Column("stream", String(80), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("prev_hash", LargeBinary(32), nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("type", String(64), nullable=False),
    Column("actor", Id),
    Column("subject", Json, nullable=False),
    Column("payload_digest", LargeBinary(32)),
)

event_payload = Table(
    "event_payload",
    metadata,
    Column("stream", String(80), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("salt", LargeBinary),
    Column("payload", Text),
    ForeignKeyConstraint(["stream", "seq"], ["event.stream", "event.seq"]),
)

#: Heads of the streams that are not an instance's (definitions, accounts, the system).
stream = Table(
    "stream",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("length", Integer, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
)

checkpoint = Table(
    "checkpoint",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
    Column("record", Json, nullable=False),
    #: The heads the Merkle tree was built over, so that each can be proved later.
    Column("heads", Json, nullable=False),
)
