"""Send orders to the bank in a numbered batch; the bank's answer is in `payment_reply`.

Both commands lock the cases first, in the order of their ids, then the orders: two of them at once
wait for each other and never pay an order twice. The caller commits.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import RowMapping, insert, select, update

from engine import bankfile
from engine.abilities.numbering import take_number
from engine.abilities.payment import PAY
from engine.commands.payment_reply import Imported, PaidInFuture, ReplyDiffers, import_reply
from engine.commands.payment_rows import (
    as_sent,
    batch_with_orders,
    check_may_pay,
    fund_handlers,
    handles,
    handles_fund,
    keep_file,
    ready_orders,
)
from engine.errors import Conflict, NotAllowed, NotFound, SeparationOfDuties
from engine.ids import new_id
from engine.store.case import Case, lock, save
from engine.store.tables import document_file, effect, payment_batch, payment_order
from engine.store.unit_of_work import UnitOfWork

BATCH_NUMBER = "FB-{year}-{number:04}"


class NothingReady(Conflict):
    """No order of this fund waits to be sent, or somebody else has just sent it."""

    problem = "nothing_ready"


@dataclass(frozen=True, slots=True)
class MadeBatch:
    """A batch that was made; `total_fen` in 分, `left_out` ready orders the actor may not pay."""

    id: str
    number: str
    file_id: str
    count: int
    total_fen: int
    left_out: int


def make_batch(
    uow: UnitOfWork, fund_id: str, order_ids: Collection[str] | None = None
) -> MadeBatch:
    """Put the ready orders of a fund, or some of them, into one file for the bank.

    From here on the payments are irreversible. Without `order_ids` every order the actor handles
    is taken, and those of the own case or against a separation rule are left to a colleague.
    Raise `NothingReady`, `NotAllowed`, and for a named order `NotFound` or `SeparationOfDuties`.
    """
    keys = fund_handlers(uow, fund_id)
    found = ready_orders(uow, fund_id, order_ids)
    mine = [row for row in found if handles(uow.actor, row["handlers"], keys)]
    if order_ids is not None:
        _check_named(uow, fund_id, set(order_ids) - {row["id"] for row in mine}, keys)
    if not mine and (found or not handles_fund(uow.connection, uow.actor, fund_id, keys)):
        raise NotAllowed(fund=fund_id, person=uow.actor.id)
    cases = {one: lock(uow, one) for one in sorted({row["instance_id"] for row in mine})}
    # Again, now under the locks: another batch may have taken some meanwhile.
    ready = ready_orders(uow, fund_id, [row["id"] for row in mine], locked=True)
    if order_ids is not None and len(ready) < len(mine):
        raise NothingReady(fund=fund_id)
    orders = _payable(uow, cases, ready, named=order_ids is not None)
    if not orders:
        raise NothingReady(fund=fund_id)
    return _send(uow, fund_id, cases, orders, left_out=len(ready) - len(orders))


def _check_named(uow: UnitOfWork, fund_id: str, missing: set[str], keys: list[str]) -> None:
    """Say why named orders cannot be sent: not there for this actor, or not ready any more."""
    if not missing:
        return
    rows = uow.execute(
        select(payment_order.c.id, payment_order.c.handlers).where(
            payment_order.c.fund_id == fund_id, payment_order.c.id.in_(missing)
        )
    ).all()
    known = {row.id for row in rows if handles(uow.actor, row.handlers, keys)}
    for unknown in sorted(missing - known):
        raise NotFound(order=unknown)
    raise NothingReady(fund=fund_id, order=sorted(missing)[0])


def _payable(
    uow: UnitOfWork, cases: Mapping[str, Case], ready: Sequence[RowMapping], *, named: bool
) -> list[RowMapping]:
    orders = []
    for row in ready:
        try:
            check_may_pay(cases[row["instance_id"]], row["element_id"], uow.actor)
        except SeparationOfDuties:
            if named:
                raise
            continue
        orders.append(row)
    return orders


def _send(
    uow: UnitOfWork,
    fund_id: str,
    cases: Mapping[str, Case],
    orders: Sequence[RowMapping],
    *,
    left_out: int,
) -> MadeBatch:
    number = take_number(uow, BATCH_NUMBER)
    sent = bankfile.Batch(number, uow.today, as_sent(uow, orders, accounts=True))
    file_id = keep_file(uow, "bank_file", f"{number}.csv", bankfile.write(sent))
    batch = MadeBatch(new_id(), number, file_id, len(orders), sent.total_fen, left_out)
    uow.execute(
        insert(payment_batch).values(
            id=batch.id,
            number=number,
            fund_id=fund_id,
            count=batch.count,
            total_fen=batch.total_fen,
            file_id=file_id,
            created_by=uow.actor.id,
            created_at=uow.now,
            state="sent",
        )
    )
    ids = [row["id"] for row in orders]
    uow.execute(
        update(payment_order)
        .where(payment_order.c.id.in_(ids))
        .values(state="batched", batch_id=batch.id)
    )
    uow.execute(
        update(effect)
        .where(effect.c.ability == PAY, effect.c.reference.in_(ids))
        .values(policy="irreversible")
    )
    _record(uow, fund_id, cases, orders, batch)
    return batch


def _record(
    uow: UnitOfWork,
    fund_id: str,
    cases: Mapping[str, Case],
    orders: Sequence[RowMapping],
    batch: MadeBatch,
) -> None:
    name = uow.engine.directory.name(uow.actor.id)
    for row in orders:
        case = cases[row["instance_id"]]
        case.note_actor(row["element_id"], uow.actor.id)
        case.record(
            uow,
            "payment.batched",
            {"order": row["id"], "batch": batch.id, "element": row["element_id"]},
            {"order": row["number"], "batch": batch.number, "name": name},
        )
    for one in sorted({row["instance_id"] for row in orders}):
        save(uow, cases[one])
    uow.record_in(
        f"fund:{fund_id}",
        "payment.batch_made",
        {"batch": batch.id, "file": batch.file_id},
        {
            "number": batch.number,
            "count": batch.count,
            "total_fen": batch.total_fen,
            "name": name,
        },
    )


def fetch_batch_file(uow: UnitOfWork, batch_id: str) -> tuple[str, bytes]:
    """The name and content of a batch's file, for its handlers; each time is on the record.

    It holds accounts in the clear. Raise `NotFound` for those who do not handle the batch.
    """
    batch, _ = batch_with_orders(uow, batch_id)
    row = uow.execute(
        select(document_file.c.name, document_file.c.digest).where(
            document_file.c.id == batch["file_id"]
        )
    ).one()
    uow.record_in(
        f"fund:{batch['fund_id']}",
        "payment.file_fetched",
        {"batch": batch_id, "file": batch["file_id"]},
        {"name": uow.engine.directory.name(uow.actor.id), "number": batch["number"]},
    )
    return row.name, uow.engine.files.read(row.digest)


__all__ = [
    "Imported",
    "MadeBatch",
    "NothingReady",
    "PaidInFuture",
    "ReplyDiffers",
    "fetch_batch_file",
    "import_reply",
    "make_batch",
]
