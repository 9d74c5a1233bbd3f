"""An office with a few people, and processes of people's steps drawn in one line each."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from xml.sax.saxutils import quoteattr

import pytest
from sqlalchemy import RowMapping, select

from engine.actors import SYSTEM
from engine.catalog.package import Package
from engine.catalog.versions import deploy
from engine.clock import FakeClock
from engine.commands.complete import complete
from engine.commands.start import start
from engine.engine import Engine
from engine.errors import EngineError
from engine.queries.case import CaseView, read_case
from engine.queries.inbox import counts, inbox
from engine.queries.items import InboxItem
from engine.queries.proxies import stands_in_for
from engine.queries.verbs import verbs_on
from engine.store.tables import event, event_payload, notification, signer, task
from engine.store.unit_of_work import UnitOfWork
from engine.testing.directory import CastDirectory
from engine.testing.house import ZONE, temporary_engine

#: Monday morning.
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)
DAY = timedelta(days=1)

_UNITS = [
    {"id": "root", "name": "总部", "kind": "root", "parent": None},
    {"id": "north", "name": "北部", "kind": "unit", "parent": "root"},
    {"id": "south", "name": "南部", "kind": "unit", "parent": "root"},
]
#: person → name, unit, roles at places
_PEOPLE = {
    "anna": ("陈安娜", "north", "member@north"),
    "gus": ("古思", "north", "member@north"),
    "carl": ("柯乐", "north", "clerk@north member@north"),
    "dora": ("董丽", "north", "clerk@north member@north"),
    "erik": ("艾立", "south", "clerk@south"),
    "fay": ("费怡", "north", "chair@north"),
    "vera": ("魏然", "root", "voter@root"),
    "will": ("吴越", "root", "voter@root"),
    "xena": ("谢娜", "root", "voter@root"),
    "admin": ("安民", "root", "admin@root"),
}


def step(
    id: str, candidates: str = "clerk @ applicant.unit", *, sign_off: str = "", **facts: str
) -> str:
    """A user task with agree and refuse; `sign_off` holds the attributes of its sign-off."""
    properties = "".join(
        f'<spiffworkflow:property name="{name}" value={quoteattr(value)} />'
        for name, value in {"candidates": candidates, **facts}.items()
    )
    signed = f"<gongban:signOff {sign_off} />" if sign_off else ""
    return (
        f'<bpmn:userTask id="{id}" name="{id}"><bpmn:extensionElements>'
        f"<spiffworkflow:properties>{properties}</spiffworkflow:properties>"
        '<gongban:outcomes><gongban:outcome id="agree" label="同意" kind="positive" />'
        '<gongban:outcome id="refuse" label="不同意" kind="negative" /></gongban:outcomes>'
        f"{signed}</bpmn:extensionElements></bpmn:userTask>"
    )


def drawn(*steps: str, key: str = "paper", separation: str = "", boundary: str = "") -> Package:
    """A package whose steps follow one another; `boundary` puts a timer of a day on the step it names."""
    ids = [one.split('id="', 1)[1].split('"', 1)[0] for one in steps]
    flows = list(pairwise(["apply", *ids, "ended"]))
    parts = ['<bpmn:startEvent id="apply" />', *steps, '<bpmn:endEvent id="ended" />']
    if boundary:
        parts.append(
            f'<bpmn:boundaryEvent id="late" attachedToRef="{boundary}"><bpmn:timerEventDefinition id="t">'
            '<bpmn:timeDuration xsi:type="bpmn:tFormalExpression">duration("P1D")</bpmn:timeDuration>'
            '</bpmn:timerEventDefinition></bpmn:boundaryEvent><bpmn:endEvent id="too_late" />'
        )
        flows.append(("late", "too_late"))
    parts += [
        f'<bpmn:sequenceFlow id="{a}__{b}" sourceRef="{a}" targetRef="{b}" />' for a, b in flows
    ]
    diagram = (
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
        ' xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
        ' xmlns:gongban="urn:gongban:bpmn:1" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        f' id="d" targetNamespace="urn:test"><bpmn:process id="{key}" isExecutable="true">'
        f"{''.join(parts)}</bpmn:process></bpmn:definitions>"
    )
    manifest = (
        f'id = "{key}"\ntitle = "公文"\nowner = "clerk"\n[start]\nroles = ["member", "chair"]\n'
        f"[withdraw]\nuntil = []\n[separation]\napplicant_may = []\n{separation}"
    )
    return Package({"process.toml": manifest.encode(), "process.bpmn": diagram.encode()})


def apart(*groups: str) -> str:
    """A separation rule: nobody acts at two of these steps."""
    named = ", ".join(f'["{one}"]' for one in groups)
    return f'[[separation.rule]]\nid = "apart"\nwhy = "不得同一人"\ngroups = [{named}]\n'


class Office:
    """An engine with the shortcuts that tests of the verbs read well with."""

    def __init__(self, engine: Engine, directory: CastDirectory) -> None:
        self.engine = engine
        self.directory = directory
        self.definitions: dict[str, str] = {}

    @property
    def clock(self) -> FakeClock:
        assert isinstance(self.engine.clock, FakeClock)
        return self.engine.clock

    def deploy(self, *steps: str, key: str = "paper", **options: str) -> None:
        with self.engine.command(SYSTEM) as uow:
            self.definitions[key], _ = deploy(uow, drawn(*steps, key=key, **options))
            uow.commit()

    def start(self, who: str = "anna", key: str = "paper") -> str:
        definition = self.engine.catalog.get(self.definitions[key])
        return self.does(who, lambda uow: start(uow, definition)).case.id

    def does(self, who: str, command: Callable[[UnitOfWork], Any]) -> Any:
        """A person acts; what the engine refuses is raised."""
        with self.engine.command(self.engine.directory.actor(who)) as uow:
            answer = command(uow)
            uow.commit()
        return answer

    def completes(self, who: str, task_id: str, outcome: str = "agree") -> Any:
        return self.does(who, lambda uow: complete(uow, task_id, outcome=outcome))

    def at_once(self, *acts: tuple[str, Callable[[UnitOfWork], Any]]) -> list[Any]:
        """Several act at the same moment; their answers in order, a refusal is an answer."""
        gate, answers = threading.Barrier(len(acts)), [None] * len(acts)

        def run(number: int) -> None:
            who, command = acts[number]
            gate.wait()
            try:
                answers[number] = self.does(who, command)
            except EngineError as error:
                answers[number] = error  # type: ignore[call-overload]

        threads = [threading.Thread(target=run, args=(one,)) for one in range(len(acts))]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
        return answers

    def task(self, case: str, element: str | None = None) -> str:
        """The id of the case's open task."""
        where: dict[str, str] = {} if element is None else {"element_id": element}
        (row,) = self.rows(task, instance_id=case, state="open", **where)
        return str(row["id"])

    def case(self, reader: str, case: str) -> CaseView:
        actor = self.engine.directory.actor(reader)
        with self.engine.database.read() as connection:
            return read_case(connection, self.engine, actor, case)

    def verbs(self, who: str, task_id: str) -> list[str]:
        """What a person is offered on a task."""
        case = self.case(who, self.row(task, id=task_id)["instance_id"])
        return verbs_on(case, case.task(task_id), self.engine.directory.actor(who))

    def box(self, who: str, box: str = "todo") -> list[InboxItem]:
        """The lines of a box; the count says the same."""
        actor = self.engine.directory.actor(who)
        with self.engine.database.read() as connection:
            owners = stands_in_for(self.engine, connection, who, self.engine.clock.now())
            items = inbox(connection, actor, box, owners=owners).items
            assert counts(connection, actor, (box,), owners=owners) == {box: len(items)}
        return items

    def signers(self, task_id: str) -> dict[str, str]:
        """Signer → state."""
        return {row["person_id"]: row["state"] for row in self.rows(signer, task_id=task_id)}

    def told(self, person: str) -> list[str]:
        """Kinds of what a person was told, in order."""
        return [row["kind"] for row in self.rows(notification, person_id=person)]

    def record(self, case: str, type: str) -> tuple[RowMapping, dict[str, Any]]:
        """The one event of a type in a case, with its payload."""
        import json

        (row,) = self.rows(event, stream=f"instance:{case}", type=type)
        (payload,) = self.rows(event_payload, stream=row["stream"], seq=row["seq"])
        return row, json.loads(payload["payload"])

    def rows(self, table: Any, **where: Any) -> list[RowMapping]:
        statement = select(table)
        for column, value in where.items():
            statement = statement.where(table.c[column] == value)
        with self.engine.database.read() as connection:
            return [row._mapping for row in connection.execute(statement)]

    def row(self, table: Any, **where: Any) -> RowMapping:
        (row,) = self.rows(table, **where)
        return row


@pytest.fixture
def office(database_url: str) -> Iterator[Office]:
    """The office on both databases."""
    people = [
        {
            "id": id,
            "name": name,
            "unit": unit,
            "roles": [
                {"role": role, "at": at}
                for role, _, at in (one.partition("@") for one in roles.split())
            ],
        }
        for id, (name, unit, roles) in _PEOPLE.items()
    ]
    directory = CastDirectory(_UNITS, people, {"admin": {"rights": ["administer"]}})
    with temporary_engine(directory, MONDAY, url=database_url) as engine:
        yield Office(engine, directory)
