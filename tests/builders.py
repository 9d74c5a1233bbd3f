"""What many tests build: an organisation with the cast's people, an engine over it, and its visitors."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from flask import Config, Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from engine.abilities.registry import standard_abilities
from engine.actors import SYSTEM
from engine.catalog.package import Package
from engine.catalog.versions import deploy
from engine.clock import Clock, FakeClock
from engine.commands.funds import deposit, open_fund
from engine.engine import Engine
from engine.files import FolderFiles
from engine.jobs.run import run_due
from engine.letters import Fonts
from engine.queries.preferences import HOLD_SECONDS
from engine.sealing import Keyring
from engine.store.database import Database
from engine.store.tables import task
from engine.testing.files import small_pdf
from webapp.accounts.directory import DatabaseDirectory
from webapp.accounts.passwords import hash_password
from webapp.accounts.people import add_person, assign_role, open_account
from webapp.accounts.sessions import Sessions
from webapp.accounts.units import add_unit
from webapp.application import connect, with_routes
from webapp.requests import COOKIE
from webapp.roles import SHARED, roles
from webapp.settings import Settings

PROCESSES = Path(__file__).parents[1] / "processes"
#: A package of the tests' own: thirty people sign one task.
PETITION = Path(__file__).parent / "webapp" / "api" / "packages" / "petition"
ZONE = ZoneInfo("Asia/Shanghai")
#: Monday morning, before anything has happened.
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=ZONE)
PASSWORD = "a-long-enough-one"
FUND = "aid"
#: Roles that the cast of the scenarios leaves empty, and who holds them here: role, unit, name.
OFFICERS = {
    "admin_mu": ("sys_admin", "root", "穆清源"),
    "admin_ke": ("sys_admin", "root", "柯以宁"),
    "admin_lu": ("sys_admin", "root", "芦青"),
    "security_tu": ("sec_auditor", "root", "屠文静"),
    "auditor_gu": ("auditor", "root", "顾长明"),
    "finance_wei": ("unit_finance", "nonglin", "魏淑兰"),
}
#: Those who sign the petition, all of one unit.
SIGNERS = [f"signer_{number:02}" for number in range(30)]
APPLICATION = {
    "item": "羽毛球拍",
    "quantity": 8,
    "purpose": "春季职工羽毛球赛",
    "needed_on": "2026-03-20",
    "return_on": "2026-03-23",
    "place": "厅机关活动室",
    "value_fen": 160000,
    "contact": "13900000017",
}


def build_organisation(database: Database, keyring: Keyring, clock: Clock | None = None) -> None:
    """The cast of the scenarios as an organisation with accounts, the processes deployed, a fund filled.

    The database has its tables already.
    """
    clock = clock or FakeClock(MONDAY)
    engine = build_engine(database, keyring, Path("unused"), clock)
    content = yaml.safe_load((PROCESSES / "_shared" / "cast.yaml").read_text(encoding="utf-8"))
    password = hash_password(PASSWORD)
    with engine.command(SYSTEM) as uow:
        for unit in content["units"]:
            add_unit(uow, unit["name"], unit["kind"], parent=unit["parent"], id=unit["id"])
        for person in [*content["people"], *_officers(), *_signers()]:
            facts = {
                name: str(person[name])
                for name in ("gender", "birth_date", "join_date", "employment_type", "mobile")
                if name in person
            }
            add_person(
                uow,
                person["name"],
                member_no=person["member_no"],
                unit_id=person["unit"],
                group_id=person.get("group"),
                facts=facts,
                id=person["id"],
            )
            open_account(uow, person["id"], person["id"], password_hash=password)
            for held in person["roles"]:
                assign_role(uow, person["id"], held["role"], held["at"])
        for folder in (PROCESSES / "approve3", PROCESSES / "illness_aid", PETITION):
            deploy(uow, Package.from_folder(folder))
        handlers = ["cashier@root", "zh_finance@root"]
        open_fund(uow, FUND, "帮扶资金", handlers=handlers)
        deposit(uow, FUND, 50_000_000, "年初预算")
        uow.commit()


def _officers() -> Iterator[dict[str, Any]]:
    for number, (person, (role, unit, name)) in enumerate(OFFICERS.items()):
        yield _person(person, name, f"OF-{number:05}", unit, role)


def _signers() -> Iterator[dict[str, Any]]:
    for number, person in enumerate(SIGNERS):
        yield _person(person, f"联署{number:02}", f"QM-{number:05}", "wenlv", "judge")


def _person(id: str, name: str, member_no: str, unit: str, role: str) -> dict[str, Any]:
    return {
        "id": id,
        "name": name,
        "member_no": member_no,
        "unit": unit,
        "roles": [{"role": role, "at": unit}],
    }


def build_engine(database: Database, keyring: Keyring, files: Path, clock: Clock) -> Engine:
    """An engine with the organisation's directory."""
    return Engine(
        database=database,
        directory=DatabaseDirectory(database, clock=clock, zone=ZONE, roles=roles()),
        clock=clock,
        zone=ZONE,
        keyring=keyring,
        files=FolderFiles(files, keyring.seal_bytes, keyring.open_bytes),
        fonts=Fonts.default(),
        abilities=standard_abilities(),
        shared=SHARED,
    )


