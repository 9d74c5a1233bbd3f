"""The verbs over places: add, rename, move, merge, end, open again. The caller commits.

What a place was called and where it stood is kept (`past.py`); a day to come is a plan that the
housekeeping carries out (`settling.py`).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, func, insert, or_, select, update

from engine.errors import ChangeRefused, Invalid
from engine.ids import new_id
from engine.store.tables import instance
from engine.store.unit_of_work import UnitOfWork
from webapp.accounts.directory_rows import Unit, read_units
from webapp.accounts.errors import MergeRefused, NameTaken, UnknownUnit
from webapp.accounts.past import note_person, note_unit, units_on
from webapp.accounts.people import announce, record, require_unit
from webapp.accounts.tables import person, role_holding, unit

KINDS = ("root", "cluster", "unit", "group")
LONGEST_NAME = 120


def add_unit(
    uow: UnitOfWork,
    name: str,
    kind: str,
    *,
    parent: str | None = None,
    id: str | None = None,
    founded_on: date | None = None,
) -> str:
    """Add a place to the organisation; return its id. `founded_on`: its first day, where it is known."""
    if kind not in KINDS or (parent is None) != (kind == "root"):
        raise Invalid("A unit needs a kind, and one above it unless it is the root.", unit=name)
    _check_name(name)
    if parent is not None:
        _check_order(require_unit(uow, parent).kind, kind)
    unit_id = id or new_id()
    if uow.execute(select(unit.c.id).where(unit.c.id == unit_id)).first():
        raise NameTaken(unit=unit_id)
    values = {"id": unit_id, "name": name, "kind": kind, "parent_id": parent}
    uow.execute(insert(unit).values(**values, founded_on=founded_on))
    payload = {"name": name, "parent": parent, "founded_on": _iso(founded_on)}
    uow.record_in("system", "unit.added", {"unit": unit_id, "kind": kind}, payload)
    announce(uow)
    return unit_id


def rename_unit(uow: UnitOfWork, unit_id: str, name: str, on: date | None = None) -> None:
    """Give a place another name from a day on; papers already printed keep the old one."""
    _check_name(name)
    on = on or uow.today
    before = _require_on(uow, unit_id, on).name
    if before == name:
        return
    note_unit(uow, unit_id, on, name=name)
    subject = {"unit": unit_id, "on": on.isoformat()}
    uow.record_in("system", "unit.renamed", subject, {"from": before, "to": name})
    announce(uow)


def move_unit(uow: UnitOfWork, unit_id: str, parent: str, on: date | None = None) -> None:
    """Put a place, with all below it, under another from a day on. Raise `ChangeRefused`."""
    on = on or uow.today
    row = require_unit(uow, unit_id)
    if row.kind == "root":
        raise ChangeRefused("root_stays")
    above = require_unit(uow, parent)
    _check_order(above.kind, row.kind)
    then = units_on(uow.connection, on)
    if unit_id == parent or unit_id in _line_above(then, parent):
        raise ChangeRefused("below_itself")
    before = then[unit_id].parent_id if unit_id in then else row.parent_id
    if before == parent:
        return
    note_unit(uow, unit_id, on, parent_id=parent)
    subject = {"unit": unit_id, "under": parent, "on": on.isoformat()}
    uow.record_in("system", "unit.moved", subject, {"from": before, "to": parent})
    announce(uow)


def found_unit(uow: UnitOfWork, unit_id: str, on: date | None) -> None:
    """Say which was a place's first day, or that nobody knows."""
    row = _require_any(uow, unit_id)
    if on is not None and row.ended_on is not None and on >= row.ended_on:
        raise ChangeRefused("ends_before")
    if row.founded_on == on:
        return
    uow.execute(update(unit).where(unit.c.id == unit_id).values(founded_on=on))
    payload = {"from": _iso(row.founded_on), "to": _iso(on)}
    uow.record_in("system", "unit.founded", {"unit": unit_id}, payload)
    announce(uow)


def end_unit(uow: UnitOfWork, unit_id: str, on: date | None = None) -> None:
    """Let a place end: `on` is the first day without it. Raise `ChangeRefused` while something stands there."""
    on = on or uow.today
    row = require_unit(uow, unit_id)
    if row.kind == "root":
        raise ChangeRefused("root_stays")
    if row.founded_on is not None and on <= row.founded_on:
        raise ChangeRefused("ends_before")
    standing = what_stands(uow.connection, unit_id, on)
    if any(standing.values()):
        raise ChangeRefused("unit_in_use", **standing)
    uow.execute(update(unit).where(unit.c.id == unit_id).values(ended_on=on))
    subject = {"unit": unit_id, "on": on.isoformat()}
    uow.record_in("system", "unit.closed", subject, {"name": row.name})
    announce(uow)


