"""A small organisation, a throw-away engine on both databases, and processes drawn in one line each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import RowMapping, select

from engine.abilities.registry import standard_abilities
from engine.actors import SYSTEM, Actor, person_key, role_key
from engine.catalog.package import Package
from engine.catalog.versions import deploy
from engine.clock import FakeClock
from engine.commands.complete import complete
from engine.commands.funds import deposit, open_fund
from engine.commands.start import start
from engine.commands.withdraw import withdraw
from engine.engine import Engine
from engine.files import FolderFiles
from engine.jobs.run import run_due
from engine.letters import Fonts
from engine.sealing import Keyring
from engine.store.database import Database
from engine.store.tables import case_document, effect, instance, job, metadata, task

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)
ID_CARD = "11010519491231002X"
ACCOUNT = "6222020200112233446"

#: person → (name, unit, roles at places)
PEOPLE: dict[str, tuple[str, str, tuple[tuple[str, str], ...]]] = {
    "anna": ("陈安娜", "north", (("member", "north"),)),
    "ben": ("王小本", "north", (("member", "north"),)),
    "cora": ("李可", "south", (("member", "south"),)),
    "clerk": ("高文员", "root", (("clerk", "root"),)),
    "reviewer": ("宋复核", "root", (("reviewer", "root"),)),
    "payer": ("施出纳", "root", (("payer", "root"), ("member", "root"))),
    "other_payer": ("钱出纳", "root", (("payer", "root"),)),
    "keeper": ("管清", "root", (("keeper", "root"),)),
}


class SmallDirectory:
    """Two units under one root."""

    def actor(self, person_id: str) -> Actor:
        _, unit, roles = PEOPLE[person_id]
        keys = frozenset({role_key(role, place) for role, place in roles} | {person_key(person_id)})
        administers = not keys.isdisjoint(self.administrator_keys())
        return Actor(person_id, keys, unit, administers)

    def facts(self, person_id: str) -> dict[str, object]:
        name, unit, _ = PEOPLE[person_id]
        return {"id": person_id, "name": name, "unit": unit, "unit_name": f"{unit} 工会"}

    def places(self, person_id: str) -> dict[str, str]:
        return {"applicant.unit": PEOPLE[person_id][1], "root": "root"}

    def holders(self, role: str, place: str) -> list[str]:
        return [who for who, (_, _, roles) in PEOPLE.items() if (role, place) in roles]

    def address(self, person_id: str) -> str | None:
        return None

    def name(self, person_id: str) -> str:
        return PEOPLE[person_id][0] if person_id in PEOPLE else person_id

    def is_active(self, person_id: str) -> bool:
        return person_id in PEOPLE

    def administrator_keys(self) -> list[str]:
        return [role_key("keeper", "root")]

    def belongs(self, person_id: str) -> bool:
        return person_id in PEOPLE

    def former(self, place: str) -> list[str]:
        return []


@dataclass(frozen=True)
class Service:
    """A service task; `errors` maps an error code to the user task that its boundary event leads to."""

    id: str
    ability: str
    arguments: dict[str, str] = field(default_factory=dict)
    into: str = ""
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class User:
    """A user task with one outcome."""

    id: str
    candidates: str = "clerk @ root"


@dataclass(frozen=True)
class Until:
    """A timer with a date."""

    id: str
    date: str


Node = Service | User | Until

_FORM_FIELDS: list[dict[str, Any]] = [
    {"type": "idcard", "key": "id_card_no", "label": "身份证", "properties": {"sensitive": "id_card"}},
    {"type": "bankaccount", "key": "bank_account", "label": "账号", "properties": {"sensitive": "bank_account"}},
    {"type": "textfield", "key": "illness", "label": "病种", "properties": {"sensitive": "health"}},
    {"type": "money", "key": "amount_fen", "label": "金额"},
    {"type": "textfield", "key": "category", "label": "类别"},
    {"type": "textfield", "key": "reason", "label": "事由"},
]  # fmt: skip


def package(
    *nodes: Node,
    key: str = "aid",
    letters: dict[str, str] | None = None,
    separation: str = "",
    until: str = "",
) -> Package:
    """A package whose nodes follow one another; tasks reached by an error lead to a second end."""
    manifest = (
        f'id = "{key}"\ntitle = "帮扶"\nowner = "clerk"\namount = "amount_fen"\n'
        '[start]\nroles = ["member"]\n[withdraw]\nuntil = [' + until + "]\n" + separation
    )
    form = {"type": "default", "schemaVersion": 18, "id": "apply", "components": _FORM_FIELDS}
    files = {
        "process.toml": manifest.encode(),
        "process.bpmn": _draw(key, nodes).encode(),
        "forms/apply.json": json.dumps(form).encode(),
    }
    for name, source in (letters or {}).items():
        files[f"letters/{name}.typ"] = source.encode()
    return Package(files)


def _draw(key: str, nodes: tuple[Node, ...]) -> str:
    chain = ["apply", *(node.id for node in nodes), "ended"]
    parts = ['<bpmn:startEvent id="apply" name="申请" />', '<bpmn:endEvent id="ended" />']
    flows = list(pairwise(chain))
    for node in nodes:
        parts.append(_node(node))
        for code, target in node.errors.items() if isinstance(node, Service) else ():
            event = f"{node.id}_{code}"
            parts.append(
                f'<bpmn:boundaryEvent id="{event}" attachedToRef="{node.id}">'
                f'<bpmn:errorEventDefinition id="{event}_d" errorRef="{code}" /></bpmn:boundaryEvent>'
            )
            parts += [_node(User(target)), f'<bpmn:endEvent id="{target}_end" />']
            flows += [(event, target), (target, f"{target}_end")]
    parts += [
        f'<bpmn:sequenceFlow id="{a}__{b}" sourceRef="{a}" targetRef="{b}" />' for a, b in flows
    ]
    codes = {code for node in nodes if isinstance(node, Service) for code in node.errors}
    errors = "".join(f'<bpmn:error id="{one}" errorCode="{one}" />' for one in sorted(codes))
    return (
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
        ' xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
        ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        f' id="d" targetNamespace="urn:test">{errors}'
        f'<bpmn:process id="{key}" isExecutable="true">{"".join(parts)}</bpmn:process>'
        "</bpmn:definitions>"
    )


def _node(node: Node) -> str:
    if isinstance(node, Until):
        return (
            f'<bpmn:intermediateCatchEvent id="{node.id}"><bpmn:timerEventDefinition id="{node.id}_d">'
            f'<bpmn:timeDate xsi:type="bpmn:tFormalExpression">{escape(node.date)}</bpmn:timeDate>'
            "</bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>"
        )
    if isinstance(node, User):
        return _task("userTask", node.id, {"candidates": node.candidates})
    properties = {"ability": node.ability, **({"into": node.into} if node.into else {})}
    properties |= {f"with.{name}": value for name, value in node.arguments.items()}
    return _task("serviceTask", node.id, properties)


def _task(kind: str, node_id: str, properties: dict[str, str]) -> str:
    inside = "".join(
        f'<spiffworkflow:property name="{name}" value={quoteattr(value)} />'
        for name, value in properties.items()
    )
    return (
        f'<bpmn:{kind} id="{node_id}" name="{node_id}"><bpmn:extensionElements>'
        f"<spiffworkflow:properties>{inside}</spiffworkflow:properties>"
        f"</bpmn:extensionElements></bpmn:{kind}>"
    )


class House:
    """An engine with the shortcuts that tests read well with."""

    def __init__(self, engine: Engine, clock: FakeClock) -> None:
        self.engine = engine
        self.clock = clock
        self.definition_id = ""

    def deploy(self, *nodes: Node, **options: Any) -> None:
        with self.engine.command(SYSTEM) as uow:
            self.definition_id, _ = deploy(uow, package(*nodes, **options))
            uow.commit()

    def fund(self, amount_fen: int, name: str = "aid", handlers: tuple[str, ...] = ()) -> None:
        with self.engine.command(SYSTEM) as uow:
            open_fund(uow, name, "帮扶资金", handlers=handlers)
            if amount_fen:
                deposit(uow, name, amount_fen, "年初拨入")
            uow.commit()

    def start(self, who: str = "anna", *, run: bool = True, **form: Any) -> str:
        definition = self.engine.catalog.get(self.definition_id)
        with self.engine.command(self.engine.directory.actor(who)) as uow:
            acted = start(uow, definition, form)
            uow.commit()
        if run:
            self.run()
        return acted.case.id

    def run(self) -> None:
        while run_due(self.engine, "test", limit=1):
            pass

    def complete(self, case: str, element: str, who: str, **options: Any) -> None:
        rows = self.rows(task, instance_id=case, element_id=element, state="open")
        with self.engine.command(self.engine.directory.actor(who)) as uow:
            complete(uow, rows[-1]["id"], **options)
            uow.commit()
        self.run()

    def withdraw(self, case: str, who: str = "anna") -> None:
        with self.engine.command(self.engine.directory.actor(who)) as uow:
            withdraw(uow, case)
            uow.commit()

    def write(self, case: str, **values: Any) -> None:
        """Put values into the document as a task's form would."""
        from engine.store.case import lock, save

        with self.engine.command(SYSTEM) as uow:
            found = lock(uow, case)
            found.document.write(values)
            save(uow, found)
            uow.commit()

    def rows(self, table: Any, **where: Any) -> list[RowMapping]:
        statement = select(table)
        for column, value in where.items():
            statement = statement.where(table.c[column] == value)
        with self.engine.database.read() as connection:
            return [row._mapping for row in connection.execute(statement)]

    def row(self, table: Any, **where: Any) -> RowMapping:
        (row,) = self.rows(table, **where)
        return row

    def document(self, case: str) -> dict[str, Any]:
        content: dict[str, Any] = self.row(case_document, instance_id=case)["content"]
        return content

    def state(self, case: str) -> str:
        return str(self.row(instance, id=case)["state"])

    def balances(self, name: str = "aid") -> dict[str, int]:
        from engine.store.tables import fund_account

        return {row["name"]: row["balance_fen"] for row in self.rows(fund_account, fund_id=name)}

    def effects(self, case: str) -> dict[str, str]:
        """ability → policy and state of its last effect."""
        return {
            row["ability"]: f"{row['policy']} {row['state']}"
            for row in self.rows(effect, instance_id=case)
        }

    def problems(self) -> list[str]:
        """What failed jobs say."""
        return [row["error"] for row in self.rows(job) if row["error"]]

    def everything(self) -> str:
        """Every value of every row, for looking for what must not be there."""
        found = []
        with self.engine.database.read() as connection:
            for table in metadata.sorted_tables:
                if table.name not in ("blob",):
                    found += [str(tuple(row)) for row in connection.execute(select(table))]
        return "\n".join(found)


@pytest.fixture
def house(database_url: str, tmp_path: Path) -> Iterator[House]:
    """An engine on an empty database, one test for each kind."""
    database = Database(database_url)
    keyring = Keyring.create(tmp_path / "keys")
    clock = FakeClock(MONDAY)
    engine = Engine(
        database=database,
        directory=SmallDirectory(),
        clock=clock,
        zone=ZONE,
        keyring=keyring,
        files=FolderFiles(tmp_path / "files", keyring.seal_bytes, keyring.open_bytes),
        fonts=Fonts.default(),
        abilities=standard_abilities(),
    )
    try:
        yield House(engine, clock)
    finally:
        database.close()
