"""Decisions that are held for some seconds, and how each person likes to work."""

import sqlalchemy as sa
from alembic import op

from engine.store.types import Json, UtcTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "preference",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", Json(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "name", name=op.f("pk_preference")),
    )
    op.create_table(
        "held_decision",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("task_id", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("owner_id", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("held_at", UtcTime(), nullable=False),
        sa.Column("counts_at", UtcTime(), nullable=False),
        sa.Column("job_id", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_held_decision_task_id")),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_held_decision_instance_id")
        ),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], name=op.f("fk_held_decision_job_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_held_decision")),
        sa.UniqueConstraint("task_id", "owner_id", name=op.f("uq_held_decision_task_id_owner_id")),
    )
    op.create_index(op.f("ix_held_decision_person_id"), "held_decision", ["person_id"])
    op.create_index(op.f("ix_held_decision_instance_id"), "held_decision", ["instance_id"])
    op.add_column("task", sa.Column("held", Json(), nullable=True))
