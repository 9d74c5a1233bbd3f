"""What people arrange among themselves: proxies, advice, recusals, copies, reminders and remarks."""

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text, text

from engine.store.metadata import metadata
from engine.store.types import Id, Json, UtcTime

#: One person stands in for another (代理), for a time and for some or all processes.
proxy = Table(
    "proxy",
    metadata,
    Column("id", Id, primary_key=True),
    Column("owner_id", Id, nullable=False),
    Column("deputy_id", Id, nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("until", UtcTime),
    #: Process keys; None: all.
    Column("processes", Json),
    Column("reason", String(200), nullable=False),
    Column("created_by", Id, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Index(None, "owner_id"),
    Index(None, "deputy_id"),
)

#: A person asks another for advice on a task (委派); it comes back to who asked.
delegation = Table(
    "delegation",
    metadata,
    Column("id", Id, primary_key=True),
    Column("task_id", Id, ForeignKey("task.id"), nullable=False),
    Column("owner_id", Id, nullable=False),
    Column("adviser_id", Id, nullable=False),
    Column("question", Text, nullable=False),
    Column("asked_at", UtcTime, nullable=False),
    Column("advice", Text),
    Column("closed_at", UtcTime),
    #: open, answered, recalled, dropped (the task closed first)
    Column("state", String(16), nullable=False),
    Index(None, "task_id"),
    Index(None, "adviser_id", "state", "asked_at"),
)

#: A person declares not to be impartial (回避): about a relative, or in one case.
recusal = Table(
    "recusal",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, nullable=False),
    #: In whose cases; None where one case is named.
    Column("about_id", Id),
    Column("instance_id", Id, ForeignKey("instance.id")),
    Column("reason", String(200), nullable=False),
    Column("declared_at", UtcTime, nullable=False),
    Column("revoked_at", UtcTime),
    Index(None, "person_id"),
    Index(None, "about_id"),
    Index(None, "instance_id"),
)

#: A case shown to somebody who does not decide in it (抄送), with the moment it was read.
copy = Table(
    "cc",
    metadata,
    Column("instance_id", Id, ForeignKey("instance.id"), primary_key=True),
    Column("person_id", Id, primary_key=True),
    Column("by_id", Id, nullable=False),
    Column("note", String(200), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("read_at", UtcTime),
    Index(None, "person_id", "at", "instance_id"),
    Index(
        "ix_cc_unread",
        "person_id",
        "at",
        "instance_id",
        sqlite_where=text("read_at IS NULL"),
        postgresql_where=text("read_at IS NULL"),
    ),
)

#: Somebody was asked to hurry (催办); counted, and not too often.
urge = Table(
    "urge",
    metadata,
    Column("id", Id, primary_key=True),
    Column("instance_id", Id, ForeignKey("instance.id"), nullable=False),
    Column("task_id", Id, ForeignKey("task.id"), nullable=False),
    Column("by_id", Id, nullable=False),
    Column("note", String(200), nullable=False),
    Column("at", UtcTime, nullable=False),
    Index(None, "task_id", "at"),
)

#: A remark on a case, outside of any decision.
comment = Table(
    "comment",
    metadata,
    Column("id", Id, primary_key=True),
    Column("instance_id", Id, ForeignKey("instance.id"), nullable=False),
    Column("author_id", Id, nullable=False),
    Column("text", Text, nullable=False),
    #: Ids of the people named in it.
    Column("mentions", Json, nullable=False),
    #: Ids of files.
    Column("files", Json, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index(None, "instance_id", "at"),
)

#: A list of work as somebody looks at it, by a name: which box, in which order, what of it.
saved_filter = Table(
    "saved_filter",
    metadata,
    Column("id", Id, primary_key=True),
    Column("owner_id", Id, nullable=False),
    Column("name", String(40), nullable=False),
    #: Everybody who holds this role sees it; None: the owner alone.
    Column("role", String(64)),
    #: box, sort, process, due and text, those that are set.
    Column("view", Json, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Index(None, "owner_id", "name", unique=True),
    Index(None, "role"),
)
