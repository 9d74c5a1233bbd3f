"""What was proposed, to the byte: a candidate is stored once and never changes."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection, insert, select

from engine.catalog.package import Package
from engine.errors import NotFound
from engine.store.blobs import hash_of, keep_blobs
from engine.store.tables import blob, candidate, candidate_file
from engine.store.unit_of_work import UnitOfWork


def candidate_id(package: Package) -> str:
    """The hash of every byte, drawing and companions included: what was looked at is what is deployed."""
    digest = hashlib.sha256(b"gongban-candidate-1\n")
    for path, content in sorted({**package.files, **package.companions}.items()):
        digest.update(f"{path}\n{hash_of(content)}\n".encode())
    return digest.hexdigest()


def keep_candidate(uow: UnitOfWork, package: Package) -> str:
    """Store a package as a candidate; return its id. The same content is the same candidate."""
    found = candidate_id(package)
    known = uow.execute(select(candidate.c.id).where(candidate.c.id == found)).first()
    if known is not None:
        return found
    uow.execute(
        insert(candidate).values(
            id=found,
            definition_id=package.hash,
            key=package.manifest.id,
            title=package.manifest.title,
            made_at=uow.now,
        )
    )
    files = {**package.files, **package.companions}
    keep_blobs(uow, files.values())
    uow.execute(
        insert(candidate_file),
        [
            {
                "candidate_id": found,
                "path": path,
                "hash": hash_of(content),
                "companion": path in package.companions,
            }
            for path, content in files.items()
        ],
    )
    return found


def candidate_package(connection: Connection, candidate_id: str) -> Package:
    """A candidate's files; raise `NotFound`."""
    rows = connection.execute(
        select(candidate_file.c.path, candidate_file.c.companion, blob.c.content)
        .join(blob, blob.c.hash == candidate_file.c.hash)
        .where(candidate_file.c.candidate_id == candidate_id)
    ).all()
    if not rows:
        raise NotFound(candidate=candidate_id)
    return Package(
        {row.path: row.content for row in rows if not row.companion},
        {row.path: row.content for row in rows if row.companion},
    )
