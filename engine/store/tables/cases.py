"""Instances (cases), their documents, tasks and signers."""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from engine.store.metadata import metadata
from engine.store.types import Id, Json, UtcTime

#: A case: one run of a definition. It stays on the version it began with.
instance = Table(
    "instance",
    metadata,
    Column("id", Id, primary_key=True),
    Column("definition_id", Id, ForeignKey("definition.id"), nullable=False),
    Column("key", String(64), nullable=False),
    Column("number", String(64)),
    Column("title", String(300), nullable=False),
    Column("amount_fen", BigInteger),
    #: active, suspended, completed, withdrawn or terminated
    Column("state", String(16), nullable=False),
    #: Since when an administrator has it stand still.
    Column("suspended_at", UtcTime),
    Column("starter_id", Id, nullable=False),
    #: Where the case belongs; fixed at the start (DESIGN 9).
    Column("places", Json, nullable=False),
    #: The nearest of them, by which cases are counted.
    Column("place", Id, nullable=False, server_default=""),
    #: element id → ids of those who acted there; what separation rules read.
    Column("participants", Json, nullable=False),
    #: Token state: compressed JSON, tasks only, never a specification.
    Column("snapshot", LargeBinary, nullable=False),
    #: Rises with every change; an update names the version it read.
    Column("version", Integer, nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Column("end_event", String(64)),
    #: True once those concerned have been told of its end.
    Column("announced", Boolean, nullable=False, server_default=false()),
    #: What it is found by, a line each: who applied, the unit, the number, the title (`engine.search`).
    Column("words", Text, nullable=False, server_default=""),
    #: Head of the instance's event stream, kept here so that a command needs no second row.
    Column("audit_length", Integer, nullable=False),
    Column("audit_hash", LargeBinary(32), nullable=False),
    Index(None, "starter_id", "started_at", "id"),
    # Running cases are few among all: whoever looks for one that waits for nothing reads these alone.
    Index(
        "ix_instance_running",
        "id",
        sqlite_where=text("state = 'active'"),
        postgresql_where=text("state = 'active'"),
    ),
    Index(None, "number"),
    Index(None, "definition_id"),
    # The running cases of a version: where they are, and which of them can move to another.
    Index(
        "ix_instance_version_running",
        "definition_id",
        "id",
        sqlite_where=text("state IN ('active', 'suspended')"),
        postgresql_where=text("state IN ('active', 'suspended')"),
    ),
    # What figures are counted along: of all, and of a few places.
    Index(None, "started_at", "place", "key"),
    Index(None, "ended_at", "place", "key"),
    Index(None, "place", "started_at"),
    Index(None, "place", "ended_at"),
    Index(
        "ix_instance_unannounced",
        "ended_at",
        sqlite_where=text("announced = 0 AND ended_at IS NOT NULL"),
        postgresql_where=text("NOT announced AND ended_at IS NOT NULL"),
    ),
)

#: Every two consecutive characters of a case's words: how a search finds cases without reading them.
#: Ids sort by the time of their making, so that the newest case of a gram is the last.
case_gram = Table(
    "case_gram",
    metadata,
    Column("gram", String(2), primary_key=True),
    Column("instance_id", Id, ForeignKey("instance.id"), primary_key=True),
    sqlite_with_rowid=False,
)

#: What the case knows. `versions` says at which document version each top-level field last changed.
case_document = Table(
    "case_document",
    metadata,
    Column("instance_id", Id, ForeignKey("instance.id"), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("content", Json, nullable=False),
    Column("versions", Json, nullable=False),
)

#: A unit of human work.
task = Table(
    "task",
    metadata,
    Column("id", Id, primary_key=True),
    Column("instance_id", Id, ForeignKey("instance.id"), nullable=False),
    #: The token in the instance's snapshot.
    Column("token", String(36), nullable=False),
    Column("element_id", String(64), nullable=False),
    #: open, completed, cancelled
    Column("state", String(16), nullable=False),
    #: single, all, any, ratio, sequence
    Column("rule", String(16), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("due_at", UtcTime),
    Column("due_provisional", Boolean, nullable=False),
    #: Who may take it, as keys; None in a sign-off, where the signers' rows say it.
    Column("candidate_keys", Json),
    #: True once those who may take it have been told by the channels they chose.
    Column("announced", Boolean, nullable=False, server_default=false()),
    #: The instant its deadlines count from; time in which the case stood still is added.
    Column("counts_from", UtcTime),
    #: Which of the parallel or successive runs of a multi-instance activity it belongs to, from 0.
    Column("run", Integer),
    Column("claimed_by", Id),
    #: Who waits for whose advice, owner → adviser; None: nobody does. The rows say it in full.
    Column("advice", Json),
    #: Whose part is decided by whom and does not count yet, owner → person; None: nobody's.
    Column("held", Json),
    #: Counters of a sign-off, as `engine.sign_off.Tally` has them.
    Column("tally", Json),
    Column("closed_at", UtcTime),
    Column("completed_by", Id),
    #: Whom the one who completed it stood in for.
    Column("completed_for", Id),
    #: How it was decided: person, proxy, timeout or repeated; anything but person is named in print.
    Column("decided_how", String(16)),
    #: True once the case has been sent back behind it: its decision counts no more.
    Column("undone", Boolean, nullable=False, server_default=false()),
    Column("outcome", String(64)),
    Column("opinion", Text),
    Index(None, "instance_id", "created_at"),
    Index(None, "completed_by", "closed_at", "id"),
    # How long steps took is read along the first, what is overdue along the second.
    Index(
        "ix_task_done",
        "closed_at",
        "instance_id",
        sqlite_where=text("state = 'completed'"),
        postgresql_where=text("state = 'completed'"),
    ),
    Index(
        "ix_task_open",
        "due_at",
        "instance_id",
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
    # Where a case waits, and since when.
    Index(
        "ix_task_at",
        "instance_id",
        "element_id",
        "created_at",
        "due_at",
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
    Index("ix_task_claimed", "claimed_by", "state", "created_at"),
    # The latest decisions of a step, for the cases one compares with.
    Index(
        "ix_task_decided",
        "element_id",
        "closed_at",
        sqlite_where=text("state = 'completed'"),
        postgresql_where=text("state = 'completed'"),
    ),
    Index(
        "ix_task_completed_for",
        "completed_for",
        "closed_at",
        "id",
        sqlite_where=text("completed_for IS NOT NULL"),
        postgresql_where=text("completed_for IS NOT NULL"),
    ),
    Index(
        "ix_task_unannounced",
        "created_at",
        sqlite_where=text("announced = 0 AND state = 'open'"),
        postgresql_where=text("NOT announced AND state = 'open'"),
    ),
)

#: Who may take a task: one row per key, gone when the task closes. What a list of work is sorted and
#: sifted by is repeated here, so that a page of it is read along one index; `candidate_rows` keeps it true.
task_candidate = Table(
    "task_candidate",
    metadata,
    Column("key", String(140), primary_key=True),
    Column("task_id", Id, ForeignKey("task.id"), primary_key=True),
    Column("created_at", UtcTime, nullable=False),
    #: False while somebody has claimed it: it is then in that person's to-do box only.
    Column("open", Boolean, nullable=False),
    #: In whose list it is now: the key itself, or the key of the person who has claimed it; of a claimed
    #: task's several keys only one lies with that person, the others nowhere (empty).
    Column("lies_with", String(140), nullable=False),
    Column("instance_id", Id, nullable=False),
    Column("process", String(64), nullable=False),
    Column("starter_id", Id, nullable=False),
    #: NO_DUE where there is no deadline, NO_AMOUNT where there is no amount: a sort knows no NULL.
    Column("due_at", UtcTime, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Index(None, "task_id"),
    Index(None, "instance_id"),
    *(
        Index(f"ix_task_candidate_{'_'.join(columns)}", "lies_with", *columns, "task_id")
        for order in ("created_at", "due_at", "amount_fen")
        for columns in ((order,), ("process", order))
    ),
)
#: Later than every deadline, less than every amount.
NO_DUE = datetime(9999, 12, 31, tzinfo=UTC)
NO_AMOUNT = -1

#: One person's part in a sign-off. The vote is a column; adding a signer is adding a row.
signer = Table(
    "signer",
    metadata,
    Column("task_id", Id, ForeignKey("task.id"), primary_key=True),
    Column("person_id", Id, primary_key=True),
    Column("position", Integer, nullable=False),
    #: waiting (not yet asked), open, voted, not_needed, removed
    Column("state", String(16), nullable=False),
    #: The signer whose vote opens the matter to this one.
    Column("after_id", Id),
    #: Whose outcome names the result where a single decision was widened by further signers.
    Column("lead", Boolean, nullable=False, server_default=false()),
    Column("added_by", Id),
    Column("outcome", String(64)),
    Column("opinion", Text),
    Column("form", Json),
    #: True where the vote was a refusal that decides whatever the others say.
    Column("veto", Boolean, nullable=False, server_default=false()),
    Column("voted_at", UtcTime),
    #: Who voted in the signer's stead.
    Column("voted_by", Id),
    #: person, proxy or repeated
    Column("decided_how", String(16)),
    UniqueConstraint("task_id", "position"),
    Index(None, "person_id", "state", "voted_at", "task_id"),
    #: A vote among thousands finds the next without looking at the others.
    Index(None, "task_id", "after_id"),
    Index(
        "ix_signer_voted_by",
        "voted_by",
        "voted_at",
        "task_id",
        sqlite_where=text("voted_by IS NOT NULL"),
        postgresql_where=text("voted_by IS NOT NULL"),
    ),
)

#: What a person has begun to fill in and not sent: sealed whole, because it may hold anything.
draft = Table(
    "draft",
    metadata,
    Column("person_id", Id, primary_key=True),
    #: `start:<process key>` or `task:<task id>`.
    Column("place", String(80), primary_key=True),
    Column("sealed", Text, nullable=False),
    Column("saved_at", UtcTime, nullable=False),
)
