"""Second factors, former passwords, sign-ins under way, and sessions that can be told apart."""

import sqlalchemy as sa
from alembic import op

from engine.store.types import UtcTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "used_state",
        sa.Column("state_hash", sa.String(length=64), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_used_state")),
    )
    op.create_index(op.f("ix_used_state_at"), "used_state", ["at"], unique=False)
    op.create_table(
        "former_password",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_former_password_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_password")),
    )
    op.create_index(
        op.f("ix_former_password_person_id"), "former_password", ["person_id"], unique=False
    )
    op.create_table(
        "pending_sign_in",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("how", sa.String(length=16), nullable=False),
        sa.Column("code_given", sa.Boolean(), nullable=False),
        sa.Column("expires_at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_pending_sign_in_person_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_pending_sign_in")),
    )
    op.create_index(
        op.f("ix_pending_sign_in_expires_at"), "pending_sign_in", ["expires_at"], unique=False
    )
    op.create_index(
        op.f("ix_pending_sign_in_person_id"), "pending_sign_in", ["person_id"], unique=False
    )
    op.create_table(
        "recovery_code",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_recovery_code_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", "code_hash", name=op.f("pk_recovery_code")),
    )
    op.create_table(
        "second_factor",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("confirmed_at", UtcTime(), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_second_factor_person_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_second_factor")),
    )
    op.add_column("account", sa.Column("password_set_at", UtcTime(), nullable=True))
    op.add_column(
        "account",
        sa.Column("must_change", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.add_column(
        "session", sa.Column("address", sa.String(length=64), server_default="", nullable=False)
    )
    op.add_column(
        "session", sa.Column("agent", sa.String(length=300), server_default="", nullable=False)
    )
    op.add_column(
        "session", sa.Column("how", sa.String(length=16), server_default="password", nullable=False)
    )