@dataclass
class House:
    """An installation with its application: what a test walks around in."""

    app: Flask
    engine: Engine
    settings: Settings
    _tokens: dict[str, tuple[str, str]] = field(default_factory=dict)

    def api(self, person: str, language: str = "en") -> Api:
        """A program that acts for a person."""
        return Api(self, self._session(person)[0], language)

    def browser(self, person: str, language: str = "en") -> Browser:
        """A person at a browser."""
        return Browser(self, *self._session(person), language)

    def _session(self, person: str) -> tuple[str, str]:
        if person not in self._tokens:
            opened = Sessions(self.engine).open_for(person)
            self._tokens[person] = (opened.token, opened.csrf)
        return self._tokens[person]

    @property
    def clock(self) -> FakeClock:
        """The clock, to be moved."""
        assert isinstance(self.engine.clock, FakeClock)
        return self.engine.clock

    def run_jobs(self) -> None:
        """What a worker would do now."""
        while run_due(self.engine, "test"):
            pass

    def let_count(self) -> None:
        """Let the seconds pass in which a decision can be taken back."""
        self.clock.advance(timedelta(seconds=HOLD_SECONDS))
        self.run_jobs()

    def rows(self, statement: Any) -> list[Any]:
        """Read something directly from the database."""
        with self.engine.database.read() as connection:
            return list(connection.execute(statement).all())

    def start(self, key: str = "approve3", form: Any = None, by: str = "chen_jing") -> str:
        """Start a case over HTTP and return its id."""
        body = {"form": dict(APPLICATION) if form is None and key == "approve3" else form}
        answer = self.api(by).post(f"/processes/{key}/instances", body)
        assert answer.status_code == 201, answer.text
        return str(answer.json["instance"]["id"])

    def open_task(self, case: str, element: str | None = None) -> str:
        """The id of a case's open task."""
        statement = select(task.c.id).where(task.c.instance_id == case, task.c.state == "open")
        if element is not None:
            statement = statement.where(task.c.element_id == element)
        ids = [row.id for row in self.rows(statement)]
        assert len(ids) == 1, ids
        return str(ids[0])

    def rows_of_open_tasks(self, case: str) -> list[Any]:
        """What still waits for people in a case."""
        return self.rows(
            select(task.c.id).where(task.c.instance_id == case, task.c.state == "open")
        )

    def upload(self, person: str, name: str) -> str:
        """Upload a small PDF and return the file's id."""
        answer = self.api(person).upload(name, small_pdf(name))
        assert answer.status_code == 201, answer.text
        return str(answer.json["id"])


