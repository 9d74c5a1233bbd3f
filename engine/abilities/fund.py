"""Money set aside for a case: reserved, given back, never more than there is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select, update

from engine.abilities import arguments
from engine.abilities.base import Answer, Call, Done, Failed
from engine.abilities.ledger import AVAILABLE, RESERVED, balance, free_for, move, reserved_by
from engine.store.case import Case
from engine.store.tables import effect, fund_entry
from engine.store.unit_of_work import UnitOfWork

RESERVE = "fund.reserve"
LONGEST_FUND = 64


class Reserve:
    """`fund.reserve`: set an amount aside; `insufficient_funds` when the fund has less."""

    def run(self, call: Call) -> Answer:
        """Move the amount from available to reserved. `NotFound` for an unknown fund."""
        fund_id, amount = arguments.text(call, "fund", LONGEST_FUND), arguments.fen(call)
        entry = move(
            call.uow,
            fund_id,
            AVAILABLE,
            RESERVED,
            amount,
            reason=RESERVE,
            instance_id=call.case.id,
        )
        available = balance(call.uow, fund_id, AVAILABLE)
        if entry is None:
            shortage = {"fund": fund_id, "amount_fen": amount, "available_fen": available}
            return Failed("insufficient_funds", {"fund_problem": shortage})
        call.leave_effect(RESERVE, "reversed", entry)
        record_movement(call.uow, call.case, fund_id, AVAILABLE, RESERVED, amount)
        return Done({"reservation": entry, "available_fen": available})

    def undo(self, uow: UnitOfWork, case: Case, done: Row[Any]) -> None:
        """Give back all that the case still has reserved in the fund of this reservation.

        Orders that have not left are cancelled with the case; had one left, it could not end early.
        """
        fund_id = uow.execute(
            select(fund_entry.c.fund_id).where(fund_entry.c.id == done.reference)
        ).scalar_one()
        give_back(uow, case, fund_id, reserved_by(uow, fund_id, case.id))


class Release:
    """`fund.release`: give the reservation back before the case ends."""

    def run(self, call: Call) -> Answer:
        """Move what is still reserved, and bound by no payment order, back to available."""
        fund_id = arguments.text(call, "fund", LONGEST_FUND)
        balance(call.uow, fund_id, RESERVED)
        # What a payment order counts on stays reserved until the bank has answered.
        free = free_for(call.uow, fund_id, call.case.id)
        return Done(give_back(call.uow, call.case, fund_id, free))

    def undo(self, uow: UnitOfWork, case: Case, done: Row[Any]) -> None:
        """Releasing leaves no effect."""


def give_back(uow: UnitOfWork, case: Case, fund_id: str, amount: int) -> int:
    """The counter-entry for (a part of) a case's reservation; return the amount in 分."""
    if amount <= 0:
        return 0
    if (
        move(uow, fund_id, RESERVED, AVAILABLE, amount, reason="fund.release", instance_id=case.id)
        is None
    ):
        raise RuntimeError("the reserved account holds less than its entries say")
    record_movement(uow, case, fund_id, RESERVED, AVAILABLE, amount)
    _close_effects(uow, case, fund_id)
    return amount


def _close_effects(uow: UnitOfWork, case: Case, fund_id: str) -> None:
    """A reservation given back whole has no effect left to undo."""
    if reserved_by(uow, fund_id, case.id) != 0:
        return
    entries = select(fund_entry.c.id).where(
        fund_entry.c.fund_id == fund_id, fund_entry.c.instance_id == case.id
    )
    uow.execute(
        update(effect)
        .where(
            effect.c.instance_id == case.id,
            effect.c.ability == RESERVE,
            effect.c.state == "standing",
            effect.c.reference.in_(entries),
        )
        .values(state="reversed")
    )


def record_movement(
    uow: UnitOfWork, case: Case, fund_id: str, debit: str, credit: str, amount_fen: int
) -> None:
    """Every movement is an event of the case it was made for."""
    case.record(
        uow,
        "fund.moved",
        {"debit": debit, "credit": credit},
        {"fund": fund_id, "amount_fen": amount_fen},
    )
