"""Makes the demonstration: people, units and roles, a fund, earlier register lines, cases under way."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from engine.actors import SYSTEM, role_key
from engine.catalog.package import Package
from engine.catalog.versions import deploy
from engine.commands.funds import deposit, open_fund
from engine.engine import Engine
from engine.ids import new_id
from engine.store.database import Database
from engine.store.tables import register_entry, setting
from engine.store.unit_of_work import UnitOfWork
from webapp.accounts.passwords import hash_password
from webapp.accounts.people import add_person, assign_role, open_account
from webapp.accounts.tables import person
from webapp.accounts.units import add_unit
from webapp.assembly import build_engine
from webapp.demo.cases import play_cases
from webapp.demo.clock import mark_as_demo
from webapp.demo.names import Drawn, People
from webapp.settings import Settings

DATA = Path(__file__).parent / "data"
PROCESSES = Path(__file__).parents[2] / "processes"
PASSWORD = "gongban-demo"
#: The row of `setting` with the people whom the sign-in page lists.
STORY = "demo_people"


def create_demo(
    settings: Settings, database: Database, *, report: Callable[[str], None] = lambda _: None
) -> None:
    """Fill an empty database with the demonstration."""
    data = tomllib.loads((DATA / "organisation.toml").read_text(encoding="utf-8"))
    engine = build_engine(settings, database=database)
    report("Deploying the processes …")
    deploy_all(engine)
    report("Making the organisation …")
    with engine.command(SYSTEM) as uow:
        mark_as_demo(uow)
        people = _Organisation(uow, data).make()
        _open_fund(uow, data["fund"])
        _enter_register(uow, data, people)
        uow.commit()
    # Once more: the clock of a demonstration is another one.
    engine = build_engine(settings, database=database)
    report("Starting a few cases …")
    play_cases(engine, people, report=report)


def demo_people(database: Database) -> list[dict[str, Any]]:
    """The people to try: step, username, name, role, unit, what they do; in the story's order."""
    with database.read() as connection:
        found: list[dict[str, Any]] | None = connection.execute(
            select(setting.c.value).where(setting.c.name == STORY)
        ).scalar_one_or_none()
    return found or []


def is_unused(database: Database) -> bool:
    """Whether nobody is in this database yet: an `init` that was interrupted may begin again."""
    with database.read() as connection:
        return connection.execute(select(person.c.id).limit(1)).first() is None


def deploy_all(engine: Engine, folder: Path = PROCESSES) -> list[str]:
    """Deploy every package of a folder; return their ids."""
    made = []
    for path in sorted(folder.iterdir()):
        if (path / "process.toml").is_file():
            with engine.command(SYSTEM) as uow:
                made.append(deploy(uow, Package.from_folder(path))[0])
                uow.commit()
    return made


@dataclass
class Cast:
    """Who was made: people by id, and who belongs where."""

    drawn: dict[str, Drawn] = field(default_factory=dict)
    by_unit: dict[str, list[str]] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)


