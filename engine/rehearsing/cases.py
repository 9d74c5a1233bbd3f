"""The cases a version is tried on: those of its process that ended in a period, in the order of their ids."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, Select, func, select

from engine.queries.history import history
from engine.rehearsing.past import Past, read_past
from engine.rehearsing.walking import Kept
from engine.store.tables import case_document, instance


def count_cases(connection: Connection, key: str, since: datetime, until: datetime) -> int:
    """How many there are."""
    chosen = _ended(key, since, until).subquery()
    return connection.execute(select(func.count()).select_from(chosen)).scalar_one()


def cases_behind(
    connection: Connection, key: str, since: datetime, until: datetime, after: str, most: int
) -> Iterator[tuple[str, str, Past | None, Kept]]:
    """The next cases: id, id of the version each ran on, its past, and what is kept of it."""
    behind = _ended(key, since, until).where(instance.c.id > after).order_by(instance.c.id)
    for instance_id in connection.execute(behind.limit(most)).scalars().all():
        row = connection.execute(
            select(instance, case_document.c.content)
            .join(case_document)
            .where(instance.c.id == instance_id)
        ).one()
        kept = Kept(row.id, row.number, row.starter_id, row.places, row.content)
        yield row.id, row.definition_id, read_past(history(connection, row.id)), kept


def _ended(key: str, since: datetime, until: datetime) -> Select[tuple[str]]:
    return select(instance.c.id).where(
        instance.c.key == key,
        instance.c.state == "completed",
        instance.c.ended_at >= since,
        instance.c.ended_at < until,
    )
