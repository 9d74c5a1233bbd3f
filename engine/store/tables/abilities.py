"""What abilities keep: numbers, registers, funds, notices and payments."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from engine.store.metadata import metadata
from engine.store.types import Id, Json, UtcTime

#: What a token has done outside itself, and what becomes of it when the token dies.
effect = Table(
    "effect",
    metadata,
    Column("id", Id, primary_key=True),
    Column("instance_id", Id, ForeignKey("instance.id"), nullable=False),
    Column("element_id", String(64), nullable=False),
    #: The visit of the element that did it.
    Column("token", String(36)),
    Column("ability", String(64), nullable=False),
    #: reversed, void or irreversible
    Column("policy", String(16), nullable=False),
    Column("reference", String(64), nullable=False),
    #: standing, reversed, void, released (a reservation that was given back on the way)
    Column("state", String(16), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Index(None, "instance_id"),
)

number_sequence = Table(
    "number_sequence",
    metadata,
    Column("name", String(120), primary_key=True),
    Column("last", Integer, nullable=False),
)

#: A line of a register (台账). Who it is about is a keyed hash, so equality can be asked and nothing read.
register_entry = Table(
    "register_entry",
    metadata,
    Column("id", Id, primary_key=True),
    Column("register", String(64), nullable=False),
    Column("instance_id", Id, ForeignKey("instance.id")),
    Column("year", Integer, nullable=False),
    Column("subject", String(64), nullable=False),
    Column("account", String(64)),
    Column("amount_fen", BigInteger, nullable=False),
    Column("facts", Json, nullable=False),
    Column("entered_on", Date, nullable=False),
    #: valid or void
    Column("state", String(16), nullable=False),
    Index(None, "register", "subject", "year"),
    Index(None, "register", "account"),
)

fund = Table(
    "fund",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("name", String(120), nullable=False),
    #: Keys of those who handle payments from it, unless the service task names others.
    Column("handlers", Json, nullable=False),
    #: Since when nothing is put into it any more.
    Column("closed_on", Date),
)

#: What is meant to be spent of a fund in a year; nothing is refused for it.
fund_budget = Table(
    "fund_budget",
    metadata,
    Column("fund_id", String(64), ForeignKey("fund.id"), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("amount_fen", BigInteger, nullable=False),
)

#: The accounts of a fund. `source` is where money comes from and may be negative; the others never.
fund_account = Table(
    "fund_account",
    metadata,
    Column("fund_id", String(64), ForeignKey("fund.id"), primary_key=True),
    #: source, available, reserved, paid
    Column("name", String(16), primary_key=True),
    Column("balance_fen", BigInteger, nullable=False),
    CheckConstraint("name = 'source' OR balance_fen >= 0", name="never_below_zero"),
)

#: One movement: the same amount leaves one account (debit) and enters another (credit).
#: The accounts are claims on the fund's money, so a debit lessens and a credit adds.
fund_entry = Table(
    "fund_entry",
    metadata,
    Column("id", Id, primary_key=True),
    Column("fund_id", String(64), ForeignKey("fund.id"), nullable=False),
    Column("debit", String(16), nullable=False),
    Column("credit", String(16), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("instance_id", Id, ForeignKey("instance.id")),
    Column("reason", String(200), nullable=False),
    Column("actor", Id, nullable=False),
    Column("at", UtcTime, nullable=False),
    CheckConstraint("amount_fen > 0", name="positive"),
    Index(None, "fund_id", "at"),
    Index(None, "instance_id"),
)

#: An entry that takes another back; each is taken back once.
fund_correction = Table(
    "fund_correction",
    metadata,
    Column("entry_id", Id, ForeignKey("fund_entry.id"), primary_key=True),
    Column("corrects", Id, ForeignKey("fund_entry.id"), nullable=False, unique=True),
)

notice = Table(
    "notice",
    metadata,
    Column("id", Id, primary_key=True),
    Column("instance_id", Id, ForeignKey("instance.id"), nullable=False),
    Column("title", String(200), nullable=False),
    Column("scope", String(32), nullable=False),
    #: The unit among whose people it is shown; empty: everyone.
    Column("place", Id),
    Column("items", Json, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("provisional", Boolean, nullable=False),
    Column("days", Integer, nullable=False),
    Column("include_start_day", Boolean, nullable=False),
    Column("phone", String(40), nullable=False),
    #: open, closed, withdrawn
    Column("state", String(16), nullable=False),
    Column("result", String(32)),
    Index(None, "state", "ends_on"),
    Index(None, "instance_id"),
)

#: Who objects is known only to the reviewers: the contents are sealed.
objection = Table(
    "objection",
    metadata,
    Column("id", Id, primary_key=True),
    Column("notice_id", Id, ForeignKey("notice.id"), nullable=False),
    Column("person_id", Id, nullable=False),
    Column("sealed", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
    #: open, upheld, dismissed
    Column("state", String(16), nullable=False),
    UniqueConstraint("notice_id", "person_id"),
)

payment_batch = Table(
    "payment_batch",
    metadata,
    Column("id", Id, primary_key=True),
    Column("number", String(40), nullable=False, unique=True),
    Column("fund_id", String(64), ForeignKey("fund.id"), nullable=False),
    Column("count", Integer, nullable=False),
    Column("total_fen", BigInteger, nullable=False),
    #: The file the bank gets, and what it answered.
    Column("file_id", Id, ForeignKey("document_file.id"), nullable=False),
    Column("reply_id", Id, ForeignKey("document_file.id")),
    Column("created_by", Id, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    #: sent, answered
    Column("state", String(16), nullable=False),
)

payment_order = Table(
    "payment_order",
    metadata,
    Column("id", Id, primary_key=True),
    Column("number", String(40), nullable=False, unique=True),
    Column("instance_id", Id, ForeignKey("instance.id"), nullable=False),
    Column("job_id", Id, ForeignKey("job.id"), nullable=False),
    Column("fund_id", String(64), ForeignKey("fund.id"), nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("payee", String(60), nullable=False),
    Column("bank", String(80), nullable=False),
    #: Sealed; only the batch file holds it in the clear, and that file is encrypted at rest.
    Column("account", Text, nullable=False),
    Column("purpose", String(120), nullable=False),
    #: Keys of those who handle it; empty: the fund's handlers.
    Column("handlers", Json, nullable=False),
    #: ready, batched, paid, returned, cancelled
    Column("state", String(16), nullable=False),
    Column("batch_id", Id, ForeignKey("payment_batch.id")),
    Column("paid_on", Date),
    Column("voucher", String(64)),
    Column("problem", String(200)),
    Column("created_at", UtcTime, nullable=False),
    Index(None, "state", "created_at"),
    Index(None, "batch_id"),
    Index(None, "instance_id"),
)
