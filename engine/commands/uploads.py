"""Keep an uploaded file until the form that names it arrives."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import insert

from engine.errors import Invalid
from engine.files import check_upload, detect, safe_name
from engine.ids import new_id
from engine.store.tables import document_file
from engine.store.unit_of_work import UnitOfWork

#: The largest attachment, in bytes (F1: 10 MB).
MAX_SIZE = 10 * 1024 * 1024


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
    faults = check_upload(name, content)
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
