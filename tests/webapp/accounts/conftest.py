"""Both databases with the engine's and the organisation's tables, and an engine small enough for people."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine.actors import SYSTEM
from engine.clock import FakeClock
from engine.sealing import Keyring
from engine.store.database import Database
from engine.store.unit_of_work import UnitOfWork
from webapp.accounts.directory import DatabaseDirectory
from webapp.accounts.people import add_person, assign_role, open_account
from webapp.accounts.units import add_unit

PASSWORD = "a-long-enough-one"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url)
    yield opened
    opened.close()


@pytest.fixture
def house(database: Database, tmp_path: Path) -> Any:
    """Stands in for the engine: what the verbs over people use of it, and a watch to set."""
    clock = FakeClock(datetime(2026, 3, 2, 1, 0, tzinfo=UTC))
    zone = ZoneInfo("Asia/Shanghai")
    watch = SimpleNamespace(seconds=0.0)
    directory = DatabaseDirectory(database, clock=clock, zone=zone, elapsed=lambda: watch.seconds)
    return SimpleNamespace(
        database=database,
        clock=clock,
        zone=zone,
        keyring=Keyring.create(tmp_path / "keys"),
        directory=directory,
        watch=watch,
        wake=threading.Event(),
    )


@pytest.fixture
def do(house: Any) -> Any:
    """Run one command: `do(add_unit, "name", …)`."""

    def run(command: Any, *arguments: Any, **options: Any) -> Any:
        with house.database.write() as connection:
            uow = UnitOfWork(house, connection, SYSTEM)
            result = command(uow, *arguments, **options)
            uow.commit()
        return result

    return run


@pytest.fixture
def anna(do: Any) -> str:
    """A person of the north office with an account, who checks there."""
    do(add_unit, "The house", "root", id="root")
    do(add_unit, "North side", "cluster", parent="root", id="side")
    do(add_unit, "North office", "unit", parent="side", id="north")
    do(add_unit, "Counter", "group", parent="north", id="counter")
    do(
        add_person,
        "Anna",
        member_no="N-1",
        unit_id="north",
        group_id="counter",
        facts={"gender": "female", "mobile": "13900000001"},
        id="anna",
    )
    do(open_account, "anna", "anna", PASSWORD)
    do(assign_role, "anna", "checker", "north")
    return "anna"
