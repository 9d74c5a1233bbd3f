"""People who leave and units that merge."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("person", sa.Column("left_on", sa.Date(), nullable=True))
    op.add_column("person", sa.Column("successor_id", sa.String(length=64), nullable=True))
    op.add_column("unit", sa.Column("merged_into", sa.String(length=64), nullable=True))
    op.add_column("unit", sa.Column("ended_on", sa.Date(), nullable=True))
