"""What lies too long: tasks beyond the working days their package allows one step, cases left suspended.

Somebody could go on with each of these; only nobody does. Both are told by the day they began, so that a
count of what is new since another day needs no memory of the lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, literal_column, or_, select

from engine.engine import Engine
from engine.queries.stuck import Stuck
from engine.store.tables import definition, instance, task

#: Why it is listed.
TOO_LONG = "too_long"  #: longer in one step than the package's `[stuck] after` working days
SUSPENDED = "suspended_long"  #: suspended, and nobody has let it go on or ended it
#: A case may be suspended for so long before it is asked after.
SUSPENDED_FOR = timedelta(days=30)
#: So many are listed, the oldest.
LISTED = 100

# Both go along what runs, which is little beside what has ended. Written out: values that come with the
# statement keep the databases from the partial indexes.
_RUNNING = instance.c.state.in_([literal_column("'active'"), literal_column("'suspended'")])
_ACTIVE = instance.c.state == literal_column("'active'")
_STANDING = instance.c.state == literal_column("'suspended'")
_OPEN = task.c.state == literal_column("'open'")


@dataclass(frozen=True, slots=True)
class Lying:
    """The oldest of what lies too long, and how much that is in all."""

    items: list[Stuck]
    count: int


def lies_too_long(connection: Connection, engine: Engine, day: date, limit: int = LISTED) -> Lying:
    """What lies too long on a day, oldest first."""
    found: list[Stuck] = []
    beyond = _beyond(connection, engine, day)
    if beyond is not None:
        slow = _tasks(
            instance.c.id,
            instance.c.definition_id,
            instance.c.title,
            instance.c.number,
            task.c.id.label("task_id"),
            task.c.element_id,
            task.c.created_at.label("at"),
        ).where(beyond)
        rows = connection.execute(slow.order_by(task.c.created_at, task.c.id).limit(limit))
        found += [_line(row, TOO_LONG, row.task_id, row.element_id) for row in rows]
    still = _cases(
        instance.c.id,
        instance.c.definition_id,
        instance.c.title,
        instance.c.number,
        instance.c.suspended_at.label("at"),
    ).where(instance.c.suspended_at < _suspended_before(engine, day))
    rows = connection.execute(still.order_by(instance.c.suspended_at, instance.c.id).limit(limit))
    found += [_line(row, SUSPENDED, None, None) for row in rows]
    found.sort(key=lambda one: (one.at, one.id))
    return Lying(found[:limit], count_lying(connection, engine, day))


def count_lying(
    connection: Connection, engine: Engine, day: date, since: date | None = None
) -> int:
    """How much lies too long on a day; with `since`, only what did not yet do so on that day."""
    counted: int = 0
    slow = _beyond(connection, engine, day, since)
    if slow is not None:
        counted += connection.execute(_tasks(func.count()).where(slow)).scalar_one()
    still = instance.c.suspended_at < _suspended_before(engine, day)
    if since is not None:
        still = and_(still, instance.c.suspended_at >= _suspended_before(engine, since))
    counted += connection.execute(_cases(func.count()).where(still)).scalar_one()
    return counted


def _beyond(
    connection: Connection, engine: Engine, day: date, since: date | None = None
) -> ColumnElement[bool] | None:
    """Tasks opened before the day from which their package still allows them; None: no package is there."""
    allowed: dict[int, list[str]] = {}
    for version in _versions(connection):
        allowed.setdefault(engine.catalog.get(version).manifest.stuck_after, []).append(version)
    parts = []
    for days, versions in allowed.items():
        part = and_(
            # `coalesce` keeps the databases from a version's index, which holds all that ever ran.
            func.coalesce(instance.c.definition_id, "").in_(versions),
            task.c.created_at < _opened_before(engine, day, days),
        )
        if since is not None:
            part = and_(part, task.c.created_at >= _opened_before(engine, since, days))
        parts.append(part)
    return or_(*parts) if parts else None


def _opened_before(engine: Engine, day: date, days: int) -> datetime:
    # More than `days` working days have gone by since any day before this one.
    first = engine.working_days.add(day, -(days + 1), include_start_day=True).day
    return datetime.combine(first, time.min, engine.zone)


def _suspended_before(engine: Engine, day: date) -> datetime:
    return datetime.combine(day - SUSPENDED_FOR, time.min, engine.zone)


def _versions(connection: Connection) -> Sequence[str]:
    return connection.execute(select(definition.c.id)).scalars().all()


def _tasks(*columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(instance.join(task, task.c.instance_id == instance.c.id))
        .where(_ACTIVE, _OPEN)
    )


def _cases(*columns: Any) -> Select[Any]:
    """Suspended cases, found among the running ones: one index holds these alone."""
    return select(*columns).select_from(instance).where(_RUNNING, _STANDING)


def _line(row: Any, why: str, task_id: str | None, element: str | None) -> Stuck:
    return Stuck(
        why=why,
        instance_id=row.id,
        definition_id=row.definition_id,
        title=row.title,
        number=row.number,
        element=element,
        task_id=task_id,
        at=row.at,
    )
