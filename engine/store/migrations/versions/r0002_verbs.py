"""What the verbs of approvers keep: proxies, advice, recusals, copies, remarks, notifications."""

import sqlalchemy as sa
from alembic import op

from engine.store.types import Json, UtcTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "notification_choice",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("wanted", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint(
            "person_id", "kind", "channel", name=op.f("pk_notification_choice")
        ),
    )
    op.create_table(
        "proxy",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("owner_id", sa.String(length=64), nullable=False),
        sa.Column("deputy_id", sa.String(length=64), nullable=False),
        sa.Column("since", UtcTime(), nullable=False),
        sa.Column("until", UtcTime(), nullable=True),
        sa.Column("processes", Json(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.Column("ended_at", UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proxy")),
    )
    op.create_index(op.f("ix_proxy_deputy_id"), "proxy", ["deputy_id"], unique=False)
    op.create_index(op.f("ix_proxy_owner_id"), "proxy", ["owner_id"], unique=False)
    op.create_table(
        "webhook",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("format", sa.String(length=16), nullable=False),
        sa.Column("kinds", Json(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_index(op.f("ix_webhook_person_id"), "webhook", ["person_id"], unique=False)
    op.create_table(
        "cc",
        sa.Column("instance_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("by_id", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("read_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_cc_instance_id")),
        sa.PrimaryKeyConstraint("instance_id", "person_id", name=op.f("pk_cc")),
    )
    op.create_index(op.f("ix_cc_person_id_at"), "cc", ["person_id", "at"], unique=False)
    op.create_table(
        "comment",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=False),
        sa.Column("author_id", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("mentions", Json(), nullable=False),
        sa.Column("files", Json(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_comment_instance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comment")),
    )
    op.create_index(
        op.f("ix_comment_instance_id_at"), "comment", ["instance_id", "at"], unique=False
    )
    op.create_table(
        "recusal",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("about_id", sa.String(length=64), nullable=True),
        sa.Column("instance_id", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("declared_at", UtcTime(), nullable=False),
        sa.Column("revoked_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_recusal_instance_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recusal")),
    )
    op.create_index(op.f("ix_recusal_about_id"), "recusal", ["about_id"], unique=False)
    op.create_index(op.f("ix_recusal_instance_id"), "recusal", ["instance_id"], unique=False)
    op.create_index(op.f("ix_recusal_person_id"), "recusal", ["person_id"], unique=False)
    op.create_table(
        "delegation",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("task_id", sa.String(length=64), nullable=False),
        sa.Column("owner_id", sa.String(length=64), nullable=False),
        sa.Column("adviser_id", sa.String(length=64), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcTime(), nullable=False),
        sa.Column("advice", sa.Text(), nullable=True),
        sa.Column("closed_at", UtcTime(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_delegation_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    op.create_index(
        op.f("ix_delegation_adviser_id_state_asked_at"),
        "delegation",
        ["adviser_id", "state", "asked_at"],
        unique=False,
    )
    op.create_index(op.f("ix_delegation_task_id"), "delegation", ["task_id"], unique=False)
    op.create_table(
        "notification",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=True),
        sa.Column("task_id", sa.String(length=64), nullable=True),
        sa.Column("facts", Json(), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("read_at", UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instance.id"], name=op.f("fk_notification_instance_id")
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_notification_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
    )
    op.create_index(
        op.f("ix_notification_person_id_at"), "notification", ["person_id", "at"], unique=False
    )
    op.create_index(op.f("ix_notification_task_id"), "notification", ["task_id"], unique=False)
    op.create_index(
        "ix_notification_unread",
        "notification",
        ["person_id"],
        unique=False,
        sqlite_where=sa.text("shown = 1 AND read_at IS NULL"),
        postgresql_where=sa.text("shown AND read_at IS NULL"),
    )
    op.create_table(
        "urge",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("instance_id", sa.String(length=64), nullable=False),
        sa.Column("task_id", sa.String(length=64), nullable=False),
        sa.Column("by_id", sa.String(length=64), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("at", UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["instance_id"], ["instance.id"], name=op.f("fk_urge_instance_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_urge_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_urge")),
    )
    op.create_index(op.f("ix_urge_task_id_at"), "urge", ["task_id", "at"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("notification_id", sa.String(length=64), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("webhook_id", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("due_at", UtcTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("digest_id", sa.String(length=64), nullable=True),
        sa.Column("people", Json(), nullable=True),
        sa.Column("sent_at", UtcTime(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["notification_id"], ["notification.id"], name=op.f("fk_delivery_notification_id")
        ),
        sa.ForeignKeyConstraint(
            ["webhook_id"], ["webhook.id"], name=op.f("fk_delivery_webhook_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
    )
    op.create_index(op.f("ix_delivery_digest_id"), "delivery", ["digest_id"], unique=False)
    op.create_index("ix_delivery_due", "delivery", ["state", "due_at"], unique=False)
    op.create_index(
        op.f("ix_delivery_notification_id"), "delivery", ["notification_id"], unique=False
    )
    op.add_column("effect", sa.Column("token", sa.String(length=36), nullable=True))
    op.add_column("instance", sa.Column("suspended_at", UtcTime(), nullable=True))
    op.add_column(
        "instance",
        sa.Column("announced", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.create_index(
        "ix_instance_running",
        "instance",
        ["id"],
        unique=False,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_index(
        "ix_instance_unannounced",
        "instance",
        ["ended_at"],
        unique=False,
        sqlite_where=sa.text("announced = 0 AND ended_at IS NOT NULL"),
        postgresql_where=sa.text("NOT announced AND ended_at IS NOT NULL"),
    )
    op.add_column("signer", sa.Column("after_id", sa.String(length=64), nullable=True))
    op.add_column(
        "signer", sa.Column("lead", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("signer", sa.Column("added_by", sa.String(length=64), nullable=True))
    op.add_column(
        "signer", sa.Column("veto", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("signer", sa.Column("voted_by", sa.String(length=64), nullable=True))
    op.add_column("signer", sa.Column("decided_how", sa.String(length=16), nullable=True))
    op.create_index(
        op.f("ix_signer_task_id_after_id"), "signer", ["task_id", "after_id"], unique=False
    )
    op.create_index(
        "ix_signer_voted_by",
        "signer",
        ["voted_by"],
        unique=False,
        sqlite_where=sa.text("voted_by IS NOT NULL"),
        postgresql_where=sa.text("voted_by IS NOT NULL"),
    )
    # Until now only a sequence had people waiting, each for the one before.
    op.execute(
        "UPDATE signer SET after_id = (SELECT other.person_id FROM signer AS other"
        " WHERE other.task_id = signer.task_id AND other.position = signer.position - 1)"
        " WHERE state = 'waiting'"
    )
    op.add_column("task", sa.Column("candidate_keys", Json(), nullable=True))
    op.add_column(
        "task", sa.Column("announced", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.add_column("task", sa.Column("counts_from", UtcTime(), nullable=True))
    op.add_column("task", sa.Column("run", sa.Integer(), nullable=True))
    op.add_column("task", sa.Column("advice", Json(), nullable=True))
    op.add_column("task", sa.Column("completed_for", sa.String(length=64), nullable=True))
    op.add_column("task", sa.Column("decided_how", sa.String(length=16), nullable=True))
    op.add_column(
        "task", sa.Column("undone", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.create_index(
        "ix_task_completed_for",
        "task",
        ["completed_for"],
        unique=False,
        sqlite_where=sa.text("completed_for IS NOT NULL"),
        postgresql_where=sa.text("completed_for IS NOT NULL"),
    )
    op.create_index(
        "ix_task_unannounced",
        "task",
        ["created_at"],
        unique=False,
        sqlite_where=sa.text("announced = 0 AND state = 'open'"),
        postgresql_where=sa.text("NOT announced AND state = 'open'"),
    )
    # What was there before anybody could be told of it is no news.
    op.execute(sa.text("UPDATE task SET announced = true"))
    op.execute(sa.text("UPDATE instance SET announced = true"))
