"""A drawn process as a package, a small office that works on its cases, and a clock that can be moved."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from engine.actors import SYSTEM
from engine.catalog.definition import Definition
from engine.catalog.package import Package
from engine.catalog.versions import deploy
from engine.clock import FakeClock
from engine.commands.complete import complete
from engine.commands.start import start
from engine.engine import Engine
from engine.jobs.run import run_due
from engine.store.case import Case, from_row
from engine.store.tables import effect, event, event_payload, job, signer, task
from engine.store.unit_of_work import UnitOfWork
from engine.testing.directory import CastDirectory
from engine.testing.house import ZONE, temporary_engine
from tests.engine.runtime.drawing import draw

#: Monday morning.
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)
APPLICANT, BOSS = "applicant", "boss"
#: Those who hold the role `doer` at the applicant's unit.
DOERS = ("ann", "ben", "cai", "dee")
DOER = "candidates=doer@applicant.unit"
_ROLES = {
    "doer": {"zh": "经办", "en": "Doer", "level": "unit"},
    "head": {"zh": "负责人", "en": "Head", "level": "unit", "heads": ["unit"]},
    "keeper": {"zh": "管理员", "en": "Keeper", "level": "root", "rights": ["administer"]},
    "asker": {"zh": "申请人", "en": "Asker", "level": "unit"},
}
_FACTS = """
id = "drawn"
title = "画出来的流程"
owner = "doer"
[start]
roles = ["asker"]
[withdraw]
until = []
"""
FORM: dict[str, Any] = {
    "schemaVersion": 18,
    "type": "default",
    "components": [
        {"type": "textfield", "key": "wish", "label": "愿望", "validate": {"required": True}},
        {"type": "money", "key": "amount_fen", "label": "金额"},
    ],
}


def directory() -> CastDirectory:
    """One unit below the top, its people, and an administrator."""
    people = [_person(one, "doer") for one in DOERS]
    people += [_person(APPLICANT, "asker"), _person(BOSS, "head"), _person("outsider")]
    people.append(_person("keeper", "keeper", unit="root"))
    units = [
        {"id": "root", "name": "总会", "kind": "root", "parent": None},
        {"id": "unit", "name": "单位", "kind": "unit", "parent": "root"},
    ]
    return CastDirectory(units, people, _ROLES)


def _person(name: str, *roles: str, unit: str = "unit") -> dict[str, Any]:
    held = [{"role": role, "at": unit} for role in roles]
    return {"id": name, "name": name.title(), "unit": unit, "member_no": name, "roles": held}


def package(*lines: str, facts: str = "", forms: dict[str, Any] | None = None) -> Package:
    """A package around a drawing, every timer of which takes two days; `facts` is added to its facts."""
    drawn = re.sub(rb"<timeDuration>due_\w+<", b'<timeDuration>duration("P2D")<', draw(*lines))
    files = {"process.toml": (_FACTS + facts).encode(), "process.bpmn": drawn}
    for name, form in (forms or {}).items():
        files[f"forms/{name}.json"] = json.dumps(form).encode()
    return Package(files)


class Office:
    """People at work on the cases of one drawn process."""

    def __init__(self, engine: Engine, drawn: Package) -> None:
        self.engine = engine
        with engine.command(SYSTEM) as uow:
            definition_id, _ = deploy(uow, drawn)
            uow.commit()
        self.definition: Definition = engine.catalog.get(definition_id)
        self.case = ""

    @property
    def clock(self) -> FakeClock:
        """The clock, to be moved."""
        assert isinstance(self.engine.clock, FakeClock)
        return self.engine.clock

    def do(self, person: str, command: Callable[[UnitOfWork], Any]) -> Any:
        """One command of a person, committed."""
        actor = SYSTEM if person == "system" else self.engine.directory.actor(person)
        with self.engine.command(actor) as uow:
            result = command(uow)
            uow.commit()
        return result

    def start(self, form: Any = None, by: str = APPLICANT) -> str:
        """Begin a case."""
        acted = self.do(by, lambda uow: start(uow, self.definition, form))
        self.case = acted.case.id
        return self.case

    def work(self) -> int:
        """Run what is due."""
        done = 0
        while count := run_due(self.engine, "office", limit=1):
            done += count
        return done

    def wait(self, by: timedelta) -> None:
        """Let time pass, and do what falls due."""
        self.clock.advance(by)
        self.work()

    def complete(self, element: str, by: str, outcome: str | None = None, **facts: Any) -> Any:
        """Complete the open task of an element."""
        return self.do(by, lambda uow: complete(uow, self.task(element), outcome=outcome, **facts))

    def task(self, element: str) -> str:
        """The id of the open task of an element."""
        ids = [row.id for row in self.tasks() if row.element_id == element and row.state == "open"]
        assert len(ids) == 1, (element, self.open())
        return str(ids[0])

    def open(self) -> list[str]:
        """The elements with an open task, sorted."""
        return sorted(row.element_id for row in self.tasks() if row.state == "open")

    def tasks(self) -> list[Any]:
        """Every task of the case, in the order of opening."""
        rows = self.rows(select(task).where(task.c.instance_id == self.case))
        return sorted(rows, key=lambda row: (row.created_at, int(row.token)))

    def done_task(self, element: str) -> str:
        """The id of the task of an element that was completed last."""
        found = [
            row for row in self.tasks() if row.element_id == element and row.state == "completed"
        ]
        return str(max(found, key=lambda row: int(row.token)).id)

    def jobs(self, *states: str) -> list[Any]:
        """The case's background work in these states."""
        return self.rows(select(job).where(job.c.instance_id == self.case, job.c.state.in_(states)))

    def signers(self, task_id: str) -> list[Any]:
        """A task's signers in order."""
        return self.rows(
            select(signer).where(signer.c.task_id == task_id).order_by(signer.c.position)
        )

    def effects(self) -> list[tuple[str, str]]:
        """What abilities did, and what has become of it."""
        rows = self.rows(
            select(effect).where(effect.c.instance_id == self.case).order_by(effect.c.created_at)
        )
        return [(row.ability, row.state) for row in rows]

    def events(self, type: str = "") -> list[tuple[Any, dict[str, Any]]]:
        """The case's events with their payloads, in order."""
        rows = self.rows(
            select(event, event_payload.c.payload)
            .join(
                event_payload,
                (event_payload.c.stream == event.c.stream) & (event_payload.c.seq == event.c.seq),
            )
            .where(event.c.stream == f"instance:{self.case}")
            .order_by(event.c.seq)
        )
        return [(row, json.loads(row.payload)) for row in rows if type in ("", row.type)]

    def rows(self, statement: Any) -> list[Any]:
        """Read something."""
        with self.engine.database.read() as connection:
            return list(connection.execute(statement).all())

    def read(self) -> Case:
        """The case as a command would load it."""
        from engine.store.case import _LOCK

        with self.engine.database.write() as connection:
            uow = UnitOfWork(self.engine, connection, SYSTEM)
            return from_row(uow, uow.execute(_LOCK, {"which": self.case}).one())


@contextmanager
def office(drawn: Package, url: str | None = None) -> Iterator[Office]:
    """An office over a fresh database."""
    with temporary_engine(directory(), MONDAY, url=url) as engine:
        yield Office(engine, drawn)
