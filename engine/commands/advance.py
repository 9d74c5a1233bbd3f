"""Moving a case on: run its tokens until people, time or abilities must act, and open what they need.

Everything a token does outside the diagram is a row written here, in the command's transaction: a
task for people, a job for a timer or an ability.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, insert, update

from engine.actors import SYSTEM
from engine.commands.decisions import decide
from engine.commands.repeats import Repeated
from engine.commands.task_clock import Timed, drop_jobs, jobs_of
from engine.commands.task_rows import NewRows, OpenedTask, open_task, withdraw_tasks
from engine.how_decided import REPEATED
from engine.ids import new_id
from engine.runtime import Execution, Run, Work
from engine.scope import ExpressionFailed, Scope
from engine.store.case import SUSPENDED, Case, OpenItem
from engine.store.tables import job
from engine.store.unit_of_work import UnitOfWork

#: States of a job that may still come to something.
OPEN_JOB = ("due", "waiting", "incident", "parked")


@dataclass(slots=True)
class Moved:
    """What a step of the runtime led to."""

    #: Flows taken and elements entered, in order: `[id, token, scope, causes…]` each.
    way: list[list[str]] = field(default_factory=list)
    #: Tokens that have come to rest, as the snapshot has them, and those that rest no more.
    placed: list[list[Any]] = field(default_factory=list)
    lifted: list[str] = field(default_factory=list)
    #: Visits that count again because the case went straight back; and whether it did: gone, changed.
    redone: list[str] = field(default_factory=list)
    #: the visit that was begun anew for it → the one it repeats
    repeats: dict[str, str] = field(default_factory=dict)
    straight: str = ""
    opened: list[OpenedTask] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    rows: NewRows = field(default_factory=NewRows)
    jobs: list[dict[str, Any]] = field(default_factory=list)

    def insert(self, uow: UnitOfWork) -> None:
        """Write the new rows; after the case's own, which they refer to."""
        self.rows.insert(uow)
        if self.jobs:
            uow.execute(insert(job), self.jobs)
            if any(row["state"] == "due" and row["due_at"] <= uow.now for row in self.jobs):
                uow.after_commit(uow.engine.wake.set)

    def payload(self) -> dict[str, Any]:
        """What the event keeps of it: enough to follow every token, task and deadline by events alone."""
        facts: dict[str, Any] = {"way": self.way, "placed": self.placed, "lifted": self.lifted}
        if self.opened:
            facts["opened"] = [one.record() for one in self.opened]
        if self.jobs:
            facts["jobs"] = [
                {
                    "job": row["id"],
                    "kind": row["kind"],
                    "token": row["token"],
                    "due": row["due_at"].isoformat(),
                }
                for row in self.jobs
            ]
        if self.straight:
            facts["straight"] = self.straight
        if self.redone:
            facts |= {"redone": self.redone, "repeats": self.repeats}
        if self.decisions:
            facts["decisions"] = self.decisions
        if self.cancelled:
            facts["cancelled"] = self.cancelled
        return facts


class Callbacks:
    """What the runtime asks while it moves: conditions and decisions over the case's present facts."""

    def __init__(self, uow: UnitOfWork, case: Case, moved: Moved) -> None:
        self._uow, self._case, self.moved = uow, case, moved
        self._scopes: dict[tuple[Run, ...], Scope] = {}

    @property
    def connection(self) -> Connection:
        """Where the case's record is read."""
        return self._uow.connection

    def evaluate(self, expression: str, runs: tuple[Run, ...] = ()) -> object:
        if runs not in self._scopes:
            with self._case.seen_from(runs):
                self._scopes[runs] = self._case.scope(self._uow)
        result = self._scopes[runs].result(expression)
        if result.value is None:
            reasons = "; ".join(str(problem) for problem in result.problems)
            raise ExpressionFailed(
                instance=self._case.id, expression=expression, reasons=reasons or None
            )
        return result.value

    def decide(self, element_id: str, runs: tuple[Run, ...] = ()) -> None:
        with self._case.seen_from(runs):
            self.moved.decisions.append(decide(self._uow, self._case, element_id))
        self._scopes.clear()

    def begin(self, element_id: str, total: int, around: tuple[Run, ...]) -> None:
        self._case.make_room(element_id, total, around)
        self._scopes.clear()

    def forget(self) -> None:
        """The case's facts have changed."""
        self._scopes.clear()


def begin(uow: UnitOfWork, case: Case) -> Moved:
    """Put the first token into a new case."""
    moved = Moved()
    asked = Callbacks(uow, case, moved)
    execution = Execution.start(
        case.definition.specification, asked.evaluate, asked.decide, asked.begin
    )
    _settle(uow, case, execution, moved, asked)
    return moved


def advance(
    uow: UnitOfWork, case: Case, act: Callable[[Execution], object], anew: Iterable[str] = ()
) -> Moved:
    """Let `act` move a token of the case, and settle what follows from it.

    `anew` are elements at which people are asked although they have agreed before: somebody put the
    case there for that.
    """
    moved = Moved()
    asked = Callbacks(uow, case, moved)
    assert case.tokens is not None
    execution = Execution.restore(
        case.definition.specification, case.tokens, asked.evaluate, asked.decide, asked.begin
    )
    act(execution)
    _settle(uow, case, execution, moved, asked, anew)
    return moved


def note_repeated(uow: UnitOfWork, case: Case, opened: OpenedTask) -> None:
    """The result of a step that was decided as it opened, by an agreement given before."""
    names = [uow.engine.directory.name(person) for person in opened.repeated]
    case.note_outcome(
        opened.element,
        opened.outcome,
        "",
        SYSTEM.id,
        "、".join(names),
        uow.now,
        how=REPEATED,
        stands_for=opened.repeated[0] if len(opened.repeated) == 1 else None,
    )