class Api:
    """A program with a bearer token."""

    def __init__(self, house: House, token: str, language: str) -> None:
        self._client = house.app.test_client()
        self.headers = {"Authorization": f"Bearer {token}", "Accept-Language": language}

    def get(self, path: str) -> TestResponse:
        """GET below `/api/v1`."""
        return self._client.get(f"/api/v1{path}", headers=self.headers)

    def post(
        self,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        data: str | bytes | None = None,
        content_type: str = "application/json",
    ) -> TestResponse:
        """POST JSON below `/api/v1`, or `data` as it is."""
        headers = dict(self.headers)
        if key is not None:
            headers["Idempotency-Key"] = key
        content = data if data is not None else json.dumps({} if body is None else body)
        return self._client.post(
            f"/api/v1{path}", data=content, headers=headers, content_type=content_type
        )

    def delete(self, path: str) -> TestResponse:
        """DELETE below `/api/v1`."""
        return self._client.delete(f"/api/v1{path}", headers=self.headers)

    def upload(self, name: str, content: bytes) -> TestResponse:
        """Upload a file."""
        return self._client.post(
            "/api/v1/files", data={"file": (_stream(content), name)}, headers=self.headers
        )

    def complete(
        self, task_id: str, outcome: str | None = None, form: Any = None, **facts: Any
    ) -> TestResponse:
        """The verb complete."""
        key = facts.pop("key", None)
        body = {"outcome": outcome, "form": {} if form is None else form, **facts}
        return self.post(f"/tasks/{task_id}/complete", body, key=key)


class Browser:
    """A person at a browser: the session's cookie, and its CSRF token where a form is sent."""

    def __init__(self, house: House, token: str, csrf: str, language: str) -> None:
        self._client = house.app.test_client()
        self._client.set_cookie(COOKIE, token)
        self.csrf = csrf
        self.headers = {"Accept-Language": language}

    def get(self, path: str, **headers: str) -> TestResponse:
        """Open a page."""
        return self._client.get(path, headers={**self.headers, **headers})

    def post(
        self, path: str, form: Mapping[str, Any] | None = None, *, csrf: bool = True, **headers: str
    ) -> TestResponse:
        """Send a form, with the token unless `csrf` is False."""
        data = dict(form or {})
        if csrf:
            data["csrf_token"] = self.csrf
        return self._client.post(path, data=data, headers={**self.headers, **headers})


def _stream(content: bytes) -> Any:
    from io import BytesIO

    return BytesIO(content)


@cache
def _routes() -> Flask:
    """Addresses and templates are the same for every house, and take a third of a second to make."""
    return with_routes()


def fresh_app(settings: Settings, engine: Engine) -> Flask:
    """An application of its own that shares only what no test changes."""
    app = copy(_routes())
    app.config = Config(app.root_path, app.config)
    app.extensions = dict(app.extensions)
    connect(app, settings, engine)
    return app


@contextmanager
def open_house(url: str, home: Path, keys: Path, clock: Clock | None = None) -> Iterator[House]:
    """An application over a prepared database; `keys` is the folder its sensitive values were sealed with."""
    database = Database(url)
    home.mkdir(parents=True, exist_ok=True)
    settings = Settings(home=home, database_url=url, secret_key="s" * 40)
    engine = build_engine(
        database, Keyring.load(keys), settings.files_folder, clock or FakeClock(MONDAY)
    )
    try:
        yield House(fresh_app(settings, engine), engine, settings)
    finally:
        database.close()


def story_form(house: House, person: str, values: Any) -> Any:
    """A scenario's form with its file names uploaded over HTTP and replaced by their ids."""
    found = json.loads(json.dumps(values, default=str))
    for name, value in found.items():
        if name.endswith("_files") and isinstance(value, list):
            found[name] = [house.upload(person, str(one).replace(".jpg", ".pdf")) for one in value]
    return found


def illness_story(name: str = "granted") -> dict[str, Any]:
    """A scenario of the aid case as its file has it."""
    path = PROCESSES / "illness_aid" / "scenarios" / f"{name}.yaml"
    story: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return story
