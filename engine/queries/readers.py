"""Who may know of a case, and why: a part in it, a reader's role, a copy, or that they administer.

Commands and readers ask the same questions here, so that what a page offers is what a verb allows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from sqlalchemy import Connection, and_, select

from engine.actors import Actor, role_key
from engine.catalog.definition import Definition
from engine.catalog.steps import read_candidates
from engine.catalog.versions import Catalog
from engine.store.tables import copy, instance, signer, task, task_candidate


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
    connection: Connection, definition: Definition, actor: Actor, case: Readable | Any
) -> bool:
    """True for whoever may read the case; administrators see it without its files."""
    return actor.administers or may_open_files(connection, definition, actor, case)


def may_open_files(
    connection: Connection, definition: Definition, actor: Actor, case: Readable | Any
) -> bool:
    """True for who reads the case with its files, where nothing can be masked."""
    return (
        takes_part(connection, actor, case)
        or bool(reader_keys(definition, case.places) & actor.keys)
        or has_copy(connection, actor.id, case.id)
    )


def may_read_files(
    connection: Connection, catalog: Catalog, actor: Actor, instance_id: str
) -> bool:
    """True when the actor may read what is in the case's files, too."""
    row = connection.execute(select(instance).where(instance.c.id == instance_id)).one_or_none()
    return row is not None and may_open_files(
        connection, catalog.get(row.definition_id), actor, row
    )


def takes_part(connection: Connection, actor: Actor, case: Readable | Any) -> bool:
    """True for the applicant, for who has acted in the case, and for who is asked or was a signer."""
    if actor.id == case.starter_id:
        return True
    if any(actor.id in who.get("people", ()) for who in case.participants.values()):
        return True
    return _is_asked(connection, actor, case.id)


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
    asked = select(task.c.id).where(task.c.instance_id == instance_id)
    candidate = asked.join(
        task_candidate,
        and_(task_candidate.c.task_id == task.c.id, task_candidate.c.key.in_(sorted(actor.keys))),
    )
    signing = asked.join(
        signer,
        and_(
            signer.c.task_id == task.c.id,
            signer.c.person_id == actor.id,
            # Who was taken off the list was asked by mistake, or should not have been.
            signer.c.state != "removed",
        ),
    )
    return any(
        connection.execute(statement.limit(1)).first() is not None
        for statement in (candidate, signing)
    )
