"""Versions tried on cases of the past, before they are deployed."""

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
)

from engine.store.metadata import metadata
from engine.store.types import Id, Json, UtcTime

#: A version of a package told to cases that ended in a period.
rehearsal = Table(
    "rehearsal",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", String(64), nullable=False),
    #: The content hash of what is tried.
    Column("package", Id, nullable=False),
    #: What it is called by whoever asked: a draft's title, a version.
    Column("title", String(200), nullable=False),
    Column("asked_by", Id, nullable=False),
    Column("asked_at", UtcTime, nullable=False),
    #: Cases that ended from here up to, not including, there.
    Column("since", UtcTime, nullable=False),
    Column("until", UtcTime, nullable=False),
    #: running, stopped, failed (given up by itself) or done
    Column("state", String(16), nullable=False),
    Column("total", Integer, nullable=False),
    Column("done", Integer, nullable=False),
    #: The last case told: the next slice begins behind it.
    Column("after", Id, nullable=False),
    Column("ended_at", UtcTime),
    Index(None, "key", "asked_at"),
)

#: What is tried, as it was when it was asked for: a draft may be changed meanwhile.
rehearsal_file = Table(
    "rehearsal_file",
    metadata,
    Column("rehearsal_id", Id, ForeignKey("rehearsal.id"), primary_key=True),
    Column("path", String(200), primary_key=True),
    Column("hash", Id, ForeignKey("blob.hash"), nullable=False),
    Index(None, "hash"),
)

#: What the version would have changed in one case.
rehearsed_case = Table(
    "rehearsed_case",
    metadata,
    Column("rehearsal_id", Id, ForeignKey("rehearsal.id"), primary_key=True),
    Column("instance_id", Id, ForeignKey("instance.id"), primary_key=True),
    #: What can be said of it, each between spaces, so that one is found by it.
    Column("kinds", String(200), nullable=False),
    Column("cost_fen", BigInteger, nullable=False),
    #: By how many seconds it would have taken longer.
    Column("seconds", BigInteger, nullable=False),
    Column("facts", Json, nullable=False),
)
