"""The organisation always keeps somebody who can administer it."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select, tuple_

from engine.errors import ChangeRefused
from engine.store.unit_of_work import UnitOfWork
from webapp.accounts.directory import DatabaseDirectory
from webapp.accounts.directory_rows import belongs_on, held_on
from webapp.accounts.tables import account, person, role_holding


def keep_an_administrator(
    uow: UnitOfWork, person_id: str, on: date, *, role_at: tuple[str, str] | None = None
) -> None:
    """Raise `ChangeRefused` where nobody would administer on a day without this person.

    `role_at`: only this role of theirs is taken away. Who has no account cannot administer.
    """
    directory = uow.engine.directory
    if not isinstance(directory, DatabaseDirectory):
        return
    keys = [tuple(key.split("@", 1)) for key in directory.administrator_keys()]
    if not keys or (role_at is not None and role_at not in keys):
        return
    rows = uow.execute(
        select(role_holding.c.person_id, role_holding.c.role, role_holding.c.unit_id)
        .join(person, person.c.id == role_holding.c.person_id)
        .join(account, account.c.person_id == person.c.id)
        .where(
            tuple_(role_holding.c.role, role_holding.c.unit_id).in_(keys),
            held_on(on),
            belongs_on(on),
            account.c.disabled.is_(False),
        )
    ).all()
    taken = [
        row
        for row in rows
        if row.person_id == person_id and role_at in (None, (row.role, row.unit_id))
    ]
    if taken and len(taken) == len(rows):
        raise ChangeRefused("last_administrator")
