"""Lists of work that people keep under a name: saved, renamed, shared with a role, taken away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from engine.errors import Conflict, Invalid, NotAllowed, NotFound
from engine.ids import new_id
from engine.queries.saved_filters import roles_of
from engine.queries.views import View
from engine.store.tables import saved_filter
from engine.store.unit_of_work import UnitOfWork

MAX_NAME = 40
#: So many a person may keep: more is a list to be searched itself.
MOST = 30


class FilterNameTaken(Conflict):
    """The person has a saved filter of this name."""

    problem = "name_taken"


class TooManyFilters(Invalid):
    """The person keeps as many as there may be."""

    problem = "too_many_filters"


def save_filter(
    uow: UnitOfWork, name: str, view: Mapping[str, Any], *, role: str | None = None
) -> str:
    """Keep a list of work under a name; with a role, everybody who holds it sees it. Return its id.

    Raise `FilterNameTaken`, `TooManyFilters`, `NotAllowed` for a role that the actor does not hold.
    """
    _check_role(uow, role)
    values = {
        "id": new_id(),
        "owner_id": uow.actor.id,
        "name": _name(name),
        "role": role,
        "view": View.of(view).as_dict(),
        "created_at": uow.now,
    }
    own = saved_filter.c.owner_id == uow.actor.id
    if uow.execute(select(func.count()).where(own)).scalar_one() >= MOST:
        raise TooManyFilters(most=MOST)
    try:
        uow.execute(insert(saved_filter), values)
    except IntegrityError:
        raise FilterNameTaken(name=values["name"]) from None
    return str(values["id"])


def change_filter(uow: UnitOfWork, filter_id: str, changes: Mapping[str, Any]) -> None:
    """Give the actor's filter another `name`, `role` (None: nobody else sees it) or `view`."""
    _check_owner(uow, filter_id)
    values: dict[str, Any] = {}
    if "name" in changes:
        values["name"] = _name(changes["name"])
    if "role" in changes:
        _check_role(uow, changes["role"])
        values["role"] = changes["role"]
    if "view" in changes:
        values["view"] = View.of(changes["view"]).as_dict()
    if not values:
        return
    try:
        uow.execute(update(saved_filter).where(saved_filter.c.id == filter_id).values(**values))
    except IntegrityError:
        raise FilterNameTaken(name=values["name"]) from None


def remove_filter(uow: UnitOfWork, filter_id: str) -> None:
    """Take the actor's filter away, from everybody who saw it."""
    _check_owner(uow, filter_id)
    uow.execute(delete(saved_filter).where(saved_filter.c.id == filter_id))


def _check_owner(uow: UnitOfWork, filter_id: str) -> None:
    """Only the owner changes it; who does not see it must not learn that there is one."""
    statement = select(saved_filter.c.owner_id).where(
        saved_filter.c.id == filter_id,
        or_(
            saved_filter.c.owner_id == uow.actor.id,
            saved_filter.c.role.in_(roles_of(uow.actor)),
        ),
    )
    owner = uow.execute(statement.with_for_update()).scalar_one_or_none()
    if owner is None:
        raise NotFound(filter=filter_id)
    if owner != uow.actor.id:
        raise NotAllowed(filter=filter_id)


def _check_role(uow: UnitOfWork, role: str | None) -> None:
    if role is not None and not uow.actor.has_role(role):
        raise NotAllowed(role=role, person=uow.actor.id)


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not 0 < len(name) <= MAX_NAME:
        raise Invalid("A name has 1 to 40 characters.", name=name)
    return name
