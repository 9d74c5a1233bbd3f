"""What both payment commands need: orders and batches as rows, who may handle them, their files."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, insert, select

from engine import bankfile
from engine.abilities.payment import account_context
from engine.actors import SYSTEM, Actor
from engine.commands.access import check_separation
from engine.errors import NotFound, SeparationOfDuties
from engine.ids import new_id
from engine.store.case import Case
from engine.store.tables import document_file, fund, job, payment_batch, payment_order
from engine.store.unit_of_work import UnitOfWork


def handles(actor: Actor, order_handlers: Iterable[str], fund_handlers: Iterable[str]) -> bool:
    """True when the actor holds a key of the order, or of its fund where the order names none.

    Where nobody is named nobody handles it but the engine itself (a job, a scenario).
    """
    return actor.id == SYSTEM.id or actor.holds(list(order_handlers) or fund_handlers)


def fund_handlers(uow: UnitOfWork, fund_id: str) -> list[str]:
    """The keys of those who handle payments from a fund; raise `NotFound`."""
    found: list[str] | None = uow.execute(
        select(fund.c.handlers).where(fund.c.id == fund_id)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound("There is no such fund.", fund=fund_id)
    return found


def handles_fund(
    connection: Connection, actor: Actor, fund_id: str, fund_handlers: Iterable[str]
) -> bool:
    """True when the actor handles payments from the fund, or has handled or may handle some."""
    if handles(actor, (), fund_handlers):
        return True
    named = select(payment_order.c.handlers).where(payment_order.c.fund_id == fund_id).distinct()
    return any(keys and handles(actor, keys, ()) for keys in connection.execute(named).scalars())


def check_may_pay(case: Case, element: str, actor: Actor) -> None:
    """Raise `SeparationOfDuties`: nobody pays the own case, and the package's rules hold here too."""
    if actor.id == SYSTEM.id:
        return
    if actor.id == case.starter_id:
        raise SeparationOfDuties(
            instance=case.id, element=element, person=actor.id, rule="own_case"
        )
    check_separation(case, element, actor.id)


def ready_orders(
    uow: UnitOfWork, fund_id: str, ids: Collection[str] | None, *, locked: bool = False
) -> Sequence[RowMapping]:
    """Orders that wait to be sent, oldest first; one whose service task has ended waits no more."""
    statement = _orders().where(
        payment_order.c.fund_id == fund_id,
        payment_order.c.state == "ready",
        job.c.state == "waiting",
    )
    if ids is not None:
        statement = statement.where(payment_order.c.id.in_(ids))
    if locked:
        statement = statement.with_for_update(of=payment_order)
    return uow.execute(statement).mappings().all()


def batch_with_orders(
    uow: UnitOfWork, batch_id: str, *, locked: bool = False
) -> tuple[RowMapping, Sequence[RowMapping]]:
    """A batch for one who handles all of its orders; raise `NotFound` for anybody else."""
    statement = select(payment_batch).where(payment_batch.c.id == batch_id)
    orders = _orders().where(payment_order.c.batch_id == batch_id)
    if locked:
        statement = statement.with_for_update()
        orders = orders.with_for_update(of=payment_order)
    batch = uow.execute(statement).mappings().one_or_none()
    if batch is None:
        raise NotFound(batch=batch_id)
    keys = fund_handlers(uow, batch["fund_id"])
    rows = uow.execute(orders).mappings().all()
    if not all(handles(uow.actor, row["handlers"], keys) for row in rows):
        raise NotFound(batch=batch_id)
    return batch, rows


def _orders() -> Select[Any]:
    return (
        select(payment_order, job.c.element_id)
        .join(job, job.c.id == payment_order.c.job_id)
        .order_by(payment_order.c.number)
    )


def as_sent(
    uow: UnitOfWork, orders: Sequence[RowMapping], *, accounts: bool
) -> tuple[bankfile.Order, ...]:
    """Orders in the bank's words; accounts stay sealed, and are left out, unless asked for."""
    open_sealed = uow.engine.keyring.open_sealed
    return tuple(
        bankfile.Order(
            number=row["number"],
            payee=row["payee"],
            account=open_sealed(row["account"], account_context(row["id"])) if accounts else "",
            bank=row["bank"],
            amount_fen=row["amount_fen"],
            purpose=row["purpose"],
        )
        for row in orders
    )


def keep_file(uow: UnitOfWork, kind: str, name: str, content: bytes) -> str:
    """Put a file into the store, before the commit that names it; return the row's id."""
    ref = uow.engine.files.put(content)
    file_id = new_id()
    uow.execute(
        insert(document_file).values(
            id=file_id,
            kind=kind,
            name=name,
            media_type="text/csv",
            size=ref.size,
            digest=ref.digest,
            created_by=uow.actor.id,
            created_at=uow.now,
            state="valid",
        )
    )
    return file_id
