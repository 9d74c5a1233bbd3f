"""Funds are kept: money taken out or taken back, budgets, handlers, opening again and closing.

Nothing that was booked is ever changed: a wrong entry gets its counter-entry. Who may do what is the
installation's affair; the caller asks, and commits.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from engine.abilities.ledger import AVAILABLE, RESERVED, SOURCE, UNSETTLED, balance, lock_fund, move
from engine.errors import ChangeRefused, Invalid, NotFound
from engine.store.tables import (
    fund,
    fund_budget,
    fund_correction,
    fund_entry,
    payment_order,
)
from engine.store.unit_of_work import UnitOfWork

LONGEST_REASON = 200
LARGEST_FEN = 10**13


def withdraw(uow: UnitOfWork, fund_id: str, amount_fen: int, reason: str) -> str:
    """Take money (分) out of a fund, as far as it is available; return the entry's id."""
    reason = _reason(reason)
    _amount(amount_fen)
    entry = move(uow, fund_id, AVAILABLE, SOURCE, amount_fen, reason=reason)
    if entry is None:
        raise ChangeRefused("too_little", yuan=_yuan(balance(uow, fund_id, AVAILABLE)))
    payload = {"amount_fen": amount_fen, "reason": reason}
    uow.record_in(_stream(fund_id), "fund.withdrawn", {"fund": fund_id}, payload)
    return entry


def correct(uow: UnitOfWork, fund_id: str, entry_id: str, reason: str) -> str:
    """Take back an entry that no case stands behind, by its counter-entry; return that one's id."""
    reason = _reason(reason)
    lock_fund(uow, fund_id)
    entry = uow.execute(
        select(fund_entry).where(fund_entry.c.id == entry_id, fund_entry.c.fund_id == fund_id)
    ).one_or_none()
    if entry is None:
        raise NotFound(entry=entry_id)
    counter = select(fund_correction.c.entry_id).where(fund_correction.c.entry_id == entry_id)
    if entry.instance_id is not None or uow.execute(counter).first() is not None:
        raise ChangeRefused("entry_of_case")
    taken_back = select(fund_correction.c.entry_id).where(fund_correction.c.corrects == entry_id)
    if uow.execute(taken_back).first() is not None:
        raise ChangeRefused("entry_corrected")
    made = move(
        uow,
        fund_id,
        entry.credit,
        entry.debit,
        entry.amount_fen,
        reason=reason,
    )
    if made is None:
        raise ChangeRefused("too_little", yuan=_yuan(balance(uow, fund_id, entry.credit)))
    uow.execute(insert(fund_correction).values(entry_id=made, corrects=entry_id))
    uow.record_in(
        _stream(fund_id),
        "fund.corrected",
        {"fund": fund_id, "entry": entry_id},
        {"amount_fen": entry.amount_fen, "reason": reason},
    )
    return made


def set_budget(uow: UnitOfWork, fund_id: str, year: int, amount_fen: int) -> None:
    """Say what is meant to be spent of a fund in a year (分)."""
    _require(uow, fund_id)
    if not 2000 <= year <= 2200 or not 0 <= amount_fen <= LARGEST_FEN:
        raise ChangeRefused("bad_amount")
    row = (fund_budget.c.fund_id == fund_id) & (fund_budget.c.year == year)
    before = uow.execute(select(fund_budget.c.amount_fen).where(row)).scalar_one_or_none()
    if before == amount_fen:
        return
    if before is None:
        uow.execute(insert(fund_budget).values(fund_id=fund_id, year=year, amount_fen=amount_fen))
    else:
        uow.execute(update(fund_budget).where(row).values(amount_fen=amount_fen))
    subject = {"fund": fund_id, "year": year}
    payload = {"from": before or 0, "to": amount_fen}
    uow.record_in(_stream(fund_id), "fund.budget_set", subject, payload)


def set_handlers(uow: UnitOfWork, fund_id: str, handlers: Iterable[str]) -> None:
    """Say who handles payments from a fund: keys (`role@place`)."""
    row = _require(uow, fund_id)
    keys = list(dict.fromkeys(handlers))
    if keys == list(row.handlers):
        return
    uow.execute(update(fund).where(fund.c.id == fund_id).values(handlers=keys))
    payload = {"from": row.handlers, "to": keys}
    uow.record_in(_stream(fund_id), "fund.handlers_set", {"fund": fund_id}, payload)


def rename_fund(uow: UnitOfWork, fund_id: str, name: str) -> None:
    """Give a fund another name."""
    row = _require(uow, fund_id)
    name = name.strip()
    if not 1 <= len(name) <= 120:
        raise Invalid(fund=fund_id)
    if name == row.name:
        return
    uow.execute(update(fund).where(fund.c.id == fund_id).values(name=name))
    payload = {"from": row.name, "to": name}
    uow.record_in(_stream(fund_id), "fund.renamed", {"fund": fund_id}, payload)


def close_fund(uow: UnitOfWork, fund_id: str) -> None:
    """Close a fund that holds nothing and owes nothing. Raise `ChangeRefused`."""
    row = _require(uow, fund_id)
    if row.closed_on is not None:
        return
    open_orders = uow.execute(
        select(func.count())
        .select_from(payment_order)
        .where(payment_order.c.fund_id == fund_id, payment_order.c.state.in_(UNSETTLED))
    ).scalar_one()
    left = balance(uow, fund_id, AVAILABLE) + balance(uow, fund_id, RESERVED)
    if left or open_orders:
        raise ChangeRefused("fund_not_empty", yuan=_yuan(left), orders=open_orders)
    uow.execute(update(fund).where(fund.c.id == fund_id).values(closed_on=uow.today))
    uow.record_in(_stream(fund_id), "fund.closed", {"fund": fund_id}, {"name": row.name})


def reopen_fund(uow: UnitOfWork, fund_id: str) -> None:
    """A fund takes money again."""
    row = _require(uow, fund_id)
    if row.closed_on is None:
        return
    uow.execute(update(fund).where(fund.c.id == fund_id).values(closed_on=None))
    uow.record_in(_stream(fund_id), "fund.reopened", {"fund": fund_id}, {"name": row.name})


def _require(uow: UnitOfWork, fund_id: str) -> Row[Any]:
    lock_fund(uow, fund_id)
    return uow.execute(select(fund).where(fund.c.id == fund_id)).one()


def _amount(fen: int) -> None:
    if not 0 < fen <= LARGEST_FEN:
        raise ChangeRefused("bad_amount")


def _reason(text: str) -> str:
    text = " ".join(text.split())
    if not 1 <= len(text) <= LONGEST_REASON:
        raise ChangeRefused("reason_missing", longest=LONGEST_REASON)
    return text


def _yuan(fen: int) -> str:
    return f"{fen / 100:,.2f}"


def _stream(fund_id: str) -> str:
    return f"fund:{fund_id}"
