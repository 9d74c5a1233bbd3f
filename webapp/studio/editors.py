"""The pages of the editors: each a frame, the file as JSON for its island, and the text itself below."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from engine.errors import EngineError, NotFound
from engine.studio.paths import check_path
from engine.studio.reading import content_of, files_of, package_of, read_draft
from engine.studio.writing import save_file
from webapp.assets import AssetsNotBuilt, needs
from webapp.language import gettext as _
from webapp.language import language
from webapp.pages.blueprint import blueprint
from webapp.problems import sentence, status_of
from webapp.requests import current_actor, engine
from webapp.rights import require
from webapp.studio.answers import readable, their_text
from webapp.studio.findings import editor_of
from webapp.studio.overview import draft_line, kind_of, names_in, own_name

#: The editors bring libraries that set styles by script; nothing else of the site may.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "object-src 'self'; frame-src 'self'; worker-src 'self' blob:"
)


@blueprint.get("/studio/drafts/<string:id>/diagram", endpoint="studio_diagram")
def diagram(id: str) -> Response:
    """The diagram."""
    return editor_page(id, "process.bpmn", island="modeler", entry="modeler")


@blueprint.get("/studio/drafts/<string:id>/tables/<string:name>", endpoint="studio_table")
def table(id: str, name: str) -> Response:
    """A decision table."""
    return editor_page(id, f"{name}.dmn", island="dmn-editor", entry="dmn")


@blueprint.get("/studio/drafts/<string:id>/forms/<string:name>", endpoint="studio_form")
def form(id: str, name: str) -> Response:
    """A form."""
    return editor_page(id, f"forms/{name}.json", island="form-editor", entry="form-editor")


@blueprint.get("/studio/drafts/<string:id>/source/<path:path>", endpoint="studio_source")
def source(id: str, path: str) -> Response:
    """Any file as text."""
    return editor_page(id, path)


@blueprint.post("/studio/drafts/<string:id>/source/<path:path>", endpoint="studio_source_save")
def source_save(id: str, path: str) -> BaseResponse:
    """Save the text as it stands in the page; what somebody else saved meanwhile is shown beside it."""
    require("administer")
    # A form sends its lines with CRLF; files have LF.
    text = request.form.get("text", "").replace("\r\n", "\n")
    version = request.form.get("version", "")
    number = int(version) if version.isdecimal() and len(version) < 10 else 0
    try:
        with engine().command(current_actor()) as uow:
            save_file(uow, id, path, text.encode("utf-8"), number)
            uow.commit()
    except EngineError as error:
        if status_of(error) in (403, 404):
            raise
        told = sentence(error.problem, error.parts)
        theirs = their_text(error)
        return editor_page(
            id, path, problem=told, typed=text, theirs=theirs, status=status_of(error)
        )
    flash(_("Saved."), "success")
    # A letter is looked at beside its text; everything else has an editor of its own.
    return redirect(editor_of(id, path) if path.startswith("letters/") else _source(id, path))


@blueprint.get("/studio/drafts/<string:id>/add", endpoint="studio_add")
def add(id: str) -> BaseResponse:
    """To the editor of a file that is not there yet."""
    kind, name = request.args.get("kind", ""), request.args.get("name", "").strip()
    patterns = {"form": "forms/{}.json", "table": "{}.dmn", "letter": "letters/{}.typ"}
    path = patterns.get(kind, "scenarios/{}.yaml").format(name)
    check_path(path)
    return redirect(editor_of(id, path))


def editor_page(
    id: str,
    path: str,
    *,
    island: str = "",
    entry: str = "",
    problem: str | None = None,
    typed: str | None = None,
    theirs: dict[str, Any] | None = None,
    status: int = 200,
    template: str = "studio_editor.html",
    **more: Any,
) -> Response:
    """A file in its editor; a file that is not there yet begins empty."""
    check_path(path)
    actor = require("administer")
    with engine().database.read() as connection:
        draft = read_draft(connection, actor, id)
        files = files_of(connection, id)
        try:
            found, content = content_of(connection, id, path)
            text, version = readable(content), found.version
        except NotFound:
            text, version = "", 0
        names = names_in(package_of(connection, id)) if path.startswith("forms/") else {}
    if text is None:
        raise NotFound(draft=id, path=path)
    shared = path.startswith("_shared/")
    read_only = not draft.edits or draft.discarded_at is not None or shared
    block: dict[str, Any] = {
        "draft": id,
        "path": path,
        "text": text,
        "version": version,
        "read_only": read_only,
        "language": language(),
        "urls": {
            "file": url_for("pages.studio_file", id=id, path=path),
            "files": url_for("pages.studio_files", id=id),
            "check": url_for("pages.studio_check", id=id),
            "words": url_for("pages.studio_words", id=id),
            "overview": url_for("pages.studio_draft", id=id),
            "try": _try_url(id, path),
            "form": url_for("pages.studio_form", id=id, name="{name}"),
            "table": url_for("pages.studio_table", id=id, name="{name}"),
            "facts": url_for("pages.studio_facts", id=id),
            "coverage": url_for("pages.studio_coverage", id=id),
        },
    }
    if not _is_built(entry):
        island = ""
    page = render_template(
        template,
        draft=draft_line(draft),
        path=path,
        kind=kind_of(path),
        title=names.get(path) or _title(path),
        island=island,
        entry=entry,
        block=block,
        read_only=read_only,
        shared=shared,
        source_url=url_for("pages.studio_source", id=id, path=path) if island else None,
        editor_url=None if editor_of(id, path) == request.path else editor_of(id, path),
        siblings=[one.path for one in files],
        problem=problem,
        typed=typed,
        theirs=theirs,
        **more,
    )
    answer = make_response(page, status)
    answer.headers["Content-Security-Policy"] = POLICY
    return answer


def _try_url(id: str, path: str) -> str:
    folder, _slash, name = path.rpartition("/")
    if folder == "scenarios":
        return url_for("pages.studio_play_story", id=id, name=name.removesuffix(".yaml"))
    return url_for("pages.studio_try_file", id=id, path=path)


def _source(id: str, path: str) -> str:
    return url_for("pages.studio_source", id=id, path=path)


def _title(path: str) -> str:
    return own_name(path) or path.rpartition("/")[2].rpartition(".")[0] or path


def _is_built(entry: str) -> bool:
    """Whether the editor's script is there; without it the text itself can be changed."""
    try:
        return bool(entry and needs(entry))
    except (KeyError, AssetsNotBuilt):
        return False
