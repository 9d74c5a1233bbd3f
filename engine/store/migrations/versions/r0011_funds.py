"""Funds that are closed, their budgets, and entries that take another back."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("fund", sa.Column("closed_on", sa.Date(), nullable=True))
    op.create_table(
        "fund_budget",
        sa.Column("fund_id", sa.String(length=64), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("amount_fen", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["fund_id"], ["fund.id"], name=op.f("fk_fund_budget_fund_id")),
        sa.PrimaryKeyConstraint("fund_id", "year", name=op.f("pk_fund_budget")),
    )
    op.create_table(
        "fund_correction",
        sa.Column("entry_id", sa.String(length=64), nullable=False),
        sa.Column("corrects", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["corrects"], ["fund_entry.id"], name=op.f("fk_fund_correction_corrects")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["fund_entry.id"], name=op.f("fk_fund_correction_entry_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_fund_correction")),
        sa.UniqueConstraint("corrects", name=op.f("uq_fund_correction_corrects")),
    )
