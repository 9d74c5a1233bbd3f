"""Opening and closing the rows of tasks: the task, who may take it, and who must sign."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, update

from engine.actors import SYSTEM, person_key
from engine.catalog.skipping import may_skip
from engine.catalog.steps import Step
from engine.commands.repeats import Repeated, agreed_before
from engine.commands.who import administrators, ask, possible
from engine.how_decided import REPEATED
from engine.ids import new_id
from engine.sign_off import Rule, Tally, Verdict, verdict
from engine.store.candidates import candidate_rows, insert_candidates
from engine.store.case import Case
from engine.store.tables import delegation, signer, task, task_candidate
from engine.store.unit_of_work import UnitOfWork

_INSERT = {table: insert(table) for table in (task, signer)}
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
    #: Why others than the step's candidates are asked: "", `named` or `administrators`.
    fallback: str = ""
    #: Those whose earlier agreement stands for this step, because the package says so.
    repeated: list[str] = field(default_factory=list)
    #: The outcome it was given at once, because nobody is left to be asked.
    outcome: str = ""

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
        if self.fallback:
            facts |= {"fallback": True, "fell_to": self.fallback}
        if self.repeated:
            facts["repeated"] = self.repeated
        if self.outcome:
            facts |= {"outcome": self.outcome, "how": REPEATED}
        return facts


@dataclass(slots=True)
class NewRows:
    """Rows gathered while a case advances, inserted together."""

    tasks: list[dict[str, Any]] = field(default_factory=list)
    candidates: list[dict[str, Any]] = field(default_factory=list)
    signers: list[dict[str, Any]] = field(default_factory=list)
    #: Decided, and voted, as they come: by an agreement given before.
    decided: list[dict[str, Any]] = field(default_factory=list)
    voted: list[dict[str, Any]] = field(default_factory=list)

    def insert(self, uow: UnitOfWork) -> None:
        """Write them, one statement per table."""
        for table, rows in (
            (task, self.tasks),
            (task, self.decided),
            (signer, self.signers),
            (signer, self.voted),
        ):
            if rows:
                uow.execute_many(_INSERT[table], rows)
        insert_candidates(uow, self.candidates)

    def drop(self, task_ids: set[str]) -> None:
        """Forget tasks that died before they were written."""
        self.tasks = [row for row in self.tasks if row["id"] not in task_ids]
        self.candidates = [row for row in self.candidates if row["which"] not in task_ids]
        for rows in (self.signers, self.voted):
            rows[:] = [row for row in rows if row["task_id"] not in task_ids]


def open_task(
    uow: UnitOfWork, case: Case, step: Step, token: str, rows: NewRows, repeats: Repeated
) -> OpenedTask:
    """Prepare the rows of a new task. Raise `NobodyFound` when a sign-off has nobody at all.

    A task whose only people have agreed before is decided at once where the package says so: then
    `outcome` is set and its token may go on.
    """
    scope = case.scope(uow)
    due_at = scope.instant(step.due, step.id) if step.due else None
    asked = ask(uow, case, step)
    task_id = new_id()
    opened = OpenedTask(
        task_id, step.id, step.name, asked.keys, due_at, token, case.run, fallback=asked.fallback
    )
    tally = None
    agreed = _agreed(uow, case, step, opened, repeats)
    if step.sign_off.several:
        opened.signers, opened.recused = asked.signers, asked.recused
        opened.repeated = [person for person in asked.signers if person in agreed]
        tally = Tally(
            len(opened.signers),
            positive=len(opened.repeated),
            chained=int(step.sign_off.rule is Rule.SEQUENCE),
        )
        _add_signers(uow, step, opened, rows)
        if opened.repeated and verdict(step.sign_off, tally) is Verdict.PASSED:
            opened.outcome = step.first("positive").id
    else:
        only = _only(possible(uow, case, step.id, asked.keys)) if agreed else None
        if only in agreed:
            opened.repeated = [str(only)]
            opened.outcome = step.first("positive").id
        else:
            rows.candidates += candidate_rows(uow, task_id, asked.keys)
    row = {
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
        "candidate_keys": None if step.sign_off.several else asked.keys,
        "tally": None if tally is None else tally.as_dict(),
    }
    if opened.outcome:
        rows.decided.append({**row, **_decided(uow, opened)})
    else:
        rows.tasks.append(row)
    if opened.fallback:
        people = administrators(uow)
        uow.tell("nobody_found", people, instance=case.id, task=task_id, element=step.id)
    return opened


def _agreed(
    uow: UnitOfWork, case: Case, step: Step, opened: OpenedTask, repeats: Repeated
) -> frozenset[str]:
    """Whose earlier agreement stands for this step; in place of those who are missing nobody's does."""
    if opened.fallback or not may_skip(case.definition, step) or repeats.asks(step.id):
        return frozenset()
    return agreed_before(uow, case, step, repeats)


