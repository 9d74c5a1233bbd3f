"""The package `errand` on an engine of its own: a task with every rung, a sign-off, a loop, a silence that counts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from engine.abilities.registry import standard_abilities
from engine.actors import SYSTEM
from engine.catalog.package import Package
from engine.catalog.versions import deploy
from engine.clock import Clock, FakeClock
from engine.commands.complete import complete
from engine.commands.start import start
from engine.engine import Engine
from engine.files import FolderFiles
from engine.jobs.leases import next_due
from engine.jobs.run import run_due
from engine.letters import Fonts
from engine.sealing import Keyring
from engine.store.case import stream_of
from engine.store.database import Database
from engine.store.tables import event, event_payload, job, notification, task
from engine.testing.directory import CastDirectory

PACKAGES = Path(__file__).parent / "packages"
ZONE = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    """An instant in the organisation's zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


MONDAY = at("2026-03-02T09:00")


def build(url: str, home: Path, clock: Clock) -> Engine:
    """An engine over a database that has its tables; the keys are made at the first call."""
    keys = home / "keys"
    keyring = Keyring.load(keys) if keys.exists() else Keyring.create(keys)
    return Engine(
        database=Database(url),
        directory=CastDirectory.load(PACKAGES / "_shared" / "cast.yaml"),
        clock=clock,
        zone=ZONE,
        keyring=keyring,
        files=FolderFiles(home / "files", keyring.seal_bytes, keyring.open_bytes),
        fonts=Fonts.default(),
        abilities=standard_abilities(),
    )


class House:
    """What the tests do, in words."""

    def __init__(self, engine: Engine, url: str, home: Path) -> None:
        self.engine, self.url, self.home = engine, url, home
        self.case = ""

    @property
    def cast(self) -> CastDirectory:
        assert isinstance(self.engine.directory, CastDirectory)
        return self.engine.directory

    def set(self, instant: datetime) -> None:
        assert isinstance(self.engine.clock, FakeClock)
        self.engine.clock.set(instant)

    def deploy(self, **changes: str) -> None:
        """Deploy the package, with texts of its diagram replaced: `{old: new}` pairs."""
        files = dict(Package.from_folder(PACKAGES / "errand").files)
        drawn = files["process.bpmn"].decode()
        for old, new in zip(
            changes.pop("old", "").split("|"), changes.pop("new", "").split("|"), strict=True
        ):
            assert old in drawn
            # FEEL is written as FEEL; in an attribute its quotes are entities.
            text = new if new.startswith("<") or not old else new.replace('"', "&quot;")
            drawn = drawn.replace(old, text)
        files["process.bpmn"] = drawn.encode()
        with self.engine.command(SYSTEM) as uow:
            made, _ = deploy(uow, Package(files))
            uow.commit()
        self.definition = self.engine.catalog.get(made)

    def act(self, person: str, verb: Any, *args: Any, **facts: Any) -> Any:
        actor = SYSTEM if person == "system" else self.engine.directory.actor(person)
        with self.engine.command(actor) as uow:
            done = verb(uow, *args, **facts)
            uow.commit()
        return done

    def start(self) -> str:
        self.case = self.act("anna", start, self.definition, {"item": "a ball"}).case.id
        return self.task("desk")

    def to_vote(self) -> str:
        self.start()
        self.complete("carl", "desk", "agree")
        return self.task("vote")

    def complete(self, person: str, element: str, outcome: str | None = None) -> Any:
        return self.act(person, complete, self.task(element), outcome=outcome, form={})

    def pass_until(self, text: str) -> None:
        """Time passes; a worker does what falls due on the way, each at its time."""
        target = at(text)
        while (due := next_due(self.engine)) is not None and due <= target:
            if due > self.engine.clock.now():
                self.set(due)
            if not run_due(self.engine, "worker", limit=1):
                break  # another worker has it still
        self.set(target)

    def rows(self, statement: Any) -> list[Any]:
        with self.engine.database.read() as connection:
            return list(connection.execute(statement).all())

    def task(self, element: str) -> str:
        (row,) = self.rows(
            select(task.c.id).where(task.c.element_id == element, task.c.state == "open")
        )
        return str(row.id)

    def task_row(self, task_id: str) -> Any:
        (row,) = self.rows(select(task).where(task.c.id == task_id))
        return row

    def told(self) -> list[tuple[str, str]]:
        """Who was told what, in order."""
        rows = self.rows(select(notification).order_by(notification.c.at, notification.c.id))
        return [(row.person_id, row.kind) for row in rows]

    def jobs(self, state: str = "due") -> list[Any]:
        return self.rows(select(job).where(job.c.state == state).order_by(job.c.due_at))

    def waiting(self) -> list[tuple[str, str]]:
        """Kind and local time of what is due."""
        return [
            (row.kind, row.due_at.astimezone(ZONE).strftime("%m-%d %H:%M")) for row in self.jobs()
        ]

    def events(self, *types: str) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
        """Type, subject and payload of the case's events."""
        rows = self.rows(
            select(event.c.type, event.c.subject, event_payload.c.payload)
            .outerjoin(
                event_payload,
                (event_payload.c.stream == event.c.stream) & (event_payload.c.seq == event.c.seq),
            )
            .where(event.c.stream == stream_of(self.case))
            .order_by(event.c.seq)
        )
        return [
            (row.type, row.subject, json.loads(row.payload or "{}"))
            for row in rows
            if not types or row.type in types
        ]


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """The package deployed on both databases, on a Monday morning."""
    engine = build(database_url, tmp_path, FakeClock(MONDAY))
    try:
        found = House(engine, database_url, tmp_path)
        found.deploy()
        yield found
    finally:
        engine.database.close()
