"""Running cases that move to another version of their process: the batch, and what became of each case."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from engine.store.metadata import metadata
from engine.store.types import Id, Json, UtcTime

#: One administrator's wish to take running cases from one version to another.
migration = Table(
    "migration",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", String(64), nullable=False),
    Column("from_id", Id, ForeignKey("definition.id"), nullable=False),
    Column("to_id", Id, ForeignKey("definition.id"), nullable=False),
    #: Element of the old version → element of the new one, or None.
    Column("mapping", Json, nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_by", Id, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("stopped_at", UtcTime),
    Column("undone_at", UtcTime),
    Column("undone_by", Id),
    Index(None, "key", "created_at"),
)

#: A case of it.
migration_case = Table(
    "migration_case",
    metadata,
    Column("migration_id", Id, ForeignKey("migration.id"), primary_key=True),
    Column("instance_id", Id, ForeignKey("instance.id"), primary_key=True),
    #: waiting, done, refused, skipped, stopped; then undoing, undone or kept (it has moved since)
    Column("state", String(16), nullable=False),
    #: Why not: `[{why, element, …}]`
    Column("reasons", Json, nullable=False),
    #: The case's version counter afterwards: while it stands there, nothing has moved.
    Column("version", Integer),
    #: What its rows were before: compressed JSON. Gone once it cannot be put back any more.
    Column("before", LargeBinary),
    Column("at", UtcTime),
    Index(None, "migration_id", "state"),
    Index(None, "instance_id"),
)