def _settle(
    uow: UnitOfWork,
    case: Case,
    execution: Execution,
    moved: Moved,
    asked: Callbacks,
    anew: Iterable[str] = (),
) -> None:
    repeats = Repeated(anew=frozenset(anew))
    seen = 0
    while True:
        passed = execution.passed()
        for one in passed[seen:]:
            moved.way.append([one.id, one.token, one.scope, *one.cause])
            if one.kind == "element" and one.id not in case.entered:
                case.entered.append(one.id)
        seen = len(passed)
        work = {item.token: item for item in execution.open_work()}
        _close_gone(uow, case, set(work), moved)
        skipped = _open(uow, case, work, moved, repeats)
        if not skipped:
            break
        # What somebody agreed to before is agreed here, too: its token goes on at once.
        for opened in skipped:
            note_repeated(uow, case, opened)
            asked.forget()
            if any(item.token == opened.token for item in execution.open_work()):
                execution.complete(opened.token)
    if case.state == SUSPENDED:
        for row in moved.jobs:
            row["state"] = "parked" if row["state"] == "due" else row["state"]
    _compare(case, execution.snapshot(), moved)
    if execution.finished and case.state == "active":
        case.state = "completed"
        case.ended_at = uow.now
        case.end_event = execution.end_events[-1] if execution.end_events else None
    with case.seen_from(()):
        describe(uow, case)


def _open(
    uow: UnitOfWork, case: Case, work: dict[str, Work], moved: Moved, repeats: Repeated
) -> list[OpenedTask]:
    """Prepare the rows of new work; return the tasks that were decided as they opened."""
    skipped = []
    for token, item in work.items():
        if token in case.open:
            continue
        if item.kind == "user":
            step = case.definition.steps[item.element_id]
            with case.seen_from(item.runs):
                opened = open_task(uow, case, step, token, moved.rows, repeats)
            moved.opened.append(opened)
            if opened.outcome:
                repeats.note(opened.element, opened.repeated)
                skipped.append(opened)
                continue
            case.open[token] = OpenItem("task", opened.id, item.element_id)
            timed = Timed(opened.id, token, step, opened.due_at, uow.now)
            with case.seen_from(item.runs):
                moved.jobs += jobs_of(uow, case, timed)
        else:
            with case.seen_from(item.runs):
                row = _job(uow, case, item)
            moved.jobs.append(row)
            case.open[token] = OpenItem("job", row["id"], item.element_id)
    return skipped


def _compare(case: Case, tokens: dict[str, Any], moved: Moved) -> None:
    """Keep the new tokens, and note how they differ from those before."""
    before = {entry[0]: entry for entry in case.tokens["tokens"]} if case.tokens else {}
    moved.placed = [entry for entry in tokens["tokens"] if before.pop(entry[0], None) != entry]
    moved.lifted = sorted(before, key=int)
    case.tokens = tokens


def _close_gone(uow: UnitOfWork, case: Case, alive: set[str], moved: Moved) -> None:
    gone = {token: case.open.pop(token) for token in list(case.open) if token not in alive}
    # Opened and gone within one command: nobody has seen it, so no row tells of it.
    unborn = {item.row for item in gone.values()} & {
        row["id"] for row in (*moved.rows.tasks, *moved.jobs)
    }
    if unborn:
        moved.rows.drop(unborn)
        moved.opened = [one for one in moved.opened if one.id not in unborn]
        moved.jobs = [
            row
            for row in moved.jobs
            if row["id"] not in unborn and (row["payload"] or {}).get("task") not in unborn
        ]
        gone = {token: item for token, item in gone.items() if item.row not in unborn}
    closed = {token: item for token, item in gone.items() if item.kind == "task"}
    tasks = [item.row for item in closed.values()]
    withdraw_tasks(uow, tasks)
    drop_jobs(uow, case, {token: item.element for token, item in closed.items()})
    moved.cancelled += tasks
    jobs = [item.row for item in gone.values() if item.kind == "job"]
    if jobs:
        uow.execute(
            update(job)
            .where(job.c.id.in_(jobs), job.c.state.in_(OPEN_JOB))
            .values(state="cancelled", lease_owner=None, lease_until=None)
        )


def _job(uow: UnitOfWork, case: Case, item: Work) -> dict[str, Any]:
    due_at, provisional = uow.now, False
    payload: dict[str, Any] = {}
    if item.kind == "timer":
        scope = case.scope(uow)
        due_at = scope.instant(item.expression, item.element_id)
        provisional = scope.provisional
        payload = {"expression": item.expression}
    elif item.kind == "message":
        payload = {"message": item.message}
    return {
        "id": new_id(),
        "kind": item.kind if item.kind in ("timer", "message") else "ability",
        "instance_id": case.id,
        "token": item.token,
        "element_id": item.element_id,
        "due_at": due_at,
        "provisional": provisional,
        # A message comes when somebody delivers it; no worker has anything to do.
        "state": "waiting" if item.kind == "message" else "due",
        "attempts": 0,
        "payload": payload,
        "created_at": uow.now,
    }


def describe(uow: UnitOfWork, case: Case) -> None:
    """Keep the case's title and amount in step with its document."""
    if not (case.new or case.document.changed):
        return
    manifest = case.definition.manifest
    if manifest.amount:
        amount = case.document.content.get(manifest.amount)
        if isinstance(amount, int):
            case.amount_fen = amount
    if manifest.case_title:
        title = case.scope(uow).evaluate(manifest.case_title)
        if isinstance(title, str) and title:
            case.title = title[:300]
