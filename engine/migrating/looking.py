"""What an administrator sees of a migration: before it is begun, while it runs, and afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from engine.actors import Actor
from engine.catalog.definition import Definition
from engine.engine import Engine
from engine.errors import NotFound
from engine.migrating.batch import Chosen, names_between, running_cases
from engine.migrating.plan import Ends, plan_for
from engine.migrating.reasons import Reason
from engine.migrating.standing import parts, standing_of
from engine.store.case import columns, from_row
from engine.store.tables import case_document, instance, migration, migration_case
from engine.store.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One case of a preview."""

    id: str
    title: str
    number: str | None
    reasons: tuple[Reason, ...] = ()
    notes: tuple[Reason, ...] = ()


@dataclass
class Preview:
    """What would become of the running cases of a version."""

    lines: list[Foreseen] = field(default_factory=list)

    @property
    def possible(self) -> int:
        """How many can move."""
        return sum(not one.reasons for one in self.lines)

    @property
    def by_reason(self) -> list[tuple[tuple[str, str], int]]:
        """Reason and element → how many cases, the most frequent first."""
        found = Counter(
            key for one in self.lines for key in {(why.why, why.element) for why in one.reasons}
        )
        return found.most_common()


def preview(
    engine: Engine,
    connection: Connection,
    actor: Actor,
    old: Definition,
    new: Definition,
    chosen: Chosen,
    cases: Collection[str] | None = None,
) -> Preview:
    """Look at every running case of the old version (or at `cases`); nothing is written."""
    names = names_between(old, new, chosen)
    ids = list(connection.execute(running_cases(old)).scalars())
    if cases is not None:
        wanted = set(cases)
        ids = [one for one in ids if one in wanted]
    uow = UnitOfWork(engine, connection, actor)
    found, ends = Preview(), Ends()
    for part in parts(ids):
        standing = standing_of(connection, part)
        rows = connection.execute(
            select(*columns())
            .select_from(instance.join(case_document))
            .where(instance.c.id.in_(part))
            .order_by(instance.c.id)
        ).all()
        for row in rows:
            case = from_row(uow, row)
            plan = plan_for(uow, case, standing[case.id], new, names, ends)
            found.lines.append(
                Foreseen(case.id, case.title, case.number, tuple(plan.reasons), tuple(plan.notes))
            )
    return found


@dataclass(frozen=True, slots=True)
class Batch:
    """A migration and how far it is."""

    id: str
    key: str
    from_id: str
    to_id: str
    mapping: dict[str, str | None]
    reason: str
    by: str
    at: datetime
    stopped_at: datetime | None
    undone_at: datetime | None
    #: state of a case in it → how many
    counts: dict[str, int]

    @property
    def total(self) -> int:
        """How many cases it is about."""
        return sum(self.counts.values())

    @property
    def running(self) -> bool:
        """True while cases wait for their turn."""
        return bool(self.counts.get("waiting") or self.counts.get("undoing"))


@dataclass(frozen=True, slots=True)
class BatchCase:
    """One case of a migration."""

    id: str
    title: str
    number: str | None
    state: str
    reasons: tuple[Reason, ...]


def read_batch(connection: Connection, batch: str) -> Batch:
    """A migration; raise `NotFound`."""
    row = connection.execute(select(migration).where(migration.c.id == batch)).one_or_none()
    if row is None:
        raise NotFound(migration=batch)
    return _batch(connection, row)


def batches_of(connection: Connection, key: str, limit: int = 20) -> list[Batch]:
    """The latest migrations of a process."""
    rows = connection.execute(
        select(migration)
        .where(migration.c.key == key)
        .order_by(migration.c.created_at.desc(), migration.c.id.desc())
        .limit(limit)
    ).all()
    return [_batch(connection, row) for row in rows]


def _batch(connection: Connection, row: Any) -> Batch:
    counted = connection.execute(
        select(migration_case.c.state, func.count())
        .where(migration_case.c.migration_id == row.id)
        .group_by(migration_case.c.state)
    ).all()
    return Batch(
        id=row.id,
        key=row.key,
        from_id=row.from_id,
        to_id=row.to_id,
        mapping=row.mapping,
        reason=row.reason,
        by=row.created_by,
        at=row.created_at,
        stopped_at=row.stopped_at,
        undone_at=row.undone_at,
        counts={row[0]: row[1] for row in counted},
    )


def cases_of(
    connection: Connection, batch: str, state: str = "", after: str = "", limit: int = 100
) -> Iterator[BatchCase]:
    """The cases of a migration, the oldest first, after the one named."""
    statement = (
        select(migration_case, instance.c.title, instance.c.number)
        .join(instance, instance.c.id == migration_case.c.instance_id)
        .where(migration_case.c.migration_id == batch, migration_case.c.instance_id > after)
        .order_by(migration_case.c.instance_id)
        .limit(limit)
    )
    if state:
        statement = statement.where(migration_case.c.state == state)
    for row in connection.execute(statement):
        yield BatchCase(
            row.instance_id,
            row.title,
            row.number,
            row.state,
            tuple(Reason.read(one) for one in row.reasons),
        )
