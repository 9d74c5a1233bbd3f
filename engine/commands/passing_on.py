"""Single tasks of a person who can no longer act: to a successor, back to the pool, or to a last resort."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, select

from engine.actors import person_key
from engine.catalog.steps import Step
from engine.commands.access import candidate_keys, may_act, people_behind
from engine.commands.stand_ins import for_applicant
from engine.commands.task_rows import readdress
from engine.commands.who import administrators
from engine.errors import EngineError
from engine.store.case import Case
from engine.store.tables import task, task_candidate
from engine.store.unit_of_work import UnitOfWork

# --- what the person has claimed ------------------------------------------------------------------


def claimed_tasks(uow: UnitOfWork, case_id: str, person_id: str) -> Sequence[Row[Any]]:
    """The open tasks of a case that the person has claimed."""
    statement = select(task.c.id, task.c.element_id).where(
        task.c.instance_id == case_id, task.c.claimed_by == person_id, task.c.state == "open"
    )
    return uow.execute(statement.order_by(task.c.id)).all()


def release_task(uow: UnitOfWork, case: Case, row: Row[Any]) -> dict[str, Any]:
    """Put a claimed task back into the pool; return what changed, for the record."""
    keys = _keys_of(uow, row.id)
    readdress(uow, case, row.id, keys)
    return {"task": row.id, "element": row.element_id, "what": "released", "keys": keys}


def pass_claimed(
    uow: UnitOfWork, case: Case, row: Row[Any], successor: str | None
) -> dict[str, Any]:
    """Give a claimed task to the successor, or put it back into the pool."""
    if successor is None or not may_act(case, row.element_id, successor):
        return release_task(uow, case, row)
    keys = _keys_of(uow, row.id)
    if not uow.engine.directory.actor(successor).holds(keys):
        keys.append(person_key(successor))
    readdress(uow, case, row.id, keys, claimed_by=successor)
    _tell(uow, [successor], case, row)
    return {
        "task": row.id,
        "element": row.element_id,
        "what": "handed",
        "keys": keys,
        "claimed_by": successor,
    }


# --- what is addressed to the person ----------------------------------------------------------------


def addressed_tasks(uow: UnitOfWork, case_id: str, person_id: str) -> Sequence[Row[Any]]:
    """The open tasks of a case, sign-offs apart, that name the person."""
    statement = (
        select(task.c.id, task.c.element_id, task.c.claimed_by)
        .join(task_candidate, task_candidate.c.task_id == task.c.id)
        .where(
            task.c.instance_id == case_id,
            task.c.state == "open",
            task.c.tally.is_(None),
            task_candidate.c.key == person_key(person_id),
        )
    )
    return uow.execute(statement.order_by(task.c.id)).all()


def pass_addressed(
    uow: UnitOfWork, case: Case, row: Row[Any], person_id: str, successor: str | None
) -> list[dict[str, Any]]:
    """Give a task that names the person to somebody else; nothing where there is nobody at all."""
    step = case.definition.steps[row.element_id]
    others = [key for key in _keys_of(uow, row.id) if key != person_key(person_id)]
    if row.claimed_by not in (None, person_id):
        keys, what = others, "left_to_others"
    else:
        keys, what = _heirs(uow, case, step, others, person_id, successor)
    if not keys:
        # Nobody at all: it stays where it is, and the page of what nobody can do names it.
        return []
    readdress(uow, case, row.id, keys, claimed_by=row.claimed_by)
    heirs = [key for key in keys if key not in others]
    _tell(uow, people_behind(uow, heirs), case, row)
    if what == "for_applicant":
        admins = administrators(uow)
        uow.tell("applicant_left", admins, instance=case.id, task=row.id, step=row.element_id)
    return [{"task": row.id, "element": row.element_id, "what": what, "keys": keys}]


def _heirs(
    uow: UnitOfWork,
    case: Case,
    step: Step,
    others: list[str],
    person_id: str,
    successor: str | None,
) -> tuple[list[str], str]:
    """Who gets a task that named the person, and under which heading the record has it."""
    if person_id == case.starter_id and any(one.starter for one in step.candidates):
        keys = for_applicant(
            uow.engine.directory,
            case.places,
            lambda one: one != person_id and may_act(case, step.id, one),
        )
        if keys:
            return [*others, *keys], "for_applicant"
    if successor is not None and may_act(case, step.id, successor):
        return list(dict.fromkeys([*others, person_key(successor)])), "handed"
    if others:
        return others, "left_to_others"
    return _last_resort(uow, case, step, person_id), "rerouted"


def _last_resort(uow: UnitOfWork, case: Case, step: Step, person_id: str) -> list[str]:
    """The step's fallback where somebody behind it may act, else the administrators."""
    directory = uow.engine.directory
    try:
        keys = candidate_keys(uow, case, replace(step, candidates=step.fallback))
    except EngineError:
        # A fallback that cannot be worked out is none: the administrators are asked.
        keys = []
    able = (
        one
        for one in people_behind(uow, keys)
        if one != person_id and directory.is_active(one) and may_act(case, step.id, one)
    )
    return keys if next(able, None) is not None else directory.administrator_keys()


def _tell(uow: UnitOfWork, people: list[str], case: Case, row: Row[Any]) -> None:
    uow.tell("handed_over", people, instance=case.id, task=row.id, step=row.element_id)


def _keys_of(uow: UnitOfWork, task_id: str) -> list[str]:
    statement = select(task_candidate.c.key).where(task_candidate.c.task_id == task_id)
    return list(uow.execute(statement.order_by(task_candidate.c.key)).scalars())