class _Organisation:
    def __init__(self, uow: UnitOfWork, data: Mapping[str, Any]) -> None:
        self.uow = uow
        self.data = data
        self.people = People(data)
        self.cast = Cast()
        # One hash for all: they share a password that is printed on the sign-in page.
        self.hash = hash_password(PASSWORD)
        self.codes = {one["id"]: one["code"] for one in [data["root"], *data["units"]]}
        self.numbers: dict[str, int] = {}
        self.filled: dict[tuple[str, str], int] = {}
        self.held: set[tuple[str, str, str]] = set()

    def make(self) -> Cast:
        root = self.data["root"]
        add_unit(self.uow, root["name"], "root", id=root["id"])
        for one in self.data["clusters"]:
            add_unit(self.uow, one["name"], "cluster", parent=root["id"], id=one["id"])
        for one in self.data["units"]:
            add_unit(self.uow, one["name"], "unit", parent=one["cluster"], id=one["id"])
            for number, name in enumerate(one["groups"]):
                add_unit(self.uow, name, "group", parent=one["id"], id=_group(one["id"], number))
        self._story()
        for one in self.data["units"]:
            self._unit(one)
        for role, count in self._officers("root", root["id"]):
            self._fill(role, count, root["id"], root["id"], None)
        for one in self.data["clusters"]:
            for role, count in self._officers("cluster", one["id"]):
                self._fill(role, count, one["id"], one["lead"], _group(one["lead"], 0))
        return self.cast

    def _story(self) -> None:
        listed = []
        units = {one["id"]: one["name"] for one in [self.data["root"], *self.data["units"]]}
        for step, one in enumerate(self.data["story"], start=1):
            unit = one["unit"]
            group = _group(unit, one["group"]) if "group" in one else None
            drawn = self.people.next(
                name=one["name"], female=one["gender"] == "female", birth=one.get("birth")
            )
            person = self._person(drawn, unit, group, one["username"])
            for given in one["roles"]:
                role, _, where = given.partition("@")
                self._assign(person, role, group if where == "group" and group else unit)
            title = self.data["role_titles"][one["roles"][0].partition("@")[0]]
            listed.append(
                {
                    "step": step,
                    "username": one["username"],
                    "name": one["name"],
                    "role": title[0],
                    "role_en": title[1],
                    "unit": units[unit],
                    "does": one["does"],
                    "does_en": one["does_en"],
                }
            )
        self.uow.execute(insert(setting).values(name=STORY, value=listed))

    def _unit(self, one: Mapping[str, Any]) -> None:
        unit, groups = one["id"], len(one["groups"])
        for role, count in self._officers("unit", unit):
            self._fill(role, count, unit, unit, None)
        for number in range(groups):
            place = _group(unit, number)
            for role, count in self._officers("group", place):
                self._fill(role, count, place, unit, place)
        while len(self.cast.by_unit.get(unit, [])) < one["members"]:
            place = _group(unit, len(self.cast.by_unit[unit]) % groups)
            self._person(self.people.next(), unit, place)

    def _officers(self, kind: str, place: str) -> Iterator[tuple[str, int]]:
        """Which roles of a place are still to be filled, after the story's people."""
        for role, count in self.data["officers"][kind].items():
            yield role, max(0, count - self.filled.get((role, place), 0))

    def _fill(self, role: str, count: int, place: str, unit: str, group: str | None) -> None:
        for number in range(count):
            own = group or (_group(unit, number % 2) if unit != self.data["root"]["id"] else None)
            self._assign(self._person(self.people.next(), unit, own), role, place)

    def _person(
        self, drawn: Drawn, unit: str, group: str | None, username: str | None = None
    ) -> str:
        number = self.numbers[unit] = self.numbers.get(unit, 0) + 1
        member_no = f"{self.codes[unit]}-{number:05d}"
        person = add_person(
            self.uow,
            drawn.name,
            member_no=member_no,
            unit_id=unit,
            group_id=group,
            facts=drawn.facts,
            id=f"p{drawn.order:05d}",
        )
        username = username or member_no.replace("-", "").lower()
        open_account(self.uow, person, username, password_hash=self.hash)
        if group is not None:
            for role in self.data["officers"]["everybody"]:
                self._assign(person, role, unit)
        self.cast.drawn[person] = drawn
        self.cast.by_unit.setdefault(unit, []).append(person)
        self.cast.ids[username] = person
        return person

    def _assign(self, person: str, role: str, place: str) -> None:
        # Whom the story gives what everybody has holds it once.
        if (person, role, place) in self.held:
            return
        self.held.add((person, role, place))
        assign_role(self.uow, person, role, place, since=self.data["roles_since"])
        self.filled[role, place] = self.filled.get((role, place), 0) + 1


def _group(unit: str, number: int) -> str:
    return f"{unit}_g{number + 1}"


def _open_fund(uow: UnitOfWork, fund: Mapping[str, Any]) -> None:
    handlers = [role_key(role, "root") for role in fund["handlers"]]
    open_fund(uow, fund["id"], fund["name"], handlers=handlers)
    deposit(uow, fund["id"], fund["balance_fen"], fund["reason"])


def _enter_register(uow: UnitOfWork, data: Mapping[str, Any], cast: Cast) -> None:
    """Lines from before this installation: there is no case behind them."""
    register = data["register"]
    draw = random.Random(data["seed"])
    for someone in draw.sample(sorted(cast.drawn), register["entries"]):
        drawn = cast.drawn[someone]
        on = uow.today.replace(month=1 + draw.randrange(12), day=1 + draw.randrange(28))
        uow.execute(
            insert(register_entry).values(
                id=new_id(),
                register=register["name"],
                year=uow.today.year - 1,
                subject=uow.engine.keyring.index("id_card", drawn.identity),
                account=uow.engine.keyring.index("bank_account", drawn.account),
                amount_fen=draw.randrange(
                    register["smallest_fen"], register["largest_fen"], 50_000
                ),
                facts={},
                entered_on=on.replace(year=uow.today.year - 1),
                state="valid",
            )
        )
