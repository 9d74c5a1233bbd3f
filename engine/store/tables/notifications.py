"""What people are told, where they want to be told it, and what is on its way there."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, Text, text

from engine.store.metadata import metadata
from engine.store.types import Id, Json, UtcTime

#: One message to one person, as the pages show it. It refers to the case and repeats nothing sensitive.
notification = Table(
    "notification",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, nullable=False),
    #: What happened: task_opened, returned, mentioned, copied, urged, reminder, escalated, …
    Column("kind", String(32), nullable=False),
    Column("instance_id", Id, ForeignKey("instance.id")),
    Column("task_id", Id, ForeignKey("task.id")),
    #: Parts of the sentence: names, step, outcome; never a field of a form.
    Column("facts", Json, nullable=False),
    Column("at", UtcTime, nullable=False),
    #: False where it stands for what leaves by mail or webhook only: the pages do not list it.
    Column("shown", Boolean, nullable=False),
    Column("read_at", UtcTime),
    Index(None, "person_id", "at"),
    Index(None, "task_id"),
    # What the bell counts: a person's thousands of old ones are not in it.
    Index(
        "ix_notification_unread",
        "person_id",
        sqlite_where=text("shown = 1 AND read_at IS NULL"),
        postgresql_where=text("shown AND read_at IS NULL"),
    ),
)

#: A notification on its way by one channel. Its id is the Message-ID or webhook id: it never changes.
delivery = Table(
    "delivery",
    metadata,
    Column("id", Id, primary_key=True),
    Column("notification_id", Id, ForeignKey("notification.id"), nullable=False),
    #: mail or webhook
    Column("channel", String(16), nullable=False),
    Column("webhook_id", Id, ForeignKey("webhook.id")),
    #: waiting, collected (for a digest), joined (to the digest that `digest_id` names), sent, dropped
    #: (nobody needs it any more) or given_up
    Column("state", String(16), nullable=False),
    #: When it leaves; while it is being sent, when somebody else may try because the sender died.
    Column("due_at", UtcTime, nullable=False),
    Column("attempts", Integer, nullable=False),
    #: The delivery under whose id a digest leaves.
    Column("digest_id", Id),
    #: Whom the organisation's own webhook hears about: one call for all who were told at once.
    Column("people", Json),
    Column("sent_at", UtcTime),
    Column("error", Text),
    Index(None, "notification_id"),
    Index(None, "digest_id"),
    Index("ix_delivery_due", "state", "due_at"),
)

#: What a person has chosen for one kind of notification and one channel; the default has no row.
#: Under the kind `*` stand what is no kind's: when the digest comes, and the language of what is sent.
notification_choice = Table(
    "notification_choice",
    metadata,
    Column("person_id", Id, primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("channel", String(16), primary_key=True),
    #: now, digest or never; of the digest `hourly` or a time of day; of the language zh or en
    Column("wanted", String(16), nullable=False),
)

#: Where a robot listens. The address (it holds the robot's key) and the secret that signs lie sealed.
webhook = Table(
    "webhook",
    metadata,
    Column("id", Id, primary_key=True),
    #: Whose notifications it gets; None: the organisation's own, every kind chosen below.
    Column("person_id", Id),
    Column("name", String(80), nullable=False),
    Column("url", Text, nullable=False),
    #: The address's host, for people to know it by.
    Column("host", String(255), nullable=False),
    Column("secret", Text, nullable=False),
    #: plain, wecom, dingtalk or feishu
    Column("format", String(16), nullable=False),
    #: Kinds it gets; None: all.
    Column("kinds", Json),
    Column("active", Boolean, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Index(None, "person_id"),
)
