"""Who holds what, where, since when and until when; and what nobody holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, or_, select

from engine.catalog.checks.people import vacancies
from webapp.accounts.directory_rows import belongs_on, held_on
from webapp.accounts.tables import person, role_holding
from webapp.language import gettext as _
from webapp.language import language
from webapp.requests import engine
from webapp.rights import place_name, role_title
from webapp.views.organisation import giver

PAGE = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to see of the roles that are held."""

    role: str = ""
    place: str = ""
    #: With the places below it.
    below: bool = True
    on: date | None = None
    history: bool = False
    text: str = ""


def statement(asked: Asked, today: date) -> Select[Any]:
    """The holdings that are asked for, role by role, place by place, the latest first."""
    chosen = (
        select(role_holding, person.c.name, person.c.member_no)
        .join(person, person.c.id == role_holding.c.person_id)
        .order_by(
            role_holding.c.role,
            role_holding.c.unit_id,
            role_holding.c.since.desc(),
            role_holding.c.id,
        )
    )
    # One that ended with its first day was never held.
    chosen = chosen.where(
        or_(role_holding.c.until.is_(None), role_holding.c.until > role_holding.c.since)
    )
    if not asked.history:
        day = asked.on or today
        chosen = chosen.where(held_on(day), belongs_on(day))
    if asked.role:
        chosen = chosen.where(role_holding.c.role == asked.role)
    if asked.place:
        chosen = chosen.where(role_holding.c.unit_id.in_(_places(asked)))
    if asked.text:
        chosen = chosen.where(
            or_(
                person.c.name.contains(asked.text, autoescape=True),
                person.c.member_no.contains(asked.text, autoescape=True),
                role_holding.c.title.contains(asked.text, autoescape=True),
            )
        )
    return chosen


def _places(asked: Asked) -> list[str]:
    if not asked.below:
        return [asked.place]
    directory = engine().directory
    units = directory.units()  # type: ignore[attr-defined]  # the organisation's own directory
    return [one for one in units if asked.place in directory.chain(one)] + [asked.place]


def lines(
    connection: Connection, asked: Asked, today: date, *, page: int | None = 0
) -> tuple[list[dict[str, Any]], bool]:
    """A page of holdings (all of them for `page` None), and whether there are more."""
    chosen = statement(asked, today)
    if page is not None:
        chosen = chosen.limit(PAGE + 1).offset(page * PAGE)
    rows = connection.execute(chosen).all()
    more = page is not None and len(rows) > PAGE
    return [_line(row, today) for row in (rows[:PAGE] if more else rows)], more


def _line(row: Any, today: date) -> dict[str, Any]:
    over = row.until is not None and row.until <= today
    begins = row.since > today
    return {
        "role": role_title(row.role, language()),
        "title": row.title,
        "basis": row.basis,
        "place": place_name(row.unit_id),
        "place_id": row.unit_id,
        "person_id": row.person_id,
        "name": row.name,
        "member_no": row.member_no,
        "since": row.since,
        "until": row.until,
        "given_by": giver(row.given_by),
        "state": "closed" if over else "waiting" if begins else "ok",
        "state_text": _("ended") if over else _("begins later") if begins else _("current"),
    }


def vacant() -> list[dict[str, Any]]:
    """Roles that steps of active processes ask for at a place, and nobody holds there."""
    house = engine()
    with house.database.read() as connection:
        active = house.catalog.all_active(connection)
    found: dict[tuple[str, str], list[str]] = {}
    for definition in active:
        title = definition.text(definition.title, language())
        for key, steps in vacancies(definition, house.directory).items():
            names = [definition.text(definition.steps[one].name, language()) for one in steps]
            found.setdefault(key, []).append(f"{title}: {_(', ').join(names)}")
    shown = [
        {
            "role_id": role,
            "role": role_title(role, language()),
            "place_id": place,
            "place": place_name(place),
            "asked_by": asked,
        }
        for (role, place), asked in found.items()
    ]
    return sorted(shown, key=lambda one: (str(one["role"]), str(one["place"])))
