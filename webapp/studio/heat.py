"""The heat map of a version: where its cases are now, how long they wait there, and each number's list."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import render_template, request, url_for

from engine.catalog.definition import Definition
from engine.errors import NotFound
from engine.queries.figures import WorkClock
from engine.queries.heat import ALL, INCIDENT, OVERDUE, Heat, Place, cases_at, heat
from webapp.language import gettext as _
from webapp.language import language, ngettext
from webapp.pages.blueprint import blueprint
from webapp.requests import engine
from webapp.rights import require
from webapp.studio.running import versions_of
from webapp.studio.why import name_of
from webapp.views.drawing import drawing

#: How far back it is looked at what was done, and how many cases of a list a page shows.
_PERIOD = timedelta(days=90)
_SHOWN = 200
#: What the diagram shows: cases now, how long they wait, how long what was done took.
_SHOWS = ("cases", "waiting", "took")


@blueprint.get("/studio/processes/<string:key>/heat")
def heat_map(key: str) -> str:
    """The diagram with its numbers, and the same as a table."""
    require("administer")
    house = engine()
    now = house.clock.now()
    with house.database.read() as connection:
        versions = versions_of(connection, key)
        definition = _chosen(versions)
        # Long waits are counted day by day beyond the year that is added up once.
        clock = WorkClock(house.working_days, house.zone, now - timedelta(days=366), now)
        found = heat(connection, definition, clock, now, now - _PERIOD)
    show = request.args.get("show", "cases")
    show = show if show in _SHOWS else "cases"
    return render_template(
        "studio_heat.html",
        process={"key": key, "title": definition.text(definition.title, language())},
        version=definition.version,
        versions=versions,
        show=show,
        shows=[{"id": one, "label": _label(one)} for one in _SHOWS],
        cases=found.cases,
        rows=[_row(key, definition, one) for one in found.places],
        diagram=_diagram(definition, found, show),
    )


def _chosen(versions: list[dict[str, Any]]) -> Definition:
    wanted = request.args.get("version", "")
    by_itself = next((one for one in versions if one["active"]), versions[0])
    found = next((one for one in versions if str(one["number"]) == wanted), None)
    if found is None and wanted:
        raise NotFound(version=wanted)
    return engine().catalog.get((found or by_itself)["id"])


def _label(show: str) -> str:
    return {
        "cases": _("Cases now"),
        "waiting": _("Waiting now"),
        "took": _("Took in the last 90 days"),
    }[show]


def _row(key: str, definition: Definition, one: Place) -> dict[str, Any]:
    def behind(only: str) -> str:
        return url_for(
            "pages.heat_cases",
            key=key,
            element=one.element,
            version=definition.version,
            only=only or None,
        )

    return {
        "id": one.element,
        "name": name_of(one.element, definition),
        "cases": one.cases,
        "overdue": one.overdue,
        "incidents": one.incidents,
        "cases_url": behind(ALL),
        "overdue_url": behind(OVERDUE),
        "incidents_url": behind(INCIDENT),
        "waiting": _span(one.median, one.p90),
        "waiting_days": _days(one.median_days, one.p90_days),
        "took": _span(one.done_median, one.done_p90),
        "done": one.done,
    }


def _span(median: float | None, p90: float | None) -> str:
    if median is None or p90 is None:
        return ""
    return _(
        "half within %(median)s, nine in ten within %(p90)s", median=_hours(median), p90=_hours(p90)
    )


def _days(median: float | None, p90: float | None) -> str:
    if median is None or p90 is None:
        return ""
    return _("%(median)s and %(p90)s calendar days", median=f"{median:.1f}", p90=f"{p90:.1f}")


def _hours(hours: float) -> str:
    return _("%(hours)s working hours", hours=f"{hours:.1f}")


def _diagram(definition: Definition, found: Heat, show: str) -> dict[str, Any]:
    """What the viewer draws: the busiest place is the warmest; trouble is marked beside the number."""
    values = {one.element: _value(one, show) for one in found.places}
    most = max(values.values(), default=0.0)
    marks: dict[str, dict[str, Any]] = {}
    for one in found.places:
        value = values[one.element]
        if not value and not one.incidents:
            continue
        kind = (
            "error" if one.incidents else "warning" if one.overdue and show == "cases" else "heat"
        )
        marks[one.element] = {
            "kind": kind,
            "heat": value / most if most else 0,
            "label": f"{one.cases}" if show == "cases" else f"{value:.1f}",
            "text": "，".join(_said(one)) if language() == "zh" else ", ".join(_said(one)),
        }
    return {
        "xml": drawing(definition, language()),
        "marks": marks,
        "labels": {"title": _("Where the cases are now")},
    }


def _value(one: Place, show: str) -> float:
    return {
        "cases": float(one.cases),
        "waiting": one.median or 0.0,
        "took": one.done_median or 0.0,
    }[show]


def _said(one: Place) -> list[str]:
    said = [ngettext("%(num)s case", "%(num)s cases", one.cases)]
    if one.overdue:
        said.append(ngettext("%(num)s overdue", "%(num)s overdue", one.overdue))
    if one.incidents:
        said.append(ngettext("%(num)s gave up", "%(num)s gave up", one.incidents))
    return said


@blueprint.get("/studio/processes/<string:key>/heat/<string:element>")
def heat_cases(key: str, element: str) -> str:
    """The cases behind a number."""
    require("administer")
    house = engine()
    now = house.clock.now()
    only = request.args.get("only", ALL)
    with house.database.read() as connection:
        definition = _chosen(versions_of(connection, key))
        after = request.args.get("after", "")
        found = cases_at(connection, definition, element, now, only, after, limit=_SHOWN + 1)
    more = found[_SHOWN - 1].id if len(found) > _SHOWN else None
    return render_template(
        "studio_heat_cases.html",
        process={"key": key, "title": definition.text(definition.title, language())},
        version=definition.version,
        step=name_of(element, definition),
        only={OVERDUE: _("Overdue"), INCIDENT: _("Gave up")}.get(only, ""),
        lines=[
            {
                "id": one.id,
                "title": one.title,
                "number": one.number,
                "url": url_for("pages.case", id=one.id),
                "since": one.since,
                "due": {"at": one.due_at, "provisional": False} if one.due_at else None,
                "incident": one.incident,
            }
            for one in found[:_SHOWN]
        ],
        more_url=more
        and url_for(
            "pages.heat_cases",
            key=key,
            element=element,
            version=definition.version,
            only=only or None,
            after=more,
        ),
    )
