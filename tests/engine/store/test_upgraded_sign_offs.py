"""A sequence that was begun before signers knew whom they follow goes on after the upgrade."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, MetaData, Table, insert, select

from engine.store.database import Database
from engine.store.tables import signer
from engine.store.upgrade import ENGINE, History, upgrade
from tests.conftest import PostgreSQL


@pytest.fixture(params=["sqlite", "postgresql"])
def begun(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A database as the first release made it."""
    server: PostgreSQL | None = None
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'old.db'}")
    else:
        server = request.getfixturevalue("postgresql_server")
        database = Database(server.create("begun_before"))
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    shutil.copy(ENGINE.folder / "versions" / "r0001_first_tables.py", folder / "versions")
    upgrade(database, History(ENGINE.name, folder, ENGINE.metadata, ENGINE.version_table))
    yield database
    database.close()
    if server is not None:
        server.drop("begun_before")


def put(connection: Connection, name: str, **values: Any) -> None:
    """A row with something in every column that wants a value."""
    table = Table(name, MetaData(), autoload_with=connection)
    row: dict[str, Any] = {}
    for column in table.columns:
        kind = column.type.python_type
        if column.nullable and column.name not in values:
            continue
        filler = {int: 0, bool: False, bytes: b"", datetime: datetime(2026, 1, 1, tzinfo=UTC)}
        row[column.name] = values.get(column.name, filler.get(kind, "{}"))
    connection.execute(insert(table), row)


def test_a_sequence_begun_before_goes_on_in_its_order(begun: Database) -> None:
    with begun.write() as connection:
        put(connection, "definition", id="d", key="d")
        put(connection, "instance", id="i", definition_id="d")
        put(connection, "task", id="t", instance_id="i", state="open", rule="sequence")
        people = {"ann": "voted", "bob": "open", "cai": "waiting", "dora": "waiting"}
        for position, (person, state) in enumerate(people.items()):
            put(connection, "signer", task_id="t", person_id=person, position=position, state=state)
        connection.commit()
    assert upgrade(begun)[0] == "0002"
    with begun.read() as connection:
        found = connection.execute(select(signer.c.person_id, signer.c.after_id)).all()
    assert dict(map(tuple, found)) == {"ann": None, "bob": None, "cai": "bob", "dora": "cai"}
