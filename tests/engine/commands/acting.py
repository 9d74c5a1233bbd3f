"""A house in which people act by commands alone, with the cast of the scenarios and packages of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from engine.actors import SYSTEM
from engine.catalog.package import Package
from engine.catalog.versions import deploy
from engine.clock import FakeClock
from engine.commands.complete import complete
from engine.commands.start import start
from engine.commands.uploads import upload
from engine.engine import Engine
from engine.queries.history import Happening, history
from engine.store.tables import notification, task
from engine.testing.files import small_pdf
from engine.testing.house import ZONE

PROCESSES = Path(__file__).resolve().parents[3] / "processes"
MORNING = datetime(2026, 3, 2, 9, tzinfo=ZONE)
FORM = {
    "item": "羽毛球拍",
    "quantity": 8,
    "purpose": "春季职工羽毛球赛",
    "needed_on": "2026-03-20",
    "return_on": "2026-03-23",
    "place": "厅机关活动室",
    "value_fen": 160000,
    "contact": "13900000017",
}


def approve3(facts: str = "", **properties: str) -> Package:
    """The small approval, with more in its process.toml and further properties of its check."""
    files = dict(Package.from_folder(PROCESSES / "approve3").files)
    files["process.toml"] += f"\n{facts}\n".encode()
    drawn = files["process.bpmn"].decode()
    for name, value in properties.items():
        mark = '<spiffworkflow:property name="candidates" value="unit_clerk'
        line = f'<spiffworkflow:property name="{name}" value="{value}" />'
        drawn = drawn.replace(mark, line + mark)
    files["process.bpmn"] = drawn.encode()
    return Package(files)


def later(house: House, **span: float) -> None:
    """Let time pass."""
    assert isinstance(house.engine.clock, FakeClock)
    house.engine.clock.advance(timedelta(**span))


@dataclass
class House:
    """The engine, and what its people do with it."""

    engine: Engine

    def act(self, person: str, verb: Callable[..., Any], *args: Any, **facts: Any) -> Any:
        """One command by one person, with its commit."""
        with self.engine.command(self.engine.directory.actor(person)) as uow:
            done = verb(uow, *args, **facts)
            uow.commit()
        return done

    def begin(self, package: Package | None = None, by: str = "chen_jing") -> str:
        """Start a case and return its id."""
        with self.engine.command(SYSTEM) as uow:
            made, _ = deploy(uow, package or approve3())
            uow.commit()
        return str(self.act(by, start, self.engine.catalog.get(made), FORM).case.id)

    def open_task(self, case: str) -> str:
        """The one open task of a case."""
        query = select(task.c.id).where(task.c.instance_id == case, task.c.state == "open")
        (found,) = self.rows(query)
        return str(found.id)

    def agree(self, case: str, person: str) -> None:
        """Agree to what is open."""
        self.act(person, complete, self.open_task(case), outcome="agree", form={})

    def upload(self, person: str, name: str = "票据.pdf") -> str:
        """A file that belongs to no case yet."""
        return str(self.act(person, upload, name, small_pdf(name)).id)

    def rows(self, statement: Any) -> list[Any]:
        """Read something directly."""
        with self.engine.database.read() as connection:
            return list(connection.execute(statement).all())

    def told(self, kind: str) -> list[str]:
        """Who has been told of a kind of thing, in order of their names."""
        query = select(notification.c.person_id).where(notification.c.kind == kind)
        return sorted(row.person_id for row in self.rows(query))

    def events(self, case: str) -> list[Happening]:
        """What is on the record of a case."""
        with self.engine.database.read() as connection:
            return history(connection, case)

    def types(self, case: str) -> list[str]:
        """The kinds of events on the record."""
        return [one.type for one in self.events(case)]
