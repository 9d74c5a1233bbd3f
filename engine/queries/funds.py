"""Funds and their movements: what is there, what is reserved, what has been paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, func, or_, select
from sqlalchemy import case as either

from engine.store.tables import fund, fund_account, fund_budget, fund_correction, fund_entry

#: So many years back a fund is looked at.
MOST_YEARS = 10


@dataclass(frozen=True, slots=True)
class FundView:
    """A fund; balances in 分."""

    id: str
    name: str
    available_fen: int
    reserved_fen: int
    paid_fen: int
    handlers: tuple[str, ...]
    closed_on: date | None = None


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
    #: The entry this one takes back, and whether another takes this one back.
    corrects: str | None = None
    corrected: bool = False


@dataclass(frozen=True, slots=True)
class FundYear:
    """What came into a fund, was paid, and was meant to be paid in a year; in 分."""

    year: int
    entered_fen: int
    paid_fen: int
    budget_fen: int | None


def list_funds(connection: Connection) -> list[FundView]:
    """Every fund by id. Who may look is the caller's rule: balances are not a case's."""
    balances: dict[str, dict[str, int]] = {}
    for row in connection.execute(select(fund_account)):
        balances.setdefault(row.fund_id, {})[row.name] = row.balance_fen
    return [
        _view(row, balances[row.id]) for row in connection.execute(select(fund).order_by(fund.c.id))
    ]


def movements(
    connection: Connection, fund_id: str, *, limit: int = 50, after: str | None = None
) -> list[MovementView]:
    """The movements of a fund, newest first; `after` is the id of the last one already seen."""
    statement = select(fund_entry).where(fund_entry.c.fund_id == fund_id)
    if after is not None:
        statement = statement.where(fund_entry.c.id < after)
    rows = connection.execute(statement.order_by(fund_entry.c.id.desc()).limit(limit)).all()
    ids = [row.id for row in rows]
    corrections = connection.execute(
        select(fund_correction).where(
            or_(fund_correction.c.corrects.in_(ids), fund_correction.c.entry_id.in_(ids))
        )
    ).all()
    counter = {one.entry_id: one.corrects for one in corrections}
    taken_back = set(counter.values())
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
            corrects=counter.get(row.id),
            corrected=row.id in taken_back,
        )
        for row in rows
    ]


def years(connection: Connection, fund_id: str, zone: ZoneInfo, today: date) -> list[FundYear]:
    """Year by year, the latest first: those with a budget or an entry, and this one."""
    rows = connection.execute(select(fund_budget).where(fund_budget.c.fund_id == fund_id))
    budgets = {row.year: row.amount_fen for row in rows}
    first = connection.execute(
        select(func.min(fund_entry.c.at)).where(fund_entry.c.fund_id == fund_id)
    ).scalar_one()
    begun = first.astimezone(zone).year if first is not None else today.year
    wanted = {*budgets, *range(max(begun, today.year - MOST_YEARS), today.year + 1)}
    return [
        FundYear(
            year,
            _came(connection, fund_id, year, zone, "available", source="source"),
            _came(connection, fund_id, year, zone, "paid"),
            budgets.get(year),
        )
        for year in sorted(wanted, reverse=True)
    ]


def _came(
    connection: Connection,
    fund_id: str,
    year: int,
    zone: ZoneInfo,
    account: str,
    *,
    source: str | None = None,
) -> int:
    """What entered an account in a year less what left it; only by way of `source`, if one is given."""
    into = fund_entry.c.credit == account
    out = fund_entry.c.debit == account
    if source is not None:
        into, out = into & (fund_entry.c.debit == source), out & (fund_entry.c.credit == source)
    signed = either((into, fund_entry.c.amount_fen), (out, -fund_entry.c.amount_fen), else_=0)
    found = connection.execute(
        select(func.coalesce(func.sum(signed), 0)).where(
            fund_entry.c.fund_id == fund_id,
            fund_entry.c.at >= datetime(year, 1, 1, tzinfo=zone),
            fund_entry.c.at < datetime(year + 1, 1, 1, tzinfo=zone),
        )
    ).scalar_one()
    return int(found)


def _view(row: Row[Any], balances: Mapping[str, int]) -> FundView:
    return FundView(
        id=row.id,
        name=row.name,
        available_fen=balances["available"],
        reserved_fen=balances["reserved"],
        paid_fen=balances["paid"],
        handlers=tuple(row.handlers),
        closed_on=row.closed_on,
    )
