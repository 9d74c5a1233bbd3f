"""Deployed definitions: every version whole, every file by its hash."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    false,
)

from engine.store.metadata import metadata
from engine.store.types import Id, UtcTime

#: A version of a process package. The id is the content hash (hex SHA-256).
definition = Table(
    "definition",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("title", String(200), nullable=False),
    Column("deployed_at", UtcTime, nullable=False),
    Column("deployed_by", Id, nullable=False),
    #: New cases begin on the active version of a key; there is at most one.
    Column("active", Boolean, nullable=False),
    #: files: deployed from a folder by an operator; studio: drawn here and consented to.
    Column("origin", String(16), nullable=False, server_default="files"),
    #: The version it was made from, where that is known.
    Column("base_id", Id),
    UniqueConstraint("key", "version"),
)

#: Why a warning about a version was accepted when it was deployed.
accepted_warning = Table(
    "accepted_warning",
    metadata,
    Column("definition_id", Id, ForeignKey("definition.id"), primary_key=True),
    Column("rule", String(64), primary_key=True),
    Column("file", String(200), primary_key=True),
    Column("element", String(100), primary_key=True),
    Column("why", String(500), nullable=False),
    Column("by", Id, nullable=False),
    Column("at", UtcTime, nullable=False),
)

#: A file's content, once however many versions share it.
blob = Table(
    "blob",
    metadata,
    Column("hash", Id, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

#: Which files a definition consists of.
package_file = Table(
    "package_file",
    metadata,
    Column("definition_id", Id, ForeignKey("definition.id"), primary_key=True),
    Column("path", String(200), primary_key=True),
    Column("hash", Id, ForeignKey("blob.hash"), nullable=False),
    #: README and scenarios: kept with the version, but no part of what it says.
    Column("companion", Boolean, nullable=False, server_default=false()),
    Index(None, "hash"),
)
