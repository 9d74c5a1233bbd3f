"""Figures for heads, and the same as a file for a spreadsheet."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request

from engine.clock import today
from webapp.areas import area_of, areas
from webapp.language import gettext as _
from webapp.language import language
from webapp.pages.blueprint import blueprint
from webapp.requests import current_actor, engine
from webapp.rights import overseen_places
from webapp.views.charts import charts
from webapp.views.dashboard import PERIODS, Figures, ask, read
from webapp.views.figures_export import export_figures
from webapp.views.places import choosable


@blueprint.get("/dashboard")
def dashboard() -> str:
    """What came and went, what is open and overdue, and how long steps take."""
    found = _figures()
    house = engine()
    with house.database.read() as connection:
        active = house.catalog.all_active(connection)
    served = {one.id for each in active if (one := area_of(each.manifest.work_point)) is not None}
    question = found.question
    return render_template(
        "dashboard.html",
        period=question.period,
        periods=[{"value": one, "label": period_text(one)} for one in PERIODS],
        days=question.days,
        given=question.given,
        places=choosable(house, overseen_places(current_actor())),
        processes=[{"value": one.key, "label": one.text(one.title, language())} for one in active],
        areas=[
            {"value": one.id, "label": one.title(language())} for one in areas() if one.id in served
        ],
        figures=found,
        charts=charts(found),
        query={"period": question.period, **question.given},
    )


@blueprint.get("/dashboard.xlsx")
def dashboard_export() -> Response:
    """The same figures as sheets."""
    return export_figures(engine(), _figures())


def _figures() -> Figures:
    house = engine()
    places = overseen_places(current_actor())
    question = ask(house, places, request.args, today(house.clock, house.zone))
    with house.database.read() as connection:
        return read(connection, house, question)


def period_text(period: str) -> str:
    """What a period is called."""
    texts: dict[str, Any] = {
        "weeks": _("the last 13 weeks"),
        "months": _("the last 12 months"),
        "year": _("this year"),
        "last_year": _("last year"),
    }
    return str(texts[period])
