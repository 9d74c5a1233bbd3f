"""The scenarios of a draft or a version, played before it can be proposed. The caller commits.

What was played counts for what the package held to the byte: any save asks for another run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, Text, delete, insert, select, type_coerce, update
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from engine.catalog.checks.scenarios import CAST, no_cast, told_by
from engine.catalog.definition import compile_definition
from engine.catalog.package import Package
from engine.engine import Engine
from engine.ids import new_id
from engine.store.tables import job, scenario_run
from engine.store.unit_of_work import UnitOfWork
from engine.studio.candidates import candidate_id
from schemas.finding import Finding

if TYPE_CHECKING:
    from engine.testing.coverage import Coverage
    from engine.testing.refusals import Failure

#: The kind of the job that plays some of them.
KIND = "scenarios"
RUNNING, DONE, GAVE_UP = "running", "done", "gave_up"
#: A run that has not gone on for so long may be asked for anew: its job may have been lost.
STALE = timedelta(minutes=15)
#: How long the outcome of a run is kept.
KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ScenarioRun:
    """How far a run is, and what came out so far."""

    state: str
    moved_at: datetime
    total: int
    passed: Mapping[str, Mapping[str, int]]
    failed: Mapping[str, Failure]

    @property
    def done(self) -> int:
        """How many scenarios have been played."""
        return len(self.passed) + len(self.failed)

    @property
    def is_over(self) -> bool:
        """Whether all of them have been played."""
        return self.state == DONE and self.done >= self.total

    def covered(self, package: Package) -> Coverage:
        """How much of the package's diagram they went through."""
        # Late: playing needs the whole engine, which has the studio in it.
        from engine.testing.coverage import counted
        from engine.testing.play import Story

        diagram = compile_definition(package).diagram
        stories = [Story(name, "", times=dict(times)) for name, times in self.passed.items()]
        return counted(stories, self.failed, diagram.elements, diagram.flows)


def scenarios_in(package: Package) -> dict[str, bytes]:
    """The scenario files of a package, by path."""
    return {
        path: content
        for path, content in sorted(package.companions.items())
        if path.startswith("scenarios/") and path.endswith(".yaml")
    }


def cast_of(engine: Engine) -> Path | None:
    """The people whom scenarios are told of, where the house has any."""
    path = None if engine.shared is None else engine.shared / CAST
    return path if path is not None and path.is_file() else None


def must_be_played(engine: Engine, package: Package) -> bool:
    """Whether there is anything to play and anybody to play it with."""
    return cast_of(engine) is not None and bool(scenarios_in(package))


def run_of(connection: Connection, package: Package) -> ScenarioRun | None:
    """The run of exactly this content."""
    # Late: playing needs the whole engine, which has the studio in it.
    from engine.testing.refusals import Failure

    row = connection.execute(
        select(scenario_run).where(scenario_run.c.content == candidate_id(package))
    ).one_or_none()
    if row is None:
        return None
    failed = {name: Failure(**facts) for name, facts in row.failed.items()}
    return ScenarioRun(row.state, row.moved_at, row.total, row.passed, failed)


def ask_for_run(
    uow: UnitOfWork,
    package: Package,
    *,
    draft_id: str | None = None,
    definition_id: str | None = None,
    again: bool = False,
) -> None:
    """Have the scenarios of a draft or a version played, unless that was done for what it holds.

    With `again` those that failed are played once more, and a run that was given up goes on. Raise
    `InvalidPackage` for a package that cannot run.
    """
    compile_definition(package)
    if not scenarios_in(package):
        return
    row = _kept(uow, package)
    changes: dict[str, Any] = {"moved_at": uow.now}
    if row.state != RUNNING:
        if not again or (row.state == DONE and not row.failed):
            return
        changes |= {"state": RUNNING, "failed": {}}
    elif row.moved_at > uow.now - STALE and row.moved_at != uow.now:
        return
    if has_job(uow.connection, row.content):
        return
    uow.execute(update(scenario_run).where(scenario_run.c.content == row.content).values(**changes))
    payload = {"content": row.content, "draft": draft_id, "definition": definition_id}
    uow.execute(
        insert(job).values(
            id=new_id(),
            kind=KIND,
            due_at=uow.now,
            provisional=False,
            state="due",
            attempts=0,
            payload=payload,
            created_at=uow.now,
        )
    )
    uow.after_commit(uow.engine.wake.set)


def _kept(uow: UnitOfWork, package: Package) -> Row[Any]:
    """The run's row, made if there is none, and locked: of two who ask at once one makes it."""
    content = candidate_id(package)
    made = insert_sqlite if uow.engine.database.is_sqlite else insert_postgresql
    uow.execute(
        made(scenario_run)
        .on_conflict_do_nothing()
        .values(
            content=content,
            asked_by=uow.actor.id,
            asked_at=uow.now,
            state=RUNNING,
            moved_at=uow.now,
            total=len(scenarios_in(package)),
            passed={},
            failed={},
        )
    )
    return uow.execute(
        select(scenario_run).where(scenario_run.c.content == content).with_for_update()
    ).one()


def has_job(connection: Connection, content: str, *, but: str = "") -> bool:
    """Whether a job will play some of a run, one that is named left out."""
    due = select(job.c.id).where(
        job.c.kind == KIND,
        job.c.state == "due",
        job.c.id != but,
        type_coerce(job.c.payload, Text).contains(content, autoescape=True),
    )
    return connection.execute(due.limit(1)).first() is not None


def findings_of(engine: Engine, package: Package, run: ScenarioRun | None) -> list[Finding]:
    """What the scenarios say about a package that can run; nothing as long as they are not played."""
    if engine.shared is not None and cast_of(engine) is None:
        return [no_cast()]
    if not scenarios_in(package):
        run = ScenarioRun(DONE, engine.clock.now(), 0, {}, {})
    if run is None or not run.is_over:
        return []
    return list(told_by(run.covered(package), compile_definition(package).diagram))


def forget_runs(uow: UnitOfWork) -> None:
    """Let go of what was played long ago; a draft of that age is played again."""
    uow.execute(delete(scenario_run).where(scenario_run.c.moved_at < uow.now - KEPT))
