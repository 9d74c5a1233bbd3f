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
from engine.queries.readers import may_read_files
from engine.store.tables import document_file
from webapp.problems import WebProblem
from webapp.requests import current_actor, engine, perform

#: What goes to the bank and comes back belongs to those who handle the batch, not to readers of a
#: case; the bank file leaves with its batch only, where each time is on the record.
_WITH_THE_BATCH = ("bank_file", "bank_reply")
#: Shown in the page; everything else is offered for saving.
_INLINE = ("application/pdf", "image/jpeg", "image/png")


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
    """The content, if the caller may read the case it belongs to (or brought it)."""
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
    content = engine().files.read(row.digest)
    shown = "inline" if row.media_type in _INLINE else "attachment"
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
