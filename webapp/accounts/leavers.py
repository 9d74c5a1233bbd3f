"""People who leave: the day is entered, and when it has come everything is put in order.

The caller commits. What happens to open tasks, sign-offs, proxies and advice is the engine's
(`engine/commands/leaving.py`); docs/leavers.md has it as a table.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, or_, select, update

from engine.commands.leaving import somebody_waits_for, withdraw_person
from engine.errors import NotAPossiblePerson, NotFound
from engine.store.unit_of_work import UnitOfWork
from webapp.accounts.guard import keep_an_administrator
from webapp.accounts.people import announce, not_own, record
from webapp.accounts.sessions import revoke
from webapp.accounts.tables import account, person, role_holding


def leave(uow: UnitOfWork, person_id: str, on: date, *, successor: str | None = None) -> None:
    """The person leaves: `on` is the first day they no longer belong here.

    On a day that has come everything is put in order at once, else by the daily housekeeping. Until
    then it can be taken back with `stay`.
    """
    not_own(uow, person_id)
    _require(uow, person_id)
    if successor is not None:
        able = uow.engine.directory.is_active(successor)
        if successor == person_id or not able:
            raise NotAPossiblePerson(person=successor)
    keep_an_administrator(uow, person_id, max(on, uow.today))
    uow.execute(
        update(person).where(person.c.id == person_id).values(left_on=on, successor_id=successor)
    )
    record(uow, person_id, "person.leave_set", {"on": on.isoformat(), "successor": successor}, {})
    announce(uow)
    if on <= uow.today:
        put_in_order(uow, person_id)


def stay(uow: UnitOfWork, person_id: str) -> None:
    """The person does not leave after all, or comes back; roles that have ended stay ended."""
    not_own(uow, person_id)
    _require(uow, person_id)
    uow.execute(
        update(person).where(person.c.id == person_id).values(left_on=None, successor_id=None)
    )
    record(uow, person_id, "person.leave_taken_back", {}, {})
    announce(uow)


def due_leavers(connection: Connection, today: date) -> list[str]:
    """Ids of those whose last day is over and who still hold, or are asked for, something."""
    holds = select(role_holding.c.id).where(
        role_holding.c.person_id == person.c.id,
        or_(role_holding.c.until.is_(None), role_holding.c.until > person.c.left_on),
        role_holding.c.since < person.c.left_on,
    )
    may_sign_in = select(account.c.person_id).where(
        account.c.person_id == person.c.id, account.c.disabled.is_(False)
    )
    statement = select(person.c.id).where(
        person.c.left_on <= today,
        or_(holds.exists(), may_sign_in.exists(), somebody_waits_for(person.c.id)),
    )
    return list(connection.execute(statement.order_by(person.c.id)).scalars())


def put_in_order(uow: UnitOfWork, person_id: str) -> None:
    """End what a leaver still holds; doing it again does nothing."""
    row = _require(uow, person_id)
    if row.left_on is None or row.left_on > uow.today:
        return
    successor = row.successor_id
    if successor is not None and not uow.engine.directory.is_active(successor):
        successor = None
    # Cases are locked before anything else, in the order all commands use.
    given_on = withdraw_person(uow, person_id, successor, "left")
    roles = _end_roles(uow, person_id, row.left_on)
    shut = uow.execute(
        update(account)
        .where(account.c.person_id == person_id, account.c.disabled.is_(False))
        .values(disabled=True)
    ).rowcount
    revoke(uow, person_id)
    if given_on.cases or given_on.proxies or roles or shut:
        record(
            uow,
            person_id,
            "person.left",
            {"on": row.left_on.isoformat(), "successor": successor},
            {"cases": given_on.cases, "proxies": given_on.proxies, "roles": roles},
        )
        announce(uow)


def _end_roles(uow: UnitOfWork, person_id: str, on: date) -> list[str]:
    rows = uow.execute(
        select(role_holding)
        .where(
            role_holding.c.person_id == person_id,
            or_(role_holding.c.until.is_(None), role_holding.c.until > on),
        )
        .order_by(role_holding.c.id)
    ).all()
    for row in rows:
        # What was to begin later never does: it ends with its first day.
        until = max(on, row.since)
        uow.execute(update(role_holding).where(role_holding.c.id == row.id).values(until=until))
    return [f"{row.role}@{row.unit_id}" for row in rows]


def _require(uow: UnitOfWork, person_id: str) -> Row[Any]:
    row = uow.execute(select(person).where(person.c.id == person_id)).one_or_none()
    if row is None:
        raise NotFound(person=person_id)
    return row
