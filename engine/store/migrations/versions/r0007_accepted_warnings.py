"""Why warnings about a version were accepted when it was deployed."""

import sqlalchemy as sa
from alembic import op

from engine.store.types import UtcTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "accepted_warning",
        sa.Column("definition_id", sa.String(length=64), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("file", sa.String(length=200), nullable=False),
        sa.Column("element", sa.String(length=100), nullable=False),
        sa.Column("why", sa.String(length=500), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["definition_id"],
            ["definition.id"],
            name=op.f("fk_accepted_warning_definition_id_definition"),
        ),
        sa.PrimaryKeyConstraint(
            "definition_id", "rule", "file", "element", name=op.f("pk_accepted_warning")
        ),
    )
