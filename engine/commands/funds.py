"""Open a fund and put money into it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import insert, select

from engine.abilities.ledger import ACCOUNTS, AVAILABLE, SOURCE, move
from engine.errors import ChangeRefused, Conflict, Invalid
from engine.store.tables import fund, fund_account
from engine.store.unit_of_work import UnitOfWork


class FundExists(Conflict):
    """A fund of this id is already open."""

    problem = "fund_exists"


def open_fund(uow: UnitOfWork, fund_id: str, name: str, *, handlers: Iterable[str] = ()) -> None:
    """Open a fund with empty accounts. Raise `FundExists` or `Invalid`; the caller commits.

    `handlers`: keys (`role@place`) of those who handle payments from it. Who may open a fund is
    the installation's affair, not a case's: the caller asks.
    """
    keys = list(dict.fromkeys(handlers))
    if not 1 <= len(fund_id) <= 64 or not 1 <= len(name) <= 120:
        raise Invalid(fund=fund_id)
    if uow.execute(select(fund.c.id).where(fund.c.id == fund_id)).one_or_none() is not None:
        raise FundExists(fund=fund_id)
    uow.execute(insert(fund).values(id=fund_id, name=name, handlers=keys))
    uow.execute(
        insert(fund_account),
        [{"fund_id": fund_id, "name": account, "balance_fen": 0} for account in ACCOUNTS],
    )
    uow.record_in(_stream(fund_id), "fund.opened", {}, {"name": name, "handlers": keys})


def deposit(uow: UnitOfWork, fund_id: str, amount_fen: int, reason: str) -> str:
    """Put money (分, more than 0) into a fund; return the entry's id. The caller commits.

    Raise `Invalid` for an amount or reason that does not hold, `NotFound` for an unknown fund.
    """
    reason = reason.strip()
    whole = isinstance(amount_fen, int) and not isinstance(amount_fen, bool)
    if not whole or amount_fen <= 0 or not 1 <= len(reason) <= 200:
        raise Invalid("A deposit needs a whole amount above zero and a reason.", fund=fund_id)
    closed = uow.execute(select(fund.c.closed_on).where(fund.c.id == fund_id)).scalar()
    if closed is not None:
        raise ChangeRefused("fund_closed")
    entry = move(uow, fund_id, SOURCE, AVAILABLE, amount_fen, reason=reason)
    assert entry is not None  # the source is the one account without a floor
    uow.record_in(
        _stream(fund_id), "fund.deposited", {}, {"amount_fen": amount_fen, "reason": reason}
    )
    return entry


def _stream(fund_id: str) -> str:
    return f"fund:{fund_id}"
