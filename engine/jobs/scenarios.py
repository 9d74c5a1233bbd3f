"""The scenarios of a draft, a few at a time: a worker that is killed loses those of one slice."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import Connection, Row, delete, select, update

from engine.actors import SYSTEM
from engine.catalog.package import Package
from engine.catalog.versions import stored_package
from engine.jobs.leases import finish, take
from engine.store.tables import job, scenario_run
from engine.store.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from engine.engine import Engine

log = structlog.get_logger()

#: A slice ends after so many seconds: other work is waiting, too.
MOST_SECONDS = 1.5


def play_slice(engine: Engine, job_id: str, owner: str) -> None:
    """Play the next scenarios. No lock is held meanwhile; what came out is written at once."""
    with engine.database.read() as connection:
        payload = connection.execute(select(job.c.payload).where(job.c.id == job_id)).scalar_one()
        run = _run(connection, payload["content"])
        package = None if run is None else _package(engine, connection, payload)
    played = None if run is None or package is None else _played(engine, package, run)
    with engine.database.write() as connection:
        if take(connection, job_id, owner) is None:
            return
        uow = UnitOfWork(engine, connection, SYSTEM)
        now = _run(connection, payload["content"], lock=True)
        more = False
        if now is not None and played is None:
            # The draft holds something else by now, or is gone: nobody asks about that content.
            uow.execute(delete(scenario_run).where(scenario_run.c.content == now.content))
        elif now is not None and played is not None and now.ended_at is None:
            more = _write(uow, now, *played)
        if more:
            connection.execute(
                update(job).where(job.c.id == job_id).values(lease_owner=None, lease_until=None)
            )
            uow.after_commit(engine.wake.set)
        else:
            finish(connection, job_id)
        uow.commit()


def give_up_run(uow: UnitOfWork, payload: Mapping[str, Any], _error: str) -> None:
    """Forget a run that failed again and again: it can be asked for anew."""
    uow.execute(delete(scenario_run).where(scenario_run.c.content == payload["content"]))


def _played(
    engine: Engine, package: Package, run: Row[Any]
) -> tuple[dict[str, Mapping[str, int]], dict[str, dict[str, Any]]]:
    # Late: playing needs the whole engine, which has these jobs in it.
    from engine.studio.scenario_runs import cast_of, scenarios_in
    from engine.testing.coverage import told_story
    from engine.testing.refusals import Failure

    passed: dict[str, Mapping[str, int]] = {}
    failed: dict[str, dict[str, Any]] = {}
    ends, cast = time.monotonic() + MOST_SECONDS, cast_of(engine)
    for path, text in scenarios_in(package).items():
        name = Path(path).stem
        if name in run.passed or name in run.failed:
            continue
        if cast is None or time.monotonic() > ends:
            break
        try:
            story = told_story(package, path, text, cast)
        # Whatever one of them hits must not keep the others from being played.
        except Exception as error:
            log.warning("scenario not played", scenario=name, error=type(error).__name__)
            story = Failure("internal", {"text": type(error).__name__})
        if isinstance(story, Failure):
            failed[name] = asdict(story)
        else:
            passed[name] = story.times
    return passed, failed


def _write(
    uow: UnitOfWork,
    run: Row[Any],
    passed: Mapping[str, Mapping[str, int]],
    failed: dict[str, dict[str, Any]],
) -> bool:
    """Add what was played; whether there is more to play."""
    passed, failed = {**run.passed, **passed}, {**run.failed, **failed}
    over = len(passed) + len(failed) in (run.total, len(run.passed) + len(run.failed))
    uow.execute(
        update(scenario_run)
        .where(scenario_run.c.content == run.content)
        .values(passed=passed, failed=failed, ended_at=uow.now if over else None)
    )
    return not over


def _run(connection: Connection, content: str, *, lock: bool = False) -> Row[Any] | None:
    statement = select(scenario_run).where(scenario_run.c.content == content)
    return connection.execute(statement.with_for_update() if lock else statement).one_or_none()


def _package(engine: Engine, connection: Connection, payload: Mapping[str, Any]) -> Package | None:
    """What is to be played, if it still holds what it held when it was asked for."""
    from engine.studio.candidates import candidate_id
    from engine.studio.checking import whole
    from engine.studio.reading import package_of

    if payload["draft"]:
        package = whole(package_of(connection, payload["draft"]), engine.shared)
    else:
        package = stored_package(connection, payload["definition"])
    return package if candidate_id(package) == payload["content"] else None
