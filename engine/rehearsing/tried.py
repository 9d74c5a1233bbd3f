"""The version a rehearsal tries: kept as it was when the rehearsal was asked for, compiled once."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, select

from engine.catalog.definition import Definition, compile_definition
from engine.catalog.package import Package
from engine.store.tables import blob

#: Versions that are being tried, compiled; a few at a time.
_compiled: dict[str, Definition] = {}
_MOST = 4


def tried(connection: Connection, package: str, files: Mapping[str, str]) -> Definition:
    """The version by its content hash; `files` says which blobs it is made of."""
    found = _compiled.get(package)
    if found is None:
        contents = {
            each.hash: each.content
            for each in connection.execute(select(blob).where(blob.c.hash.in_(set(files.values()))))
        }
        found = compile_definition(Package({path: contents[key] for path, key in files.items()}))
        # Two threads may compile the same one; either will do.
        for old in list(_compiled)[: max(0, len(_compiled) - _MOST + 1)]:
            _compiled.pop(old, None)
        _compiled[package] = found
    return found
