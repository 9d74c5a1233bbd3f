"""The organisation's tables: a set of their own beside the engine's, which knows none of them.

No foreign key crosses to the engine's tables: another directory may stand in their place.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    false,
)

from engine.store.metadata import metadata as engine_metadata
from engine.store.types import Id, Json, UtcTime

metadata = MetaData(naming_convention=engine_metadata.naming_convention)

unit = Table(
    "unit",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(120), nullable=False),
    #: root, cluster, unit or group
    Column("kind", String(16), nullable=False),
    Column("parent_id", Id, ForeignKey("unit.id")),
    #: The unit that took over when this one ended; what was addressed to it now goes there.
    Column("merged_into", Id),
    #: Its first day, where it is known, and the first day on which it is no more.
    Column("founded_on", Date),
    Column("ended_on", Date),
    Index(None, "parent_id"),
)

#: What a place is called and where it stands, from a day on: its past, and what is planned. The row of
#: `unit` says the same of today; a place that has never changed has none of these.
unit_state = Table(
    "unit_state",
    metadata,
    Column("unit_id", Id, ForeignKey("unit.id"), primary_key=True),
    Column("since", Date, primary_key=True),
    Column("name", String(120), nullable=False),
    Column("parent_id", Id),
)

person = Table(
    "person",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", String(60), nullable=False),
    Column("member_no", String(40), nullable=False, unique=True),
    Column("unit_id", Id, ForeignKey("unit.id"), nullable=False),
    Column("group_id", Id, ForeignKey("unit.id")),
    #: The first day on which the person no longer belongs to the organisation.
    Column("left_on", Date),
    #: Who takes over what waits for this person alone, once that day has come.
    Column("successor_id", Id),
    #: Further facts; what is sensitive among them lies sealed.
    Column("facts", Json, nullable=False),
    Index(None, "unit_id"),
    Index(None, "group_id"),
    Index(None, "name"),
)

#: Where somebody belongs from a day on; the row of `person` says it of today.
person_state = Table(
    "person_state",
    metadata,
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True),
    Column("since", Date, primary_key=True),
    Column("unit_id", Id, nullable=False),
    Column("group_id", Id),
    Index(None, "since"),
)

account = Table(
    "account",
    metadata,
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True),
    Column("username", String(60), nullable=False, unique=True),
    #: argon2id; empty until a password has been set.
    Column("password_hash", String(200)),
    Column("disabled", Boolean, nullable=False),
    #: When the present password was set; empty for accounts older than this column.
    Column("password_set_at", UtcTime),
    #: Somebody else set the password: whoever signs in with it chooses another first.
    Column("must_change", Boolean, nullable=False, server_default=false()),
)

#: The last few passwords of a person, so that none of them comes back.
former_password = Table(
    "former_password",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("at", UtcTime, nullable=False),
    Index(None, "person_id"),
)

#: A device that shows one-time codes. It counts once a code of it has been typed (`confirmed_at`).
second_factor = Table(
    "second_factor",
    metadata,
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True),
    #: Sealed: whoever reads the database alone makes no codes.
    Column("secret", Text, nullable=False),
    Column("confirmed_at", UtcTime),
    #: The thirty seconds of the last code taken; none up to it is taken again.
    Column("last_step", Integer, nullable=False),
)

recovery_code = Table(
    "recovery_code",
    metadata,
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True),
    #: HMAC under the keyring's index key.
    Column("code_hash", Id, primary_key=True),
    Column("used_at", UtcTime),
)

#: Somebody who has shown one thing (a password) and still has to show or do another.
pending_sign_in = Table(
    "pending_sign_in",
    metadata,
    #: SHA-256 of the token in the browser.
    Column("token_hash", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    #: password, directory or provider
    Column("how", String(16), nullable=False),
    #: The code has been typed: what is left is a new password.
    Column("code_given", Boolean, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Index(None, "person_id"),
    Index(None, "expires_at"),
)

#: What went to the sign-in provider and came back: each comes back once.
used_state = Table(
    "used_state",
    metadata,
    Column("state_hash", Id, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Index(None, "at"),
)

#: A role held at a unit from a day up to, not including, another; a post is one with a title
#: (docs/decisions/0016).
role_holding = Table(
    "role_holding",
    metadata,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("role", String(64), nullable=False),
    Column("unit_id", Id, ForeignKey("unit.id"), nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date),
    #: What the post is called, and the paper it rests on.
    Column("title", String(80), nullable=False, server_default=""),
    Column("basis", String(120), nullable=False, server_default=""),
    Column("given_by", Id),
    Column("given_at", UtcTime),
    Index(None, "person_id"),
    Index(None, "role", "unit_id"),
)

session = Table(
    "session",
    metadata,
    #: SHA-256 of the token: whoever reads the table cannot sign in with it.
    Column("token_hash", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    #: For the list of one's own sign-ins: from where, with what, and by which door.
    Column("address", String(64), nullable=False, server_default=""),
    Column("agent", String(300), nullable=False, server_default=""),
    Column("how", String(16), nullable=False, server_default="password"),
    Index(None, "person_id"),
    Index(None, "expires_at"),
)

#: Failed and running attempts to sign in; a success removes its own row.
login_attempt = Table(
    "login_attempt",
    metadata,
    Column("id", Id, primary_key=True),
    #: SHA-256 of what was typed as a user name: people type passwords there by mistake.
    Column("username_hash", Id, nullable=False),
    Column("address_hash", Id, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index(None, "username_hash", "at"),
    Index(None, "address_hash", "at"),
    Index(None, "at"),
)

#: A spreadsheet that was tried, and perhaps taken over. What it held lies sealed, for an hour or until
#: it is taken over; what became of each line, for some days.
takeover = Table(
    "takeover",
    metadata,
    Column("id", Id, primary_key=True),
    Column("by", Id, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("file_name", String(200), nullable=False),
    #: tried, applied or dropped
    Column("state", String(16), nullable=False),
    Column("applied_at", UtcTime),
    Column("counts", Json, nullable=False),
    Column("content", Text),
    Column("report", Text),
    Index(None, "at"),
)

#: One row. Its number rises with every change of people, units or roles, so that every process
#: notices that what it remembers of them is old.
directory_version = Table(
    "directory_version",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
)
