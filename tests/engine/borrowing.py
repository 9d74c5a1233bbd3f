"""A union whose members borrow and vote, on both databases: what the tests of refusals walk around in."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from engine.actors import SYSTEM
from engine.catalog.definition import Definition
from engine.catalog.package import Package
from engine.catalog.versions import deploy
from engine.commands.start import start
from engine.engine import Engine
from engine.store.case import stream_of
from engine.store.tables import case_document, event, task
from engine.testing import CastDirectory, temporary_engine
from tests.engine.commands.acting import FORM, MORNING, PROCESSES

SOUND = Path(__file__).parent / "catalog" / "broken" / "_sound"
VOTERS = [f"voter{number}" for number in range(30)]
#: Two tasks side by side that write one field.
BRANCHES = """
    <bpmn:startEvent id="apply" />
    <bpmn:parallelGateway id="fork" />
    <bpmn:userTask id="left"><bpmn:extensionElements><spiffworkflow:properties>
      <spiffworkflow:property name="candidates" value="clerk @ applicant.unit" />
      <spiffworkflow:property name="form" value="review" />
    </spiffworkflow:properties></bpmn:extensionElements></bpmn:userTask>
    <bpmn:userTask id="right"><bpmn:extensionElements><spiffworkflow:properties>
      <spiffworkflow:property name="candidates" value="clerk @ applicant.unit" />
      <spiffworkflow:property name="form" value="review" />
    </spiffworkflow:properties></bpmn:extensionElements></bpmn:userTask>
    <bpmn:parallelGateway id="join" />
    <bpmn:endEvent id="done" />
    <bpmn:sequenceFlow id="a" sourceRef="apply" targetRef="fork" />
    <bpmn:sequenceFlow id="b" sourceRef="fork" targetRef="left" />
    <bpmn:sequenceFlow id="c" sourceRef="fork" targetRef="right" />
    <bpmn:sequenceFlow id="d" sourceRef="left" targetRef="join" />
    <bpmn:sequenceFlow id="e" sourceRef="right" targetRef="join" />
    <bpmn:sequenceFlow id="f" sourceRef="join" targetRef="done" />
"""


def sample(sign_off: str = "") -> Package:
    """The small package of the checks, with another sign-off for its vote."""
    files = dict(Package.from_folder(SOUND).files)
    if sign_off:
        drawn = files["process.bpmn"].decode()
        start_at = drawn.index("<gongban:signOff")
        end_at = drawn.index("/>", start_at)
        drawn = drawn[:start_at] + f"<gongban:signOff {sign_off}" + drawn[end_at:]
        files["process.bpmn"] = drawn.encode()
    return Package(files)


def branching() -> Package:
    files = dict(Package.from_folder(SOUND).files)
    drawn = files["process.bpmn"].decode()
    body = drawn[drawn.index('isExecutable="true">') + 20 : drawn.index("</bpmn:process>")]
    files["process.bpmn"] = drawn.replace(body, BRANCHES).encode()
    files["process.toml"] = (
        b'id = "sample"\ntitle = "Two"\nowner = "clerk"\n[start]\nroles = ["member"]\n'
    )
    return Package(files)


def people() -> CastDirectory:
    """The cast of the scenarios, with two clerks, a jack of all trades, and thirty who vote."""
    cast = CastDirectory.load(PROCESSES / "_shared" / "cast.yaml")
    more = {
        "anna": ["member"],
        "carl": ["member", "clerk", "unit_clerk"],
        "cleo": ["clerk", "unit_clerk"],
        "jack": ["member", "unit_clerk", "unit_chair", "clerk", "board"],
        **{voter: ["board"] for voter in VOTERS},
    }
    added = [
        {
            "id": name,
            "name": name.title(),
            "unit": "nonglin",
            "group": None,
            "roles": [{"role": role, "at": "nonglin"} for role in roles],
        }
        for name, roles in more.items()
    ]
    return CastDirectory(list(cast.units.values()), [*cast.people.values(), *added])


@dataclass
class House:
    engine: Engine

    def act(self, person: str, verb: Callable[..., Any], *args: Any, **facts: Any) -> Any:
        with self.engine.command(self.engine.directory.actor(person)) as uow:
            acted = verb(uow, *args, **facts)
            uow.commit()
        return acted

    def deploy(self, package: Package) -> Definition:
        with self.engine.command(SYSTEM) as uow:
            made, _ = deploy(uow, package)
            uow.commit()
        return self.engine.catalog.get(made)

    def begin(self, package: Package | None = None, form: Any = None, by: str = "anna") -> str:
        definition = self.deploy(package or Package.from_folder(PROCESSES / "approve3"))
        handed_in = FORM if package is None else form or {"item": "a ball", "value_fen": 500}
        return str(self.act(by, start, definition, handed_in).case.id)

    def one(self, statement: Any) -> Any:
        return self.all(statement)[0]

    def all(self, statement: Any) -> list[Any]:
        with self.engine.database.read() as connection:
            return list(connection.execute(statement).scalars())

    def open_task(self, case: str, element: str) -> str:
        found = select(task.c.id).where(
            task.c.instance_id == case, task.c.element_id == element, task.c.state == "open"
        )
        return str(self.one(found))

    def document(self, case: str) -> dict[str, Any]:
        return dict(
            self.one(select(case_document.c.content).where(case_document.c.instance_id == case))
        )

    def version(self, case: str) -> int:
        return int(
            self.one(select(case_document.c.version).where(case_document.c.instance_id == case))
        )

    def events(self, case: str) -> list[tuple[str, str | None, dict[str, Any]]]:
        with self.engine.database.read() as connection:
            query = select(event.c.type, event.c.actor, event.c.subject)
            query = query.where(event.c.stream == stream_of(case)).order_by(event.c.seq)
            return [tuple(row) for row in connection.execute(query)]

    def together(self, *acts: Callable[[], Any]) -> list[Any]:
        """Do these at the same moment; each answer, or the error it got."""
        ready = threading.Barrier(len(acts))
        answers: list[Any] = [None] * len(acts)

        def work(number: int, act: Callable[[], Any]) -> None:
            ready.wait()
            try:
                answers[number] = act()
            except Exception as error:
                answers[number] = error

        threads = [threading.Thread(target=work, args=one) for one in enumerate(acts)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return answers


@pytest.fixture
def house(database_url) -> Iterator[House]:
    with temporary_engine(people(), MORNING, url=database_url) as engine:
        yield House(engine)
