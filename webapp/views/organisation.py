"""People and units as the administrators' pages show them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, and_, func, or_, select

from engine.actors import SYSTEM
from engine.clock import today as today_of
from engine.errors import NotFound
from webapp.accounts.directory_rows import Unit, belongs_on
from webapp.accounts.past import spells_of_person
from webapp.accounts.tables import account, person, role_holding
from webapp.language import gettext as _
from webapp.language import language
from webapp.requests import engine
from webapp.rights import place_name, role_title
from webapp.roles import roles

PAGE = 50
_PEOPLE = person.outerjoin(account, account.c.person_id == person.c.id)
_COLUMNS = (
    person.c.id,
    person.c.name,
    person.c.member_no,
    person.c.unit_id,
    person.c.group_id,
    person.c.left_on,
    person.c.successor_id,
    account.c.username,
    account.c.disabled,
)


def find_people(
    connection: Connection, today: date, *, text: str = "", unit: str = "", after: str = ""
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of people by name, with a part of the name, number or user name; and where the next begins."""
    statement: Select[Any] = select(*_COLUMNS).select_from(_PEOPLE)
    if text:
        escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        like = f"%{escaped}%"
        statement = statement.where(
            or_(
                *(
                    column.like(like, escape="\\")
                    for column in (person.c.name, person.c.member_no, account.c.username)
                )
            )
        )
    if unit:
        statement = statement.where(or_(person.c.unit_id == unit, person.c.group_id == unit))
    if after:
        name, _bar, identity = after.rpartition("|")
        statement = statement.where(
            or_(person.c.name > name, and_(person.c.name == name, person.c.id > identity))
        )
    rows = connection.execute(statement.order_by(person.c.name, person.c.id).limit(PAGE + 1)).all()
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    following = f"{last.name}|{last.id}" if last is not None else None
    return [_line(row, today) for row in rows[:PAGE]], following


def one_person(connection: Connection, today: date, person_id: str) -> dict[str, Any]:
    """A person with account and roles; raise `NotFound`."""
    row = connection.execute(
        select(*_COLUMNS).select_from(_PEOPLE).where(person.c.id == person_id)
    ).one_or_none()
    if row is None:
        raise NotFound(person=person_id)
    return _line(row, today) | {
        "unit_id": row.unit_id,
        "group_id": row.group_id,
        "left_on": row.left_on,
        "has_left": row.left_on is not None and row.left_on <= today,
        "successor": _name(connection, row.successor_id),
        "has_account": row.username is not None,
        "disabled": bool(row.disabled),
        "roles": holdings(connection, today, role_holding.c.person_id == person_id),
    }


def _line(row: Any, today: date) -> dict[str, Any]:
    state, text = _state(row, today)
    where = place_name(row.unit_id)
    return {
        "id": row.id,
        "name": row.name,
        "member_no": row.member_no,
        "username": row.username,
        "where": f"{where} · {place_name(row.group_id)}" if row.group_id else where,
        "state": state,
        "state_text": text,
    }


def _state(row: Any, today: date) -> tuple[str, str]:
    if row.left_on is not None and row.left_on <= today:
        return "closed", _("has left")
    if row.disabled:
        return "failed", _("shut out")
    if row.left_on is not None:
        return "warn", _("is leaving")
    if row.username is None:
        return "closed", _("no account")
    return "ok", _("active")


def _name(connection: Connection, person_id: str | None) -> str | None:
    if person_id is None:
        return None
    found = connection.execute(select(person.c.name).where(person.c.id == person_id)).scalar()
    return str(found) if found is not None else person_id


def holdings(connection: Connection, today: date, condition: Any) -> list[dict[str, Any]]:
    """Roles held now or later, and the last that have ended."""
    rows = connection.execute(
        select(role_holding, person.c.name)
        .join(person, person.c.id == role_holding.c.person_id)
        .where(condition)
        .order_by(role_holding.c.since.desc(), role_holding.c.id)
        .limit(300)
    ).all()
    found = []
    for row in rows:
        over = row.until is not None and row.until <= today
        begins = row.since > today
        found.append(
            {
                "id": row.id,
                "person_id": row.person_id,
                "name": row.name,
                "role": role_title(row.role, language()),
                "place": place_name(row.unit_id),
                "since": row.since,
                "until": row.until,
                "title": row.title,
                "basis": row.basis,
                "given_by": giver(row.given_by),
                "given_at": row.given_at,
                "over": over,
                "state": "closed" if over else "waiting" if begins else "ok",
                "state_text": _("ended") if over else _("begins later") if begins else _("current"),
            }
        )
    return sorted(found, key=lambda one: bool(one["over"]))


def giver(id: str | None) -> str:
    """Who gave a role, as it is shown; empty where nobody knows any more."""
    if not id:
        return ""
    return _("The system") if id == SYSTEM.id else engine().directory.name(id)


def belongings(connection: Connection, person_id: str, today: date) -> list[dict[str, Any]]:
    """Where a person belonged, belongs and will belong, the latest first; empty for who never moved."""
    return [
        {
            "since": one.since,
            "until": one.until,
            "where": " · ".join(
                place_name(place)
                for place in (one.values["unit_id"], one.values["group_id"])
                if place
            ),
            "now": (one.since is None or one.since <= today)
            and (one.until is None or one.until > today),
        }
        for one in spells_of_person(connection, person_id)
    ]


def person_by(connection: Connection, text: str) -> str | None:
    """The id of the person with this user name or number, or None."""
    found: str | None = connection.execute(
        select(person.c.id)
        .select_from(_PEOPLE)
        .where(or_(account.c.username == text, person.c.member_no == text))
        .limit(1)
    ).scalar_one_or_none()
    return found


# --- units -----------------------------------------------------------------------------------------

KIND_ORDER = ("root", "cluster", "unit", "group")


def kind_text(kind: str) -> str:
    """What a kind of place is called."""
    return {
        "root": _("top union"),
        "cluster": _("activity area"),
        "unit": _("unit"),
        "group": _("group"),
    }.get(kind, kind)


def people_by_place(connection: Connection, today: date) -> dict[str, int]:
    """Place → how many belong to it today."""
    found: dict[str, int] = {}
    for column in (person.c.unit_id, person.c.group_id):
        rows = connection.execute(
            select(column, func.count())
            .where(column.is_not(None), belongs_on(today))
            .group_by(column)
        )
        for place, number in rows:
            found[place] = found.get(place, 0) + number
    return found


def choices(units: Mapping[str, Unit], *kinds: str) -> list[dict[str, str]]:
    """The places of some kinds that stand, to be chosen from; a group with its unit."""
    house, found = engine(), []
    day = today_of(house.clock, house.zone)
    for one in units.values():
        if one.stands_on(day) and one.kind in kinds:
            above = units.get(one.parent_id or "")
            label = f"{above.name} · {one.name}" if one.kind == "group" and above else one.name
            found.append({"value": one.id, "label": label})
    return sorted(found, key=lambda one: one["label"])


def role_choices() -> list[dict[str, str]]:
    """The organisation's roles, by title."""
    return [{"value": role, "label": role_title(role, language())} for role in roles()]
