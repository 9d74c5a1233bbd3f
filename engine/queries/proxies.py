"""Who stands in for whom (代理) at an instant: asked by commands, readers and whoever notifies.

A proxy takes effect and ends by the clock: nothing has to run for it. Chains are not followed: who
stands in for a deputy does not stand in for the deputy's owner.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, or_, select

from engine.actors import Actor
from engine.store.tables import proxy

if TYPE_CHECKING:
    from engine.engine import Engine


@dataclass(frozen=True, slots=True)
class StandIn:
    """A person somebody acts for, with the keys that person holds."""

    owner: Actor
    #: Keys of the processes it holds for; None: all.
    processes: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class ProxyView:
    """One proxy as those concerned may see it."""

    id: str
    owner_id: str
    deputy_id: str
    since: datetime
    until: datetime | None
    processes: tuple[str, ...] | None
    reason: str
    created_by: str
    ended_at: datetime | None

    def state(self, now: datetime) -> str:
        """`ahead`, `active` or `over`."""
        if self.ended_at is not None or (self.until is not None and self.until <= now):
            return "over"
        return "ahead" if self.since > now else "active"


def in_force(now: Any) -> ColumnElement[bool]:
    """The condition that a proxy holds at an instant; `until` is the first at which it does not."""
    return and_(
        proxy.c.since <= now,
        or_(proxy.c.until.is_(None), proxy.c.until > now),
        proxy.c.ended_at.is_(None),
    )


# Built once: building a statement costs more than running it.
_FOR = (
    select(proxy.c.owner_id, proxy.c.processes)
    .where(
        proxy.c.deputy_id == bindparam("deputy"),
        in_force(bindparam("now", type_=proxy.c.since.type)),
    )
    .order_by(proxy.c.since, proxy.c.id)
)


def stands_in_for(
    house: Engine, connection: Connection, deputy: str, now: datetime, process: str | None = None
) -> list[StandIn]:
    """Whom a person stands in for now, for one process or for any.

    An owner who has left, or whose account is shut, can give no rights to anybody.
    """
    found = []
    for row in connection.execute(_FOR, {"deputy": deputy, "now": now}):
        covered = None if row.processes is None else frozenset(row.processes)
        if process is not None and covered is not None and process not in covered:
            continue
        if house.directory.is_active(row.owner_id):
            found.append(StandIn(house.directory.actor(row.owner_id), covered))
    return found


def deputies_of(
    connection: Connection, people: Iterable[str], process: str, now: datetime
) -> dict[str, str]:
    """Owner → deputy for those of the people who have one now, in one process."""
    rows = connection.execute(
        select(proxy.c.owner_id, proxy.c.deputy_id, proxy.c.processes).where(
            proxy.c.owner_id.in_(list(people)), in_force(now)
        )
    )
    return {
        row.owner_id: row.deputy_id
        for row in rows
        if row.processes is None or process in row.processes
    }


def proxies_of(connection: Connection, person: str) -> list[ProxyView]:
    """The proxies a person gave or was given, the latest first."""
    rows = connection.execute(
        select(proxy)
        .where(or_(proxy.c.owner_id == person, proxy.c.deputy_id == person))
        .order_by(proxy.c.since.desc(), proxy.c.id)
    )
    return [view(row) for row in rows]


def view(row: Any) -> ProxyView:
    """A row of the table as a view."""
    return ProxyView(
        id=row.id,
        owner_id=row.owner_id,
        deputy_id=row.deputy_id,
        since=row.since,
        until=row.until,
        processes=None if row.processes is None else tuple(row.processes),
        reason=row.reason,
        created_by=row.created_by,
        ended_at=row.ended_at,
    )
