"""A board that signs one task, on both databases: what the tests of sign-offs walk around in."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Row, select

from engine.actors import SYSTEM
from engine.catalog.package import Package
from engine.catalog.versions import deploy
from engine.commands.complete import complete
from engine.commands.start import start
from engine.store.case import stream_of
from engine.store.tables import (
    case_document,
    event,
    event_payload,
    notification,
    signer,
    task,
    task_candidate,
)
from engine.testing import CastDirectory, temporary_engine
from engine.testing.house import ZONE

MORNING = datetime(2026, 3, 2, 9, tzinfo=ZONE)
YES = '<gongban:outcome id="yes" label="Yes" kind="positive" />'
NO = '<gongban:outcome id="no" label="No" kind="negative" />'
BACK = '<gongban:outcome id="back" label="Back" kind="neutral" form="not_validated" />'
GLADLY = '<gongban:outcome id="gladly" label="Gladly" kind="positive" />'
NEVER = '<gongban:outcome id="never" label="Never" kind="negative" />'
PASS = '<gongban:outcome id="pass" label="Abstain" kind="abstain" />'
#: person → roles at north; the first three are named by the package's candidates where it wants three.
PEOPLE = {
    "anna": ("member",),
    "ann": ("board",),
    "bob": ("board",),
    "cai": ("board", "chair"),
    "dora": ("helper",),
    "emil": ("helper",),
    "fay": ("helper",),
    "gus": ("helper",),
    "hal": ("visitor",),
}


def directory(board: int = 0) -> CastDirectory:
    """A unit with a board of three, four helpers, a visitor; an administrator; `board` members more."""
    units = [
        {"id": "root", "name": "Root", "kind": "root", "parent": None},
        {"id": "north", "name": "North", "kind": "unit", "parent": "root"},
    ]
    people = [_person(name, "north", roles) for name, roles in PEOPLE.items()]
    people += [_person(f"m{number:04}", "north", ("board",)) for number in range(board)]
    people.append(_person("ada", "root", ("admin",)))
    people.append(_person("trip", "root", ("trustee",)))
    return CastDirectory(units, people, {"admin": {"rights": ["administer"]}})


def _person(name: str, unit: str, roles: tuple[str, ...]) -> dict[str, Any]:
    held = [{"role": role, "at": unit} for role in roles]
    return {"id": name, "name": name.title(), "unit": unit, "group": None, "roles": held}


class House:
    """One case whose only task is signed by the board, as a test draws it."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine
        self.case = ""

    def open(
        self,
        sign_off: str = "",
        outcomes: str = YES + NO,
        candidates: str = "board @ applicant.unit, helper @ applicant.unit",
        signers: str = '["ann", "bob", "cai"]',
        ladder: str = "",
        **properties: str,
    ) -> str:
        """Deploy the package, start a case; return its open task."""
        if sign_off and signers:
            quoted = signers.replace('"', "&quot;")
            sign_off += f' signers="{quoted}"'
        properties = {"candidates": candidates, **properties}
        extensions = sign_off and f"<gongban:signOff {sign_off} />"
        if ladder:
            extensions += f"<gongban:ladder>{ladder}</gongban:ladder>"
        package = _package(extensions, outcomes, properties)
        with self.engine.command(SYSTEM) as uow:
            made, _ = deploy(uow, package)
            uow.commit()
        self.case = self.act("anna", start, self.engine.catalog.get(made), {}).case.id
        return self.task()

    def act(self, person: str, verb: Any, *args: Any, **facts: Any) -> Any:
        """One command, one transaction."""
        actor = SYSTEM if person == SYSTEM.id else self.engine.directory.actor(person)
        with self.engine.command(actor) as uow:
            acted = verb(uow, *args, **facts)
            uow.commit()
        return acted

    def on(self, person: str, verb: Any, *args: Any, **facts: Any) -> Any:
        """A verb on the case's task."""
        return self.act(person, verb, self.task(), *args, **facts)

    def vote(self, person: str, outcome: str = "yes", **facts: Any) -> Any:
        """The verb complete."""
        return self.on(person, complete, outcome=outcome, **{"form": {}, **facts})

    def rows(self, statement: Any) -> list[Row[Any]]:
        """Read directly from the database."""
        with self.engine.database.read() as connection:
            return list(connection.execute(statement).all())

    def task(self) -> str:
        """The id of the case's task."""
        return str(self.rows(select(task.c.id).where(task.c.instance_id == self.case))[0].id)

    def the_task(self) -> Row[Any]:
        """Its row."""
        return self.rows(select(task).where(task.c.id == self.task()))[0]

    def states(self) -> dict[str, str]:
        """Who signs, in order, and how each stands; those removed left out."""
        query = select(signer.c.person_id, signer.c.state).where(
            signer.c.task_id == self.task(), signer.c.state != "removed"
        )
        return {row.person_id: row.state for row in self.rows(query.order_by(signer.c.position))}

    def asked(self) -> list[str]:
        """Keys under which the task lies in somebody's list."""
        query = select(task_candidate.c.key).where(task_candidate.c.task_id == self.task())
        return sorted(row.key.removeprefix("person:") for row in self.rows(query))

    def outcome(self) -> tuple[str | None, str | None]:
        """Outcome and who completed; both None while the task is open."""
        row = self.the_task()
        return row.outcome, row.completed_by

    def told(self, kind: str) -> list[str]:
        """Who was notified."""
        query = select(notification.c.person_id).where(notification.c.kind == kind)
        return sorted(row.person_id for row in self.rows(query))

    def events(self, type: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Subject and payload of the case's events of a type."""
        query = (
            select(event.c.subject, event_payload.c.payload)
            .join(
                event_payload,
                (event_payload.c.stream == event.c.stream) & (event_payload.c.seq == event.c.seq),
            )
            .where(event.c.stream == stream_of(self.case), event.c.type == type)
            .order_by(event.c.seq)
        )
        return [(row.subject, json.loads(row.payload)) for row in self.rows(query)]

    def document(self) -> dict[str, Any]:
        """What the case knows."""
        return dict(self.rows(select(case_document.c.content))[0].content)

    def check(self) -> None:
        """What must hold whatever happened."""
        one = self.the_task()
        parts = self.rows(
            select(signer).where(signer.c.task_id == one.id).order_by(signer.c.position)
        )
        if one.state != "open":
            assert not self.asked()
            assert not [row for row in parts if row.state in ("open", "waiting")]
            return
        assert self.asked(), "nobody has the task in a list"
        if one.tally is None:
            assert sorted(one.candidate_keys) == self.asked()
            return
        by_person = {row.person_id: row for row in parts}
        assert self.asked() == sorted(row.person_id for row in parts if row.state == "open")
        voted = [row for row in parts if row.state == "voted"]
        live = [row for row in parts if row.state in ("open", "waiting", "voted")]
        assert one.tally["entitled"] - one.tally.get("absent", 0) == len(live)
        assert sum(one.tally[kind] for kind in ("positive", "negative", "abstain")) == len(voted)
        assert one.tally.get("vetoes", 0) == sum(row.veto for row in voted)
        for row in parts:
            if row.state == "waiting":
                assert by_person[row.after_id].state in ("open", "waiting")
                assert by_person[row.after_id].position < row.position


def all_at_once(actions: list[Callable[[], Any]]) -> list[Any]:
    """Run the actions in a thread each, started together; an error is an answer, too."""
    gate, answers = threading.Barrier(len(actions)), [None] * len(actions)

    def run(number: int) -> None:
        gate.wait()
        try:
            answers[number] = actions[number]()
        except Exception as error:
            answers[number] = error

    threads = [threading.Thread(target=run, args=(one,)) for one in range(len(actions))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return answers


@pytest.fixture
def house(database_url: str) -> Iterator[House]:
    """The board on an empty database, one test for each kind."""
    with temporary_engine(directory(), MORNING, url=database_url) as engine:
        yield House(engine)


def _package(sign_off: str, outcomes: str, properties: dict[str, str]) -> Package:
    lines = "".join(
        f'<spiffworkflow:property name="{name}" value="{value}" />'
        for name, value in properties.items()
    )
    drawing = f"""<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"
 xmlns:gongban="urn:gongban:bpmn:1" id="d" targetNamespace="urn:test">
 <bpmn:process id="board" isExecutable="true">
  <bpmn:startEvent id="apply" /><bpmn:endEvent id="ended" />
  <bpmn:userTask id="sign" name="Sign"><bpmn:extensionElements>
   <spiffworkflow:properties>{lines}</spiffworkflow:properties>
   <gongban:outcomes>{outcomes}</gongban:outcomes>{sign_off}
  </bpmn:extensionElements></bpmn:userTask>
  <bpmn:sequenceFlow id="one" sourceRef="apply" targetRef="sign" />
  <bpmn:sequenceFlow id="two" sourceRef="sign" targetRef="ended" />
 </bpmn:process></bpmn:definitions>"""
    fields = [{"type": "textfield", "key": "remark", "label": "Remark"}]
    form = {"type": "default", "schemaVersion": 18, "id": "sign", "components": fields}
    manifest = 'id = "board"\ntitle = "Board"\nowner = "board"\n[start]\nroles = ["member"]\n'
    files = {
        "process.toml": manifest.encode(),
        "process.bpmn": drawing.encode(),
        "forms/sign.json": json.dumps(form).encode(),
    }
    return Package(files)


DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "sign-off.md"
