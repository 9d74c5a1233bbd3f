"""A version is tried on the cases of a period, slice by slice, and says how many would have gone otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from engine.actors import Actor
from engine.catalog.package import Package
from engine.engine import Engine
from engine.errors import InvalidPackage, NotFound
from engine.jobs.run import run_due
from engine.rehearsing.asking import ask, stop
from engine.rehearsing.results import summary, told_cases
from engine.store.blobs import sweep_blobs
from engine.store.tables import case_document, event, instance, job
from engine.testing.play import told
from tests.engine.rehearsing.retold import PROCESSES, replaced

ADMIN = Actor("p-admin")


@contextmanager
def house(url: str) -> Iterator[tuple[Engine, Package]]:
    folder = PROCESSES / "approve3"
    with told(folder, folder / "scenarios" / "agreed.yaml", url=url) as (engine, _id, _story):
        yield engine, Package.from_folder(folder)


def changed(package: Package) -> Package:
    files = dict(package.files)
    replaced("process.bpmn", 'outcomes.approve = "agree"', 'outcomes.approve = "refuse"')(files)
    return Package(files)


def asked(engine: Engine, package: Package, days: int = 365) -> str:
    now = engine.clock.now()
    with engine.command(ADMIN) as uow:
        found = ask(
            uow, package, title="stricter", since=now - timedelta(days), until=now + timedelta(1)
        )
        uow.commit()
    return found


def test_the_cases_of_a_period_are_told_and_counted(database_url: str) -> None:
    with house(database_url) as (engine, package):
        rehearsal = asked(engine, changed(package))
        while run_due(engine, "worker"):
            pass
        with engine.database.read() as connection:
            found = summary(connection, rehearsal)
            (case,) = told_cases(connection, rehearsal, "refused")
            assert told_cases(connection, rehearsal, "same") == []
            kinds = connection.execute(
                select(event.c.type).where(event.c.stream == "definition:approve3")
            ).scalars()
            assert list(kinds)[-2:] == ["rehearsal.asked", "rehearsal.done"]
        assert (found.state, found.total, found.done) == ("done", 1, 1)
        assert found.counts["refused"] == 1
        assert case.facts["ends"] == {"then": "ended_agreed", "now": "ended_refused"}


def test_trying_changes_no_case(database_url: str) -> None:
    with house(database_url) as (engine, package):
        with engine.database.read() as connection:
            before = connection.execute(select(instance)).all()
        asked(engine, changed(package))
        while run_due(engine, "worker"):
            pass
        with engine.database.read() as connection:
            assert connection.execute(select(instance)).all() == before


def test_cases_that_ended_before_the_period_are_left_out(database_url: str) -> None:
    with house(database_url) as (engine, package):
        with engine.database.write() as connection:
            connection.execute(
                update(instance).values(ended_at=engine.clock.now() - timedelta(days=400))
            )
            connection.commit()
        rehearsal = asked(engine, changed(package))
        while run_due(engine, "worker"):
            pass
        with engine.database.read() as connection:
            assert summary(connection, rehearsal).done == 0


def test_a_stopped_rehearsal_tells_no_further_case(database_url: str) -> None:
    with house(database_url) as (engine, package):
        rehearsal = asked(engine, package)
        for _ in range(2):  # once more changes nothing
            with engine.command(ADMIN) as uow:
                stop(uow, rehearsal)
                uow.commit()
        while run_due(engine, "worker"):
            pass
        with engine.database.read() as connection:
            found = summary(connection, rehearsal)
            left = connection.execute(select(job.c.id).where(job.c.state == "due")).all()
        assert (found.state, found.done, left) == ("stopped", 0, [])


def test_a_worker_that_dies_in_a_slice_loses_nothing(database_url: str) -> None:
    with house(database_url) as (engine, package):
        rehearsal = asked(engine, package)
        with engine.database.write() as connection:
            # Leased by a worker that will never come back.
            connection.execute(
                update(job)
                .where(job.c.kind == "rehearsal")
                .values(lease_owner="dead", lease_until=engine.clock.now() - timedelta(seconds=1))
            )
            connection.commit()
        while run_due(engine, "worker"):
            pass
        with engine.database.read() as connection:
            found = summary(connection, rehearsal)
        assert (found.state, found.done, found.counts["same"]) == ("done", 1, 1)


def test_what_is_tried_stays_though_the_draft_it_came_from_is_gone(database_url: str) -> None:
    with house(database_url) as (engine, package):
        rehearsal = asked(engine, changed(package))
        with engine.command(ADMIN) as uow:
            sweep_blobs(uow)
            uow.commit()
        while run_due(engine, "worker"):
            pass
        with engine.database.read() as connection:
            found = summary(connection, rehearsal)
        assert (found.state, found.counts["refused"]) == ("done", 1)


def test_a_case_that_is_not_as_it_should_be_keeps_no_other_from_being_told(
    database_url: str,
) -> None:
    with house(database_url) as (engine, package):
        with engine.database.write() as connection:
            connection.execute(update(case_document).values(content=["no", "document"]))
            connection.commit()
        rehearsal = asked(engine, package)
        while run_due(engine, "worker"):
            pass
        with engine.database.read() as connection:
            found = summary(connection, rehearsal)
        assert (found.state, found.done, found.counts["untold"]) == ("done", 1, 1)


def test_what_cannot_run_cannot_be_tried(database_url: str) -> None:
    with house(database_url) as (engine, package):
        broken = Package({**package.files, "process.bpmn": b"<nothing/>"})
        with pytest.raises(InvalidPackage):
            asked(engine, broken)
        with engine.database.read() as connection, pytest.raises(NotFound):
            summary(connection, "nothing")
