"""Spreadsheets that were tried: kept sealed until they are taken over, dropped, or forgotten.

What a file held is kept for an hour; what became of each line, for a month. Both lie sealed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from engine.errors import ChangeRefused, NotFound
from engine.ids import new_id
from engine.store.unit_of_work import UnitOfWork
from webapp.accounts.tables import takeover

CONTENT_KEPT = timedelta(hours=1)
REPORT_KEPT = timedelta(days=30)


def keep_tried(
    uow: UnitOfWork,
    file_name: str,
    content: Any,
    report: Any,
    counts: Mapping[str, Any],
    *,
    id: str | None = None,
) -> str:
    """Keep what a file held and what would become of it; return the id. The caller commits."""
    id = id or new_id()
    uow.execute(
        insert(takeover).values(
            id=id,
            by=uow.actor.id,
            at=uow.now,
            file_name=file_name[:200],
            state="tried",
            counts=dict(counts),
            content=seal_part(uow, id, "content", content),
            report=seal_part(uow, id, "report", report),
        )
    )
    return id


def require_tried(uow: UnitOfWork, id: str) -> tuple[Row[Any], Any]:
    """One that waits to be taken over, locked, with what its file held. Raise `ChangeRefused`."""
    row = uow.execute(select(takeover).where(takeover.c.id == id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound(takeover=id)
    if row.state != "tried":
        raise ChangeRefused("takeover_done")
    if row.content is None or row.at < uow.now - CONTENT_KEPT:
        raise ChangeRefused("takeover_late")
    return row, json.loads(uow.engine.keyring.open_sealed(row.content, part_place(id, "content")))


def mark_applied(uow: UnitOfWork, row: Row[Any], report: Any, counts: Mapping[str, Any]) -> None:
    """It is taken over: what the file held is forgotten at once."""
    uow.execute(
        update(takeover)
        .where(takeover.c.id == row.id)
        .values(
            state="applied",
            applied_at=uow.now,
            content=None,
            counts=dict(counts),
            report=seal_part(uow, row.id, "report", report),
        )
    )
    subject = {"takeover": row.id, "tried_by": row.by}
    payload = {"file": row.file_name, "counts": dict(counts)}
    uow.record_in("system", "takeover.applied", subject, payload)


def drop(uow: UnitOfWork, id: str) -> None:
    """It is not taken over."""
    row, _content = require_tried(uow, id)
    uow.execute(delete(takeover).where(takeover.c.id == row.id))


def forget_takeovers(uow: UnitOfWork) -> None:
    """Forget contents after an hour, and everything after a month."""
    late = takeover.c.at < uow.now - CONTENT_KEPT
    uow.execute(update(takeover).where(late, takeover.c.content.is_not(None)).values(content=None))
    uow.execute(delete(takeover).where(takeover.c.at < uow.now - REPORT_KEPT))


def seal_part(uow: UnitOfWork, id: str, name: str, value: Any) -> str:
    """A part of it, sealed and bound to it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return uow.engine.keyring.seal(text, part_place(id, name))


def part_place(id: str, name: str) -> str:
    """What a sealed part is bound to."""
    return f"takeover/{id}/{name}"
