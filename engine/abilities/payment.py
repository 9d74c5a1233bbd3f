"""Payments: an order per call, which waits until the bank has answered for it.

State of an order: ready → batched → paid, or returned by the bank; a ready one is cancelled when its
case ends early. The commands that move it on are in `engine.commands.payments`.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Row, insert, update

from engine.abilities import arguments
from engine.abilities.arguments import refuse
from engine.abilities.base import Answer, Call, Waiting
from engine.abilities.fund import LONGEST_FUND
from engine.abilities.ledger import RESERVED, balance, free_for
from engine.abilities.numbering import take_number
from engine.actors import role_key
from engine.catalog.steps import read_candidates
from engine.errors import EngineError
from engine.ids import new_id
from engine.sealing import normalise
from engine.store.case import Case
from engine.store.tables import payment_order
from engine.store.unit_of_work import UnitOfWork

PAY = "payment.pay"
ORDER_NUMBER = "P-{year}-{number:05}"
_ACCOUNT = re.compile(r"[0-9]{5,32}")


class NotReserved(EngineError):
    """The case has not reserved this much in the fund, or has promised it to another order."""

    problem = "not_reserved"


class Pay:
    """`payment.pay`: an order to pay an amount that the case has reserved."""

    sets_aside = False

    def run(self, call: Call) -> Answer:
        """Make the order and wait. Raise `NotReserved`, `NotFound` for an unknown fund."""
        uow, amount = call.uow, arguments.fen(call)
        fund_id = arguments.text(call, "fund", LONGEST_FUND)
        balance(uow, fund_id, RESERVED)
        if free_for(uow, fund_id, call.case.id) < amount:
            raise NotReserved(instance=call.case.id, fund=fund_id, amount_fen=amount)
        order_id = new_id()
        uow.execute(
            insert(payment_order).values(
                id=order_id,
                number=take_number(uow, ORDER_NUMBER),
                instance_id=call.case.id,
                job_id=call.job_id,
                fund_id=fund_id,
                amount_fen=amount,
                payee=arguments.text(call, "payee", 60),
                bank=arguments.text(call, "bank", 80),
                account=uow.engine.keyring.seal(_account(call), account_context(order_id)),
                purpose=arguments.text(call, "purpose", 120),
                handlers=_handlers(call),
                state="ready",
                created_at=uow.now,
            )
        )
        call.leave_effect(PAY, "reversed", order_id)
        return Waiting()

    def undo(self, uow: UnitOfWork, case: Case, done: Row[Any]) -> None:
        """Cancel an order that has not left; the money goes back with the reservation."""
        uow.execute(
            update(payment_order)
            .where(payment_order.c.id == done.reference, payment_order.c.state == "ready")
            .values(state="cancelled")
        )


def account_context(order_id: str) -> str:
    """What an order's sealed account is bound to."""
    return f"{order_id}/account"


def _account(call: Call) -> str:
    account = normalise("bank_account", arguments.text(call, "account", 60))
    if not _ACCOUNT.fullmatch(account):
        raise refuse(call, "account", "5 to 32 digits")
    return account


def _handlers(call: Call) -> list[str]:
    """The keys of `role @ place, …`; none given: the fund's handlers."""
    found = arguments.optional_text(call, "handlers", 300)
    keys = []
    for one in read_candidates(found or "", call.element):
        place = call.case.places.get(one.place)
        if not one.role or place is None:
            raise refuse(call, "handlers", "`role @ place`, comma-separated, places of the case")
        keys.append(role_key(one.role, place))
    return keys
