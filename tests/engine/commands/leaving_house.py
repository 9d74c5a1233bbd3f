"""A small union of made-up people for tests of leaving: who clerks, who chairs, who sits on the board."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import select

from engine.actors import SYSTEM
from engine.audit.records import verify
from engine.catalog.package import Package
from engine.catalog.versions import deploy
from engine.commands.complete import complete
from engine.commands.leaving import withdraw_person
from engine.commands.start import start
from engine.engine import Engine
from engine.queries.history import Happening, history
from engine.queries.replay import replay
from engine.queries.stuck import Stuck, tasks_nobody_can_do
from engine.store.tables import instance, notification, signer, task, task_candidate
from engine.testing import CastDirectory, temporary_engine
from engine.testing.house import ZONE

SOUND = Path(__file__).parents[1] / "catalog" / "broken" / "_sound"
MONDAY = datetime(2026, 3, 2, 9, tzinfo=ZONE)
ROLES: Mapping[str, Mapping[str, Any]] = {
    "chair": {"heads": ["unit"]},
    "top_chair": {"heads": ["root"]},
    "admin": {"rights": ["administer"]},
}
#: person → (unit, roles there).
PEOPLE = {
    "anna": ("north", ["member"]),
    "carl": ("north", ["member", "clerk"]),
    "cleo": ("north", ["clerk"]),
    "hilda": ("north", ["member", "chair"]),
    "bert": ("north", ["board"]),
    "bodo": ("north", ["board"]),
    "bea": ("north", ["board"]),
    "sam": ("south", ["clerk"]),
    "tom": ("root", ["top_chair"]),
    "ada": ("root", ["admin"]),
    "alan": ("root", ["admin"]),
}


def cast() -> CastDirectory:
    """Two units below a root."""
    units = [
        {"id": "root", "name": "The union", "kind": "root", "parent": None},
        {"id": "north", "name": "North", "kind": "unit", "parent": "root"},
        {"id": "south", "name": "South", "kind": "unit", "parent": "root"},
    ]
    people = [
        {
            "id": name,
            "name": name.title(),
            "unit": unit,
            "group": None,
            "roles": [{"role": role, "at": unit} for role in roles],
        }
        for name, (unit, roles) in PEOPLE.items()
    ]
    return CastDirectory(units, people, ROLES)


def work(
    id: str, candidates: str, *, sign_off: str = "", fallback: str = "", outcomes: str = ""
) -> str:
    """A user task's XML."""
    further = f'<spiffworkflow:property name="fallback" value="{fallback}" />' if fallback else ""
    voting = f"<gongban:signOff {sign_off} />" if sign_off else ""
    if sign_off:
        outcomes = """<gongban:outcomes>
          <gongban:outcome id="yes" label="Yes" kind="positive" />
          <gongban:outcome id="no" label="No" kind="negative" /></gongban:outcomes>"""
    return f"""<bpmn:userTask id="{id}" name="{id.title()}"><bpmn:extensionElements>
      <spiffworkflow:properties>
        <spiffworkflow:property name="candidates" value="{candidates}" />
        <spiffworkflow:property name="form" value="review" />{further}
      </spiffworkflow:properties>{outcomes}{voting}
    </bpmn:extensionElements></bpmn:userTask>"""


def package(*tasks: str, separation: str = "") -> Package:
    """The tasks one after the other."""
    ids = [one.split('"')[1] for one in tasks]
    stops = ["apply", *ids, "done"]
    flows = "".join(
        f'<bpmn:sequenceFlow id="f{n}" sourceRef="{a}" targetRef="{b}" />'
        for n, (a, b) in enumerate(pairwise(stops))
    )
    files = dict(Package.from_folder(SOUND).files)
    drawn = files["process.bpmn"].decode()
    body = drawn[drawn.index('isExecutable="true">') + 20 : drawn.index("</bpmn:process>")]
    inside = '<bpmn:startEvent id="apply" />' + "".join(tasks) + '<bpmn:endEvent id="done" />'
    files["process.bpmn"] = drawn.replace(body, inside + flows).encode()
    files["process.toml"] = (
        'id = "sample"\ntitle = "Sample"\nowner = "clerk"\n[start]\nroles = ["member"]\n'
        + separation
    ).encode()
    return Package(files)


