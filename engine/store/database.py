"""The two databases behind one door: `write()` for commands, `read()` for queries.

SQLite allows one writer. SQLAlchemy's defaults with FOR UPDATE lose updates without an error, plain
BEGIN fails under contention, and BEGIN IMMEDIATE alone starves the slowest; so every command runs
BEGIN IMMEDIATE behind one lock of this process. PostgreSQL locks the instance's row instead.
"""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import InvalidatePoolError

#: Seconds after which a connection to a server is asked whether it still stands.
IDLE = 5.0


class Database:
    """One database. Open it once per process and share it between threads."""

    def __init__(self, url: str | URL) -> None:
        self.url = _with_driver(make_url(url))
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._writer = threading.RLock()
        if self.is_sqlite:
            if self.url.database in (None, "", ":memory:"):
                raise ValueError("an in-memory database is not durable; name a file")
            Path(str(self.url.database)).parent.mkdir(parents=True, exist_ok=True)
            self.engine = create_engine(
                self.url, pool_size=40, max_overflow=40, connect_args={"check_same_thread": False}
            )
            _prepare_sqlite(self.engine)
        else:
            # The connection used last comes first: its statements are prepared and its caches warm.
            self.engine = create_engine(self.url, pool_size=20, max_overflow=20, pool_use_lifo=True)
            _check_idle(self.engine)
        # On SQLite we say BEGIN ourselves, and for a glance we do not.
        self._glancing = (
            self.engine.execution_options(glance=True)
            if self.is_sqlite
            else self.engine.execution_options(isolation_level="AUTOCOMMIT")
        )

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A connection in a transaction that may write. The caller commits; leaving without rolls back."""
        if not self.is_sqlite:
            with self.engine.connect() as connection:
                yield connection
            return
        with self._writer, self.engine.connect() as connection:
            connection.info["write"] = True
            try:
                yield connection
            finally:
                connection.rollback()
                connection.info["write"] = False

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection whose queries see one state of the database; it never writes."""
        with self.engine.connect() as connection:
            if not self.is_sqlite:
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield connection

    @contextmanager
    def glance(self) -> Iterator[Connection]:
        """A connection for one query: there is no transaction to begin and to end around it."""
        with self._glancing.connect() as connection:
            yield connection

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def _with_driver(url: URL) -> URL:
    if url.drivername in ("postgres", "postgresql"):
        return url.set(drivername="postgresql+psycopg")
    return url


def _check_idle(engine: Engine) -> None:
    """Ask whether the server is still there, but only of connections that have lain idle.

    SQLAlchemy's own check asks at every use: two more round trips for a request that writes.
    """

    @event.listens_for(engine, "checkin")
    def _checkin(_connection: Any, record: Any) -> None:
        record.info["idle_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _checkout(connection: Any, record: Any, _proxy: Any) -> None:
        since = record.info.get("idle_since")
        if since is None or time.monotonic() - since < IDLE:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error:
            # This connection and all that are older than now are made anew.
            raise InvalidatePoolError from None


def _prepare_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: sqlite3.Connection, _record: Any) -> None:
        # We send BEGIN ourselves: the driver's own guess would begin too late for IMMEDIATE.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=10000",
            # Without it REPLACE deletes rows behind the triggers' back.
            "recursive_triggers=ON",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("glance"):
            return
        immediate = connection.info.get("write")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
