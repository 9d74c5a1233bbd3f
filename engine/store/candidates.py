"""The rows that say in whose list a task is. Nothing else writes them, so that what a list is sorted by
stays what the task and its case say."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, ColumnElement, String, bindparam, case, func, insert, select, update

from engine.actors import person_key
from engine.store.tables import NO_AMOUNT, NO_DUE, instance, task, task_candidate
from engine.store.types import UtcTime
from engine.store.unit_of_work import UnitOfWork

_KEY = String(140)
_other = task_candidate.alias("other")
#: What is known of the task and its case is read from their rows, in the statement that writes.
_INSERT = insert(task_candidate).from_select(
    [
        "key",
        "task_id",
        "created_at",
        "open",
        "lies_with",
        "instance_id",
        "process",
        "starter_id",
        "due_at",
        "amount_fen",
    ],
    select(
        bindparam("who", type_=_KEY),
        task.c.id,
        bindparam("asked_at", type_=UtcTime()),
        bindparam("is_open", type_=Boolean()),
        bindparam("with", type_=_KEY),
        instance.c.id,
        instance.c.key,
        instance.c.starter_id,
        func.coalesce(task.c.due_at, NO_DUE),
        func.coalesce(instance.c.amount_fen, NO_AMOUNT),
    )
    .select_from(task.join(instance, instance.c.id == task.c.instance_id))
    .where(task.c.id == bindparam("which")),
)


#: Where the other keys of a claimed task lie: in a list it is once.
_NOWHERE = ""


def candidate_rows(
    uow: UnitOfWork, task_id: str, keys: list[str], *, claimed_by: str | None = None
) -> list[dict[str, Any]]:
    """The keys under which a task may be taken, as `insert_candidates` takes them."""
    return [
        {
            "which": task_id,
            "who": key,
            "asked_at": uow.now,
            "is_open": claimed_by is None,
            "with": key if claimed_by is None else _claimed(claimed_by, first=key == min(keys)),
        }
        for key in keys
    ]


def _claimed(person: str, *, first: bool) -> str:
    return person_key(person) if first else _NOWHERE


def insert_candidates(uow: UnitOfWork, rows: list[dict[str, Any]]) -> None:
    """Write the rows that `candidate_rows` made. Their tasks and cases have been written."""
    if rows:
        uow.execute_many(_INSERT, rows)


def give_candidates(uow: UnitOfWork, task_id: str, person: str | None) -> None:
    """The task is in this person's list alone; None: in the lists of all who may take it."""
    lies_with: ColumnElement[str] = task_candidate.c.key
    if person is not None:
        first = select(func.min(_other.c.key)).where(_other.c.task_id == task_id).scalar_subquery()
        lies_with = case((task_candidate.c.key == first, person_key(person)), else_=_NOWHERE)
    uow.execute(
        update(task_candidate)
        .where(task_candidate.c.task_id == task_id)
        .values(open=person is None, lies_with=lies_with)
    )


def replace_candidate(uow: UnitOfWork, task_id: str, person: str, to: str) -> None:
    """The task is in another person's list from now on, and not in this one's."""
    new = person_key(to)
    uow.execute(
        update(task_candidate)
        .where(task_candidate.c.task_id == task_id, task_candidate.c.key == person_key(person))
        .values(key=new, lies_with=new, created_at=uow.now)
    )


def move_due(uow: UnitOfWork, task_id: str, due_at: Any) -> None:
    """The task is due at another time; None: at none."""
    uow.execute(
        update(task_candidate)
        .where(task_candidate.c.task_id == task_id)
        .values(due_at=NO_DUE if due_at is None else due_at)
    )


def change_amount(uow: UnitOfWork, instance_id: str, amount_fen: int | None) -> None:
    """The case is about another amount."""
    uow.execute(
        update(task_candidate)
        .where(task_candidate.c.instance_id == instance_id)
        .values(amount_fen=NO_AMOUNT if amount_fen is None else amount_fen)
    )
