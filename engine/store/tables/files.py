"""Files of a case: what people attach and what the engine prints."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table

from engine.store.metadata import metadata
from engine.store.types import Id, UtcTime

document_file = Table(
    "document_file",
    metadata,
    Column("id", Id, primary_key=True),
    #: Empty until the form that names the file has been sent.
    Column("instance_id", Id, ForeignKey("instance.id")),
    #: attachment, letter, bank_file, bank_reply
    Column("kind", String(32), nullable=False),
    Column("name", String(200), nullable=False),
    Column("media_type", String(80), nullable=False),
    Column("size", BigInteger, nullable=False),
    #: SHA-256 of the content; where it lies in the files store.
    Column("digest", String(64), nullable=False),
    Column("created_by", Id, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    #: valid or void
    Column("state", String(16), nullable=False),
    Index(None, "instance_id"),
    Index(None, "digest"),
)
