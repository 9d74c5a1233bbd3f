"""Funds and their movements: what is there, what is reserved, what has been paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from engine.store.tables import fund, fund_account, fund_entry


@dataclass(frozen=True, slots=True)
class FundView:
    """A fund; balances in 分."""

    id: str
    name: str
    available_fen: int
    reserved_fen: int
    paid_fen: int
    handlers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MovementView:
    """One movement: the amount (分) left `debit` and entered `credit`."""

    id: str
    debit: str
    credit: str
    amount_fen: int
    instance_id: str | None
    reason: str
    actor: str
    at: datetime


def list_funds(connection: Connection) -> list[FundView]:
    """Every fund by id. Who may look is the caller's rule: balances are not a case's."""
    balances: dict[str, dict[str, int]] = {}
    for row in connection.execute(select(fund_account)):
        balances.setdefault(row.fund_id, {})[row.name] = row.balance_fen
    return [
        _view(row.id, row.name, row.handlers, balances[row.id])
        for row in connection.execute(select(fund).order_by(fund.c.id))
    ]


def movements(
    connection: Connection, fund_id: str, *, limit: int = 50, after: str | None = None
) -> list[MovementView]:
    """The movements of a fund, newest first; `after` is the id of the last one already seen."""
    statement = select(fund_entry).where(fund_entry.c.fund_id == fund_id)
    if after is not None:
        statement = statement.where(fund_entry.c.id < after)
    return [
        MovementView(
            id=row.id,
            debit=row.debit,
            credit=row.credit,
            amount_fen=row.amount_fen,
            instance_id=row.instance_id,
            reason=row.reason,
            actor=row.actor,
            at=row.at,
        )
        for row in connection.execute(statement.order_by(fund_entry.c.id.desc()).limit(limit))
    ]


def _view(fund_id: str, name: str, handlers: list[str], balances: Mapping[str, int]) -> FundView:
    return FundView(
        id=fund_id,
        name=name,
        available_fen=balances["available"],
        reserved_fen=balances["reserved"],
        paid_fen=balances["paid"],
        handlers=tuple(handlers),
    )
