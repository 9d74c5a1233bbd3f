"""The version a rehearsal tries: kept as it was when the rehearsal was asked for, compiled once."""

from __future__ import annotations

from sqlalchemy import Connection, select

from engine.catalog.definition import Definition, compile_definition
from engine.catalog.package import Package
from engine.store.tables import blob, rehearsal_file

#: Versions that are being tried, compiled; a few at a time.
_compiled: dict[str, Definition] = {}
_MOST = 4


def tried(connection: Connection, rehearsal_id: str, package: str) -> Definition:
    """The version a rehearsal tries; `package` is its content hash."""
    found = _compiled.get(package)
    if found is None:
        rows = connection.execute(
            select(rehearsal_file.c.path, blob.c.content)
            .join(blob, blob.c.hash == rehearsal_file.c.hash)
            .where(rehearsal_file.c.rehearsal_id == rehearsal_id)
        )
        found = compile_definition(Package({row.path: row.content for row in rows}))
        # Two threads may compile the same one; either will do.
        for old in list(_compiled)[: max(0, len(_compiled) - _MOST + 1)]:
            _compiled.pop(old, None)
        _compiled[package] = found
    return found
