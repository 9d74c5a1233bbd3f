"""Running cases that move to another version, and where cases wait."""

import sqlalchemy as sa
from alembic import op

from engine.store.types import Json, UtcTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "migration",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("from_id", sa.String(length=64), nullable=False),
        sa.Column("to_id", sa.String(length=64), nullable=False),
        sa.Column("mapping", Json(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("stopped_at", UtcTime(), nullable=True),
        sa.Column("undone_at", UtcTime(), nullable=True),
        sa.Column("undone_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["from_id"], ["definition.id"], name=op.f("fk_migration_from_id")),
        sa.ForeignKeyConstraint(["to_id"], ["definition.id"], name=op.f("fk_migration_to_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_migration")),
    )
    op.create_index(
        op.f("ix_migration_key_created_at"), "migration", ["key", "created_at"], unique=False
    )
    op.create_table(
        "migration_case",
        sa.Column("migration_id", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("reasons", Json(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("before", sa.LargeBinary(), nullable=True),
        sa.Column("at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_migration_case_instance_id")
        ),
        sa.ForeignKeyConstraint(
            ["migration_id"], ["migration.id"], name=op.f("fk_migration_case_migration_id")
        ),
        sa.PrimaryKeyConstraint("migration_id", "instance_id", name=op.f("pk_migration_case")),
    )
    op.create_index(
        op.f("ix_migration_case_instance_id"), "migration_case", ["instance_id"], unique=False
    )
    op.create_index(
        op.f("ix_migration_case_migration_id_state"),
        "migration_case",
        ["migration_id", "state"],
        unique=False,
    )
    op.create_index(
        "ix_instance_version_running",
        "instance",
        ["definition_id", "id"],
        unique=False,
        sqlite_where=sa.text("state IN ('active', 'suspended')"),
        postgresql_where=sa.text("state IN ('active', 'suspended')"),
    )
    op.create_index(
        "ix_job_at",
        "job",
        ["instance_id", "element_id"],
        unique=False,
        sqlite_where=sa.text("state IN ('due', 'waiting', 'incident', 'parked')"),
        postgresql_where=sa.text("state IN ('due', 'waiting', 'incident', 'parked')"),
    )
    op.create_index(
        "ix_task_at",
        "task",
        ["instance_id", "element_id", "created_at", "due_at"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
