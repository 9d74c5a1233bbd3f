"""Beginning a draft, and packages as zip files."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, flash, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from engine.catalog.package import MAX_FILE, Package
from engine.catalog.versions import stored_package
from engine.errors import EngineError
from engine.store.unit_of_work import UnitOfWork
from engine.studio.archives import pack
from engine.studio.beginning import (
    begin_from_archive,
    begin_from_diagram,
    begin_from_version,
    begin_new,
)
from engine.studio.checking import whole
from engine.studio.reading import package_of, read_draft
from engine.studio.writing import MOST_BYTES, DraftTooLarge
from webapp.language import gettext as _
from webapp.pages.blueprint import blueprint
from webapp.problems import sentence, status_of
from webapp.requests import engine, once
from webapp.rights import require
from webapp.studio.findings import said
from webapp.studio.overview import studio_page


def _begin(command: Callable[[UnitOfWork], str]) -> BaseResponse:
    require("administer")
    try:
        answer, _fresh = once(
            request.form.get("idempotency_key", ""), lambda uow: {"id": command(uow)}
        )
    except EngineError as error:
        if status_of(error) in (403, 404):
            raise
        page = studio_page(sentence(error.problem, error.parts), dict(request.form.items()))
        return make_response(page, status_of(error))
    flash(_("Here is the draft. It is saved as you work."), "success")
    return redirect(url_for("pages.studio_draft", id=answer["id"]))


@blueprint.post("/studio/new", endpoint="studio_new")
def new() -> BaseResponse:
    """A draft of a new process."""
    name = request.form.get("name", "").strip()
    title = request.form.get("title", "").strip()
    return _begin(lambda uow: begin_new(uow, name, title=title))


@blueprint.post("/studio/begin", endpoint="studio_begin")
def begin() -> BaseResponse:
    """A draft of a version that is there."""
    version = request.form.get("version", "")
    return _begin(lambda uow: begin_from_version(uow, version))


@blueprint.post("/studio/import", endpoint="studio_import")
def take_in() -> BaseResponse:
    """A draft of a zip that somebody has."""
    require("administer")
    file = request.files.get("package")
    content = file.stream.read(MOST_BYTES + 1) if file else b""

    def command(uow: UnitOfWork) -> str:
        if len(content) > MOST_BYTES:
            raise DraftTooLarge()
        return begin_from_archive(uow, content)

    return _begin(command)


@blueprint.post("/studio/diagram", endpoint="studio_take_diagram")
def take_diagram() -> BaseResponse:
    """A draft of a diagram drawn elsewhere."""
    require("administer")
    file = request.files.get("diagram")
    content = file.stream.read(MAX_FILE + 1) if file else b""
    name = request.form.get("name", "").strip()
    title = request.form.get("title", "").strip()

    def command(uow: UnitOfWork) -> str:
        if len(content) > MAX_FILE:
            raise DraftTooLarge()
        draft, told = begin_from_diagram(uow, content, name, title=title)
        for one in told:
            flash(said(one), "info")
        return draft

    return _begin(command)


@blueprint.get("/studio/drafts/<string:id>/package.zip", endpoint="studio_draft_zip")
def draft_zip(id: str) -> Response:
    """A draft to keep, or to put into git."""
    actor = require("administer")
    with engine().database.read() as connection:
        draft = read_draft(connection, actor, id)
        package = package_of(connection, id)
    return zip_answer(whole(package, engine().shared), draft.key or "draft")


@blueprint.get("/studio/versions/<string:id>/package.zip", endpoint="studio_version_zip")
def version_zip(id: str) -> Response:
    """A deployed version to keep, or to put into git."""
    require("administer")
    with engine().database.read() as connection:
        package = stored_package(connection, id)
    return zip_answer(package, engine().catalog.get(id).key)


def zip_answer(package: Package, name: str) -> Response:
    """A package as a zip to be saved."""
    answer = Response(pack(package, name), mimetype="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.zip")
    return answer