def _only(people: Iterator[str]) -> str | None:
    """The one person there is; None where there are several."""
    first = next(people, None)
    return first if next(people, None) is None else None


def _decided(uow: UnitOfWork, opened: OpenedTask) -> dict[str, Any]:
    """What the row of a task says that an earlier agreement has decided."""
    return {
        "state": "completed",
        "closed_at": uow.now,
        "completed_by": SYSTEM.id,
        "completed_for": opened.repeated[0] if len(opened.repeated) == 1 else None,
        "decided_how": REPEATED,
        "outcome": opened.outcome,
    }


def _add_signers(uow: UnitOfWork, step: Step, opened: OpenedTask, rows: NewRows) -> None:
    in_turn = step.sign_off.rule is Rule.SEQUENCE
    before = None
    for position, person in enumerate(opened.signers):
        row: dict[str, Any] = {"task_id": opened.id, "person_id": person, "position": position}
        if person in opened.repeated:
            # Who has agreed before has no turn: nobody comes after a vote that is there already.
            vote = {"outcome": step.first("positive").id, "voted_at": uow.now}
            rows.voted.append({**row, "state": "voted", "decided_how": REPEATED, **vote})
            continue
        asked = before is None or not in_turn
        state = "open" if asked else "waiting"
        rows.signers.append({**row, "state": state, "after_id": None if asked else before})
        before = person
        if asked:
            rows.candidates += candidate_rows(uow, opened.id, [person_key(person)])
        else:
            opened.waiting.append(person)


def ask_those_after(uow: UnitOfWork, case: Case, step: Step, task_id: str, person: str) -> None:
    """Open the matter to those who waited for this person's vote."""
    asked = uow.execute(_ASK_AFTER, {"which": task_id, "before": person}).all()
    if not asked:
        return
    insert_candidates(
        uow, candidate_rows(uow, task_id, [person_key(one.person_id) for one in asked])
    )
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

    Advice that its holder waited for is not waited for any more.
    The caller records: the next event of the case says who has it.
    """
    keys = list(dict.fromkeys(keys))
    uow.execute(
        update(task)
        .where(task.c.id == task_id)
        .values(candidate_keys=keys, claimed_by=claimed_by, announced=False)
    )
    uow.execute(delete(task_candidate).where(task_candidate.c.task_id == task_id))
    insert_candidates(uow, candidate_rows(uow, task_id, keys, claimed_by=claimed_by))
    drop_advice(uow, [task_id])
    case.note_task(task_id, keys=keys, claimed_by=claimed_by)


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


def drop_question(uow: UnitOfWork, task_id: str, advice: dict[str, str], owner: str) -> None:
    """One of those who wait for advice on a task waits no more; `advice` is who waits for whose."""
    if advice.pop(owner, None) is None:
        return
    uow.execute(
        update(delegation)
        .where(
            delegation.c.task_id == task_id,
            delegation.c.owner_id == owner,
            delegation.c.state == "open",
        )
        .values(state="dropped", closed_at=uow.now)
    )
    uow.execute(update(task).where(task.c.id == task_id).values(advice=advice or None))


def release_signers(uow: UnitOfWork, task_ids: list[str]) -> None:
    """Those who have not voted are no longer needed, and their rows say so."""
    uow.execute(
        update(signer)
        .where(signer.c.task_id.in_(task_ids), signer.c.state.in_(("open", "waiting")))
        .values(state="not_needed")
    )