@dataclass
class Union:
    """The engine and its people."""

    engine: Engine
    cast: CastDirectory

    def act(self, person: str, verb: Callable[..., Any], *args: Any, **facts: Any) -> Any:
        """One command, committed."""
        actor = SYSTEM if person == SYSTEM.id else self.engine.directory.actor(person)
        with self.engine.command(actor) as uow:
            acted = verb(uow, *args, **facts)
            uow.commit()
        return acted

    def begin(self, made: Package, by: str = "anna") -> str:
        """Start a case."""
        with self.engine.command(SYSTEM) as uow:
            key, _ = deploy(uow, made)
            uow.commit()
        form = {"item": "a ball", "value_fen": 500}
        return str(self.act(by, start, self.engine.catalog.get(key), form).case.id)

    def leave(self, person: str, successor: str | None = None) -> Any:
        """The person leaves: the organisation knows, and their part in cases ends."""
        self.cast.left.add(person)
        done = self.act("ada", withdraw_person, person, successor, "moved away")
        for row in self.rows(select(instance.c.id)):
            self.check_replay(row.id)
        return done

    def check_replay(self, case: str) -> None:
        """The events alone tell who has each task and each part in a sign-off."""
        told = replay(self.events(case))
        for row in self.rows(select(task).where(task.c.instance_id == case)):
            one = told.tasks[row.id]
            assert (one.state, one.claimed_by) == (row.state, row.claimed_by)
            assert one.keys == row.candidate_keys
            assert one.signers == self.signers(row.id)

    def complete(self, person: str, case: str, outcome: str | None = None) -> Any:
        """Complete the one open task of a case."""
        return self.act(person, complete, self.open_task(case).id, outcome=outcome, form={})

    def open_task(self, case: str) -> Any:
        """The row of the one open task."""
        rows = self.rows(select(task).where(task.c.instance_id == case, task.c.state == "open"))
        assert len(rows) == 1, rows
        return rows[0]

    def keys(self, task_id: str) -> list[str]:
        """Who may take a task: what the inbox goes by, which the task's own list must equal."""
        found = select(task_candidate.c.key).where(task_candidate.c.task_id == task_id)
        listed = sorted(row.key for row in self.rows(found))
        own = self.rows(select(task.c.candidate_keys, task.c.tally).where(task.c.id == task_id))[0]
        if own.tally is None:
            assert sorted(own.candidate_keys) == listed
        return listed

    def signers(self, task_id: str) -> dict[str, str]:
        """Person → state of their part."""
        rows = self.rows(select(signer).where(signer.c.task_id == task_id))
        return {row.person_id: row.state for row in rows}

    def state(self, case: str) -> str:
        """The state of a case."""
        found = self.rows(select(instance.c.state).where(instance.c.id == case))
        return str(found[0].state)

    def told(self, person: str) -> list[str]:
        """Kinds of what a person was told."""
        statement = select(notification.c.kind).where(notification.c.person_id == person)
        return [row.kind for row in self.rows(statement.order_by(notification.c.id))]

    def events(self, case: str) -> list[Happening]:
        """The record of a case; the chain must hold."""
        assert verify(self.engine).findings == []
        with self.engine.database.read() as connection:
            return history(connection, case)

    def stuck(self) -> list[Stuck]:
        """What nobody can do."""
        with self.engine.database.read() as connection:
            return tasks_nobody_can_do(connection, self.engine).items

    def rows(self, statement: Any) -> list[Any]:
        """Read something directly."""
        with self.engine.database.read() as connection:
            return list(connection.execute(statement).all())


@contextmanager
def open_union(url: str) -> Iterator[Union]:
    """The union over a database."""
    directory = cast()
    with temporary_engine(directory, MONDAY, url=url) as engine:
        yield Union(engine, directory)
