"""Contents of files, each kept once by its hash, and let go when nothing names it any more."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import delete, exists, not_
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from engine.store.tables import (
    blob,
    candidate_file,
    package_draft_file,
    package_draft_save,
    package_file,
    rehearsal_file,
)

if TYPE_CHECKING:
    from engine.store.unit_of_work import UnitOfWork

#: Every table whose rows name a content.
_NAMING = (package_file, candidate_file, package_draft_file, package_draft_save, rehearsal_file)


def hash_of(content: bytes) -> str:
    """What a content is named by."""
    return hashlib.sha256(content).hexdigest()


def keep_blobs(uow: UnitOfWork, contents: Iterable[bytes]) -> None:
    """Store contents that are not there yet."""
    rows = {hash_of(content): content for content in contents}
    if not rows:
        return
    values = [{"hash": key, "content": rows[key]} for key in sorted(rows)]
    if uow.engine.database.is_sqlite:
        uow.execute_many(insert_sqlite(blob).on_conflict_do_nothing(), values)
        return
    # Touching the row that is there keeps it from being swept away before it is named again.
    made = insert_postgresql(blob)
    kept = made.on_conflict_do_update(
        index_elements=[blob.c.hash], set_={"hash": made.excluded.hash}
    )
    uow.execute_many(kept, values)


def sweep_blobs(uow: UnitOfWork) -> int:
    """Let go of the contents that no version, candidate, draft, save or rehearsal names; return how many."""
    named = [exists().where(table.c.hash == blob.c.hash) for table in _NAMING]
    return uow.execute(delete(blob).where(*(not_(one) for one in named))).rowcount
