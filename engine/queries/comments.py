"""Remarks on a case and the files that came with them. The caller has asked `may_read`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, or_, select

from engine.queries.paging import mark, place
from engine.store.tables import comment, document_file


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that a remark brought, with the hash of its content."""

    id: str
    name: str
    media_type: str
    size: int
    digest: str


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark: who said what when, whom it names, and what came with it."""

    id: str
    author_id: str
    text: str
    mentions: tuple[str, ...]
    files: tuple[Attached, ...]
    at: datetime


def remarks(
    connection: Connection, instance_id: str, *, limit: int = 100, after: str | None = None
) -> tuple[list[Remark], str | None]:
    """One page of a case's remarks, newest first, and where the next begins."""
    statement = select(comment).where(comment.c.instance_id == instance_id)
    if after:
        moment, identity = place(after)
        statement = statement.where(
            or_(comment.c.at < moment, and_(comment.c.at == moment, comment.c.id < identity))
        )
    ordered = statement.order_by(comment.c.at.desc(), comment.c.id.desc())
    rows = connection.execute(ordered.limit(limit + 1)).all()
    shown = rows[:limit]
    files = _files(connection, [one for row in shown for one in row.files])
    found = [
        Remark(
            id=row.id,
            author_id=row.author_id,
            text=row.text,
            mentions=tuple(row.mentions),
            files=tuple(files[one] for one in row.files if one in files),
            at=row.at,
        )
        for row in shown
    ]
    return found, mark(shown[-1].at, shown[-1].id) if len(rows) > limit else None


def _files(connection: Connection, ids: list[str]) -> Mapping[str, Attached]:
    if not ids:
        return {}
    rows = connection.execute(
        select(
            document_file.c.id,
            document_file.c.name,
            document_file.c.media_type,
            document_file.c.size,
            document_file.c.digest,
        ).where(document_file.c.id.in_(ids))
    )
    return {row.id: Attached(*row) for row in rows}
