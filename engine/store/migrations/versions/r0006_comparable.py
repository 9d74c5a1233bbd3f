"""The latest decisions of a step, for the cases an approver compares with."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index(
        "ix_task_decided",
        "task",
        ["element_id", "closed_at"],
        unique=False,
        sqlite_where=sa.text("state = 'completed'"),
        postgresql_where=sa.text("state = 'completed'"),
    )
