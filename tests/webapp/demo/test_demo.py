"""The demonstration: complete, always the same, and with work in every queue of the story."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from engine.actors import SYSTEM
from engine.audit import records
from engine.clock import SystemClock
from engine.engine import Engine
from engine.errors import Invalid, NotAllowed
from engine.sealing import Keyring
from engine.store.database import Database
from engine.store.tables import fund_account, instance, job, register_entry, task, task_candidate
from engine.store.upgrade import ENGINE, upgrade
from webapp.accounts.migrations import HISTORY as ACCOUNTS
from webapp.accounts.sign_in import SignIn
from webapp.accounts.tables import account, person, role_holding
from webapp.assembly import build_engine
from webapp.demo.clock import DemoClock, clock_offset, is_demo, mark_as_demo, move_clock
from webapp.demo.names import People
from webapp.demo.numbers import REGION, account_number, identity_number
from webapp.demo.organisation import DATA, PASSWORD, PROCESSES, create_demo, demo_people
from webapp.settings import Settings


@pytest.fixture(scope="module")
def postgresql(postgresql_server: Any) -> str:
    return str(postgresql_server.create(f"demo_{uuid4().hex}"))


def empty_place(home: Path, url: str = "") -> tuple[Settings, Database]:
    settings = Settings(home=home, database_url=url or f"sqlite:///{home / 'gongban.db'}")
    Keyring.create(settings.keys_folder)
    database = Database(settings.database_url)
    for history in (ENGINE, ACCOUNTS):
        upgrade(database, history)
    return settings, database


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def demo(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    url = request.getfixturevalue("postgresql") if request.param == "postgresql" else ""
    settings, database = empty_place(tmp_path_factory.mktemp("home"), url)
    said: list[str] = []
    create_demo(settings, database, report=said.append)
    assert [line for line in said if "does not reach" in line] == []
    yield build_engine(settings, database=database)
    database.close()


def test_every_role_that_a_package_may_name_is_held_by_somebody(demo: Engine) -> None:
    known = tomllib.loads((PROCESSES / "_shared" / "roles.toml").read_text())
    with demo.database.read() as connection:
        held = set(connection.execute(select(role_holding.c.role)).scalars())
    assert set(known) - held == set()


def test_the_people_to_try_sign_in_and_stand_in_the_order_of_the_story(demo: Engine) -> None:
    people = demo_people(demo.database)
    assert [one["step"] for one in people] == list(range(1, len(people) + 1))
    assert len({one["username"] for one in people}) == len(people)
    sessions = SignIn(demo)
    for one in (people[0], people[-1]):
        found = sessions.find(sessions.sign_in(one["username"], PASSWORD).token)
        assert found is not None
        assert found.name == one["name"]
        assert one["does"]
        assert one["does_en"]


def test_several_hundred_people_of_a_dozen_units_have_accounts_and_sealed_numbers(
    demo: Engine,
) -> None:
    with demo.database.read() as connection:
        rows = connection.execute(select(person)).all()
        accounts = connection.execute(select(func.count()).select_from(account)).scalar_one()
    assert len(rows) == accounts > 300
    assert len({row.unit_id for row in rows}) == 13
    assert len({row.name for row in rows}) == len(rows)
    assert all(row.facts["mobile"].startswith("gs1.") for row in rows)


def test_the_queues_of_the_story_are_not_empty(demo: Engine) -> None:
    waiting = set()
    with demo.database.read() as connection:
        keys = set(connection.execute(select(task_candidate.c.key)).scalars())
        for one in demo_people(demo.database):
            who = connection.execute(
                select(account.c.person_id).where(account.c.username == one["username"])
            ).scalar_one()
            if demo.directory.actor(who).holds(keys):
                waiting.add(one["username"])
        counted = select(instance.c.state, func.count()).group_by(instance.c.state)
        found = {row.state: row.count for row in connection.execute(counted)}
        assert found == {"active": 10, "completed": 4}
        elements = set(
            connection.execute(select(task.c.element_id).where(task.c.state == "open")).scalars()
        )
    assert {"wanghaiyan", "liuguodong", "guoyongqiang", "hanlixin", "gaomingyue"} <= waiting
    assert len(elements) >= 8


def test_nothing_went_wrong_while_it_was_made(demo: Engine) -> None:
    with demo.database.read() as connection:
        states = set(connection.execute(select(job.c.state)).scalars())
        accounts = connection.execute(select(fund_account.c.name, fund_account.c.balance_fen))
        balance = {row.name: row.balance_fen for row in accounts}
        earlier = connection.execute(
            select(func.count()).where(register_entry.c.instance_id.is_(None))
        ).scalar_one()
    assert "incident" not in states
    assert balance["available"] > 0
    assert balance["reserved"] > 0
    assert earlier > 10
    assert records.verify(demo).ok


def test_the_clock_moves_forward_for_every_process(demo: Engine) -> None:
    other = DemoClock(demo.database)
    other.now()
    before = demo.clock.now()
    with demo.command(SYSTEM) as uow:
        move_clock(uow, timedelta(days=3))
        uow.commit()
    assert demo.clock.now() - before >= timedelta(days=3)
    other.offset.forget()  # what a second of waiting does
    assert other.now() - before >= timedelta(days=3)
    assert clock_offset(demo.database) == timedelta(days=3)
    with pytest.raises(Invalid), demo.command(SYSTEM) as uow:
        move_clock(uow, timedelta(days=-1))


def test_outside_a_demonstration_the_clock_stays(tmp_path: Path) -> None:
    settings, database = empty_place(tmp_path)
    engine = build_engine(settings, database=database)
    assert not is_demo(database)
    with pytest.raises(NotAllowed), engine.command(SYSTEM) as uow:
        move_clock(uow, timedelta(days=1))
    assert isinstance(engine.clock, SystemClock)
    with engine.command(SYSTEM) as uow:
        mark_as_demo(uow)
        uow.commit()
    assert isinstance(build_engine(settings, database=database).clock, DemoClock)
    database.close()


def test_the_same_people_are_drawn_every_time() -> None:
    data: dict[str, Any] = tomllib.loads((DATA / "organisation.toml").read_text())
    one, two = People(data), People(data)
    assert [one.next() for _ in range(50)] == [two.next() for _ in range(50)]


def test_made_up_numbers_pass_the_checks_and_belong_to_nobody() -> None:
    data: dict[str, Any] = tomllib.loads((DATA / "organisation.toml").read_text())
    drawn = People(data).next()
    number = identity_number(drawn.birth, 7, female=True)
    assert number.startswith(REGION)
    assert number[6:14] == f"{drawn.birth:%Y%m%d}"
    assert int(number[16]) % 2 == 0
    weights = [2 ** (17 - place) % 11 for place in range(17)]
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], weights, strict=True))
    assert "10X98765432"[total % 11] == number[17]
    digits = [int(digit) for digit in reversed(account_number(1234))]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    assert (sum(digits[::2]) + sum(doubled)) % 10 == 0
