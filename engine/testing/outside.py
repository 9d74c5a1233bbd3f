"""What happens outside the case in a scenario: the bank answers, a colleague objects."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, cast

from sqlalchemy import select

from engine import bankfile
from engine.actors import SYSTEM
from engine.commands.notices import object_to_notice
from engine.commands.payment_reply import import_reply
from engine.commands.payment_rows import as_sent, batch_with_orders
from engine.commands.payments import make_batch
from engine.engine import Engine
from engine.store.tables import notice, payment_order
from engine.testing.refusals import ScenarioFailed


def answer_payments(engine: Engine, result: str, reason: str) -> None:
    """Send the orders that are ready in one batch per fund, and import the bank's reply to them."""
    if result not in ("paid", "returned"):
        raise ScenarioFailed("bank_word", found=repr(result))
    with engine.database.read() as connection:
        statement = select(payment_order.c.fund_id).where(payment_order.c.state == "ready")
        funds = sorted(set(connection.execute(statement).scalars()))
    if not funds:
        raise ScenarioFailed("no_payment")
    for fund_id in funds:
        with engine.command(SYSTEM) as uow:
            made = make_batch(uow, fund_id)
            uow.commit()
        with engine.command(SYSTEM) as uow:
            batch, orders = batch_with_orders(uow, made.id)
            sent = bankfile.Batch(batch["number"], uow.today, as_sent(uow, orders, accounts=False))
            replies = [_reply(order.number, result, uow.today, reason) for order in sent.orders]
            import_reply(uow, made.id, bankfile.make_reply(sent, replies))
            uow.commit()


def _reply(number: str, result: str, day: date, reason: str) -> bankfile.Reply:
    paid = result == "paid"
    return bankfile.Reply(
        order=number,
        result=cast("Literal['paid', 'returned']", result),
        paid_on=day if paid else None,
        voucher=f"V{number}" if paid else "",
        reason="" if paid else reason or "returned",
    )


def hand_in_objection(engine: Engine, instance_id: str, facts: Mapping[str, Any]) -> None:
    """Object to the case's open notice."""
    with engine.database.read() as connection:
        notice_id = connection.execute(
            select(notice.c.id).where(notice.c.instance_id == instance_id, notice.c.state == "open")
        ).scalar_one_or_none()
    if notice_id is None:
        raise ScenarioFailed("no_notice")
    with engine.command(engine.directory.actor(facts["as"])) as uow:
        object_to_notice(
            uow,
            notice_id,
            real_name=facts.get("real_name") or engine.directory.name(facts["as"]),
            contact=facts.get("contact") or "-",
            content=facts["content"],
        )
        uow.commit()
