"""A union of two units and an engine over it, with processes drawn in one line for each step."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any
from xml.sax.saxutils import quoteattr

from sqlalchemy import select

from engine.actors import SYSTEM
from engine.catalog.definition import Definition
from engine.catalog.package import Package
from engine.catalog.versions import deploy
from engine.commands.complete import complete
from engine.commands.start import start
from engine.engine import Engine
from engine.queries.history import Happening, history
from engine.store.case import Case, peek
from engine.store.tables import notification, signer, task, task_candidate
from engine.testing import CastDirectory
from engine.testing.house import ZONE

MORNING = datetime(2026, 3, 2, 9, tzinfo=ZONE)
UNITS = [
    {"id": "top", "name": "省工会", "kind": "root", "parent": None},
    {"id": "area", "name": "一片", "kind": "cluster", "parent": "top"},
    {"id": "north", "name": "北厅", "kind": "unit", "parent": "area"},
    {"id": "office", "name": "办公室", "kind": "group", "parent": "north"},
    {"id": "south", "name": "南厅", "kind": "unit", "parent": "area"},
]
ROLES: dict[str, dict[str, Any]] = {
    "member": {},
    "leader": {"heads": ["group"]},
    "chair": {"heads": ["unit"]},
    "liaison": {"heads": ["cluster"]},
    "president": {"heads": ["root"]},
    "clerk": {},
    "board": {},
    "deputy": {},
    "admin": {"rights": ["administer"]},
}
#: person → unit, group, roles
PEOPLE: dict[str, tuple[str, str | None, tuple[tuple[str, str], ...]]] = {
    "anna": ("north", "office", (("member", "north"),)),
    "solo": ("south", None, (("member", "south"),)),
    "carl": ("north", None, (("clerk", "north"), ("member", "north"))),
    "cleo": ("north", None, (("clerk", "north"),)),
    "lea": ("north", "office", (("leader", "office"),)),
    "chan": ("north", None, (("chair", "north"), ("member", "north"))),
    "lin": ("area", None, (("liaison", "area"),)),
    "pres": ("top", None, (("president", "top"),)),
    "bea": ("north", None, (("board", "north"),)),
    "bob": ("north", None, (("board", "north"),)),
    "bo": ("north", None, (("board", "north"),)),
    "dee": ("north", None, (("deputy", "north"),)),
    "adam": ("top", None, (("admin", "top"),)),
}
_OUTCOMES = (
    '<gongban:outcome id="agree" label="同意" kind="positive" />'
    '<gongban:outcome id="refuse" label="不同意" kind="negative" />'
)


@dataclass(frozen=True)
class Step:
    """A user task with two outcomes."""

    id: str
    candidates: str = "clerk @ applicant.unit"
    sign_off: str = ""
    form: str = "note"
    outcomes: str = _OUTCOMES
    facts: dict[str, str] = field(default_factory=dict)

    def drawn(self) -> str:
        """The step as BPMN."""
        facts = {"candidates": self.candidates, "form": self.form, **self.facts}
        properties = "".join(
            f"<spiffworkflow:property name={quoteattr(name)} value={quoteattr(value)} />"
            for name, value in facts.items()
        )
        sign_off = f"<gongban:signOff {self.sign_off} />" if self.sign_off else ""
        return (
            f'<bpmn:userTask id="{self.id}" name="{self.id}"><bpmn:extensionElements>'
            f"<spiffworkflow:properties>{properties}</spiffworkflow:properties>"
            f"<gongban:outcomes>{self.outcomes}</gongban:outcomes>{sign_off}"
            "</bpmn:extensionElements></bpmn:userTask>"
        )


def in_a_row(*steps: Step) -> str:
    """Steps one after the other, from the start to the end."""
    ids = ["apply", *(step.id for step in steps), "done"]
    flows = "".join(
        f'<bpmn:sequenceFlow id="{a}_{b}" sourceRef="{a}" targetRef="{b}" />'
        for a, b in pairwise(ids)
    )
    return (
        '<bpmn:startEvent id="apply" />'
        + "".join(step.drawn() for step in steps)
        + f'<bpmn:endEvent id="done" name="办结" />{flows}'
    )


def form(name: str, *fields: dict[str, Any]) -> bytes:
    """A form of these fields."""
    components = [{"id": f"f_{one['key']}", "label": one["key"], **one} for one in fields]
    return json.dumps(
        {"schemaVersion": 18, "type": "default", "id": name, "components": components}
    ).encode()


NOTE = {"type": "textfield", "key": "note"}
NEEDED = {"type": "textfield", "key": "needed", "validate": {"required": True}}


def package(body: str, separation: str = "", *, apply: tuple[dict[str, Any], ...] = ()) -> Package:
    """A package of a drawn process; `apply` are the fields of its start form beside an amount."""
    source = (
        '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
        'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" '
        'xmlns:gongban="urn:gongban:bpmn:1" id="definitions" targetNamespace="urn:x">'
        f'<bpmn:process id="sample" isExecutable="true">{body}</bpmn:process></bpmn:definitions>'
    )
    facts = (
        'id = "sample"\ntitle = "样例"\nowner = "clerk"\n[start]\nroles = ["member"]\n'
        f"[withdraw]\nuntil = []\n[separation]\n{separation}"
    )
    return Package(
        {
            "process.bpmn": source.encode(),
            "process.toml": facts.encode(),
            "forms/apply.json": form("apply", {"type": "number", "key": "amount"}, *apply),
            "forms/note.json": form("note", NOTE),
            "forms/needed.json": form("needed", NEEDED),
        }
    )


def people() -> CastDirectory:
    """The union's people; roles can be taken away and given, and people leave, during a test."""
    return CastDirectory(
        [dict(one) for one in UNITS],
        [
            {
                "id": name,
                "name": name.title(),
                "unit": unit,
                "group": group,
                "roles": [{"role": role, "at": at} for role, at in roles],
            }
            for name, (unit, group, roles) in PEOPLE.items()
        ],
        ROLES,
    )


