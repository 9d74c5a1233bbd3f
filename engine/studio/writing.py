"""The files of a draft: saved one by one as they are written, never over somebody else's words."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from engine.catalog.package import MAX_FILE
from engine.errors import Conflict, Invalid, NotFound
from engine.store.blobs import hash_of, keep_blobs
from engine.store.tables import (
    blob,
    definition,
    package_draft,
    package_draft_file,
    package_draft_save,
)
from engine.store.unit_of_work import UnitOfWork
from engine.studio.keeping import LAST, worth_keeping
from engine.studio.paths import SHARED, BadPath, check_path
from engine.studio.reading import DraftView, read_draft, saved_state

MOST_FILES = 300
MOST_BYTES = 20 * 1024 * 1024


class DraftConflict(Conflict):
    """Somebody else has saved the file since; `content`, `version`, `by` and `at` are theirs."""

    problem = "draft_conflict"


class DraftTooLarge(Invalid):
    """A file has at most 5 MB, a draft at most 300 files and 20 MB."""

    problem = "draft_too_large"


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a save."""

    version: int
    at: datetime


def save_file(uow: UnitOfWork, draft_id: str, path: str, content: bytes, version: int) -> Saved:
    """Save a file whose last seen version is `version` (0: there was none).

    Raise `DraftConflict` when somebody else was faster, `BadPath`, `DraftTooLarge`, `NotFound`.
    Saving what is there already changes nothing: a save whose answer got lost may be sent again.
    """
    draft = lock_draft(uow, draft_id)
    _writable(path)
    if len(content) > MAX_FILE:
        raise DraftTooLarge(path=path)
    known = _rows(uow, draft_id).get(path)
    if known is not None and known.hash == hash_of(content):
        return Saved(known.version, known.updated_at)
    _not_behind(uow, draft, path, version)
    return write_files(uow, draft, {path: content})[path]


def delete_file(uow: UnitOfWork, draft_id: str, path: str, version: int) -> Saved:
    """Take a file out of a draft; raise `DraftConflict`, `NotFound`. It can be brought back."""
    draft = lock_draft(uow, draft_id)
    _writable(path)
    known = _rows(uow, draft_id).get(path)
    if known is None or known.hash is None:
        raise NotFound(draft=draft_id, path=path)
    _not_behind(uow, draft, path, version)
    return write_files(uow, draft, {path: None})[path]


def go_back(uow: UnitOfWork, draft_id: str, number: int) -> list[str]:
    """Make all files what they were after a save; return the paths that changed. It is a save itself."""
    draft = lock_draft(uow, draft_id)
    before = saved_state(uow.connection, draft_id, number)
    now = {path: row.hash for path, row in _rows(uow, draft_id).items() if row.hash is not None}
    wanted = {path: key for path, key in before.items() if now.get(path) != key}
    rows = uow.execute(select(blob).where(blob.c.hash.in_(set(wanted.values()))))
    contents = {row.hash: row.content for row in rows}
    changes: dict[str, bytes | None] = {path: contents[key] for path, key in wanted.items()}
    changes |= {path: None for path in now if path not in before}
    if changes:
        write_files(uow, draft, changes)
    return sorted(changes)


def lock_draft(uow: UnitOfWork, draft_id: str) -> DraftView:
    """The draft, locked, of somebody who may write in it."""
    uow.execute(select(package_draft.c.id).where(package_draft.c.id == draft_id).with_for_update())
    return read_draft(uow.connection, uow.actor, draft_id, edits=True)


