"""The English of a package: every sentence people read beside its translation, missing ones first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from engine.catalog.checks import texts
from engine.catalog.checks.parts import ENGLISH_FILE, Parts
from engine.catalog.package import Package
from engine.errors import EngineError, InvalidPackage
from engine.studio.checking import whole
from engine.studio.reading import files_of, package_of, read_draft
from engine.studio.writing import save_file
from webapp.language import gettext as _
from webapp.pages.blueprint import blueprint
from webapp.problems import sentence, status_of
from webapp.requests import current_actor, engine
from webapp.rights import require
from webapp.studio.overview import draft_line

#: A longer list would be no page any more; packages have some hundreds.
_MOST = 3000


@blueprint.get("/studio/drafts/<string:id>/english", endpoint="studio_english")
def english(id: str) -> Response:
    """All texts and their English."""
    return _page(id)


@blueprint.post("/studio/drafts/<string:id>/english", endpoint="studio_english_save")
def english_save(id: str) -> BaseResponse:
    """Save what was changed on the page; the English of others stays as it is."""
    require("administer")
    typed = _typed()
    try:
        with engine().command(current_actor()) as uow:
            read_draft(uow.connection, uow.actor, id, edits=True)
            package = package_of(uow.connection, id)
            version = next(
                (one.version for one in files_of(uow.connection, id) if one.path == ENGLISH_FILE),
                0,
            )
            changed = _with(package.files.get(ENGLISH_FILE), typed)
            save_file(uow, id, ENGLISH_FILE, changed, version)
            uow.commit()
    except EngineError as error:
        if status_of(error) in (403, 404):
            raise
        told = sentence(error.problem, error.parts)
        return _page(id, problem=told, typed=typed, status=status_of(error))
    flash(_("Saved."), "success")
    return redirect(url_for("pages.studio_english", id=id))


def _typed() -> dict[str, str]:
    """Text → its English, of the rows that were changed."""
    found = {}
    for number in range(_MOST):
        text = request.form.get(f"text-{number}")
        if text is None:
            break
        # A form sends its lines with CRLF; files have LF. Spaces at the ends are part of a text.
        now = request.form.get(f"english-{number}", "").replace("\r\n", "\n")
        if now != request.form.get(f"was-{number}", "").replace("\r\n", "\n"):
            found[text] = now
    return found


def _with(content: bytes | None, changes: Mapping[str, str]) -> bytes:
    facts = {**_facts(content), **changes}
    kept = {text: english for text, english in facts.items() if str(english).strip()}
    return (json.dumps(kept, ensure_ascii=False, indent=2) + "\n").encode()


def _facts(content: bytes | None) -> dict[str, Any]:
    try:
        facts = json.loads(content or b"{}")
    except ValueError:
        # A broken file is put right as text; here it would be lost.
        raise InvalidPackage(f"{ENGLISH_FILE} cannot be read") from None
    if not isinstance(facts, dict):
        raise InvalidPackage(f"{ENGLISH_FILE} cannot be read")
    return facts


def _read(package: Package) -> dict[str, str]:
    try:
        return texts.read(Parts.read(whole(package, engine().shared), None, engine().shared))
    except InvalidPackage:
        return {}


def _page(
    id: str,
    *,
    problem: str | None = None,
    typed: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    actor = require("administer")
    with engine().database.read() as connection:
        draft = read_draft(connection, actor, id)
        package = package_of(connection, id)
        files = {one.path: one.version for one in files_of(connection, id)}
    content = package.files.get(ENGLISH_FILE)
    try:
        known, broken = _facts(content), False
    except InvalidPackage:
        known, broken = {}, True
    read = _read(package)
    rows = [
        {
            "text": text,
            "was": str(known.get(text, "")),
            "english": (typed or {}).get(text, str(known.get(text, ""))),
            "file": read.get(text, ""),
        }
        for text in [*read, *(one for one in known if one not in read)]
    ]
    # Missing ones first, what nobody reads any more last.
    rows.sort(key=lambda row: (not row["file"], bool(row["was"])))
    page = render_template(
        "studio_english.html",
        draft=draft_line(draft),
        rows=rows[:_MOST],
        missing=sum(not row["was"] for row in rows if row["file"]),
        unused=sum(not row["file"] for row in rows),
        broken=broken,
        read_only=not draft.edits or draft.discarded_at is not None,
        problem=problem,
        block={
            "draft": id,
            "path": ENGLISH_FILE,
            "text": (content or b"{}\n").decode("utf-8", "replace"),
            "version": files.get(ENGLISH_FILE, 0),
            "urls": {"file": url_for("pages.studio_file", id=id, path=ENGLISH_FILE)},
        },
    )
    return make_response(page, status)
