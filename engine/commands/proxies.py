"""Name somebody who stands in (代理), and end that.

A proxy gives its deputy nothing to keep: whatever the deputy may do is asked of the owner's rights at
the moment of the act, both names are on the record, and separation of duties binds both.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import insert, or_, select, update

from engine.errors import (
    Invalid,
    NotAllowed,
    NotAPossiblePerson,
    NotFound,
    ProxyOverlaps,
    ReasonRequired,
)
from engine.ids import new_id
from engine.store.tables import definition, proxy
from engine.store.unit_of_work import UnitOfWork

#: The longest reason, in characters.
MAX_REASON = 200


def set_proxy(
    uow: UnitOfWork,
    deputy: str,
    since: datetime,
    until: datetime | None,
    processes: Collection[str] | None = None,
    reason: str = "",
    *,
    owner: str | None = None,
) -> str:
    """Have a deputy stand in for the actor from one instant up to, not including, another; return its id.

    `until` None: until it is ended. `processes` None: in all of them. An administrator may set it for
    another `owner`, e.g. one who is ill, and has to say why. A proxy never begins in the past.
    Raise `NotAPossiblePerson` for oneself and for who is not active, `ProxyOverlaps` where somebody
    stands in already.
    """
    whose = owner or uow.actor.id
    reason = reason.strip()[:MAX_REASON]
    if whose != uow.actor.id:
        _check_administrator(uow, reason)
    since = max(since, uow.now)
    if until is not None and until <= since:
        raise Invalid("A proxy ends after it has begun.", field="until")
    _check_people(uow, whose, deputy)
    covered = None if processes is None else sorted(set(processes))
    _check_processes(uow, covered)
    proxy_id = new_id()
    # Recorded first: the stream's head is the lock that keeps two of them apart.
    uow.record_in(
        _stream(whose),
        "proxy.set",
        {"proxy": proxy_id, "owner": whose, "deputy": deputy},
        {
            "name": uow.engine.directory.name(uow.actor.id),
            "deputy_name": uow.engine.directory.name(deputy),
            "since": since.isoformat(),
            "until": until.isoformat() if until else None,
            "processes": covered,
            "reason": reason,
        },
    )
    _check_overlap(uow, whose, since, until, covered)
    uow.execute(
        insert(proxy).values(
            id=proxy_id,
            owner_id=whose,
            deputy_id=deputy,
            since=since,
            until=until,
            processes=covered,
            reason=reason,
            created_by=uow.actor.id,
            created_at=uow.now,
        )
    )
    _tell(uow, "proxy_set", whose, deputy)
    return proxy_id


def end_proxy(uow: UnitOfWork, proxy_id: str) -> None:
    """End a proxy now, also one that has not begun; ended twice is the same as once.

    The owner, the deputy and administrators may. Raise `NotFound` for anybody else.
    """
    row = uow.execute(select(proxy).where(proxy.c.id == proxy_id)).one_or_none()
    if row is None or not (uow.actor.id in (row.owner_id, row.deputy_id) or uow.actor.administers):
        raise NotFound(proxy=proxy_id)
    changed = uow.execute(
        update(proxy)
        .where(
            proxy.c.id == proxy_id,
            proxy.c.ended_at.is_(None),
            or_(proxy.c.until.is_(None), proxy.c.until > uow.now),
        )
        .values(ended_at=uow.now)
    )
    if changed.rowcount != 1:
        return
    uow.record_in(
        _stream(row.owner_id),
        "proxy.ended",
        {"proxy": proxy_id, "owner": row.owner_id, "deputy": row.deputy_id},
        {"name": uow.engine.directory.name(uow.actor.id)},
    )
    _tell(uow, "proxy_ended", row.owner_id, row.deputy_id)


def _check_administrator(uow: UnitOfWork, reason: str) -> None:
    if not uow.actor.administers:
        raise NotAllowed(person=uow.actor.id)
    if not reason:
        raise ReasonRequired


def _check_people(uow: UnitOfWork, owner: str, deputy: str) -> None:
    if deputy == owner:
        raise NotAPossiblePerson(person=deputy, why="yourself")
    for person in (owner, deputy):
        if not uow.engine.directory.is_active(person):
            raise NotAPossiblePerson(person=person, why="not_active")


def _check_processes(uow: UnitOfWork, covered: list[str] | None) -> None:
    if covered is None:
        return
    known = uow.execute(
        select(definition.c.key).where(definition.c.key.in_(covered)).distinct()
    ).scalars()
    unknown = set(covered) - set(known)
    if unknown or not covered:
        raise Invalid("There is no such process.", field="processes")


def _check_overlap(
    uow: UnitOfWork,
    owner: str,
    since: datetime,
    until: datetime | None,
    covered: list[str] | None,
) -> None:
    """At most one deputy per owner and process at an instant."""
    meeting: list[Any] = [
        proxy.c.owner_id == owner,
        proxy.c.ended_at.is_(None),
        or_(proxy.c.until.is_(None), proxy.c.until > since),
    ]
    if until is not None:
        meeting.append(proxy.c.since < until)
    for row in uow.execute(select(proxy).where(*meeting)):
        if covered is None or row.processes is None or set(covered) & set(row.processes):
            raise ProxyOverlaps(proxy=row.id, deputy=row.deputy_id)


def _tell(uow: UnitOfWork, kind: str, owner: str, deputy: str) -> None:
    name = uow.engine.directory.name
    uow.tell(
        kind,
        [deputy, owner],
        name=name(uow.actor.id),
        owner_name=name(owner),
        deputy_name=name(deputy),
    )


def _stream(owner: str) -> str:
    return f"account:{owner}"
