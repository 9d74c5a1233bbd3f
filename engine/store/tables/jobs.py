"""Durable work and the answers already given to repeated requests."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, text

from engine.store.metadata import metadata
from engine.store.types import Id, Json, UtcTime

#: Kinds of jobs that belong to an open task and die with it.
OF_A_TASK = ("rung", "deadline")
#: The kind of the job that makes a held decision count. It runs whatever becomes of the task.
HELD = "held"
#: The kind of the job that takes a case to another version, or back; it moves nothing in the case.
MIGRATE = "migrate"

#: A job: written in the transaction that needs it, the only truth about background work.
job = Table(
    "job",
    metadata,
    Column("id", Id, primary_key=True),
    #: timer, ability, message (waits for one), deadline (of a sign-off), rung (of a task's ladder),
    #: held (a decision that will count), migrate (a case to another version),
    #: rehearsal (a slice of one), scenarios (some of a draft's), or notify
    Column("kind", String(32), nullable=False),
    Column("instance_id", Id, ForeignKey("instance.id")),
    Column("token", String(36)),
    Column("element_id", String(64)),
    Column("due_at", UtcTime, nullable=False),
    #: Computed from a calendar year that is not published yet; computed again when it is.
    Column("provisional", Boolean, nullable=False),
    #: due, waiting (for the outside world), parked (the case stands still), done, cancelled, incident
    Column("state", String(16), nullable=False),
    Column("lease_owner", String(64)),
    Column("lease_until", UtcTime),
    Column("attempts", Integer, nullable=False),
    Column("payload", Json, nullable=False),
    Column("error", Text),
    Column("created_at", UtcTime, nullable=False),
    Index("ix_job_due", "state", "due_at"),
    Index(None, "instance_id"),
    # Where a case waits for time, for an ability or for a message.
    Index(
        "ix_job_at",
        "instance_id",
        "element_id",
        sqlite_where=text("state IN ('due', 'waiting', 'incident', 'parked')"),
        postgresql_where=text("state IN ('due', 'waiting', 'incident', 'parked')"),
    ),
)

#: An Idempotency-Key with the answer it got; kept 24 hours.
idempotency = Table(
    "idempotency",
    metadata,
    #: Hash over actor, route and key.
    Column("id", Id, primary_key=True),
    #: Keyed hash over the body: the same key with another body is refused.
    Column("request", String(64), nullable=False),
    Column("status", Integer),
    Column("response", Text),
    Column("created_at", UtcTime, nullable=False),
    Index(None, "created_at"),
)
