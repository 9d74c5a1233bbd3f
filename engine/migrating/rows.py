"""What a migration changes in a case's rows, kept so that it can be put back exactly.

Compared before and after, column by column: what nobody changed is not touched by putting back.
"""

from __future__ import annotations

import json
import zlib
from datetime import datetime
from typing import Any

from sqlalchemy import Table, and_, delete, insert, select, update

from engine.store.tables import (
    delegation,
    draft,
    job,
    notification,
    signer,
    task,
    task_candidate,
)
from engine.store.tables.jobs import MIGRATE
from engine.store.unit_of_work import UnitOfWork

#: In the order in which rows may be made; they are removed in the other.
_TABLES: dict[str, Table] = {
    one.name: one for one in (task, signer, task_candidate, delegation, job, draft)
}

#: table → key as text → row
Rows = dict[str, dict[str, dict[str, Any]]]


def rows_of(uow: UnitOfWork, case: str) -> Rows:
    """Everything of a case that a migration may change."""
    found: Rows = {}
    tasks = list(uow.execute(select(task.c.id).where(task.c.instance_id == case)).scalars())
    of_task = select(task.c.id).where(task.c.instance_id == case)
    where = {
        task: task.c.instance_id == case,
        signer: signer.c.task_id.in_(of_task),
        task_candidate: task_candidate.c.task_id.in_(of_task),
        delegation: delegation.c.task_id.in_(of_task),
        job: and_(job.c.instance_id == case, job.c.kind != MIGRATE),
        draft: draft.c.place.in_([f"task:{one}" for one in tasks]),
    }
    for table, condition in where.items():
        rows = uow.execute(select(table).where(condition)).all()
        found[table.name] = {_key(table, row._mapping): dict(row._mapping) for row in rows}
    return found


def difference(before: Rows, after: Rows) -> dict[str, Any]:
    """What has to be written to come back: rows to make, columns to change, rows to remove."""
    found: dict[str, Any] = {}
    for name in _TABLES:
        old, new = before[name], after[name]
        changed = {
            key: {column: value for column, value in row.items() if new[key][column] != value}
            for key, row in old.items()
            if key in new and new[key] != row
        }
        gone = [row for key, row in old.items() if key not in new]
        made = [key for key in new if key not in old]
        if changed or gone or made:
            found[name] = {"changed": changed, "gone": gone, "made": made}
    return found


def put_back(uow: UnitOfWork, changes: dict[str, Any]) -> None:
    """Write the rows as they were before."""
    new_tasks = [json.loads(key)[0] for key in changes.get("task", {}).get("made", ())]
    # Who was told of a task that never was keeps the line, without a way to it.
    uow.execute(
        update(notification).where(notification.c.task_id.in_(new_tasks)).values(task_id=None)
    )
    for name in reversed(_TABLES):
        for key in changes.get(name, {}).get("made", ()):
            uow.execute(delete(_TABLES[name]).where(_is(_TABLES[name], key)))
    for name, table in _TABLES.items():
        of_table = changes.get(name, {})
        for key, values in of_table.get("changed", {}).items():
            uow.execute(update(table).where(_is(table, key)).values(**values))
        if of_table.get("gone"):
            uow.execute_many(insert(table), of_table["gone"])


def packed(changes: dict[str, Any]) -> bytes:
    """For the row."""
    return zlib.compress(json.dumps(changes, ensure_ascii=False, default=_write).encode("utf-8"))


def unpacked(content: bytes) -> dict[str, Any]:
    """From the row."""
    found: dict[str, Any] = json.loads(zlib.decompress(content), object_hook=_read)
    return found


def _key(table: Table, row: Any) -> str:
    return json.dumps([row[column.name] for column in table.primary_key])


def _is(table: Table, key: str) -> Any:
    values = json.loads(key)
    return and_(*(column == value for column, value in zip(table.primary_key, values, strict=True)))


def _write(value: object) -> object:
    assert isinstance(value, datetime)
    return {"$instant": value.isoformat()}


def _read(value: dict[str, Any]) -> Any:
    return datetime.fromisoformat(value["$instant"]) if value.keys() == {"$instant"} else value
