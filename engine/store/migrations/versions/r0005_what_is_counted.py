"""What is counted: at which place a case is, and the indexes along which figures are read."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column(
        "instance", sa.Column("place", sa.String(length=64), server_default="", nullable=False)
    )
    _fill_places()
    op.create_index(
        op.f("ix_instance_ended_at_place_key"),
        "instance",
        ["ended_at", "place", "key"],
        unique=False,
    )
    op.create_index(
        op.f("ix_instance_place_ended_at"), "instance", ["place", "ended_at"], unique=False
    )
    op.create_index(
        op.f("ix_instance_place_started_at"), "instance", ["place", "started_at"], unique=False
    )
    op.create_index(
        op.f("ix_instance_started_at_place_key"),
        "instance",
        ["started_at", "place", "key"],
        unique=False,
    )
    op.create_index(
        "ix_task_done",
        "task",
        ["closed_at", "instance_id"],
        unique=False,
        sqlite_where=sa.text("state = 'completed'"),
        postgresql_where=sa.text("state = 'completed'"),
    )
    op.create_index(
        "ix_task_open",
        "task",
        ["due_at", "instance_id"],
        unique=False,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )


def _fill_places() -> None:
    """The nearest of each case's places; few places hold many cases, so they are written together."""
    connection = op.get_bind()
    rows = connection.execute(sa.text("SELECT DISTINCT places FROM instance")).all()
    for (text,) in rows:
        places = json.loads(text)
        place = places.get("applicant.group") or places.get("applicant.unit") or ""
        connection.execute(
            sa.text("UPDATE instance SET place = :place WHERE places = :places"),
            {"place": place, "places": text},
        )
