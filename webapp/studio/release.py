"""The files of a process beside the version in use: what differs, and both brought together in a draft."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from engine.catalog.package import Package
from engine.catalog.versions import stored_package
from engine.comparing.naming import Names
from engine.comparing.sentences import Telling
from engine.comparing.standing import Standing, bring_together, standing
from engine.comparing.threeway import OURS, THEIRS, Merged
from engine.errors import EngineError, NotFound
from engine.studio.checking import check_draft
from engine.studio.merging import begin_merged
from webapp.language import gettext as _
from webapp.language import language
from webapp.pages.blueprint import blueprint
from webapp.pages.frame import new_key
from webapp.problems import sentence, status_of
from webapp.requests import engine, once
from webapp.rights import require
from webapp.studio.differing import difference_view
from webapp.studio.files_beside import package_beside, told
from webapp.studio.readable import readable


@blueprint.get("/studio/processes/<string:key>/release", endpoint="studio_release")
def release(key: str) -> str:
    """What the files have that the version in use has not, and what both changed."""
    return _page(key, {})


@blueprint.post("/studio/processes/<string:key>/release", endpoint="studio_release_merge")
def merge(key: str) -> BaseResponse:
    """A draft of both: what only one side changed is taken, for the rest somebody has chosen."""
    require("administer")
    package = _package(key)
    choices = _choices()
    over = request.form.get("over", "")

    def command(uow: Any) -> dict[str, Any]:
        title = _("%(title)s: with the new files", title=package.manifest.title)
        return {"id": begin_merged(uow, package, choices, over=over, title=title)}

    try:
        answer, _fresh = once(request.form.get("idempotency_key", ""), command)
    except EngineError as error:
        if status_of(error) in (403, 404):
            raise
        page = _page(key, choices, sentence(error.problem, error.parts))
        return make_response(page, status_of(error))
    flash(_("Here is the draft with both. Nothing is deployed yet."), "success")
    return redirect(url_for("pages.studio_draft", id=answer["id"]))


def _choices() -> dict[str, str]:
    """Conflict → side; the page numbers its conflicts and sends along which is which."""
    found = {}
    for number, id in enumerate(request.form.getlist("conflict")):
        side = request.form.get(f"side-{number}", "")
        if side in (OURS, THEIRS):
            found[id] = side
    return found


def _package(key: str) -> Package:
    package = package_beside(key)
    if package is None:
        raise NotFound(process=key)
    return package


def _page(key: str, choices: dict[str, str], problem: str | None = None) -> str:
    require("administer")
    package, house = _package(key), engine()
    with house.database.read() as connection:
        found = standing(connection, package)
        if found.active is None:
            raise NotFound(process=key)
        used = stored_package(connection, found.active.id)
        merged = None
        if found.standing in (Standing.FILES, Standing.BOTH):
            merged = bring_together(connection, found.release, found.active, package, choices)
    compiled = house.catalog.get(found.active.id)
    return render_template(
        "studio_release.html",
        process={"key": key, "title": compiled.text(compiled.title, language())},
        standing=told(found),
        active=found.active,
        release=found.release,
        merged=None if merged is None else _merged(merged, used, package, choices),
        before=_("Version %(number)s, in use", number=found.active.number),
        after=_("The files"),
        found=difference_view(used, package),
        problem=problem,
        key=new_key(),
    )


def _merged(
    merged: Merged, used: Package, package: Package, choices: dict[str, str]
) -> dict[str, Any]:
    telling = Telling(Names.of(used, package, readable), language())
    conflicts = []
    for one in merged.conflicts:
        ours, theirs = one.told(telling)
        conflicts.append(
            {
                "id": one.id,
                "path": one.path,
                "ours": ours,
                "theirs": theirs,
                "chosen": choices.get(one.id),
            }
        )
    errors = [
        one for one in check_draft(merged.package, engine().shared) if one.severity == "error"
    ]
    return {
        "conflicts": conflicts,
        "taken": difference_view(used, merged.package)["summary"],
        "errors": len(errors),
    }
