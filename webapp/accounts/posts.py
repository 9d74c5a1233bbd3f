"""What a role that somebody holds is called as a post, and the paper it rests on."""

from __future__ import annotations

from sqlalchemy import select, update

from engine.errors import ChangeRefused, NotFound
from engine.store.unit_of_work import UnitOfWork
from webapp.accounts.people import LONGEST_BASIS, LONGEST_TITLE, not_own, record
from webapp.accounts.tables import role_holding


def describe_post(
    uow: UnitOfWork, holding_id: str, *, title: str | None = None, basis: str | None = None
) -> bool:
    """Set title and basis of a holding, each unless it is None; return whether something changed."""
    row = uow.execute(select(role_holding).where(role_holding.c.id == holding_id)).one_or_none()
    if row is None:
        raise NotFound(role=holding_id)
    given = {"title": title, "basis": basis}
    changed = {
        name: text
        for name, text in given.items()
        if text is not None and text != getattr(row, name)
    }
    if not changed:
        return False
    not_own(uow, row.person_id)
    if len(title or "") > LONGEST_TITLE or len(basis or "") > LONGEST_BASIS:
        raise ChangeRefused("too_long", longest=LONGEST_TITLE)
    uow.execute(update(role_holding).where(role_holding.c.id == holding_id).values(changed))
    record(
        uow,
        row.person_id,
        "role.described",
        {"role": row.role, "unit": row.unit_id},
        {name: {"from": getattr(row, name), "to": text} for name, text in changed.items()},
    )
    return True
