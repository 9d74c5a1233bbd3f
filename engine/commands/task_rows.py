"""Opening and closing the rows of tasks: the task, who may take it, and who must sign."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, update

from engine.actors import person_key
from engine.catalog.steps import Step
from engine.commands.access import candidate_keys, may_act, people_behind
from engine.errors import NobodyFound
from engine.ids import new_id
from engine.scope import Scope
from engine.sign_off import Rule, Tally
from engine.store.case import Case
from engine.store.tables import signer, task, task_candidate
from engine.store.unit_of_work import UnitOfWork

_INSERT = {table: insert(table) for table in (task, task_candidate, signer)}
_ASK_AFTER = (
    update(signer)
    .where(
        signer.c.task_id == bindparam("which"),
        signer.c.after_id == bindparam("before"),
        signer.c.state == "waiting",
    )
    .values(state="open")
    .returning(signer.c.person_id, signer.c.added_by)
)


@dataclass(slots=True)
class OpenedTask:
    """A task that a command has just opened."""

    id: str
    element: str
    name: str
    keys: list[str]
    due_at: datetime | None
    token: str = ""
    #: Which instance of a multi-instance activity it belongs to.
    run: int | None = None
    #: Who must sign, in order; empty where one person decides.
    signers: list[str] = field(default_factory=list)
    #: Those of them whose turn comes later.
    waiting: list[str] = field(default_factory=list)
    #: Who has it from the beginning, where the case came back to one person.
    claimed_by: str | None = None
    #: Those left out of a sign-off because a separation rule forbids them.
    recused: list[str] = field(default_factory=list)

    def record(self) -> dict[str, Any]:
        """What the event keeps of it."""
        facts: dict[str, Any] = {"task": self.id, "element": self.element, "token": self.token}
        if self.run is not None:
            facts["run"] = self.run
        if self.signers:
            facts["signers"] = self.signers
            if self.waiting:
                facts["waiting"] = self.waiting
        else:
            facts["keys"] = self.keys
        if self.claimed_by is not None:
            facts["claimed_by"] = self.claimed_by
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
    opened = OpenedTask(task_id, step.id, step.name, keys, due_at, token, case.run)
    tally = None
    if step.sign_off.several:
        people = _signers(uow, scope, step, keys)
        entitled = [person for person in people if may_act(case, step.id, person)]
        opened.recused = [person for person in people if person not in entitled]
        if len(entitled) < max(1, step.sign_off.minimum):
            raise NobodyFound(
                element=step.id, needed=max(1, step.sign_off.minimum), found=len(entitled)
            )
        in_turn = step.sign_off.rule is Rule.SEQUENCE
        tally = Tally(len(entitled), chained=int(in_turn)).as_dict()
        _add_signers(uow, step, task_id, entitled, rows)
        opened.signers = entitled
        opened.waiting = entitled[1:] if in_turn else []
        opened.keys = [person_key(person) for person in entitled]
    else:
        rows.candidates += [candidate_row(uow, task_id, key) for key in keys]
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
            "run": case.run,
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
                "after_id": None if asked else people[position - 1],
            }
        )
        if asked:
            rows.candidates.append(candidate_row(uow, task_id, person_key(person)))


def candidate_row(uow: UnitOfWork, task_id: str, key: str) -> dict[str, Any]:
    """One key under which a task may be taken."""
    return {"task_id": task_id, "key": key, "created_at": uow.now, "open": True}


def ask_those_after(uow: UnitOfWork, case: Case, step: Step, task_id: str, person: str) -> None:
    """Open the matter to those who waited for this person's vote."""
    asked = uow.execute(_ASK_AFTER, {"which": task_id, "before": person}).all()
    if not asked:
        return
    rows = [candidate_row(uow, task_id, person_key(one.person_id)) for one in asked]
    uow.execute_many(_INSERT[task_candidate], rows)
    for one in asked:
        case.note_signer(task_id, one.person_id, "open")
        # Whose turn has come is told so; who was asked by a person, by whom.
        kind, facts = "task_opened", {"step": step.id}
        if one.added_by is not None:
            kind, facts = "signer_added", facts | {"by": one.added_by}
        uow.tell(kind, [one.person_id], instance=case.id, task=task_id, **facts)


def readdress(
    uow: UnitOfWork, case: Case, task_id: str, keys: list[str], *, claimed_by: str | None = None
) -> None:
    """From now on these may take the task; those it is new to are told of it.

    The caller records: the next event of the case says who has it.
    """
    keys = list(dict.fromkeys(keys))
    uow.execute(
        update(task)
        .where(task.c.id == task_id)
        .values(candidate_keys=keys, claimed_by=claimed_by, announced=False)
    )
    uow.execute(delete(task_candidate).where(task_candidate.c.task_id == task_id))
    rows = [{**candidate_row(uow, task_id, key), "open": claimed_by is None} for key in keys]
    if rows:
        uow.execute_many(_INSERT[task_candidate], rows)
    case.note_task(task_id, keys=keys, claimed_by=claimed_by)


def withdraw_tasks(uow: UnitOfWork, task_ids: list[str]) -> None:
    """Close tasks that nobody needs any more, e.g. because a boundary event interrupted them."""
    if not task_ids:
        return
    uow.execute(
        update(task)
        .where(task.c.id.in_(task_ids))
        .values(state="cancelled", closed_at=uow.now, claimed_by=None)
    )
    uow.execute(delete(task_candidate).where(task_candidate.c.task_id.in_(task_ids)))
    release_signers(uow, task_ids)


def release_signers(uow: UnitOfWork, task_ids: list[str]) -> None:
    """Those who have not voted are no longer needed, and their rows say so."""
    uow.execute(
        update(signer)
        .where(signer.c.task_id.in_(task_ids), signer.c.state.in_(("open", "waiting")))
        .values(state="not_needed")
    )
