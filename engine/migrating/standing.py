"""What stands around the tokens of running cases: tasks, signers, jobs; read for many cases at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, select

from engine.store.tables import delegation, draft, held_decision, job, signer, task
from engine.store.tables.jobs import MIGRATE

#: How many cases are read with one statement.
AT_ONCE = 200
OPEN_JOB = ("due", "waiting", "incident", "parked")


@dataclass(slots=True)
class Standing:
    """One case's open work."""

    #: task id → its row
    tasks: dict[str, Any] = field(default_factory=dict)
    signers: dict[str, list[Any]] = field(default_factory=dict)
    #: tasks with a question that has not come back
    advised: set[str] = field(default_factory=set)
    #: tasks with something typed and not sent
    drafts: set[str] = field(default_factory=set)
    #: job id → its row
    jobs: dict[str, Any] = field(default_factory=dict)
    held: bool = False


def standing_of(connection: Connection, cases: Sequence[str]) -> dict[str, Standing]:
    """The open work of cases, by case."""
    found = {one: Standing() for one in cases}
    for part in parts(cases):
        _tasks(connection, part, found)
        waiting = select(job).where(
            job.c.instance_id.in_(part), job.c.state.in_(OPEN_JOB), job.c.kind != MIGRATE
        )
        for row in connection.execute(waiting):
            found[row.instance_id].jobs[row.id] = row
        held = select(held_decision.c.instance_id).where(held_decision.c.instance_id.in_(part))
        for case in connection.execute(held).scalars():
            found[case].held = True
    return found


def parts(ids: Sequence[str], size: int = AT_ONCE) -> Iterator[Sequence[str]]:
    """A few at a time."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


def _tasks(connection: Connection, cases: Sequence[str], found: dict[str, Standing]) -> None:
    whose: dict[str, str] = {}
    for row in connection.execute(
        select(task).where(task.c.instance_id.in_(cases), task.c.state == "open")
    ):
        found[row.instance_id].tasks[row.id] = row
        whose[row.id] = row.instance_id
    for some in parts(list(whose)):
        for row in connection.execute(
            select(signer).where(signer.c.task_id.in_(some)).order_by(signer.c.position)
        ):
            found[whose[row.task_id]].signers.setdefault(row.task_id, []).append(row)
        asked = select(delegation.c.task_id).where(
            delegation.c.task_id.in_(some), delegation.c.state == "open"
        )
        for task_id in connection.execute(asked).scalars():
            found[whose[task_id]].advised.add(task_id)
        typed = select(draft.c.place).where(draft.c.place.in_([f"task:{one}" for one in some]))
        for place in connection.execute(typed).scalars():
            task_id = place.removeprefix("task:")
            found[whose[task_id]].drafts.add(task_id)
