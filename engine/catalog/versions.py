"""Definitions in the database: deployed whole, found by hash, compiled once per process."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, insert, select, update

from engine.catalog.accepted import store_reasons
from engine.catalog.definition import Definition, compile_definition
from engine.catalog.package import Package
from engine.errors import NotFound
from engine.store.database import Database
from engine.store.tables import blob, definition, package_file
from schemas.reason import Reason, ReasonSchema

if TYPE_CHECKING:
    from engine.store.unit_of_work import UnitOfWork


class Catalog:
    """The deployed definitions. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._compiled: dict[str, Definition] = {}
        self._lock = threading.Lock()

    def get(self, definition_id: str) -> Definition:
        """A deployed version by its hash; raise `NotFound`."""
        found = self._compiled.get(definition_id)
        if found is None:
            with self._lock, self._database.read() as connection:
                found = self._compiled.get(definition_id)
                if found is None:
                    found = _load(connection, definition_id)
                    self._compiled[definition_id] = found
        return found

    def active(self, connection: Connection, key: str) -> Definition:
        """The version new cases begin on; raise `NotFound`."""
        statement = select(definition.c.id).where(
            definition.c.key == key, definition.c.active.is_(True)
        )
        found = connection.execute(statement).scalar_one_or_none()
        if found is None:
            raise NotFound(process=key)
        return self.get(found)

    def all_active(self, connection: Connection) -> list[Definition]:
        """The active version of every process, by title."""
        statement = (
            select(definition.c.id).where(definition.c.active.is_(True)).order_by(definition.c.key)
        )
        return [self.get(found) for found in connection.execute(statement).scalars()]


def _load(connection: Connection, definition_id: str) -> Definition:
    version = connection.execute(
        select(definition.c.version).where(definition.c.id == definition_id)
    ).scalar_one_or_none()
    if version is None:
        raise NotFound(definition=definition_id)
    rows = connection.execute(
        select(package_file.c.path, blob.c.content)
        .join(blob, blob.c.hash == package_file.c.hash)
        .where(package_file.c.definition_id == definition_id)
    )
    return compile_definition(Package({row.path: row.content for row in rows}), version=version)


def deploy(
    uow: UnitOfWork,
    package: Package,
    *,
    check: Callable[[Package], None] | None = None,
    reasons: Sequence[Reason] = (),
) -> tuple[str, bool]:
    """Make a package the active version of its key; return its id and whether it is new.

    The same content is the same version: deploying it again only makes it active.
    `check` raises what forbids it; `reasons` say why its warnings do not, beside those that lie in it, and are
    kept with the version; the caller commits.
    """
    if check is not None:
        check(package)
    compiled = compile_definition(package)
    known = uow.execute(
        select(definition.c.version, definition.c.active).where(definition.c.id == compiled.id)
    ).one_or_none()
    if known is not None and known.active:
        return compiled.id, False
    uow.execute(update(definition).where(definition.c.key == compiled.key).values(active=False))
    if known is not None:
        uow.execute(update(definition).where(definition.c.id == compiled.id).values(active=True))
    else:
        _store(uow, compiled)
    said = [*package.manifest.accepted, *reasons]
    store_reasons(uow, compiled.id, said)
    uow.record_in(
        f"definition:{compiled.key}",
        "definition.deployed",
        {"definition": compiled.id},
        {
            "title": compiled.title,
            "files": sorted(package.files),
            **({"reasons": ReasonSchema(many=True).dump(said)} if said else {}),
        },
    )
    return compiled.id, known is None


def _store(uow: UnitOfWork, compiled: Definition) -> None:
    last = uow.execute(
        select(func.max(definition.c.version)).where(definition.c.key == compiled.key)
    ).scalar()
    uow.execute(
        insert(definition).values(
            id=compiled.id,
            key=compiled.key,
            version=(last or 0) + 1,
            title=compiled.title,
            deployed_at=uow.now,
            deployed_by=uow.actor.id,
            active=True,
        )
    )
    hashes = {
        path: hashlib.sha256(content).hexdigest()
        for path, content in compiled.package.files.items()
    }
    known = set(
        uow.execute(select(blob.c.hash).where(blob.c.hash.in_(set(hashes.values())))).scalars()
    )
    new = {
        hashes[path]: content
        for path, content in compiled.package.files.items()
        if hashes[path] not in known
    }
    if new:
        uow.execute(insert(blob), [{"hash": key, "content": text} for key, text in new.items()])
    uow.execute(
        insert(package_file),
        [{"definition_id": compiled.id, "path": path, "hash": key} for path, key in hashes.items()],
    )
