"""The files of a draft, read and saved by the editors as people type."""

from __future__ import annotations

from typing import Any

from flask import Response, request

from engine.studio.reading import content_of, files_of, read_draft
from engine.studio.writing import delete_file, save_file
from webapp.pages.blueprint import blueprint
from webapp.problems import WebProblem
from webapp.requests import current_actor, engine, is_text
from webapp.rights import require
from webapp.studio.answers import body, readable, scripted

#: Shown in the browser when it is asked for as it is; everything else is a download.
_RAW = "application/octet-stream"


@blueprint.get("/studio/drafts/<string:id>/files", endpoint="studio_files")
@scripted
def files(id: str) -> dict[str, Any]:
    """What is in a draft."""
    actor = require("administer")
    with engine().database.read() as connection:
        read_draft(connection, actor, id)
        found = files_of(connection, id)
    return {
        "files": [
            {"path": one.path, "version": one.version, "size": one.size, "hash": one.hash}
            for one in found
        ]
    }


@blueprint.get("/studio/drafts/<string:id>/files/<path:path>", endpoint="studio_file")
@scripted
def read(id: str, path: str) -> dict[str, Any]:
    """One file: its text, and the version to save over. `text` is null for what is no text."""
    actor = require("administer")
    with engine().database.read() as connection:
        read_draft(connection, actor, id)
        found, content = content_of(connection, id, path)
    return {"path": path, "text": readable(content), "version": found.version}


@blueprint.get("/studio/drafts/<string:id>/raw/<path:path>", endpoint="studio_raw")
def raw(id: str, path: str) -> Response:
    """One file as it is, to keep: never shown as a page."""
    actor = require("administer")
    with engine().database.read() as connection:
        read_draft(connection, actor, id)
        _found, content = content_of(connection, id, path)
    answer = Response(content, mimetype=_RAW)
    answer.headers.set("Content-Disposition", "attachment", filename=path.rpartition("/")[2])
    return answer


@blueprint.put("/studio/drafts/<string:id>/files/<path:path>")
@scripted
def save(id: str, path: str) -> dict[str, Any]:
    """Save a file over the version that was seen; 409 with the other's text when somebody was faster."""
    require("administer")
    sent = body()
    text, version = sent.get("text"), sent.get("version", 0)
    if not isinstance(text, str) or not is_text(text) or not _is_version(version):
        raise WebProblem("malformed", 422)
    with engine().command(current_actor()) as uow:
        saved = save_file(uow, id, path, text.encode("utf-8"), version)
        uow.commit()
    return {"path": path, "version": saved.version, "saved_at": saved.at.isoformat()}


@blueprint.delete("/studio/drafts/<string:id>/files/<path:path>")
@scripted
def delete(id: str, path: str) -> dict[str, Any]:
    """Take a file out of the draft; what it was can be brought back from the saves."""
    require("administer")
    text = request.args.get("version", "")
    version: Any = int(text) if text.isdecimal() and len(text) < 10 else None
    if version is None:
        version = body().get("version")
    if not _is_version(version):
        raise WebProblem("malformed", 422)
    with engine().command(current_actor()) as uow:
        saved = delete_file(uow, id, path, version)
        uow.commit()
    return {"path": path, "version": saved.version, "saved_at": saved.at.isoformat()}


def _is_version(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**31
