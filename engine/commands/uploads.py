"""Keep an uploaded file until the form that names it arrives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import insert

from engine.actors import Actor
from engine.errors import Invalid
from engine.files import (
    OnItsWay,
    UploadLimits,
    UploadProblem,
    check_upload,
    detect,
    might_be,
    safe_name,
)
from engine.ids import new_id
from engine.store.tables import document_file
from engine.store.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from engine.engine import Engine

#: The largest attachment, in bytes; a field of a form may take less (`max_mb`).
MAX_SIZE = 25 * 1024 * 1024
_MAX_NAME = 300
_LIMITS = UploadLimits(max_bytes=MAX_SIZE)


class BadUpload(Invalid):
    """The file cannot be accepted; `faults` say why."""

    problem = "bad_upload"


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file that was taken."""

    id: str
    name: str
    media_type: str
    size: int
    digest: str


def upload(uow: UnitOfWork, name: str, content: bytes) -> Uploaded:
    """Check by content, store, and remember who brought it. Raise `BadUpload`.

    The content is written before the commit that names it; if the commit fails it is an orphan that
    the sweep removes, never a name without content.
    """
    faults = check_upload(name, content, _LIMITS)
    if faults:
        raise BadUpload(faults=faults)
    media_type = detect(content) or ""
    stored = uow.engine.files.put(content)
    row = Uploaded(new_id(), safe_name(name, media_type), media_type, stored.size, stored.digest)
    uow.execute(
        insert(document_file).values(
            id=row.id,
            kind="attachment",
            name=row.name,
            media_type=row.media_type,
            size=row.size,
            digest=row.digest,
            created_by=uow.actor.id,
            created_at=uow.now,
            state="valid",
        )
    )
    return row


def begin_upload(
    house: Engine, actor: Actor, name: str, size: int, *, digest: str = "", mark: str = ""
) -> OnItsWay:
    """A file announced, to come in pieces; what has arrived of it already counts. Raise `BadUpload`.

    Nothing is written to the database, and no writer waits, before the file is whole.
    """
    if size <= 0:
        raise BadUpload(faults=[UploadProblem("empty")])
    if size > MAX_SIZE:
        raise BadUpload(faults=[UploadProblem("too_big", {"max_mb": MAX_SIZE // 1024**2})])
    return house.files.parts.begin(actor.id, name[:_MAX_NAME], size, digest, mark)


def add_piece(house: Engine, actor: Actor, id: str, offset: int, content: bytes) -> OnItsWay:
    """The next piece. What a file cannot become is refused with its first: raise `BadUpload`."""
    parts = house.files.parts
    if offset == 0 and not might_be(content):
        parts.drop(actor.id, id)
        raise BadUpload(faults=[UploadProblem("unknown_type")])
    return parts.add(actor.id, id, offset, content)


def finish_upload(uow: UnitOfWork, id: str) -> Uploaded:
    """All pieces are here: checked and kept as any upload is. Raise `NotWhole`, `BadUpload`."""
    owner, parts = uow.actor.id, uow.engine.files.parts
    found, content = parts.read(owner, id)
    try:
        taken = upload(uow, found.name, content)
    except BadUpload:
        parts.drop(owner, id)
        raise
    uow.after_commit(lambda: parts.drop(owner, id))
    return taken
