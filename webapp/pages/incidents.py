"""For administrators: work that gave up, by kind, tried again one by one or all of a kind."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from engine.errors import NotFound
from engine.jobs.incidents import Kind, incidents, kinds, retry_all, states_of
from engine.jobs.run import retry
from webapp.language import gettext as _
from webapp.language import language
from webapp.pages.blueprint import blueprint
from webapp.pages.frame import new_key
from webapp.problems import sentence
from webapp.requests import current_actor, engine
from webapp.rights import require

#: How many cases of each kind the page names.
_NAMED = 20


@blueprint.get("/admin/incidents", endpoint="incidents")
def incidents_page() -> str:
    """Jobs that gave up."""
    require("administer")
    return render_template("incidents.html", kinds=_kinds())


def _kinds() -> list[dict[str, Any]]:
    house = engine()
    with house.database.read() as connection:
        return [
            {
                **_kind(one),
                "items": [
                    {
                        "id": item.id,
                        "title": item.title,
                        "number": item.number,
                        "url": url_for("pages.case", id=item.instance_id),
                        "attempts": item.attempts,
                        "since": item.at,
                        "key": new_key(),
                    }
                    for item in incidents(connection, one.id, limit=_NAMED)
                ],
            }
            for one in kinds(connection)
        ]


def _kind(one: Kind) -> dict[str, Any]:
    compiled = engine().catalog.get(one.definition_id)
    element = compiled.diagram.elements.get(one.element)
    ability = element.properties.get("ability", "") if element else ""
    name = element.name or element.id if element else one.element
    return {
        "id": one.id,
        "what": compiled.text(name, language()),
        "process": compiled.text(compiled.title, language()),
        "ability": ability,
        "error": sentence("expression_failed"),
        "advice": _("Put right what is said below, then try again."),
        "technical": one.error,
        "count": one.count,
        "first": one.first,
        "last": one.last,
        "key": new_key(),
    }


@blueprint.post("/admin/incidents/<string:id>/retry")
def incident_retry(id: str) -> BaseResponse:
    """Try one again."""
    require("administer")
    with engine().command(current_actor()) as uow:
        if not retry(uow, id):
            raise NotFound(job=id)
        uow.commit()
    if request.headers.get("HX-Request"):
        return make_response(render_template("partials/incident_items.html", kinds=_kinds()))
    flash(_("It is being tried again."), "success")
    return redirect(url_for("pages.incidents"))


@blueprint.post("/admin/incidents/kinds/<string:id>/retry")
def incidents_retry(id: str) -> str:
    """Try all of a kind again; the page then says what becomes of each."""
    actor = require("administer")
    house = engine()
    with house.database.read() as connection:
        ids = [one.id for one in incidents(connection, id, limit=500)]
    tried = [one.id for one in retry_all(house, actor, ids) if one.again]
    return render_template("incidents_retried.html", **_progress(tried))


@blueprint.post("/admin/incidents/progress")
def incidents_progress() -> str:
    """What has become of those that were tried again."""
    require("administer")
    ids = [one for one in request.form.getlist("job") if len(one) <= 64]
    return render_template("incidents_retried.html", **_progress(ids))


def _progress(ids: list[str]) -> dict[str, Any]:
    with engine().database.read() as connection:
        rows = states_of(connection, ids)
    lines = []
    for one in ids:
        row = rows.get(one)
        if row is None:
            continue
        state = _state(row)
        lines.append(
            {
                "id": one,
                "title": row.title,
                "url": url_for("pages.case", id=row.instance_id),
                "state": state,
                "text": {
                    "waits": _("waits for its turn"),
                    "again": _("did not succeed; it is tried once more by itself"),
                    "done": _("done"),
                    "failed": _("gave up once more"),
                    "gone": _("no longer needed"),
                }[state],
                "technical": row.error if state in ("again", "failed") else None,
            }
        )
    counted = {state: sum(one["state"] == state for one in lines) for state in ("done", "failed")}
    return {
        "ids": ids,
        "lines": lines,
        "total": len(lines),
        "done": counted["done"],
        "failed": counted["failed"],
        "running": any(one["state"] == "waits" for one in lines),
    }


def _state(row: Any) -> str:
    if row.state == "due":
        return "again" if row.attempts else "waits"
    return {"incident": "failed", "cancelled": "gone"}.get(row.state, "done")
