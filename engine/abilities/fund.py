"""Money set aside for a case: reserved, given back, never more than there is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Update, func, select, update

from engine.abilities import arguments
from engine.abilities.base import Answer, Call, Done, Failed
from engine.abilities.ledger import AVAILABLE, RESERVED, balance, free_for, move, reserved_by
from engine.errors import IrreversibleEffect
from engine.store.case import Case
from engine.store.tables import effect, fund_entry
from engine.store.unit_of_work import UnitOfWork

RESERVE, RELEASE = "fund.reserve", "fund.release"
LONGEST_FUND = 64


class Reserve:
    """`fund.reserve`: set an amount aside; `insufficient_funds` when the fund has less."""

    sets_aside = True

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
        """Give back what this reservation set aside, as far as it is still there.

        An order that counts on it and has not left is undone with it; had one left, neither could be.
        """
        entry = uow.execute(select(fund_entry).where(fund_entry.c.id == done.reference)).one()
        left = reserved_by(uow, entry.fund_id, case.id)
        give_back(uow, case, entry.fund_id, min(entry.amount_fen, left))


class Release:
    """`fund.release`: give the reservation back before the case ends."""

    sets_aside = False

    def run(self, call: Call) -> Answer:
        """Move what is still reserved, and bound by no payment order, back to available."""
        fund_id = arguments.text(call, "fund", LONGEST_FUND)
        balance(call.uow, fund_id, RESERVED)
        # What a payment order counts on stays reserved until the bank has answered.
        free = free_for(call.uow, fund_id, call.case.id)
        entry = give_back(call.uow, call.case, fund_id, free)
        if entry is not None:
            call.leave_effect(RELEASE, "reversed", entry)
        return Done(max(free, 0))

    def undo(self, uow: UnitOfWork, case: Case, done: Row[Any]) -> None:
        """Reserve again what was released; `IrreversibleEffect` when the fund has less by now."""
        entry = uow.execute(select(fund_entry).where(fund_entry.c.id == done.reference)).one()
        fund_id, amount = entry.fund_id, entry.amount_fen
        if (
            move(uow, fund_id, AVAILABLE, RESERVED, amount, reason=RESERVE, instance_id=case.id)
            is None
        ):
            raise IrreversibleEffect(
                instance=case.id, ability=RELEASE, element=done.element_id, fund=fund_id
            )
        record_movement(uow, case, fund_id, AVAILABLE, RESERVED, amount)
        _reopen_effects(uow, case, fund_id, done)


def give_back(uow: UnitOfWork, case: Case, fund_id: str, amount: int) -> str | None:
    """The counter-entry for (a part of) a case's reservation (分); return it, None for nothing."""
    if amount <= 0:
        return None
    entry = move(uow, fund_id, RESERVED, AVAILABLE, amount, reason=RELEASE, instance_id=case.id)
    if entry is None:
        raise RuntimeError("the reserved account holds less than its entries say")
    record_movement(uow, case, fund_id, RESERVED, AVAILABLE, amount)
    if reserved_by(uow, fund_id, case.id) == 0:
        # A reservation given back whole has no effect left to undo.
        uow.execute(_reservations(case, fund_id, "standing").values(state="released"))
    return entry


def _reservations(case: Case, fund_id: str, state: str) -> Update:
    entries = select(fund_entry.c.id).where(
        fund_entry.c.fund_id == fund_id, fund_entry.c.instance_id == case.id
    )
    return update(effect).where(
        effect.c.instance_id == case.id,
        effect.c.ability == RESERVE,
        effect.c.state == state,
        effect.c.reference.in_(entries),
    )


def _reopen_effects(uow: UnitOfWork, case: Case, fund_id: str, release: Row[Any]) -> None:
    """What this release had closed stands again; what an earlier one closed does not."""
    earlier = uow.execute(
        select(func.max(effect.c.id)).where(
            effect.c.instance_id == case.id,
            effect.c.ability == RELEASE,
            effect.c.state == "standing",
            effect.c.id < release.id,
        )
    ).scalar_one()
    reopened = _reservations(case, fund_id, "released").where(effect.c.id > (earlier or ""))
    uow.execute(reopened.values(state="standing"))


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
