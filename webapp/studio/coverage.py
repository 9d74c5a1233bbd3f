"""The stories of a draft or a version played: how far that is, and for a diagram to show where they go."""

from __future__ import annotations

from typing import Any

from flask import Response, after_this_request, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from engine.catalog.package import Package
from engine.catalog.versions import stored_package
from engine.errors import Conflict, NotFound
from engine.studio.checking import whole
from engine.studio.reading import package_of, read_draft
from engine.studio.scenario_runs import (
    DONE,
    GAVE_UP,
    RUNNING,
    STALE,
    ScenarioRun,
    ask_for_run,
    cast_of,
    must_be_played,
    run_of,
    scenarios_in,
)
from webapp.pages.blueprint import blueprint
from webapp.requests import engine, once
from webapp.rights import require
from webapp.studio.answers import scripted
from webapp.studio.failures import failure_said


class StoriesGivenUp(Conflict):
    """Playing them failed again and again; the draft's page lets it go on."""

    problem = "stories_given_up"


def run_shown(package: Package, run: ScenarioRun | None) -> dict[str, Any] | None:
    """How far the stories are played, for a page; None where there is nothing to play.

    A page asks for a part of itself as long as they are being played; once they are, it is loaded anew.
    """
    house = engine()
    if request.headers.get("HX-Request") and (run is None or run.state != RUNNING):
        after_this_request(_load_anew)
    if not must_be_played(house, package):
        return None
    if run is None:
        return {"state": "none", "done": 0, "total": 0, "percent": 0, "failed": 0, "again": False}
    stale = run.state == RUNNING and run.moved_at < house.clock.now() - STALE
    return {
        "state": "played" if run.is_over else run.state,
        "done": run.done,
        "total": run.total,
        "percent": run.done * 100 // run.total if run.total else 0,
        "failed": len(run.failed),
        "again": stale or run.state == GAVE_UP or (run.is_over and bool(run.failed)),
    }


def _load_anew(answer: Response) -> Response:
    answer.headers["HX-Refresh"] = "true"
    return answer


@blueprint.post("/studio/drafts/<string:id>/stories", endpoint="studio_play_stories")
def play_draft(id: str) -> BaseResponse:
    """Have a draft's stories played, from its page."""
    _ask_for_draft(id, request.form.get("idempotency_key", ""), again=True)
    return redirect(url_for("pages.studio_draft", id=id, _anchor="proposing"))


@blueprint.post("/studio/versions/<string:id>/stories", endpoint="studio_play_version")
def play_version(id: str) -> BaseResponse:
    """Have a version's stories played once more, before it is proposed again."""
    require("administer")
    with engine().database.read() as connection:
        package = stored_package(connection, id)
    once(
        request.form.get("idempotency_key", ""),
        lambda uow: ask_for_run(uow, package, definition_id=id, again=True),
    )
    return redirect(url_for("pages.studio_version", id=id, _anchor="proposing"))


@blueprint.post("/studio/drafts/<string:id>/coverage", endpoint="studio_coverage")
@scripted
def covered(id: str) -> dict[str, Any]:
    """How often the stories come to each element and flow, and which do not come out as written.

    As long as they are being played, how many have been.
    """
    package = _ask_for_draft(id, request.headers.get("Idempotency-Key", ""))
    with engine().database.read() as connection:
        run = run_of(connection, package)
    if not scenarios_in(package):
        run = ScenarioRun(DONE, engine().clock.now(), 0, {}, {})
    if run is None:  # let go of in this moment: the next question asks for it anew
        return {"done": 0, "total": 0}
    if run.state == GAVE_UP:
        raise StoriesGivenUp
    if not run.is_over:
        return {"done": run.done, "total": run.total}
    told = run.covered(package)
    return {
        "elements": dict(told.elements),
        "flows": dict(told.flows),
        "scenarios": run.total,
        "failed": [{"name": name, "reason": failure_said(why)} for name, why in run.failed.items()],
    }


def _ask_for_draft(id: str, key: str, *, again: bool = False) -> Package:
    """The draft as it is now, its stories asked for."""
    actor, house = require("administer"), engine()
    with house.database.read() as connection:
        read_draft(connection, actor, id)
        package = whole(package_of(connection, id), house.shared)
    if cast_of(house) is None:
        raise NotFound(cast="cast.yaml")
    once(key, lambda uow: ask_for_run(uow, package, draft_id=id, again=again))
    return package
