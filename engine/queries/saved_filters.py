"""The lists of work somebody has under a name: the own ones, and those shared with a role held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, or_, select

from engine.actors import Actor
from engine.queries.views import View
from engine.store.tables import saved_filter

#: Shared ones come from many people; a page shows so many.
_MOST = 100


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """One of them."""

    id: str
    name: str
    owner_id: str
    #: Who else sees it: everybody who holds this role.
    role: str | None
    view: View
    created_at: datetime


def roles_of(actor: Actor) -> list[str]:
    """The roles somebody holds, wherever."""
    return sorted({key.split("@", 1)[0] for key in actor.keys if "@" in key})


def saved_filters(connection: Connection, actor: Actor) -> list[SavedFilter]:
    """What the actor sees, the own ones first, by name."""
    rows = connection.execute(
        select(saved_filter)
        .where(
            or_(
                saved_filter.c.owner_id == actor.id,
                saved_filter.c.role.in_(roles_of(actor)),
            )
        )
        .order_by(saved_filter.c.owner_id != actor.id, saved_filter.c.name, saved_filter.c.id)
        .limit(_MOST)
    )
    return [
        SavedFilter(row.id, row.name, row.owner_id, row.role, View.of(row.view), row.created_at)
        for row in rows
    ]