@dataclass
class Union:
    """The union at work."""

    engine: Engine
    case: str = ""

    @property
    def directory(self) -> CastDirectory:
        """Its people."""
        assert isinstance(self.engine.directory, CastDirectory)
        return self.engine.directory

    def act(self, person: str, verb: Callable[..., Any], *args: Any, **facts: Any) -> Any:
        """One command, committed."""
        with self.engine.command(self.directory.actor(person)) as uow:
            done = verb(uow, *args, **facts)
            uow.commit()
        return done

    def deploy(self, made_of: Package) -> Definition:
        """The definition of a package."""
        with self.engine.command(SYSTEM) as uow:
            made, _ = deploy(uow, made_of)
            uow.commit()
        return self.engine.catalog.get(made)

    def begin(self, made_of: Package, by: str = "anna", **values: Any) -> str:
        """Start a case of it."""
        self.case = self.act(by, start, self.deploy(made_of), {"amount": 1, **values}).case.id
        return self.case

    def agree(self, person: str, element: str, outcome: str = "agree", **values: Any) -> Any:
        """Finish the person's part of an open step."""
        return self.act(
            person, complete, self.task(element).id, outcome=outcome, form=values, opinion="看过"
        )

    def task(self, element: str) -> Any:
        """The latest task of a step, its row."""
        found = select(task).where(task.c.instance_id == self.case, task.c.element_id == element)
        return self.rows(found.order_by(task.c.created_at, task.c.id))[-1]

    def open_steps(self) -> list[str]:
        """The steps that wait for people."""
        found = select(task.c.element_id).where(
            task.c.instance_id == self.case, task.c.state == "open"
        )
        return sorted(row.element_id for row in self.rows(found))

    def keys(self, element: str) -> list[str]:
        """Whom a step is for, in the task's row; the candidates' rows say the same."""
        row = self.task(element)
        rows = self.rows(select(task_candidate.c.key).where(task_candidate.c.task_id == row.id))
        if row.candidate_keys is not None and row.state == "open":
            assert sorted(one.key for one in rows) == sorted(row.candidate_keys)
        return row.candidate_keys or []

    def signers(self, element: str) -> dict[str, str]:
        """The signers of a step, in order, with how far they are."""
        found = select(signer).where(signer.c.task_id == self.task(element).id)
        return {row.person_id: row.state for row in self.rows(found.order_by(signer.c.position))}

    def told(self, kind: str) -> list[str]:
        """Who was notified of something."""
        found = select(notification.c.person_id).where(notification.c.kind == kind)
        return [row.person_id for row in self.rows(found)]

    def read(self) -> Case:
        """The case as commands see it."""
        with self.engine.command(SYSTEM) as uow:
            return peek(uow, self.case)

    def events(self) -> list[Happening]:
        """The case's record."""
        with self.engine.database.read() as connection:
            return history(connection, self.case)

    def rows(self, statement: Any) -> list[Any]:
        """Read from the database."""
        with self.engine.database.read() as connection:
            return list(connection.execute(statement).all())

    def take_role(self, person: str, role: str) -> None:
        """Somebody holds a role no more."""
        held = self.directory.people[person]["roles"]
        held[:] = [one for one in held if one["role"] != role]

    def give_role(self, person: str, role: str, at: str) -> None:
        """Somebody is given a role."""
        self.directory.people[person]["roles"].append({"role": role, "at": at})
