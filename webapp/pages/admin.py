"""For administrators: processes, working days."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response as BaseResponse

from engine.commands.calendar import remove_day, set_day, set_office_hours
from engine.errors import NotFound
from engine.store.tables import definition, instance, working_day
from engine.working_hours import OfficeHours
from webapp.language import gettext as _
from webapp.language import language
from webapp.pages.admin_notice import what_depends, year_view
from webapp.pages.blueprint import blueprint
from webapp.pages.frame import new_key
from webapp.requests import engine
from webapp.rights import require, role_title


@blueprint.get("/admin/processes")
def processes() -> str:
    """Deployed processes and their versions."""
    require("administer")
    house = engine()
    with house.database.read() as connection:
        rows = connection.execute(
            select(definition).order_by(definition.c.key, definition.c.version.desc())
        ).all()
        running = _count(connection, "active")
        finished = _count(connection, None)
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        compiled = house.catalog.get(row.id)
        process = found.setdefault(
            row.key,
            {
                "key": row.key,
                "title": compiled.text(compiled.title, language()),
                "owner": role_title(compiled.manifest.owner, language()),
                "work_point": compiled.manifest.work_point,
                "versions": [],
            },
        )
        process["versions"].append(
            {
                "number": row.version,
                "hash": row.id,
                "deployed_at": row.deployed_at,
                "deployed_by": house.directory.name(row.deployed_by)
                if row.deployed_by != "system"
                else _("by itself"),
                "state": "active" if row.active else "closed",
                "state_text": _("in use") if row.active else _("replaced"),
                "running": running.get(row.id, 0),
                "finished": finished.get(row.id, 0) - running.get(row.id, 0),
                "url": None,
                "rules_text": None,
            }
        )
    return render_template("admin_processes.html", processes=list(found.values()))


def _count(connection: Any, state: str | None) -> dict[str, int]:
    statement = select(instance.c.definition_id, func.count()).group_by(instance.c.definition_id)
    if state is not None:
        statement = statement.where(instance.c.state == state)
    return {row[0]: row[1] for row in connection.execute(statement)}


@blueprint.get("/admin/calendar")
def calendar() -> str:
    """The working-day table of a year."""
    require("administer")
    return _calendar_page(_year())


def _year() -> int:
    today = engine().clock.now().astimezone(engine().zone).date()
    text = request.args.get("year", "")
    return int(text) if re.fullmatch(r"20[0-9]{2}|2100", text) else today.year


def _calendar_page(
    year: int,
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    hours: dict[str, Any] | None = None,
    hours_error: str | None = None,
) -> str:
    house = engine()
    today = house.clock.now().astimezone(house.zone).date()
    days = house.working_days
    return render_template(
        "admin_calendar.html",
        year=year,
        years=[today.year - 1, today.year, today.year + 1, today.year + 2],
        known_until=date(days.published_until, 12, 31),
        provisional=not days.year_published(today.year + 1),
        items=_days(year),
        form=typed or {"day": "", "kind": "holiday", "note": ""},
        errors=errors or {},
        key=new_key(),
        months=year_view(year),
        depends=what_depends(),
        hours=hours or (days.hours or OfficeHours()).as_dict(),
        hours_error=hours_error,
    )


def _days(year: int) -> list[dict[str, Any]]:
    """The year's days that differ from the week: the administrators' and the published ones."""
    own = _own_days(year)
    days = engine().working_days
    found = []
    day = date(year, 1, 1)
    while day.year == year:
        if day in own:
            found.append(_day(day, own[day].working, own[day].note, official=False))
        elif days.year_published(year) and days.is_working(day).working != (day.weekday() < 5):
            found.append(_day(day, day.weekday() >= 5, "", official=True))
        day += timedelta(days=1)
    return found


def _own_days(year: int) -> dict[date, Any]:
    with engine().database.read() as connection:
        rows = connection.execute(
            select(working_day).where(
                working_day.c.day.between(date(year, 1, 1), date(year, 12, 31))
            )
        )
        return {row.day: row for row in rows}


def _day(day: date, working: bool, note: str, *, official: bool) -> dict[str, Any]:
    return {
        "id": day.isoformat(),
        "day": day,
        "kind": "workday" if working else "holiday",
        "kind_text": _("working day") if working else _("day off"),
        "note": note,
        "by": _("administrators"),
        "official": official,
        "removable": not official,
    }


@blueprint.post("/admin/calendar")
def calendar_add() -> BaseResponse:
    """Add or change a day; running deadlines are computed again."""
    actor = require("administer")
    typed = {name: request.form.get(name, "").strip() for name in ("day", "kind", "note")}
    errors = {}
    try:
        day = date.fromisoformat(typed["day"])
    except ValueError:
        day = None
        errors["day"] = _("Please give a day.")
    if typed["kind"] not in ("holiday", "workday"):
        errors["kind"] = _("Please choose one.")
    if not typed["note"]:
        errors["note"] = _("Please say why, for example the number of the official notice.")
    if errors or day is None:
        return make_response(_calendar_page(_year(), typed, errors), 422)
    with engine().command(actor) as uow:
        moved = set_day(uow, day, working=typed["kind"] == "workday", note=typed["note"])
        uow.commit()
    flash(_("Saved. %(num)s running deadlines were moved.", num=moved), "success")
    return redirect(url_for("pages.calendar", year=day.year))


@blueprint.post("/admin/calendar/hours")
def calendar_hours() -> BaseResponse:
    """Say when the office is open; what is provisional is computed again."""
    actor = require("administer")
    weekdays = {
        str(number): text
        for number in range(7)
        if (text := request.form.get(str(number), "").strip())
    }
    typed = {"ordinary": request.form.get("ordinary", "").strip(), "weekdays": weekdays}
    try:
        hours = OfficeHours.read(typed)
    except ValueError:
        error = _("Please write hours as 08:30-12:00, 13:30-17:30.")
        return make_response(_calendar_page(_year(), hours=typed, hours_error=error), 422)
    with engine().command(actor) as uow:
        moved = set_office_hours(uow, hours)
        uow.commit()
    flash(_("Saved. %(num)s running deadlines were moved.", num=moved), "success")
    return redirect(url_for("pages.calendar"))


@blueprint.post("/admin/calendar/<string:id>/remove")
def calendar_remove(id: str) -> BaseResponse:
    """Take a day out of the table again."""
    actor = require("administer")
    try:
        day = date.fromisoformat(id)
    except ValueError:
        raise NotFound(day=id) from None
    with engine().command(actor) as uow:
        remove_day(uow, day)
        uow.commit()
    if request.headers.get("HX-Request"):
        return make_response(render_template("partials/calendar_rows.html", items=_days(day.year)))
    return redirect(url_for("pages.calendar", year=day.year))
