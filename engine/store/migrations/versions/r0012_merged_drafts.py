"""Drafts that bring a release and the version in use together."""

import sqlalchemy as sa
from alembic import op

from engine.store.types import UtcTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "package_merge",
        sa.Column("draft_id", sa.String(length=64), nullable=False),
        sa.Column("release_id", sa.String(length=64), nullable=False),
        sa.Column("merged_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"], ["package_draft.id"], name=op.f("fk_package_merge_draft_id_package_draft")
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["definition.id"], name=op.f("fk_package_merge_release_id_definition")
        ),
        sa.PrimaryKeyConstraint("draft_id", name=op.f("pk_package_merge")),
    )
