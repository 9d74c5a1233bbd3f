"""Connections that lay idle are asked whether their server still stands, and made anew if not."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import text

from engine.store import database as module
from engine.store.database import Database
from tests.conftest import PostgreSQL


@pytest.fixture
def url(postgresql_server: PostgreSQL) -> Iterator[str]:
    name = f"idle_{uuid4().hex}"
    yield postgresql_server.create(name)
    postgresql_server.drop(name)


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    opened = Database(url)
    yield opened
    opened.close()


def backend(database: Database) -> int:
    with database.read() as connection:
        return int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())


def test_a_connection_that_ended_while_idle_is_replaced_unnoticed(
    database: Database, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = backend(database)
    other = Database(url)
    with other.read() as connection:
        connection.execute(text(f"SELECT pg_terminate_backend({first})"))
    other.close()
    monkeypatch.setattr(module, "IDLE", 0.0)
    assert backend(database) != first


def test_a_connection_in_steady_use_is_not_asked(database: Database) -> None:
    assert backend(database) == backend(database)


def test_a_glance_needs_no_transaction_and_leaves_none(database: Database) -> None:
    with database.glance() as connection:
        connection.execute(text("SELECT 1"))
        raw = connection.connection.dbapi_connection
        assert raw is not None
        assert raw.autocommit
    with database.write() as connection:
        connection.execute(text("CREATE TABLE glanced (id integer)"))
        connection.rollback()
    with database.read() as connection:
        assert connection.execute(text("SELECT to_regclass('glanced')")).scalar_one() is None
