"""Open tasks whose few possible people are all forbidden them: found without looking into every case."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, exists, func, or_, select, union_all

from engine.catalog.definition import Definition
from engine.commands.access import may_act
from engine.engine import Engine
from engine.store.participants import WhoActed
from engine.store.tables import definition, instance, recusal, signer, task, task_candidate

#: A role held by more than this many is taken to be open: not all of them have had a part in one case.
MOST_BARRED = 20
#: Statements in one, and values in one; every database takes that many.
_TOGETHER = 100
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class OpenRow(WhoActed):
    """An open task with as much of its case as separation of duties asks for."""

    task_id: str
    element: str
    at: datetime
    sign_off: bool
    claimed_by: str | None
    id: str
    definition: Definition
    starter_id: str
    participants: Mapping[str, Any]
    title: str
    number: str | None
    #: Recusals are looked up for many rows together.
    barred: frozenset[str] = frozenset()


def perhaps_barred(
    connection: Connection, engine: Engine, able: Mapping[str, Sequence[str]]
) -> set[str]:
    """Open tasks in whose case one of the few people behind a key has had a part."""
    elements = _separated(connection, engine)
    branches = []
    for key, people in able.items():
        if 0 < len(people) <= MOST_BARRED:
            # All must be barred, so the first must be: looking for one of them is enough.
            branches.append(
                select(task.c.id)
                .join(task_candidate, task_candidate.c.task_id == task.c.id)
                .join(instance, instance.c.id == task.c.instance_id)
                .where(task_candidate.c.key == key, _has_part(people[0], elements))
            )
    found: set[str] = set()
    for start in range(0, len(branches), _TOGETHER):
        statement = union_all(*branches[start : start + _TOGETHER])
        found.update(connection.execute(statement).scalars())
    return found


def _separated(connection: Connection, engine: Engine) -> list[str]:
    """The steps that a separation rule of some deployed version names: elsewhere nobody is barred by history."""
    versions = connection.execute(select(definition.c.id)).scalars()
    return sorted(
        {
            element
            for version in versions
            for rule in engine.catalog.get(version).manifest.separation
            for group in rule.groups
            for element in group
        }
    )


def _has_part(person: str, elements: Sequence[str]) -> Any:
    # A case has few tasks, a person has many: `coalesce` keeps the databases from the person's index.
    other = task.alias()
    acted = select(other.c.id).where(
        other.c.instance_id == instance.c.id, func.coalesce(other.c.completed_by, "") == person
    )
    signed = (
        select(signer.c.task_id)
        .join(other, other.c.id == signer.c.task_id)
        .where(
            other.c.instance_id == instance.c.id,
            other.c.tally.is_not(None),
            func.coalesce(signer.c.person_id, "") == person,
            signer.c.state == "voted",
        )
    )
    recused = select(recusal.c.id).where(
        recusal.c.person_id == person,
        recusal.c.revoked_at.is_(None),
        or_(recusal.c.instance_id == instance.c.id, recusal.c.about_id == instance.c.starter_id),
    )
    by_rule = and_(task.c.element_id.in_(elements), or_(exists(acted), exists(signed)))
    return or_(instance.c.starter_id == person, exists(recused), by_rule)


def all_barred(
    row: OpenRow,
    keys: Sequence[str],
    able: Mapping[str, Sequence[str]],
    recused: Mapping[str, set[str]],
) -> bool:
    """True when everybody behind the task's keys is forbidden it by a rule or recused from it."""
    # Who signs was settled when the sign-off opened, rules included.
    people = {person for key in keys for person in able.get(key, ())}
    if row.sign_off or row.claimed_by is not None or not people:
        return False
    return not any(
        may_act(row, row.element, person)
        and not recused.get(person, set()) & {row.id, row.starter_id}
        for person in people
    )


def recusals(connection: Connection) -> dict[str, set[str]]:
    """Person → the cases and the people they have recused themselves from."""
    found: dict[str, set[str]] = {}
    for row in connection.execute(select(recusal).where(recusal.c.revoked_at.is_(None))):
        found.setdefault(row.person_id, set()).update(
            one for one in (row.instance_id, row.about_id) if one
        )
    return found


def open_rows(connection: Connection, engine: Engine, task_ids: set[str]) -> dict[str, OpenRow]:
    """Task id → the open task with what separation of duties asks of its case."""
    found: dict[str, OpenRow] = {}
    for part in parts(sorted(task_ids)):
        statement = (
            select(
                task.c.id.label("task_id"),
                task.c.element_id,
                task.c.created_at,
                task.c.tally,
                task.c.claimed_by,
                instance.c.id,
                instance.c.definition_id,
                instance.c.starter_id,
                instance.c.participants,
                instance.c.title,
                instance.c.number,
            )
            .join(instance, instance.c.id == task.c.instance_id)
            .where(task.c.id.in_(part), task.c.state == "open")
        )
        for row in connection.execute(statement):
            found[row.task_id] = OpenRow(
                task_id=row.task_id,
                element=row.element_id,
                at=row.created_at,
                sign_off=row.tally is not None,
                claimed_by=row.claimed_by,
                id=row.id,
                definition=engine.catalog.get(row.definition_id),
                starter_id=row.starter_id,
                participants=row.participants,
                title=row.title,
                number=row.number,
            )
    return found


def parts(items: Iterable[str]) -> list[list[str]]:
    """The items in portions that fit one statement."""
    listed = list(items)
    return [listed[start : start + _CHUNK] for start in range(0, len(listed), _CHUNK)]
