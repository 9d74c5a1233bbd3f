"""What nobody can do: open tasks without anyone able and allowed, work that gave up, cases that wait for nothing.

Keys are few where tasks are many: who stands behind a key is asked once for each, and cases are looked
into only where the few people behind their task's keys have had a part in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, exists, literal_column, or_, select, union_all

from engine.catalog.definition import Definition
from engine.commands.access import may_act
from engine.engine import Engine
from engine.queries.paging import mark, place
from engine.store.case import OBJECTORS, objector_mark
from engine.store.tables import instance, job, recusal, signer, task, task_candidate

#: A role held by more than this many is taken to be open: not all of them have had a part in one case.
MOST_BARRED = 20
#: Statements in one; every database takes that many.
_TOGETHER = 100
_CHUNK = 500

#: Why nobody can do it.
NOBODY = "nobody_holds_it"  #: nobody holds the role, or all have left or are shut out
BARRED = (
    "all_barred"  #: those who could are forbidden by a separation rule or have recused themselves
)
NO_SIGNER = "no_signer"  #: a sign-off without anybody who may still sign
HOLDER_GONE = "holder_gone"  #: claimed by somebody who cannot act any more
INCIDENT = "incident"  #: background work that gave up
NOTHING_OPEN = "nothing_open"  #: a running case with no task, job or message: it must not exist


@dataclass(frozen=True, slots=True)
class Stuck:
    """One line: a task, a job that gave up, or a case."""

    why: str
    instance_id: str
    definition_id: str
    title: str
    number: str | None
    element: str | None
    task_id: str | None
    at: datetime
    #: The keys that lead to nobody.
    keys: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """What names the line."""
        return self.task_id or self.instance_id


@dataclass(frozen=True, slots=True)
class StuckPage:
    """A page of the list; `next` names where the following one begins."""

    items: list[Stuck]
    next: str | None
    count: int


@dataclass(frozen=True, slots=True)
class _Row:
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

    def who_acted(self, element: str) -> list[str]:
        people: list[str] = self.participants.get(element, {}).get("people", [])
        return people

    def has_objected(self, person: str) -> bool:
        marks = self.participants.get(OBJECTORS, {}).get("marks", ())
        return objector_mark(self.id, person) in marks


def tasks_nobody_can_do(
    connection: Connection, engine: Engine, limit: int = 50, after: str | None = None
) -> StuckPage:
    """A page of what waits in vain, oldest first."""
    found = sorted(_all(connection, engine), key=lambda one: (one.at, one.id))
    beyond = place(after) if after else None
    left = [one for one in found if beyond is None or (one.at, one.id) > beyond]
    page = left[:limit]
    more = mark(page[-1].at, page[-1].id) if len(left) > limit else None
    return StuckPage(page, more, len(found))


def _all(connection: Connection, engine: Engine) -> list[Stuck]:
    keys = list(connection.execute(select(task_candidate.c.key).distinct()).scalars())
    able = engine.directory.able(keys)
    dead = [key for key in keys if not able[key]]
    reasons: dict[str, str] = {}
    for task_id in _held_by_nobody(connection, engine):
        reasons[task_id] = HOLDER_GONE
    for task_id in _without_anybody(connection, dead):
        reasons.setdefault(task_id, NOBODY)
    suspects = _perhaps_barred(connection, able)
    rows = _rows(connection, engine, {*reasons, *suspects})
    asked = _keys_of(connection, list(rows))
    recused = _recusals(connection)
    found = []
    for task_id, row in rows.items():
        behind = asked.get(task_id, [])
        why = reasons.get(task_id) or _barred(row, behind, able, recused)
        if why == NOBODY and row.sign_off:
            why = NO_SIGNER
        if why is not None:
            found.append(_line(row, why, tuple(behind)))
    return found + _unsigned(connection) + _incidents(connection) + _idle(connection)


# --- nobody behind the keys -----------------------------------------------------------------------


def _without_anybody(connection: Connection, dead: Sequence[str]) -> list[str]:
    """Open tasks all of whose keys lead to nobody."""
    touched: set[str] = set()
    for part in _parts(dead):
        statement = select(task_candidate.c.task_id).where(task_candidate.c.key.in_(part))
        touched.update(connection.execute(statement).scalars())
    without = set(dead)
    keys = _keys_of(connection, sorted(touched))
    return [task_id for task_id, held in keys.items() if without.issuperset(held)]


def _held_by_nobody(connection: Connection, engine: Engine) -> list[str]:
    """Tasks claimed by somebody who cannot act."""
    holders = list(
        connection.execute(
            select(task.c.claimed_by)
            .where(task.c.claimed_by.is_not(None), task.c.state == "open")
            .distinct()
        ).scalars()
    )
    able = engine.directory.able([f"person:{one}" for one in holders])
    gone = [one for one in holders if not able[f"person:{one}"]]
    found: list[str] = []
    for part in _parts(gone):
        statement = select(task.c.id).where(task.c.claimed_by.in_(part), task.c.state == "open")
        found += connection.execute(statement).scalars()
    return found


# --- everybody forbidden --------------------------------------------------------------------------


def _perhaps_barred(connection: Connection, able: Mapping[str, Sequence[str]]) -> set[str]:
    """Open tasks in whose case one of the few people behind a key has had a part."""
    branches = []
    for key, people in able.items():
        if 0 < len(people) <= MOST_BARRED:
            # All must be barred, so the first must be: looking for one of them is enough.
            branches.append(
                select(task.c.id)
                .join(task_candidate, task_candidate.c.task_id == task.c.id)
                .join(instance, instance.c.id == task.c.instance_id)
                .where(task_candidate.c.key == key, _has_part(people[0]))
            )
    found: set[str] = set()
    for start in range(0, len(branches), _TOGETHER):
        statement = union_all(*branches[start : start + _TOGETHER])
        found.update(connection.execute(statement).scalars())
    return found


def _has_part(person: str) -> Any:
    other = task.alias()
    acted = select(other.c.id).where(
        other.c.instance_id == instance.c.id, other.c.completed_by == person
    )
    signed = (
        select(signer.c.task_id)
        .join(other, other.c.id == signer.c.task_id)
        .where(
            other.c.instance_id == instance.c.id,
            signer.c.person_id == person,
            signer.c.state == "voted",
        )
    )
    recused = select(recusal.c.id).where(
        recusal.c.person_id == person,
        recusal.c.revoked_at.is_(None),
        or_(recusal.c.instance_id == instance.c.id, recusal.c.about_id == instance.c.starter_id),
    )
    return or_(instance.c.starter_id == person, exists(acted), exists(signed), exists(recused))


def _barred(
    row: _Row,
    keys: Sequence[str],
    able: Mapping[str, Sequence[str]],
    recused: Mapping[str, set[str]],
) -> str | None:
    # Who signs was settled when the sign-off opened, rules included.
    people = {person for key in keys for person in able.get(key, ())}
    if row.sign_off or row.claimed_by is not None or not people:
        return None
    if any(
        may_act(row, row.element, person)
        and not recused.get(person, set()) & {row.id, row.starter_id}
        for person in people
    ):
        return None
    return BARRED


def _recusals(connection: Connection) -> dict[str, set[str]]:
    """Person → the cases and the people they have recused themselves from."""
    found: dict[str, set[str]] = {}
    for row in connection.execute(select(recusal).where(recusal.c.revoked_at.is_(None))):
        found.setdefault(row.person_id, set()).update(
            one for one in (row.instance_id, row.about_id) if one
        )
    return found


# --- the rows behind them -------------------------------------------------------------------------


def _rows(connection: Connection, engine: Engine, task_ids: set[str]) -> dict[str, _Row]:
    found: dict[str, _Row] = {}
    for part in _parts(sorted(task_ids)):
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
            found[row.task_id] = _Row(
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


def _keys_of(connection: Connection, task_ids: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for part in _parts(task_ids):
        statement = (
            select(task_candidate.c.task_id, task_candidate.c.key)
            .where(task_candidate.c.task_id.in_(part))
            .order_by(task_candidate.c.key)
        )
        for row in connection.execute(statement):
            found.setdefault(row.task_id, []).append(row.key)
    return found


def _line(row: _Row, why: str, keys: tuple[str, ...]) -> Stuck:
    if why == HOLDER_GONE:
        keys = (f"person:{row.claimed_by}",)
    return Stuck(
        why=why,
        instance_id=row.id,
        definition_id=row.definition.id,
        title=row.title,
        number=row.number,
        element=row.element,
        task_id=row.task_id,
        at=row.at,
        keys=keys,
    )


# --- sign-offs without signers, work that gave up, cases that wait for nothing -----------------------

_CASE = (instance.c.id, instance.c.definition_id, instance.c.title, instance.c.number)


def _unsigned(connection: Connection) -> list[Stuck]:
    """Sign-offs in which nobody is asked."""
    asked = select(task_candidate.c.key).where(task_candidate.c.task_id == task.c.id)
    statement = (
        select(*_CASE, task.c.id.label("task_id"), task.c.element_id, task.c.created_at.label("at"))
        .join(instance, instance.c.id == task.c.instance_id)
        .where(task.c.claimed_by.is_(None), task.c.state == "open", ~exists(asked))
    )
    return [_of(row, NO_SIGNER, row.task_id) for row in connection.execute(statement)]


def _incidents(connection: Connection) -> list[Stuck]:
    statement = (
        select(*_CASE, job.c.element_id, job.c.due_at.label("at"))
        .join(instance, instance.c.id == job.c.instance_id)
        .where(job.c.state == "incident")
    )
    return [_of(row, INCIDENT, None) for row in connection.execute(statement)]


def _idle(connection: Connection) -> list[Stuck]:
    """The alarm: a running case that nothing can move."""
    tasks = select(task.c.id).where(task.c.instance_id == instance.c.id, task.c.state == "open")
    jobs = select(job.c.id).where(
        job.c.instance_id == instance.c.id, job.c.state.in_(("due", "waiting", "incident"))
    )
    statement = select(*_CASE, instance.c.started_at.label("at")).where(
        # Written out: a value that comes with the statement keeps PostgreSQL from the partial index.
        instance.c.state == literal_column("'active'"),
        ~exists(tasks),
        ~exists(jobs),
    )
    return [_of(row, NOTHING_OPEN, None) for row in connection.execute(statement)]


def _of(row: Any, why: str, task_id: str | None) -> Stuck:
    return Stuck(
        why=why,
        instance_id=row.id,
        definition_id=row.definition_id,
        title=row.title,
        number=row.number,
        element=row._mapping.get("element_id"),
        task_id=task_id,
        at=row.at,
    )


def _parts(items: Iterable[str]) -> list[list[str]]:
    listed = list(items)
    return [listed[start : start + _CHUNK] for start in range(0, len(listed), _CHUNK)]
