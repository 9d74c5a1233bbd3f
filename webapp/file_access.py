"""Files over HTTP: what may come in, and who may take it out."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import quote

from flask import Response
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from engine.commands.uploads import Uploaded, upload
from engine.errors import NotFound
from engine.previews import KINDS, Drawn, NoPreview, draw
from engine.previews.drawing import MOST_PAGES, SIDES
from engine.queries.readers import may_read_files
from engine.store.tables import document_file
from webapp.problems import WebProblem
from webapp.requests import current_actor, engine, perform

#: What goes to the bank and comes back belongs to those who handle the batch, not to readers of a
#: case; the bank file leaves with its batch only, where each time is on the record.
_WITH_THE_BATCH = ("bank_file", "bank_reply")
_PRINTED = "letter"


def take_upload(file: FileStorage | None) -> dict[str, Any]:
    """Take one uploaded file."""
    name, content = _sent(file)
    with engine().command(current_actor()) as uow:
        taken = upload(uow, name, content)
        uow.commit()
    return facts(taken)


def take_upload_once(file: FileStorage | None) -> Response:
    """The same for a program, which may send an Idempotency-Key with it."""
    name, content = _sent(file)
    # The bytes of a multipart body differ each time it is sent; the file in it does not.
    same = f"{name}\n{hashlib.sha256(content).hexdigest()}".encode("utf-8", "replace")
    return perform(
        lambda uow: upload(uow, name, content),
        lambda _uow, taken: facts(taken),
        status=201,
        body=same,
    )


def _sent(file: FileStorage | None) -> tuple[str, bytes]:
    if file is None or not file.filename:
        raise WebProblem("malformed", 422)
    return file.filename, file.stream.read()


def facts(taken: Uploaded) -> dict[str, Any]:
    """A file that was taken, as programs are told of it."""
    return {
        "id": taken.id,
        "name": taken.name,
        "media_type": taken.media_type,
        "size": taken.size,
        "digest": taken.digest,
    }


def download(file_id: str) -> Response:
    """The content, if the caller may read the case it belongs to (or brought it).

    What people uploaded is saved, never opened by the browser; what the system printed is shown.
    """
    row = _readable(file_id)
    content = engine().files.read(row.digest)
    shown = "inline" if row.kind == _PRINTED else "attachment"
    return Response(
        content,
        mimetype=row.media_type,
        headers={
            "Content-Disposition": f"{shown}; filename*=UTF-8''{quote(row.name)}",
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
            # What a member uploads is never run, whatever it pretends to be.
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
        },
    )


def preview(file_id: str, page: int, size: str) -> Response:
    """A picture of a page, drawn anew, for those who may have the file. Raise `NoPreview`, `Busy`."""
    row, house = _readable(file_id), engine()
    if row.media_type not in KINDS or size not in SIDES:
        raise NoPreview(file=file_id)
    page = min(max(1, page), MOST_PAGES)
    name = f"{size}-{page}"

    def make() -> bytes:
        drawn = draw(house.files.read(row.digest), row.media_type, page=page, size=size).packed()
        house.files.pictures.keep(row.digest, name, drawn)
        return drawn

    kept = house.files.pictures.read(row.digest, name)
    if kept is None:
        kept = house.press.make(f"picture:{row.digest}:{name}", make)
    drawn = Drawn.unpacked(kept)
    return Response(
        drawn.picture,
        mimetype="image/jpeg",
        headers={
            "Content-Disposition": "inline",
            # Who may no longer read the case must not find it in a shared computer's cache.
            "Cache-Control": "private, no-store",
            "Gongban-Pages": str(drawn.pages),
        },
    )


def _readable(file_id: str) -> Any:
    """The file's row, for who brought it or may read its case; raise `NotFound`."""
    actor = current_actor()
    with engine().database.read() as connection:
        row = connection.execute(
            select(document_file).where(document_file.c.id == file_id)
        ).one_or_none()
        if row is None or row.kind in _WITH_THE_BATCH:
            raise NotFound(file=file_id)
        if row.instance_id is None:
            allowed = row.created_by == actor.id
        else:
            allowed = may_read_files(connection, engine(), actor, row.instance_id)
    if not allowed:
        raise NotFound(file=file_id)
    return row
