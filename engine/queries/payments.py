"""Payments for those who handle them: orders with masked accounts, and batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Row, select

from engine.abilities.payment import account_context
from engine.actors import Actor
from engine.commands.payment_rows import handles, handles_fund
from engine.errors import NotFound
from engine.masking import mask
from engine.store.tables import fund, instance, payment_batch, payment_order

if TYPE_CHECKING:
    from engine.engine import Engine


@dataclass(frozen=True, slots=True)
class PaymentView:
    """An order; `state` is ready, batched, paid, returned or cancelled, amounts in 分."""

    id: str
    number: str
    fund_id: str
    instance_id: str
    case_number: str | None
    case_title: str
    payee: str
    bank: str
    #: Masked; the batch file alone shows it.
    account: str
    amount_fen: int
    purpose: str
    state: str
    batch_id: str | None
    paid_on: date | None
    voucher: str | None
    problem: str | None
    created_at: datetime
    #: True for the reader's own case: a colleague has to pay it.
    own: bool


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch; `state` is sent or answered."""

    id: str
    number: str
    fund_id: str
    count: int
    total_fen: int
    file_id: str
    reply_id: str | None
    created_by: str
    created_at: datetime
    state: str


def payments(
    connection: Connection,
    engine: Engine,
    actor: Actor,
    *,
    fund_id: str | None = None,
    state: str | None = None,
    batch_id: str | None = None,
    instance_id: str | None = None,
    limit: int = 50,
    after: str | None = None,
) -> list[PaymentView]:
    """The orders this reader handles, newest first; `after` is the id of the last one seen."""
    statement = (
        select(
            payment_order,
            fund.c.handlers.label("fund_handlers"),
            instance.c.number.label("case_number"),
            instance.c.title.label("case_title"),
            instance.c.starter_id,
        )
        .join(fund, fund.c.id == payment_order.c.fund_id)
        .join(instance, instance.c.id == payment_order.c.instance_id)
        .order_by(payment_order.c.id.desc())
    )
    wanted = {
        "fund_id": fund_id,
        "state": state,
        "batch_id": batch_id,
        "instance_id": instance_id,
    }
    for column, value in wanted.items():
        if value is not None:
            statement = statement.where(payment_order.c[column] == value)
    if after is not None:
        statement = statement.where(payment_order.c.id < after)
    rows = connection.execute(statement)
    mine = (row for row in rows if handles(actor, row.handlers, row.fund_handlers))
    return [_payment(engine, actor, row) for row in islice(mine, limit)]


def handled_funds(connection: Connection, actor: Actor) -> list[str]:
    """Ids of the funds this reader handles payments of: as their handler, or for some order."""
    rows = connection.execute(select(fund.c.id, fund.c.handlers).order_by(fund.c.id)).all()
    return [row.id for row in rows if handles_fund(connection, actor, row.id, row.handlers)]


def batches(
    connection: Connection, actor: Actor, fund_id: str, *, limit: int = 50, after: str | None = None
) -> list[BatchView]:
    """The batches of a fund whose orders this reader handles, newest first."""
    statement = select(payment_batch).where(payment_batch.c.fund_id == fund_id)
    if after is not None:
        statement = statement.where(payment_batch.c.id < after)
    rows = connection.execute(statement.order_by(payment_batch.c.id.desc())).all()
    mine: Iterator[Row[tuple[object, ...]]] = (
        row for row in rows if _handles_all(connection, actor, row.id)
    )
    return [_batch(row) for row in islice(mine, limit)]


def read_batch(
    connection: Connection, engine: Engine, actor: Actor, batch_id: str
) -> tuple[BatchView, list[PaymentView]]:
    """One batch with its orders; raise `NotFound` for those who do not handle all of them."""
    row = connection.execute(
        select(payment_batch).where(payment_batch.c.id == batch_id)
    ).one_or_none()
    if row is None or not _handles_all(connection, actor, batch_id):
        raise NotFound(batch=batch_id)
    batch = _batch(row)
    orders = payments(connection, engine, actor, batch_id=batch_id, limit=batch.count)
    return batch, sorted(orders, key=lambda order: order.number)


def _handles_all(connection: Connection, actor: Actor, batch_id: str) -> bool:
    rows = connection.execute(
        select(payment_order.c.handlers, fund.c.handlers.label("fund_handlers"))
        .join(fund, fund.c.id == payment_order.c.fund_id)
        .where(payment_order.c.batch_id == batch_id)
    )
    return all(handles(actor, row.handlers, row.fund_handlers) for row in rows)


def _payment(engine: Engine, actor: Actor, row: Row[tuple[object, ...]]) -> PaymentView:
    fields = row._mapping
    account = engine.keyring.open_sealed(fields["account"], account_context(fields["id"]))
    shown = {
        name: fields[name]
        for name in PaymentView.__dataclass_fields__
        if name not in ("account", "own")
    }
    return PaymentView(
        **shown,
        account=mask("bank_account", account),
        own=fields["starter_id"] == actor.id,
    )


def _batch(row: Row[tuple[object, ...]]) -> BatchView:
    return BatchView(**{name: row._mapping[name] for name in BatchView.__dataclass_fields__})