def reopen_unit(uow: UnitOfWork, unit_id: str) -> None:
    """A place goes on after all. One that has merged into another does not come back."""
    row = _require_any(uow, unit_id)
    if row.merged_into is not None or row.ended_on is None:
        raise ChangeRefused("not_ended")
    uow.execute(update(unit).where(unit.c.id == unit_id).values(ended_on=None))
    payload = {"ended_on": _iso(row.ended_on)}
    uow.record_in("system", "unit.reopened", {"unit": unit_id}, payload)
    announce(uow)


def what_stands(connection: Connection, unit_id: str, on: date) -> dict[str, int]:
    """What keeps a place from ending on a day: people, roles, places below, cases under way."""
    theirs = or_(person.c.unit_id == unit_id, person.c.group_id == unit_id)
    here = or_(person.c.left_on.is_(None), person.c.left_on > on)
    held = or_(role_holding.c.until.is_(None), role_holding.c.until > on)
    below = or_(unit.c.ended_on.is_(None), unit.c.ended_on > on)
    questions = {
        "people": select(func.count()).select_from(person).where(theirs, here),
        "roles": select(func.count())
        .select_from(role_holding)
        .where(role_holding.c.unit_id == unit_id, held),
        "below": select(func.count())
        .select_from(unit)
        .where(unit.c.parent_id == unit_id, unit.c.merged_into.is_(None), below),
        "cases": select(func.count())
        .select_from(instance)
        .where(instance.c.place == unit_id, instance.c.state == "active"),
    }
    return {name: int(connection.execute(one).scalar_one()) for name, one in questions.items()}


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
    moved = _move_people(uow, unit_id, into, on)
    carried = _end_roles(uow, unit_id, into, on, carry=carry_roles)
    below = select(unit.c.id).where(unit.c.parent_id == unit_id).order_by(unit.c.id)
    for one in uow.execute(below).scalars().all():
        note_unit(uow, one, on, parent_id=into)
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


def _move_people(uow: UnitOfWork, unit_id: str, into: str, on: date) -> set[str]:
    theirs = or_(person.c.unit_id == unit_id, person.c.group_id == unit_id)
    rows = uow.execute(select(person).where(theirs).order_by(person.c.id)).all()
    for row in rows:
        unit_of = into if row.unit_id == unit_id else row.unit_id
        group_of = into if row.group_id == unit_id else row.group_id
        note_person(uow, row.id, on, unit_id=unit_of, group_id=group_of)
    return {row.id for row in rows}


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
        "title": row.title,
        "basis": row.basis,
        "given_by": row.given_by,
        "given_at": row.given_at,
    }


def _above(uow: UnitOfWork, unit_id: str) -> set[str]:
    return _line_above(read_units(uow.connection), unit_id)


def _line_above(units: dict[str, Unit], unit_id: str) -> set[str]:
    found: set[str] = set()
    at = units[unit_id].parent_id if unit_id in units else None
    while at is not None and at not in found:
        found.add(at)
        at = units[at].parent_id if at in units else None
    return found


def _require_any(uow: UnitOfWork, unit_id: str) -> Row[Any]:
    """A unit, whether it stands or not; raise `UnknownUnit`."""
    row = uow.execute(select(unit).where(unit.c.id == unit_id)).one_or_none()
    if row is None:
        raise UnknownUnit(unit=unit_id)
    return row


def _require_on(uow: UnitOfWork, unit_id: str, on: date) -> Unit:
    """A standing unit as it will be, or was, on a day."""
    require_unit(uow, unit_id)
    then = units_on(uow.connection, on)
    if unit_id not in then:
        raise ChangeRefused("before_founded")
    return then[unit_id]


def _check_order(above: str, kind: str) -> None:
    """A place stands below one of its own or a higher kind."""
    if KINDS.index(above) > KINDS.index(kind):
        raise ChangeRefused("wrong_order")


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _check_name(name: str) -> None:
    if not name or name != name.strip() or len(name) > LONGEST_NAME:
        raise Invalid("A unit's name has 1 to 120 characters and no blanks around it.")
