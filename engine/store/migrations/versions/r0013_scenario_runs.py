"""The scenarios of drafts, played by jobs."""

import sqlalchemy as sa
from alembic import op

from engine.store.types import Json, UtcTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "scenario_run",
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("asked_at", UtcTime(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("moved_at", UtcTime(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("passed", Json(), nullable=False),
        sa.Column("failed", Json(), nullable=False),
        sa.PrimaryKeyConstraint("content", name=op.f("pk_scenario_run")),
    )
