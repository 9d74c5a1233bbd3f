"""For administrators: a year's official notice, pasted, looked at, entered, taken back."""

from __future__ import annotations

import calendar as months
from datetime import date
from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response as BaseResponse

from engine.commands.calendar import set_notice, take_back_notice
from engine.errors import ChangeRefused, EngineError
from engine.store.calendar import NOTICES
from engine.store.tables import job, notice, setting, task
from engine.store.unit_of_work import UnitOfWork
from webapp.language import gettext as _
from webapp.pages.blueprint import blueprint
from webapp.pages.frame import new_key
from webapp.problems import sentence, status_of
from webapp.requests import engine, once
from webapp.rights import require
from webapp.views.notice_text import read_notice


@blueprint.get("/admin/calendar/<int:year>/notice")
def calendar_notice(year: int) -> str:
    """Where a year's notice is pasted, and the one that was."""
    require("administer")
    return _page(_year(year))


def _year(year: int) -> int:
    if not 2000 <= year <= 2100:
        raise ChangeRefused("notice_other_year", year=year)
    return year


def _page(
    year: int,
    *,
    text: str = "",
    note: str = "",
    days: dict[date, bool] | None = None,
    problem: str | None = None,
) -> str:
    house = engine()
    with house.database.read() as connection:
        kept: dict[str, Any] = (
            connection.execute(
                select(setting.c.value).where(setting.c.name == NOTICES)
            ).scalar_one_or_none()
            or {}
        )
    entered = kept.get(str(year))
    calendar = house.working_days
    return render_template(
        "admin_notice.html",
        year=year,
        text=text,
        note=note,
        days=[
            {
                "day": day,
                "weekday": weekday(day),
                "working": working,
                "new": calendar.is_working(day) != (working, False),
            }
            for day, working in (days or {}).items()
        ],
        entered={
            "note": entered["note"],
            "by": house.directory.name(entered["by"]),
            "count": len(entered["days"]),
        }
        if entered
        else None,
        problem=problem,
        key=new_key(),
    )


def weekday(day: date) -> str:
    """The weekday's name."""
    return [
        _("Monday"),
        _("Tuesday"),
        _("Wednesday"),
        _("Thursday"),
        _("Friday"),
        _("Saturday"),
        _("Sunday"),
    ][day.weekday()]


@blueprint.post("/admin/calendar/<int:year>/notice")
def calendar_notice_set(year: int) -> BaseResponse:
    """Look at what a pasted notice says, or enter it."""
    require("administer")
    text, note = request.form.get("text", ""), " ".join(request.form.get("note", "").split())
    try:
        days = read_notice(text, _year(year))
        if not days or not note:
            raise ChangeRefused("notice_empty")
        if request.form.get("action") != "enter":
            return make_response(_page(year, text=text, note=note, days=days))

        def command(uow: UnitOfWork) -> dict[str, int]:
            return {"moved": set_notice(uow, year, days, note=note)}

        answer, _now = once(request.form.get("idempotency_key", ""), command)
    except EngineError as error:
        page = _page(year, text=text, note=note, problem=sentence(error.problem, error.parts))
        return make_response(page, status_of(error))
    flash(_("Saved. %(num)s running deadlines were moved.", num=answer["moved"]), "success")
    return redirect(url_for("pages.calendar", year=year))


@blueprint.post("/admin/calendar/<int:year>/notice/back")
def calendar_notice_back(year: int) -> BaseResponse:
    """Take a notice back."""
    require("administer")

    def command(uow: UnitOfWork) -> dict[str, int]:
        return {"moved": take_back_notice(uow, _year(year))}

    try:
        answer, _now = once(request.form.get("idempotency_key", ""), command)
    except ChangeRefused as error:
        page = _page(year, problem=sentence(error.problem, error.parts))
        return make_response(page, status_of(error))
    flash(_("Taken back. %(num)s running deadlines were moved.", num=answer["moved"]), "success")
    return redirect(url_for("pages.calendar", year=year))


def year_view(year: int) -> list[dict[str, Any]]:
    """The year's months as weeks of days, each with whether it is worked and how sure that is."""
    calendar = engine().working_days
    found = []
    for month in range(1, 13):
        weeks = []
        for week in months.Calendar().monthdatescalendar(year, month):
            line: list[dict[str, Any] | None] = []
            for day in week:
                if day.month != month:
                    line.append(None)
                    continue
                judged = calendar.is_working(day)
                usual = day.weekday() < 5
                line.append(
                    {
                        "number": day.day,
                        "off": not judged.working,
                        "unusual": judged.working != usual,
                    }
                )
            weeks.append(line)
        found.append({"month": month, "weeks": weeks})
    return found


def what_depends() -> dict[str, int]:
    """How much is provisional for now, and how much runs by the calendar at all."""
    with engine().database.read() as connection:

        def count(table: Any, *conditions: Any) -> int:
            statement = select(func.count()).select_from(table).where(*conditions)
            return int(connection.execute(statement).scalar_one())

        return {
            "due": count(task, task.c.state == "open", task.c.due_at.is_not(None)),
            "provisional": count(task, task.c.state == "open", task.c.due_provisional.is_(True))
            + count(job, job.c.state == "due", job.c.provisional.is_(True)),
            "notices": count(notice, notice.c.state == "open"),
        }
