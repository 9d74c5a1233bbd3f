"""Clearing a queue: decisions that do not count yet, and how each person likes to work."""

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text, UniqueConstraint

from engine.store.metadata import metadata
from engine.store.types import Id, Json, UtcTime

#: A decision until it counts: whoever made it may take it back. Gone once it counts or is taken back.
held_decision = Table(
    "held_decision",
    metadata,
    Column("id", Id, primary_key=True),
    Column("task_id", Id, ForeignKey("task.id"), nullable=False),
    Column("instance_id", Id, ForeignKey("instance.id"), nullable=False),
    #: Who decided, and whose part that is: the same person, or an owner whom the person stands in for.
    Column("person_id", Id, nullable=False),
    Column("owner_id", Id, nullable=False),
    Column("outcome", String(64), nullable=False),
    #: What `complete` will be given: the form, the opinion, the version; sealed whole, as a draft is.
    Column("sealed", Text, nullable=False),
    Column("held_at", UtcTime, nullable=False),
    Column("counts_at", UtcTime, nullable=False),
    #: The job that makes it count.
    Column("job_id", Id, ForeignKey("job.id"), nullable=False),
    UniqueConstraint("task_id", "owner_id"),
    Index(None, "person_id"),
    Index(None, "instance_id"),
)

#: What a person has chosen of `engine.preferences`; the default has no row.
preference = Table(
    "preference",
    metadata,
    Column("person_id", Id, primary_key=True),
    Column("name", String(32), primary_key=True),
    Column("value", Json, nullable=False),
)
