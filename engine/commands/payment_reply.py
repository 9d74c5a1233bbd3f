"""Import what the bank answered to a batch: paid, or returned and back in the reservation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, select, update

from engine import bankfile
from engine.abilities.base import Answer, Done, Failed
from engine.abilities.fund import record_movement
from engine.abilities.ledger import PAID, RESERVED, move
from engine.abilities.payment import PAY
from engine.commands.payment_rows import as_sent, batch_with_orders, check_may_pay, keep_file
from engine.errors import Conflict, Invalid
from engine.jobs.abilities import UncaughtError, finish
from engine.store.case import Case, lock, save
from engine.store.tables import effect, job, payment_batch, payment_order
from engine.store.unit_of_work import UnitOfWork


class ReplyDiffers(Conflict):
    """The bank's reply to this batch was imported before, with other results."""

    problem = "reply_differs"


class PaidInFuture(Invalid):
    """The reply says that a payment was made on a day that has not come."""

    problem = "paid_in_future"


@dataclass(frozen=True, slots=True)
class Imported:
    """What a reply said; `again` when it had been imported before and nothing was changed."""

    batch_id: str
    paid: int
    returned: int
    again: bool = False


def import_reply(uow: UnitOfWork, batch_id: str, content: bytes) -> Imported:
    """Take the bank's reply to a batch: pay what it paid, give back what it returned.

    The file is taken whole or not at all (`BankFileInvalid` with every fault). The same reply again
    changes nothing; another one is `ReplyDiffers`. Raise `NotFound` for those who do not handle the
    batch, `SeparationOfDuties` when it pays the actor's own case, `PaidInFuture`.
    """
    batch, orders = batch_with_orders(uow, batch_id)
    replies = _read(uow, batch, orders, content)
    cases = {one: lock(uow, one) for one in sorted({row["instance_id"] for row in orders})}
    batch, orders = batch_with_orders(uow, batch_id, locked=True)
    paid = sum(reply.result == "paid" for reply in replies.values())
    counts = (batch_id, paid, len(replies) - paid)
    if batch["state"] == "answered":
        if any(not _same(row, replies[row["number"]]) for row in orders):
            raise ReplyDiffers(batch=batch_id)
        return Imported(*counts, again=True)
    for row in orders:
        check_may_pay(cases[row["instance_id"]], row["element_id"], uow.actor)
    file_id = keep_file(uow, "bank_reply", f"{batch['number']}-reply.csv", content)
    uow.execute(
        update(payment_batch)
        .where(payment_batch.c.id == batch_id)
        .values(state="answered", reply_id=file_id)
    )
    for row in orders:
        _settle(uow, cases[row["instance_id"]], row, replies[row["number"]])
    uow.record_in(
        f"fund:{batch['fund_id']}",
        "payment.reply_imported",
        {"batch": batch_id, "file": file_id},
        {"number": batch["number"], "paid": paid, "returned": len(replies) - paid},
    )
    return Imported(*counts)


def _read(
    uow: UnitOfWork, batch: RowMapping, orders: Sequence[RowMapping], content: bytes
) -> dict[str, bankfile.Reply]:
    made_on = batch["created_at"].astimezone(uow.engine.zone).date()
    sent = bankfile.Batch(batch["number"], made_on, as_sent(uow, orders, accounts=False))
    replies = {reply.order: reply for reply in bankfile.read_reply(content, sent)}
    for reply in replies.values():
        if reply.paid_on is not None and reply.paid_on > uow.today:
            raise PaidInFuture(order=reply.order)
    return replies


def _facts(reply: bankfile.Reply) -> dict[str, Any]:
    """What an order keeps of its reply."""
    return {
        "state": reply.result,
        "paid_on": reply.paid_on,
        "voucher": reply.voucher[:64] or None,
        "problem": reply.reason[:200] or None,
    }


def _same(row: RowMapping, reply: bankfile.Reply) -> bool:
    return all(row[name] == value for name, value in _facts(reply).items())


def _settle(uow: UnitOfWork, case: Case, row: RowMapping, reply: bankfile.Reply) -> None:
    uow.execute(
        update(payment_order).where(payment_order.c.id == row["id"]).values(**_facts(reply))
    )
    answer: Answer
    if reply.result == "paid":
        answer = _paid(uow, case, row, reply)
    else:
        uow.execute(
            update(effect)
            .where(effect.c.ability == PAY, effect.c.reference == row["id"])
            .values(state="reversed")
        )
        answer = Failed("returned", {"payment_problem": reply.reason})
    case.record(
        uow,
        f"payment.{reply.result}",
        {"order": row["id"], "element": row["element_id"]},
        {"order": row["number"], "voucher": reply.voucher, "reason": reply.reason},
    )
    _end_task(uow, case, row, answer)


def _paid(uow: UnitOfWork, case: Case, row: RowMapping, reply: bankfile.Reply) -> Done:
    fund_id, amount = row["fund_id"], row["amount_fen"]
    moved = move(uow, fund_id, RESERVED, PAID, amount, reason=PAY, instance_id=case.id)
    if moved is None:
        raise RuntimeError("the reserved account holds less than its orders say")
    record_movement(uow, case, fund_id, RESERVED, PAID, amount)
    assert reply.paid_on is not None  # the reader takes no payment without its day
    return Done(
        {
            "order": row["number"],
            "paid_on": reply.paid_on.isoformat(),
            "voucher": reply.voucher,
        }
    )


def _end_task(uow: UnitOfWork, case: Case, row: RowMapping, answer: Answer) -> None:
    """Let the waiting service task go on; one that has ended meanwhile keeps the record only."""
    waiting = (
        uow.execute(select(job).where(job.c.id == row["job_id"]).with_for_update()).mappings().one()
    )
    if waiting["state"] != "waiting" or waiting["token"] not in case.open:
        save(uow, case)
        return
    try:
        finish(uow, case, waiting, answer)
    except UncaughtError as error:
        # The diagram forgot the error; that must not keep the bank's reply from the other cases.
        # As an incident it can be retried, which pays anew.
        uow.execute(
            update(job).where(job.c.id == waiting["id"]).values(state="incident", error=str(error))
        )
        subject = {"job": waiting["id"], "element": row["element_id"]}
        case.record(uow, "incident", subject, {"error": str(error)})
        save(uow, case)
