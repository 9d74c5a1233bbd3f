"""Definitions in the database: deployed whole, found by hash, compiled once per process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, delete, func, insert, select, update

from engine.catalog.accepted import store_reasons
from engine.catalog.definition import Definition, compile_definition
from engine.catalog.former import Former
from engine.catalog.package import Package
from engine.comparing.difference import compare
from engine.comparing.sentences import summary
from engine.errors import NotFound
from engine.store.blobs import hash_of, keep_blobs
from engine.store.database import Database
from engine.store.tables import blob, definition, package_file
from schemas.reason import Reason, ReasonSchema

if TYPE_CHECKING:
    from engine.store.unit_of_work import UnitOfWork

#: Where a version comes from: a folder that an operator deployed, or the studio.
FILES, STUDIO = "files", "studio"
#: So many sentences of what changes go on record with a deployment; the versions themselves say the rest.
MOST_CHANGES = 100


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
                    found = self._with_former(_load(connection, definition_id))
                    self._compiled[definition_id] = found
        return found

    def _with_former(self, found: Definition) -> Definition:
        """The version, which knows by name also what others had: its cases may have come from there."""

        def others() -> Iterator[Definition]:
            return self._others(found)

        diagram = replace(
            found.diagram,
            elements=Former(found.diagram.elements, others, lambda one: one.diagram.elements),
            flows=Former(found.diagram.flows, others, lambda one: one.diagram.flows),
        )
        steps = Former(found.steps, others, lambda one: one.steps)
        return replace(found, diagram=diagram, steps=steps)

    def _others(self, found: Definition) -> Iterator[Definition]:
        """The other versions of a process, the latest first."""
        with self._database.read() as connection:
            ids = connection.execute(
                select(definition.c.id)
                .where(definition.c.key == found.key, definition.c.id != found.id)
                .order_by(definition.c.version.desc())
            ).scalars()
            known = list(ids)
        for one in known:
            yield self.get(one)

    def forget(self, definition_id: str) -> None:
        """Read a version again when it is next asked for: it has been drawn anew."""
        with self._lock:
            self._compiled.pop(definition_id, None)

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
    # What goes with a version is read by whoever shows or changes it, not by every process.
    package = Package(stored_package(connection, definition_id, companions=False).files)
    return compile_definition(package, version=version)


def stored_package(
    connection: Connection, definition_id: str, *, companions: bool = True
) -> Package:
    """A deployed version as it was deployed, README and scenarios too; raise `NotFound`."""
    statement = (
        select(package_file.c.path, package_file.c.companion, blob.c.content)
        .join(blob, blob.c.hash == package_file.c.hash)
        .where(package_file.c.definition_id == definition_id)
    )
    if not companions:
        statement = statement.where(package_file.c.companion.is_(False))
    rows = connection.execute(statement).all()
    if not rows:
        raise NotFound(definition=definition_id)
    return Package(
        {row.path: row.content for row in rows if not row.companion},
        {row.path: row.content for row in rows if row.companion},
    )


def deploy(
    uow: UnitOfWork,
    package: Package,
    *,
    check: Callable[[Package], None] | None = None,
    reasons: Sequence[Reason] = (),
    origin: str = FILES,
    base: str | None = None,
    by: str | None = None,
    consent: Mapping[str, Any] | None = None,
) -> tuple[str, bool]:
    """Make a package the active version of its key; return its id and whether it is new.

    The same content is the same version: deploying it again only makes it active, and takes over
    how it is drawn and what goes with it.
    `check` raises what forbids it; `reasons` say why its warnings do not, beside those that lie in it, and are
    kept with the version; `base` is the version it was made from, `by` who deploys it where that
    is not the actor; `consent` goes on record (who proposed it, who agreed). The caller commits.
    """
    if check is not None:
        check(package)
    compiled = compile_definition(package)
    known = uow.execute(
        select(definition.c.version, definition.c.active).where(definition.c.id == compiled.id)
    ).one_or_none()
    redrawn = known is not None and _replace_files(uow, compiled)
    if known is not None and known.active and not redrawn:
        return compiled.id, False
    changes = _changes(uow, compiled)
    uow.execute(update(definition).where(definition.c.key == compiled.key).values(active=False))
    if known is not None:
        uow.execute(update(definition).where(definition.c.id == compiled.id).values(active=True))
    else:
        _store(uow, compiled, origin, base, by)
    said = [*package.manifest.accepted, *reasons]
    store_reasons(uow, compiled.id, said)
    uow.record_in(
        f"definition:{compiled.key}",
        "definition.deployed",
        {"definition": compiled.id},
        {
            "title": compiled.title,
            "files": sorted(package.files),
            "origin": origin,
            **({"base": base} if base else {}),
            **changes,
            **({"reasons": ReasonSchema(many=True).dump(said)} if said else {}),
            **(consent or {}),
        },
    )
    return compiled.id, known is None


def _changes(uow: UnitOfWork, compiled: Definition) -> dict[str, Any]:
    """What changes for cases that begin from now on, in sentences; nothing where nothing was in use."""
    used = uow.execute(
        select(definition.c.id).where(
            definition.c.key == compiled.key, definition.c.active.is_(True)
        )
    ).scalar_one_or_none()
    if used is None or used == compiled.id:
        return {}
    before = stored_package(uow.connection, used)
    difference = compare(before, compiled.package)
    told = {
        language: summary(before, compiled.package, difference, language)[:MOST_CHANGES]
        for language in ("zh", "en")
    }
    return {"over": used, "changes": told}


def keep_release(uow: UnitOfWork, package: Package) -> str:
    """Keep a package as a version that is not in use, so that others can be compared with it; return its id."""
    compiled = compile_definition(package)
    known = uow.execute(select(definition.c.id).where(definition.c.id == compiled.id)).first()
    if known is None:
        _store(uow, compiled, FILES, None, active=False)
        uow.record_in(
            f"definition:{compiled.key}",
            "definition.kept",
            {"definition": compiled.id},
            {"title": compiled.title, "files": sorted(package.files)},
        )
    return compiled.id


def _replace_files(uow: UnitOfWork, compiled: Definition) -> bool:
    """Take over the drawing and the companions of a version that is known; return whether any differ."""
    of_it = package_file.c.definition_id == compiled.id
    rows = uow.execute(select(package_file.c.path, package_file.c.hash).where(of_it))
    if {row.path: row.hash for row in rows} == _hashes(compiled.package):
        return False
    uow.execute(delete(package_file).where(of_it))
    _store_files(uow, compiled)
    uow.after_commit(lambda: uow.engine.catalog.forget(compiled.id))
    return True


def _store(
    uow: UnitOfWork,
    compiled: Definition,
    origin: str,
    base: str | None,
    by: str | None = None,
    *,
    active: bool = True,
) -> None:
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
            deployed_by=by or uow.actor.id,
            active=active,
            origin=origin,
            base_id=base,
        )
    )
    _store_files(uow, compiled)


def _store_files(uow: UnitOfWork, compiled: Definition) -> None:
    package = compiled.package
    keep_blobs(uow, [*package.files.values(), *package.companions.values()])
    uow.execute(
        insert(package_file),
        [
            {
                "definition_id": compiled.id,
                "path": path,
                "hash": key,
                "companion": path in package.companions,
            }
            for path, key in _hashes(package).items()
        ],
    )


def _hashes(package: Package) -> dict[str, str]:
    files = {**package.files, **package.companions}
    return {path: hash_of(content) for path, content in files.items()}
