"""Ask for a rehearsal, and stop one. The caller commits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from engine.catalog.definition import compile_definition
from engine.catalog.package import Package
from engine.errors import Invalid, NotFound
from engine.ids import new_id
from engine.rehearsing.cases import count_cases
from engine.store.blobs import hash_of, keep_blobs
from engine.store.tables import job, rehearsal, rehearsal_file
from engine.store.unit_of_work import UnitOfWork

#: The kind of the job that tells a slice of the cases.
KIND = "rehearsal"


def ask(uow: UnitOfWork, package: Package, *, title: str, since: datetime, until: datetime) -> str:
    """Begin to try a package on the cases of its process that ended in a period; return the rehearsal's id.

    Raise `InvalidPackage` for what cannot run. A package that may not be deployed for other reasons can be
    tried: what it would do is worth knowing, too.
    """
    if since >= until:
        raise Invalid(fields=["until"])
    compile_definition(package)
    key = package.manifest.id
    rehearsal_id = new_id()
    uow.execute(
        insert(rehearsal).values(
            id=rehearsal_id,
            key=key,
            package=package.hash,
            title=title[:200],
            asked_by=uow.actor.id,
            asked_at=uow.now,
            since=since,
            until=until,
            state="running",
            total=count_cases(uow.connection, key, since, until),
            done=0,
            after="",
        )
    )
    keep_blobs(uow, package.files.values())
    files = [
        {"rehearsal_id": rehearsal_id, "path": path, "hash": hash_of(content)}
        for path, content in package.files.items()
    ]
    uow.execute_many(insert(rehearsal_file), files)
    uow.execute(insert(job).values(**_slice(uow, rehearsal_id)))
    uow.record_in(
        f"definition:{key}",
        "rehearsal.asked",
        {"rehearsal": rehearsal_id, "package": package.hash},
        {"title": title, "since": since.isoformat(), "until": until.isoformat()},
    )
    uow.after_commit(uow.engine.wake.set)
    return rehearsal_id


def stop(uow: UnitOfWork, rehearsal_id: str) -> None:
    """Tell no further cases; what was told stays. One that is over is left as it is."""
    row = uow.execute(
        select(rehearsal).where(rehearsal.c.id == rehearsal_id).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound(rehearsal=rehearsal_id)
    if row.state != "running":
        return
    uow.execute(
        update(rehearsal)
        .where(rehearsal.c.id == rehearsal_id)
        .values(state="stopped", ended_at=uow.now)
    )
    uow.record_in(
        f"definition:{row.key}",
        "rehearsal.stopped",
        {"rehearsal": rehearsal_id},
        {"done": row.done, "total": row.total},
    )


def _slice(uow: UnitOfWork, rehearsal_id: str) -> dict[str, Any]:
    return {
        "id": new_id(),
        "kind": KIND,
        "due_at": uow.now,
        "provisional": False,
        "state": "due",
        "attempts": 0,
        "payload": {"rehearsal": rehearsal_id},
        "created_at": uow.now,
    }
