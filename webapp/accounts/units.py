"""The verbs over places: add one, rename it, merge it into another. The caller commits."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Row, insert, or_, select, update

from engine.errors import Invalid
from engine.ids import new_id
from engine.store.unit_of_work import UnitOfWork
from webapp.accounts.errors import MergeRefused, NameTaken
from webapp.accounts.people import announce, record, require_unit
from webapp.accounts.tables import person, role_holding, unit

KINDS = ("root", "cluster", "unit", "group")
LONGEST_NAME = 120


def add_unit(
    uow: UnitOfWork, name: str, kind: str, *, parent: str | None = None, id: str | None = None
) -> str:
    """Add a place to the organisation; return its id."""
    if kind not in KINDS or (parent is None) != (kind == "root"):
        raise Invalid("A unit needs a kind, and one above it unless it is the root.", unit=name)
    _check_name(name)
    if parent is not None:
        require_unit(uow, parent)
    unit_id = id or new_id()
    if uow.execute(select(unit.c.id).where(unit.c.id == unit_id)).first():
        raise NameTaken(unit=unit_id)
    uow.execute(insert(unit).values(id=unit_id, name=name, kind=kind, parent_id=parent))
    uow.record_in("system", "unit.added", {"unit": unit_id, "kind": kind}, {"name": name})
    announce(uow)
    return unit_id


def rename_unit(uow: UnitOfWork, unit_id: str, name: str) -> None:
    """Give a place another name; papers already printed keep the old one."""
    _check_name(name)
    before = require_unit(uow, unit_id).name
    uow.execute(update(unit).where(unit.c.id == unit_id).values(name=name))
    uow.record_in("system", "unit.renamed", {"unit": unit_id}, {"from": before, "to": name})
    announce(uow)


def merge_unit(
    uow: UnitOfWork,
    unit_id: str,
    into: str,
    on: date | None = None,
    *,
    carry_roles: bool = True,
) -> int:
    """Merge a unit into another of its kind; return how many people moved.

    Its people belong to the other from now on and what stood below it stands below the other. Roles
    held at it end on the day `on`, today or earlier; with `carry_roles` their holders hold them at the
    other unit. What was addressed to the old place reaches whoever holds the role at the new one.
    Raise `MergeRefused`.
    """
    on = on or uow.today
    old, new = require_unit(uow, unit_id), require_unit(uow, into)
    if (
        unit_id == into
        or old.kind != new.kind
        or old.kind == "root"
        or on > uow.today
        or unit_id in _above(uow, into)
    ):
        raise MergeRefused(unit=unit_id, into=into)
    moved = _move_people(uow, unit_id, into)
    carried = _end_roles(uow, unit_id, into, on, carry=carry_roles)
    uow.execute(update(unit).where(unit.c.parent_id == unit_id).values(parent_id=into))
    uow.execute(update(unit).where(unit.c.id == unit_id).values(merged_into=into, ended_on=on))
    for someone in sorted(moved | set(carried)):
        record(
            uow,
            someone,
            "person.moved",
            {"unit": into, "from": unit_id},
            {"roles": carried.get(someone, []), "carried": carry_roles},
        )
    uow.record_in(
        "system",
        "unit.merged",
        {"unit": unit_id, "into": into, "on": on.isoformat(), "roles": carry_roles},
        {"name": old.name, "into": new.name, "people": len(moved)},
    )
    announce(uow)
    return len(moved)


def _move_people(uow: UnitOfWork, unit_id: str, into: str) -> set[str]:
    theirs = or_(person.c.unit_id == unit_id, person.c.group_id == unit_id)
    people = set(uow.execute(select(person.c.id).where(theirs)).scalars())
    for column in (person.c.unit_id, person.c.group_id):
        uow.execute(update(person).where(column == unit_id).values({column: into}))
    return people


def _end_roles(
    uow: UnitOfWork, unit_id: str, into: str, on: date, *, carry: bool
) -> dict[str, list[str]]:
    """End every role at the old unit; person → the roles that ended."""
    at = role_holding.c.unit_id
    running = or_(role_holding.c.until.is_(None), role_holding.c.until > on)
    rows = uow.execute(
        select(role_holding).where(at == unit_id, running).order_by(role_holding.c.id)
    ).all()
    there = {
        (row.person_id, row.role)
        for row in uow.execute(select(role_holding).where(at == into, running))
    }
    ended: dict[str, list[str]] = {}
    for row in rows:
        ended.setdefault(row.person_id, []).append(row.role)
        until = max(on, row.since)
        uow.execute(update(role_holding).where(role_holding.c.id == row.id).values(until=until))
        if carry and (row.person_id, row.role) not in there:
            uow.execute(insert(role_holding).values(_carried(row, into, on)))
    return ended


def _carried(row: Row[Any], into: str, on: date) -> dict[str, Any]:
    return {
        "id": new_id(),
        "person_id": row.person_id,
        "role": row.role,
        "unit_id": into,
        "since": max(on, row.since),
        "until": row.until,
    }


def _above(uow: UnitOfWork, unit_id: str) -> set[str]:
    parents: dict[str, str | None] = {
        row.id: row.parent_id for row in uow.execute(select(unit.c.id, unit.c.parent_id))
    }
    found: set[str] = set()
    at = parents.get(unit_id)
    while at is not None and at not in found:
        found.add(at)
        at = parents.get(at)
    return found


def _check_name(name: str) -> None:
    if not name or name != name.strip() or len(name) > LONGEST_NAME:
        raise Invalid("A unit's name has 1 to 120 characters and no blanks around it.")