def write_files(
    uow: UnitOfWork, draft: DraftView, changes: Mapping[str, bytes | None]
) -> dict[str, Saved]:
    """Write files of a locked draft in one save; None takes one out."""
    known = _rows(uow, draft.id)
    _measure(known, changes)
    keep_blobs(uow, [content for content in changes.values() if content is not None])
    number = draft.saves + 1
    saved: dict[str, Saved] = {}
    for path, content in changes.items():
        before = known.get(path)
        values = {
            "version": (before.version if before else 0) + 1,
            "hash": None if content is None else hash_of(content),
            "size": len(content or b""),
            "updated_by": uow.actor.id,
            "updated_at": uow.now,
        }
        table = package_draft_file
        if before is None:
            uow.execute(insert(table).values(draft_id=draft.id, path=path, **values))
        else:
            here = (table.c.draft_id == draft.id) & (table.c.path == path)
            uow.execute(update(table).where(here).values(**values))
        uow.execute(
            insert(package_draft_save).values(
                draft_id=draft.id,
                number=number,
                path=path,
                hash=values["hash"],
                saved_by=uow.actor.id,
                saved_at=uow.now,
            )
        )
        _thin_out(uow, draft.id, path)
        saved[path] = Saved(int(str(values["version"])), uow.now)
    uow.execute(
        update(package_draft)
        .where(package_draft.c.id == draft.id)
        .values(
            saves=number,
            updated_at=uow.now,
            updated_by=uow.actor.id,
            **_identity(uow, draft, changes.get("process.toml")),
        )
    )
    uow.record_in(
        f"draft:{draft.id}",
        "studio.saved",
        {"draft": draft.id},
        {
            "save": number,
            "files": {
                path: hash_of(content) if content is not None else None
                for path, content in changes.items()
            },
        },
    )
    return saved


def _identity(uow: UnitOfWork, draft: DraftView, facts: bytes | None) -> dict[str, object]:
    """Which process the draft would become a version of: its own process.toml says."""
    if facts is None:
        return {}
    try:
        key = tomllib.loads(facts.decode("utf-8")).get("id")
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        return {}
    if not isinstance(key, str) or not 0 < len(key) <= 64 or key == draft.key:
        return {}
    base = uow.execute(
        select(definition.c.id).where(definition.c.id == draft.base_id, definition.c.key == key)
    ).scalar_one_or_none()
    # Under another name it is another process: what it was copied from is not its former version.
    return {"key": key, "base_id": base}


def _thin_out(uow: UnitOfWork, draft_id: str, path: str) -> None:
    table = package_draft_save
    here = (table.c.draft_id == draft_id) & (table.c.path == path)
    rows = uow.execute(
        select(table.c.number, table.c.saved_at).where(here).order_by(table.c.number)
    ).all()
    if len(rows) <= 2 * LAST:
        return
    kept = worth_keeping([(row.number, row.saved_at) for row in rows], uow.now)
    gone = [row.number for row in rows if row.number not in kept]
    if gone:
        uow.execute(delete(table).where(here, table.c.number.in_(gone)))


def _rows(uow: UnitOfWork, draft_id: str) -> dict[str, Row[Any]]:
    table = package_draft_file
    rows = uow.execute(select(table).where(table.c.draft_id == draft_id))
    return {row.path: row for row in rows}


def _writable(path: str) -> None:
    check_path(path)
    if path.startswith(SHARED.partition("/")[0] + "/"):
        # Other packages use the table, too: it is changed where they all take it from.
        raise BadPath(path=path)


def _measure(known: Mapping[str, Row[Any]], changes: Mapping[str, bytes | None]) -> None:
    sizes = {path: row.size for path, row in known.items() if row.hash is not None}
    for path, content in changes.items():
        if content is None:
            sizes.pop(path, None)
        else:
            sizes[path] = len(content)
    if len(sizes) > MOST_FILES or sum(sizes.values()) > MOST_BYTES:
        raise DraftTooLarge(files=len(sizes))


def _not_behind(uow: UnitOfWork, draft: DraftView, path: str, version: int) -> None:
    known = _rows(uow, draft.id).get(path)
    if known is None:
        if version != 0:
            raise DraftConflict(path=path, version=0, content=None, by=None, at=None)
        return
    # A file that was taken out may be begun anew, whatever was known of it.
    if known.version == version or (known.hash is None and version == 0):
        return
    content = None
    if known.hash is not None:
        content = uow.execute(select(blob.c.content).where(blob.c.hash == known.hash)).scalar_one()
    raise DraftConflict(
        path=path,
        version=known.version,
        content=content,
        by=known.updated_by,
        at=known.updated_at,
    )
