"""Places and people with their past, posts with a title, and spreadsheets that are taken over."""

import sqlalchemy as sa
from alembic import op

from engine.store.types import Json, UtcTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("unit", sa.Column("founded_on", sa.Date(), nullable=True))
    op.create_table(
        "unit_state",
        sa.Column("unit_id", sa.String(length=64), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("parent_id", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_state_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "since", name=op.f("pk_unit_state")),
    )
    op.create_table(
        "person_state",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.String(length=64), nullable=False),
        sa.Column("group_id", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_state_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "since", name=op.f("pk_person_state")),
    )
    op.create_index(op.f("ix_person_state_since"), "person_state", ["since"], unique=False)
    for name, length in (("title", 80), ("basis", 120)):
        column = sa.Column(name, sa.String(length=length), server_default="", nullable=False)
        op.add_column("role_holding", column)
    op.add_column("role_holding", sa.Column("given_by", sa.String(length=64), nullable=True))
    op.add_column("role_holding", sa.Column("given_at", UtcTime(), nullable=True))
    op.create_table(
        "takeover",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("applied_at", UtcTime(), nullable=True),
        sa.Column("counts", Json(), nullable=False),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("report", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takeover")),
    )
    op.create_index(op.f("ix_takeover_at"), "takeover", ["at"], unique=False)
