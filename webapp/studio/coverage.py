"""The stories of a draft or a version played: how far that is, and for a diagram to show where they go."""

from __future__ import annotations

from typing import Any

from flask import redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from engine.catalog.package import Package
from engine.catalog.versions import stored_package
from engine.errors import NotFound
from engine.studio.checking import whole
from engine.studio.reading import package_of, read_draft
from engine.studio.scenario_runs import ScenarioRun, ask_for_run, cast_of, must_be_played, run_of
from webapp.pages.blueprint import blueprint
from webapp.requests import engine, once
from webapp.rights import require
from webapp.studio.answers import scripted
from webapp.studio.failures import failure_said


def run_shown(package: Package, run: ScenarioRun | None) -> dict[str, Any] | None:
    """How far the stories are played, for a page; None where there is nothing to play."""
    if not must_be_played(engine(), package):
        return None
    done, total = (0, 0) if run is None else (run.done, run.total)
    return {
        "state": "none" if run is None else "running" if run.ended_at is None else "played",
        "done": done,
        "total": total,
        "percent": done * 100 // total if total else 0,
        "failed": 0 if run is None else len(run.failed),
    }


@blueprint.post("/studio/drafts/<string:id>/stories", endpoint="studio_play_stories")
def play_draft(id: str) -> BaseResponse:
    """Have a draft's stories played, from its page."""
    _ask_for_draft(id, request.form.get("idempotency_key", ""))
    return redirect(url_for("pages.studio_draft", id=id, _anchor="proposing"))


@blueprint.post("/studio/versions/<string:id>/stories", endpoint="studio_play_version")
def play_version(id: str) -> BaseResponse:
    """Have a version's stories played once more, before it is proposed again."""
    require("administer")
    with engine().database.read() as connection:
        package = stored_package(connection, id)
    once(
        request.form.get("idempotency_key", ""),
        lambda uow: ask_for_run(uow, package, definition_id=id),
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
    if run is None or run.ended_at is None:
        return {"done": 0 if run is None else run.done, "total": 0 if run is None else run.total}
    told = run.covered(package)
    return {
        "elements": dict(told.elements),
        "flows": dict(told.flows),
        "scenarios": run.total,
        "failed": [{"name": name, "reason": failure_said(why)} for name, why in run.failed.items()],
    }


def _ask_for_draft(id: str, key: str) -> Package:
    """The draft as it is now, its stories asked for."""
    actor, house = require("administer"), engine()
    with house.database.read() as connection:
        read_draft(connection, actor, id)
        package = whole(package_of(connection, id), house.shared)
    if cast_of(house) is None:
        raise NotFound(cast="cast.yaml")
    once(key, lambda uow: ask_for_run(uow, package, draft_id=id))
    return package
