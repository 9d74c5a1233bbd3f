"""Lists of work: what they are sorted by beside who may act, what cases are found by, saved filters."""

import json
import unicodedata
from typing import Any

import sqlalchemy as sa
from alembic import op

from engine.store.types import Json, UtcTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "saved_filter",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("owner_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=True),
        sa.Column("view", Json(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_filter")),
    )
    op.create_index(
        op.f("ix_saved_filter_owner_id_name"), "saved_filter", ["owner_id", "name"], unique=True
    )
    op.create_index(op.f("ix_saved_filter_role"), "saved_filter", ["role"], unique=False)
    op.create_table(
        "case_gram",
        sa.Column("gram", sa.String(length=2), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_case_gram_instance_id")
        ),
        sa.PrimaryKeyConstraint("gram", "instance_id", name=op.f("pk_case_gram")),
        sqlite_with_rowid=False,
    )
    op.drop_index(op.f("ix_cc_person_id_at"), table_name="cc")
    op.create_index(
        op.f("ix_cc_person_id_at_instance_id"),
        "cc",
        ["person_id", "at", "instance_id"],
        unique=False,
    )
    op.create_index(
        "ix_cc_unread",
        "cc",
        ["person_id", "at", "instance_id"],
        unique=False,
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.add_column("instance", sa.Column("words", sa.Text(), server_default="", nullable=False))
    _fill_words()
    op.drop_index(op.f("ix_instance_starter_id_started_at"), table_name="instance")
    op.create_index(
        op.f("ix_instance_starter_id_started_at_id"),
        "instance",
        ["starter_id", "started_at", "id"],
        unique=False,
    )
    op.drop_index(op.f("ix_signer_person_id_state"), table_name="signer")
    op.drop_index(
        op.f("ix_signer_voted_by"),
        table_name="signer",
    )
    op.create_index(
        "ix_signer_voted_by",
        "signer",
        ["voted_by", "voted_at", "task_id"],
        unique=False,
        sqlite_where=sa.text("voted_by IS NOT NULL"),
        postgresql_where=sa.text("voted_by IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_signer_person_id_state_voted_at_task_id"),
        "signer",
        ["person_id", "state", "voted_at", "task_id"],
        unique=False,
    )
    op.drop_index(op.f("ix_task_completed_by_closed_at"), table_name="task")
    op.drop_index(
        op.f("ix_task_completed_for"),
        table_name="task",
    )
    op.create_index(
        "ix_task_completed_for",
        "task",
        ["completed_for", "closed_at", "id"],
        unique=False,
        sqlite_where=sa.text("completed_for IS NOT NULL"),
        postgresql_where=sa.text("completed_for IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_task_completed_by_closed_at_id"),
        "task",
        ["completed_by", "closed_at", "id"],
        unique=False,
    )
    _fill_candidates()
    op.create_index(
        "ix_task_candidate_amount_fen",
        "task_candidate",
        ["lies_with", "amount_fen", "task_id"],
        unique=False,
    )
    op.create_index(
        "ix_task_candidate_created_at",
        "task_candidate",
        ["lies_with", "created_at", "task_id"],
        unique=False,
    )
    op.create_index(
        "ix_task_candidate_due_at",
        "task_candidate",
        ["lies_with", "due_at", "task_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_task_candidate_instance_id"), "task_candidate", ["instance_id"], unique=False
    )
    op.create_index(
        "ix_task_candidate_process_amount_fen",
        "task_candidate",
        ["lies_with", "process", "amount_fen", "task_id"],
        unique=False,
    )
    op.create_index(
        "ix_task_candidate_process_created_at",
        "task_candidate",
        ["lies_with", "process", "created_at", "task_id"],
        unique=False,
    )
    op.create_index(
        "ix_task_candidate_process_due_at",
        "task_candidate",
        ["lies_with", "process", "due_at", "task_id"],
        unique=False,
    )


def _fill_candidates() -> None:
    """What a list is sorted by: empty columns, what the tasks and cases say, then no empty one is allowed."""
    columns: list[sa.Column[Any]] = [
        sa.Column("lies_with", sa.String(length=140)),
        sa.Column("instance_id", sa.String(length=64)),
        sa.Column("process", sa.String(length=64)),
        sa.Column("starter_id", sa.String(length=64)),
        sa.Column("due_at", UtcTime()),
        sa.Column("amount_fen", sa.BigInteger()),
    ]
    op.drop_index(op.f("ix_task_candidate_inbox"), table_name="task_candidate")
    for column in columns:
        op.add_column("task_candidate", column)
    never = "9999-12-31 00:00:00.000000"
    if op.get_bind().dialect.name == "postgresql":
        never += "+00"
    op.execute(
        "UPDATE task_candidate SET (lies_with, instance_id, process, starter_id, due_at, amount_fen) ="
        " (SELECT CASE WHEN task.claimed_by IS NULL THEN task_candidate.key"
        " WHEN task_candidate.key = (SELECT min(other.key) FROM task_candidate AS other"
        " WHERE other.task_id = task.id) THEN 'person:' || task.claimed_by ELSE '' END,"
        " instance.id, instance.key, instance.starter_id,"
        f" coalesce(task.due_at, '{never}'), coalesce(instance.amount_fen, -1)"
        " FROM task JOIN instance ON instance.id = task.instance_id"
        " WHERE task.id = task_candidate.task_id)"
    )
    with op.batch_alter_table("task_candidate") as table:
        for column in columns:
            table.alter_column(column.name, existing_type=column.type, nullable=False)


def _fill_words() -> None:
    """What the cases there are can be found by."""
    connection = op.get_bind()
    read = sa.text(
        "SELECT instance.id, instance.title, instance.number, case_document.content"
        " FROM instance JOIN case_document ON case_document.instance_id = instance.id"
        " WHERE instance.id > :last ORDER BY instance.id LIMIT 500"
    )
    last = ""
    while rows := connection.execute(read, {"last": last}).all():
        found = {row.id: _words(row) for row in rows}
        connection.execute(
            sa.text("UPDATE instance SET words = :words WHERE id = :id"),
            [{"id": case, "words": words} for case, words in found.items()],
        )
        grams = [
            {"gram": gram, "id": case}
            for case, words in found.items()
            for gram in sorted(
                {word[at : at + 2] for word in words.split() for at in range(len(word) - 1)}
            )
        ]
        if grams:
            connection.execute(
                sa.text("INSERT INTO case_gram (gram, instance_id) VALUES (:gram, :id)"), grams
            )
        last = rows[-1].id


def _words(row: Any) -> str:
    applicant = json.loads(row.content).get("applicant")
    facts = applicant if isinstance(applicant, dict) else {}
    parts = (facts.get("name"), facts.get("unit_name"), row.number, row.title)
    lines = (
        " ".join(unicodedata.normalize("NFKC", str(part)[:300]).casefold().split())
        for part in parts
        if part
    )
    return "\n".join(dict.fromkeys(line for line in lines if line))
