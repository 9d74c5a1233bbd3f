"""The revisions lead to exactly the tables of the program, with the triggers that keep the record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, insert, text
from sqlalchemy.exc import DatabaseError

import engine.store.triggers  # noqa: F401  # creating the tables creates the triggers, too
from engine.errors import DatabaseVersion
from engine.store.database import Database
from engine.store.migrations.make import _difference
from engine.store.tables import checkpoint, event, event_payload
from engine.store.upgrade import ENGINE, History, Standing, require_current, state, upgrade
from webapp.accounts.migrations import HISTORY as ACCOUNTS

HISTORIES = (ENGINE, ACCOUNTS)


@pytest.fixture(scope="module")
def postgresql(postgresql_server: Any) -> str:
    return str(postgresql_server.create(f"migrations_{uuid4().hex}"))


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    if request.param == "sqlite":
        opened = Database(f"sqlite:///{tmp_path / 'gongban.db'}")
    else:
        opened = Database(request.getfixturevalue("postgresql"))
        empty(opened)
    yield opened
    opened.close()


def empty(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
        connection.commit()


@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: history.name)
def test_the_revisions_lead_to_the_tables_of_the_program(
    database: Database, history: History
) -> None:
    for each in HISTORIES:
        upgrade(database, each)
    names = set(history.metadata.tables)
    with database.read() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_name": lambda name, kind, _parents: kind != "table" or name in names,
            },
        )
        assert compare_metadata(context, history.metadata) == []


@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: history.name)
def test_there_is_nothing_left_to_write_a_revision_for(history: History) -> None:
    assert _difference(history).is_empty()


def test_checks_and_triggers_are_those_of_the_program(database: Database, tmp_path: Path) -> None:
    upgrade(database)
    migrated = what_comparison_overlooks(database)
    if database.is_sqlite:
        other = Database(f"sqlite:///{tmp_path / 'other.db'}")
    else:
        empty(database)
        other = database
    with other.write() as connection:
        ENGINE.metadata.create_all(connection)
        connection.commit()
    assert migrated == what_comparison_overlooks(other)
    assert len(migrated) > 10
    if other is not database:
        other.close()


def what_comparison_overlooks(database: Database) -> list[str]:
    """Triggers, functions and CHECK constraints: what Alembic's comparison does not see."""
    if database.is_sqlite:
        query = "SELECT sql FROM sqlite_master WHERE type = 'trigger' OR sql LIKE '%CHECK%'"
    else:
        query = (
            "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"
            " UNION ALL SELECT prosrc FROM pg_proc WHERE proname LIKE 'gongban%'"
            " UNION ALL SELECT conname || pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'c'"
        )
    with database.read() as connection:
        rows = connection.execute(text(query)).scalars().all()
    return sorted("".join(row.split()) for row in rows)


def every_revision() -> list[str]:
    """All revisions, the first one first."""
    return [each.revision for each in ENGINE.script.walk_revisions()][::-1]


def test_upgrading_twice_changes_nothing(database: Database) -> None:
    assert upgrade(database) == every_revision()
    assert upgrade(database) == []
    assert state(database).standing is Standing.CURRENT
    require_current(database)


def test_an_empty_and_a_newer_database_are_told_apart(database: Database) -> None:
    assert state(database).standing is Standing.EMPTY
    with pytest.raises(DatabaseVersion, match="gongban init"):
        require_current(database, *HISTORIES)
    upgrade(database)
    with database.write() as connection:
        connection.execute(text("UPDATE engine_revision SET version_num = '9999'"))
        connection.commit()
    assert state(database).standing is Standing.NEWER
    with pytest.raises(DatabaseVersion, match="newer"):
        upgrade(database)
    with pytest.raises(DatabaseVersion, match="newer"):
        require_current(database)


def test_an_upgrade_that_fails_leaves_nothing(database: Database) -> None:
    with database.write() as connection:
        # In the way of one of the later tables.
        connection.execute(text("CREATE TABLE working_day (x INTEGER)"))
        connection.commit()
    with pytest.raises(DatabaseError):
        upgrade(database)
    assert state(database).standing is Standing.EMPTY
    with database.write() as connection:
        connection.execute(text("DROP TABLE working_day"))
        connection.commit()
    assert upgrade(database) == every_revision()


@pytest.fixture
def record(database: Database) -> Database:
    upgrade(database)
    at = datetime(2026, 3, 2, tzinfo=UTC)
    with database.write() as connection:
        connection.execute(insert(event).values(**event_row(at)))
        connection.execute(
            insert(event_payload).values(stream="s", seq=1, salt=b"salt", payload="{}")
        )
        connection.execute(insert(checkpoint).values(number=1, at=at, record={}, heads=[]))
        connection.commit()
    return database


def event_row(at: datetime) -> dict[str, Any]:
    return {
        "stream": "s",
        "seq": 1,
        "prev_hash": bytes(32),
        "hash": bytes(32),
        "at": at,
        "type": "x",
        "subject": {},
    }


@pytest.mark.parametrize("table", ["event", "event_payload", "checkpoint"])
@pytest.mark.parametrize("verb", ["update", "delete", "wipe"])
def test_what_was_recorded_cannot_be_changed(record: Database, table: str, verb: str) -> None:
    column = {"event": "type", "event_payload": "payload", "checkpoint": "record"}[table]
    statement = {
        "update": f"UPDATE {table} SET {column} = '[1]'",
        "delete": f"DELETE FROM {table}",
        # What each database has besides: SQLite's REPLACE deletes, PostgreSQL's TRUNCATE empties.
        "wipe": f"REPLACE INTO {table} SELECT * FROM {table}"
        if record.is_sqlite
        else f"TRUNCATE {table} CASCADE",
    }[verb]
    with record.write() as connection, pytest.raises(DatabaseError, match="kept as they were"):
        connection.execute(text(statement))


def test_a_payload_may_be_emptied_once_and_only_whole(record: Database) -> None:
    def change(connection: Connection, what: str) -> None:
        connection.execute(text(f"UPDATE event_payload SET {what}"))

    with record.write() as connection, pytest.raises(DatabaseError, match="kept as they were"):
        change(connection, "payload = NULL")
    with record.write() as connection:
        change(connection, "payload = NULL, salt = NULL")
        connection.commit()
