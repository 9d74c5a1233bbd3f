"""Opening and closing the rows of tasks: the task, who may take it, and who must sign."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, update

from engine.actors import person_key
from engine.catalog.steps import Step
from engine.commands.access import candidate_keys, may_act, people_behind
from engine.errors import NobodyFound
from engine.ids import new_id
from engine.scope import Scope
from engine.sign_off import Rule, Tally
from engine.store.case import Case
from engine.store.tables import delegation, signer, task, task_candidate
from engine.store.unit_of_work import UnitOfWork

_INSERT = {table: insert(table) for table in (task, task_candidate, signer)}


@dataclass(slots=True)
class OpenedTask:
    """A task that a command has just opened."""

    id: str
    element: str
    name: str
    keys: list[str]
    due_at: datetime | None
    token: str = ""
    #: Who must sign, in order; empty where one person decides.
    signers: list[str] = field(default_factory=list)
    #: Those left out of a sign-off because a separation rule forbids them.
    recused: list[str] = field(default_factory=list)

    def record(self) -> dict[str, Any]:
        """What the event keeps of it."""
        facts: dict[str, Any] = {"task": self.id, "element": self.element, "token": self.token}
        if self.signers:
            facts["signers"] = self.signers
        else:
            facts["keys"] = self.keys
        if self.due_at is not None:
            facts["due"] = self.due_at.isoformat()
        if self.recused:
            facts["recused"] = self.recused
        return facts


@dataclass(slots=True)
class NewRows:
    """Rows gathered while a case advances, inserted together."""

    tasks: list[dict[str, Any]] = field(default_factory=list)
    candidates: list[dict[str, Any]] = field(default_factory=list)
    signers: list[dict[str, Any]] = field(default_factory=list)

    def insert(self, uow: UnitOfWork) -> None:
        """Write them, one statement per table."""
        for table, rows in (
            (task, self.tasks),
            (task_candidate, self.candidates),
            (signer, self.signers),
        ):
            if rows:
                uow.execute_many(_INSERT[table], rows)


def open_task(uow: UnitOfWork, case: Case, step: Step, token: str, rows: NewRows) -> OpenedTask:
    """Prepare the rows of a new task. Raise `NobodyFound` when a sign-off has too few signers."""
    scope = case.scope(uow)
    due_at = scope.instant(step.due, step.id) if step.due else None
    keys = candidate_keys(uow, case, step)
    task_id = new_id()
    opened = OpenedTask(task_id, step.id, step.name, keys, due_at, token)
    tally = None
    if step.sign_off.several:
        people = _signers(uow, scope, step, keys)
        entitled = [person for person in people if may_act(case, step.id, person)]
        opened.recused = [person for person in people if person not in entitled]
        if len(entitled) < max(1, step.sign_off.minimum):
            raise NobodyFound(
                element=step.id, needed=max(1, step.sign_off.minimum), found=len(entitled)
            )
        tally = Tally(len(entitled)).as_dict()
        _add_signers(uow, step, task_id, entitled, rows)
        opened.signers = entitled
        opened.keys = [person_key(person) for person in entitled]
    else:
        rows.candidates += [_candidate(uow, task_id, key) for key in keys]
    rows.tasks.append(
        {
            "id": task_id,
            "instance_id": case.id,
            "token": token,
            "element_id": step.id,
            "state": "open",
            "rule": step.sign_off.rule.value,
            "created_at": uow.now,
            "due_at": due_at,
            "due_provisional": scope.provisional,
            "counts_from": uow.now,
            "candidate_keys": None if step.sign_off.several else keys,
            "tally": tally,
        }
    )
    return opened


def _signers(uow: UnitOfWork, scope: Scope, step: Step, keys: list[str]) -> list[str]:
    if not step.sign_off.signers:
        return people_behind(uow, keys)
    found = scope.require(step.sign_off.signers, step.id)
    people = [str(person) for person in (found if isinstance(found, list) else [found])]
    return list(dict.fromkeys(people))


def _add_signers(
    uow: UnitOfWork, step: Step, task_id: str, people: list[str], rows: NewRows
) -> None:
    in_turn = step.sign_off.rule is Rule.SEQUENCE
    for position, person in enumerate(people):
        asked = position == 0 or not in_turn
        rows.signers.append(
            {
                "task_id": task_id,
                "person_id": person,
                "position": position,
                "state": "open" if asked else "waiting",
            }
        )
        if asked:
            rows.candidates.append(_candidate(uow, task_id, person_key(person)))


def _candidate(uow: UnitOfWork, task_id: str, key: str) -> dict[str, Any]:
    return {"task_id": task_id, "key": key, "created_at": uow.now, "open": True}


def ask_next_signer(uow: UnitOfWork, task_id: str, position: int, person: str) -> None:
    """In a sequence, open the matter to the next signer."""
    uow.execute(
        update(signer)
        .where(signer.c.task_id == task_id, signer.c.position == position)
        .values(state="open")
    )
    uow.execute(insert(task_candidate), [_candidate(uow, task_id, person_key(person))])


def withdraw_tasks(uow: UnitOfWork, task_ids: list[str]) -> None:
    """Close tasks that nobody needs any more, e.g. because a boundary event interrupted them."""
    if not task_ids:
        return
    closed = uow.execute(
        update(task)
        .where(task.c.id.in_(task_ids))
        .values(state="cancelled", closed_at=uow.now, claimed_by=None)
        .returning(task.c.id, task.c.advice)
    ).all()
    uow.execute(delete(task_candidate).where(task_candidate.c.task_id.in_(task_ids)))
    release_signers(uow, task_ids)
    drop_advice(uow, [row.id for row in closed if row.advice])


def drop_advice(uow: UnitOfWork, task_ids: list[str]) -> None:
    """Nobody waits for advice on these tasks any more: they closed, or went to somebody else.

    Called with the tasks whose row says that somebody waits; for none of them it does nothing.
    """
    if not task_ids:
        return
    uow.execute(
        update(delegation)
        .where(delegation.c.task_id.in_(task_ids), delegation.c.state == "open")
        .values(state="dropped", closed_at=uow.now)
    )
    uow.execute(update(task).where(task.c.id.in_(task_ids)).values(advice=None))


def release_signers(uow: UnitOfWork, task_ids: list[str]) -> None:
    """Those who have not voted are no longer needed, and their rows say so."""
    uow.execute(
        update(signer)
        .where(signer.c.task_id.in_(task_ids), signer.c.state.in_(("open", "waiting")))
        .values(state="not_needed")
    )
