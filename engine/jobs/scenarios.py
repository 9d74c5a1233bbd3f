"""The scenarios of a draft, a few at a time: a worker that is killed loses those of one slice."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import Connection, Row, delete, select, update
from sqlalchemy.exc import OperationalError

from engine.actors import SYSTEM
from engine.catalog.package import Package
from engine.catalog.versions import stored_package
from engine.jobs.leases import finish, go_on, take
from engine.store.tables import job, scenario_run
from engine.store.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from engine.engine import Engine

log = structlog.get_logger()

#: After so many seconds no further story of a slice is begun: other work is waiting, too. A single story may take
#: as long as `engine.testing.play.PATIENCE_S`.
MOST_SECONDS = 1.5


def play_slice(engine: Engine, job_id: str, owner: str) -> None:
    """Play the next scenarios. No lock is held meanwhile; what came out is written at once."""
    # Late: playing needs the whole engine, which has these jobs in it.
    from engine.studio.scenario_runs import RUNNING, has_job

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
        if now is not None and run is not None and played is None:
            # The draft holds something else by now, or is gone: most likely nobody asks about that content.
            if now.asked_at == run.asked_at and not has_job(connection, now.content, but=job_id):
                uow.execute(delete(scenario_run).where(scenario_run.c.content == now.content))
        elif now is not None and played is not None and now.state == RUNNING:
            more = _write(uow, now, *played)
        if more:
            go_on(connection, job_id)
            uow.after_commit(engine.wake.set)
        else:
            finish(connection, job_id)
        uow.commit()


def give_up_run(uow: UnitOfWork, payload: Mapping[str, Any], _error: str) -> None:
    """Play no further ones: the next slice failed again and again. It can be asked to go on."""
    uow.execute(
        update(scenario_run)
        .where(scenario_run.c.content == payload["content"])
        .values(state="gave_up", moved_at=uow.now)
    )


def _played(
    engine: Engine, package: Package, run: Row[Any]
) -> tuple[dict[str, Mapping[str, int]], dict[str, dict[str, Any]]]:
    from engine.studio.scenario_runs import cast_of, scenarios_in
    from engine.testing.coverage import told_story
    from engine.testing.refusals import Failure

    passed: dict[str, Mapping[str, int]] = {}
    failed: dict[str, dict[str, Any]] = {}
    cast = cast_of(engine)
    if cast is None:
        raise FileNotFoundError("cast.yaml")
    ends = time.monotonic() + MOST_SECONDS
    for path, text in scenarios_in(package).items():
        name = Path(path).stem
        if name in run.passed or name in run.failed:
            continue
        if (passed or failed) and time.monotonic() > ends:
            break
        try:
            story = told_story(package, path, text, cast)
        except (OSError, MemoryError, OperationalError):
            raise  # the machine's trouble, not the story's: the job tries again
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
    over = len(passed) + len(failed) >= run.total
    uow.execute(
        update(scenario_run)
        .where(scenario_run.c.content == run.content)
        .values(
            passed=passed,
            failed=failed,
            moved_at=uow.now,
            state="done" if over else run.state,
        )
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
