"""Who may know of a case, and why: a part in it, a reader's role, a copy, or that they administer.

Commands and readers ask the same questions here, so that what a page offers is what a verb allows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import Connection, Select, and_, select

from engine.actors import Actor, role_key
from engine.catalog.definition import Definition
from engine.catalog.steps import read_candidates
from engine.queries.proxies import StandIn, stands_in_for
from engine.store.tables import copy, delegation, instance, signer, task, task_candidate

if TYPE_CHECKING:
    from engine.engine import Engine


class Readable(Protocol):
    """As much of a case as the questions need; rows, views and commands' cases have it."""

    @property
    def id(self) -> str: ...
    @property
    def starter_id(self) -> str: ...
    @property
    def places(self) -> Mapping[str, str]: ...
    @property
    def participants(self) -> Mapping[str, Any]: ...


def may_know(
    connection: Connection,
    definition: Definition,
    actor: Actor,
    case: Readable | Any,
    owners: Sequence[StandIn] = (),
) -> bool:
    """True for whoever may read the case; administrators see it without its files."""
    return actor.administers or may_open_files(connection, definition, actor, case, owners)


def may_open_files(
    connection: Connection,
    definition: Definition,
    actor: Actor,
    case: Readable | Any,
    owners: Sequence[StandIn] = (),
) -> bool:
    """True for who reads the case with its files, where nothing can be masked.

    `owners` are those the actor stands in for.
    """
    return takes_part(connection, actor, case) or reads_along(
        connection, definition, actor, case, owners
    )


def reads_along(
    connection: Connection,
    definition: Definition,
    actor: Actor,
    case: Readable | Any,
    owners: Sequence[StandIn] = (),
) -> bool:
    """True for who reads the whole case without a part in it: by a role, a copy, or for an owner."""
    return (
        bool(reader_keys(definition, case.places) & actor.keys)
        or has_copy(connection, actor.id, case.id)
        or any(
            # Nobody stands in for an applicant in the own case.
            one.owner.id != case.starter_id and _is_asked(connection, one.owner, case.id)
            for one in owners
        )
    )


def may_read_files(connection: Connection, house: Engine, actor: Actor, instance_id: str) -> bool:
    """True when the actor may read what is in the case's files, too."""
    row = connection.execute(select(instance).where(instance.c.id == instance_id)).one_or_none()
    if row is None:
        return False
    definition = house.catalog.get(row.definition_id)
    owners = stands_in_for(house, connection, actor.id, house.clock.now(), definition.key)
    return may_open_files(connection, definition, actor, row, owners)


def takes_part(connection: Connection, actor: Actor, case: Readable | Any) -> bool:
    """True for the applicant, for who has acted or advised in the case, and for who is asked now."""
    if actor.id == case.starter_id or _has_acted(actor, case):
        return True
    return _is_asked(connection, actor, case.id) or _advises(connection, actor, case.id)


def _has_acted(actor: Actor, case: Readable | Any) -> bool:
    return any(
        actor.id in who.get("people", ()) or actor.id in who.get("advisers", ())
        for who in case.participants.values()
    )


def _advises(connection: Connection, actor: Actor, instance_id: str) -> bool:
    """True while the actor is asked for advice in the case."""
    asked = (
        select(delegation.c.id)
        .join(task, task.c.id == delegation.c.task_id)
        .where(
            delegation.c.adviser_id == actor.id,
            delegation.c.state == "open",
            task.c.instance_id == instance_id,
        )
    )
    return connection.execute(asked.limit(1)).first() is not None


def reader_keys(definition: Definition, places: Mapping[str, str]) -> set[str]:
    """The keys of those who may read every case of this process."""
    return {
        role_key(one.role, places[one.place])
        for one in read_candidates(definition.manifest.readers, "readers")
        if one.place in places
    }


def has_copy(connection: Connection, person: str, instance_id: str) -> bool:
    """True for a person to whom the case was copied."""
    given = select(copy.c.person_id).where(
        copy.c.instance_id == instance_id, copy.c.person_id == person
    )
    return connection.execute(given).first() is not None


def _is_asked(connection: Connection, actor: Actor, instance_id: str) -> bool:
    """True when a task of the case is, or in a sign-off was, for the actor."""
    return any(
        connection.execute(statement.limit(1)).first() is not None
        for statement in _asking(actor, [instance_id])
    )


def known_of(
    connection: Connection,
    house: Engine,
    actor: Actor,
    cases: Sequence[Any],
    owners: Sequence[StandIn] = (),
) -> set[str]:
    """Ids of those cases of a list that `may_know` would say yes to, in a few statements for all of them.

    The rows have `key` and `definition_id` as well. `owners` are those the actor stands in for.
    """
    if actor.administers:
        return {case.id for case in cases}
    found: set[str] = set()
    for case in cases:
        keys = reader_keys(house.catalog.get(case.definition_id), case.places)
        if actor.id == case.starter_id or _has_acted(actor, case) or keys & actor.keys:
            found.add(case.id)
    left = [case for case in cases if case.id not in found]
    ids = [case.id for case in left]
    if not ids:
        return found
    given = select(copy.c.instance_id).where(
        copy.c.person_id == actor.id, copy.c.instance_id.in_(ids)
    )
    advises = (
        select(task.c.instance_id)
        .join(delegation, delegation.c.task_id == task.c.id)
        .where(
            delegation.c.adviser_id == actor.id,
            delegation.c.state == "open",
            task.c.instance_id.in_(ids),
        )
    )
    for statement in (given, advises, *_asking(actor, ids)):
        found.update(connection.execute(statement).scalars())
    for one in owners:
        # Nobody stands in for an applicant in the own case.
        covered = [
            case.id
            for case in left
            if case.starter_id != one.owner.id
            and (one.processes is None or case.key in one.processes)
        ]
        if covered:
            for statement in _asking(one.owner, covered):
                found.update(connection.execute(statement).scalars())
    return found


def _asking(actor: Actor, instance_ids: Sequence[str]) -> tuple[Select[Any], ...]:
    """The cases among these of which a task is, or in a sign-off was, for the actor."""
    asked = select(task.c.instance_id).where(task.c.instance_id.in_(instance_ids))
    return (
        asked.join(
            task_candidate,
            and_(
                task_candidate.c.task_id == task.c.id, task_candidate.c.key.in_(sorted(actor.keys))
            ),
        ),
        asked.join(
            signer,
            and_(
                signer.c.task_id == task.c.id,
                signer.c.person_id == actor.id,
                # Who was taken off the list was asked by mistake, or should not have been.
                signer.c.state != "removed",
            ),
        ),
    )
