"""Double entry: the one way money moves between the accounts of a fund.

`source` is where money comes from and goes below zero; `available`, `reserved` and `paid` never do.
A movement debits the account that the amount leaves and credits the one it enters, so the balances
of a fund always add up to nothing.
"""

from __future__ import annotations

from sqlalchemy import case as either
from sqlalchemy import func, insert, select, update

from engine.errors import NotFound
from engine.ids import new_id
from engine.store.tables import fund, fund_account, fund_entry, payment_order
from engine.store.unit_of_work import UnitOfWork

SOURCE = "source"
AVAILABLE = "available"
RESERVED = "reserved"
PAID = "paid"
ACCOUNTS = (SOURCE, AVAILABLE, RESERVED, PAID)

#: Orders that money has been set aside for and not left yet.
UNSETTLED = ("ready", "batched")


def lock_fund(uow: UnitOfWork, fund_id: str) -> None:
    """One mover at a time per fund, from here to the commit. Raise `NotFound` for an unknown fund.

    Two accounts change per movement; without this, opposite movements could wait for each other.
    """
    statement = select(fund.c.id).where(fund.c.id == fund_id).with_for_update(key_share=True)
    if uow.execute(statement).one_or_none() is None:
        raise NotFound("There is no such fund.", fund=fund_id)


def balance(uow: UnitOfWork, fund_id: str, account: str) -> int:
    """An account's balance in 分; raise `NotFound` for an unknown fund or account."""
    found = uow.execute(
        select(fund_account.c.balance_fen).where(
            fund_account.c.fund_id == fund_id, fund_account.c.name == account
        )
    ).scalar_one_or_none()
    if found is None:
        raise NotFound("There is no such fund.", fund=fund_id)
    return int(found)


def move(
    uow: UnitOfWork,
    fund_id: str,
    debit: str,
    credit: str,
    amount_fen: int,
    *,
    reason: str,
    instance_id: str | None = None,
) -> str | None:
    """Move an amount (分, more than 0) from one account to another; return the entry's id.

    None, and nothing changed, when the debited account holds less: the condition is part of the
    UPDATE, so no reader can be outrun; the table's check constraint is the second line.
    Raises `NotFound` for an unknown fund, `ValueError` for an amount or account that cannot be.
    """
    if amount_fen <= 0 or debit == credit or not {debit, credit} <= set(ACCOUNTS):
        raise ValueError("a movement needs two accounts and an amount above zero")
    lock_fund(uow, fund_id)
    if not _add(uow, fund_id, debit, -amount_fen):
        return None
    _add(uow, fund_id, credit, amount_fen)
    entry = new_id()
    uow.execute(
        insert(fund_entry).values(
            id=entry,
            fund_id=fund_id,
            debit=debit,
            credit=credit,
            amount_fen=amount_fen,
            instance_id=instance_id,
            reason=reason[:200],
            actor=uow.actor.id,
            at=uow.now,
        )
    )
    return entry


def _add(uow: UnitOfWork, fund_id: str, account: str, amount_fen: int) -> bool:
    statement = (
        update(fund_account)
        .where(fund_account.c.fund_id == fund_id, fund_account.c.name == account)
        .values(balance_fen=fund_account.c.balance_fen + amount_fen)
    )
    if account != SOURCE:
        statement = statement.where(fund_account.c.balance_fen + amount_fen >= 0)
    return uow.execute(statement).rowcount == 1


def reserved_by(uow: UnitOfWork, fund_id: str, instance_id: str) -> int:
    """What a case still has reserved in a fund, in 分: what entered `reserved` less what left it."""
    signed = either(
        (fund_entry.c.credit == RESERVED, fund_entry.c.amount_fen),
        (fund_entry.c.debit == RESERVED, -fund_entry.c.amount_fen),
        else_=0,
    )
    found = uow.execute(
        select(func.coalesce(func.sum(signed), 0)).where(
            fund_entry.c.fund_id == fund_id, fund_entry.c.instance_id == instance_id
        )
    ).scalar_one()
    return int(found)


def free_for(uow: UnitOfWork, fund_id: str, instance_id: str) -> int:
    """The part of the case's reservation that no unsettled payment order counts on, in 分."""
    bound = uow.execute(
        select(func.coalesce(func.sum(payment_order.c.amount_fen), 0)).where(
            payment_order.c.fund_id == fund_id,
            payment_order.c.instance_id == instance_id,
            payment_order.c.state.in_(UNSETTLED),
        )
    ).scalar_one()
    return reserved_by(uow, fund_id, instance_id) - int(bound)
