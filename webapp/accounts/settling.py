"""Plans whose day has come: places that move or change their name, people who change their unit.

The housekeeping calls it every hour, so a plan holds from the first hour of its day.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Table, and_, func, or_, select, update

from engine.store.unit_of_work import UnitOfWork
from webapp.accounts.people import announce
from webapp.accounts.tables import person, person_state, unit, unit_state


def settle(uow: UnitOfWork) -> int:
    """Let the rows of today say what was planned for today; return how many changed. The caller commits."""
    changed = _settle(uow, unit, unit_state, unit_state.c.unit_id)
    changed += _settle(uow, person, person_state, person_state.c.person_id)
    if changed:
        announce(uow)
    return changed


def _settle(uow: UnitOfWork, table: Table, states: Table, key: Column[Any]) -> int:
    names = [column.name for column in states.c if not column.primary_key]
    latest = (
        select(key.label("id"), func.max(states.c.since).label("since"))
        .where(states.c.since <= uow.today)
        .group_by(key)
        .subquery()
    )
    differs = or_(*(table.c[name].is_distinct_from(states.c[name]) for name in names))
    rows = uow.execute(
        select(states)
        .join(latest, and_(latest.c.id == key, latest.c.since == states.c.since))
        .join(table, table.c.id == key)
        .where(differs)
    ).all()
    for row in rows:
        values = {name: getattr(row, name) for name in names}
        uow.execute(update(table).where(table.c.id == getattr(row, key.name)).values(values))
    return len(rows)
