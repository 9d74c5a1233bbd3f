"""An organisation with people, processes and a fund, ready to be asked over HTTP, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.sealing import Keyring
from engine.store.database import Database
from tests.builders import House, build_organisation, open_house
from tests.conftest import DATABASES, MakeUrl, PostgreSQL


@dataclass(frozen=True)
class Prepared:
    """A database with the organisation, to be copied, and the keys of what is sealed in it."""

    template: Path | str
    keys: Path


@pytest.fixture(scope="session")
def sqlite_organisation(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Prepared:
    folder = tmp_path_factory.mktemp("organisation")
    path = folder / "organisation.db"
    path.write_bytes(sqlite_template.read_bytes())
    _fill(f"sqlite:///{path}", folder / "keys")
    return Prepared(path, folder / "keys")


@pytest.fixture(scope="session")
def postgresql_organisation(
    tmp_path_factory: pytest.TempPathFactory,
    postgresql_server: PostgreSQL,
    postgresql_template: str,
) -> Prepared:
    keys = tmp_path_factory.mktemp("organisation") / "keys"
    _fill(postgresql_server.create("organisation_template", postgresql_template), keys)
    return Prepared("organisation_template", keys)


def _fill(url: str, keys: Path) -> None:
    database = Database(url)
    build_organisation(database, Keyring.create(keys))
    # The writer's log goes into the file: the file alone is what will be copied.
    database.close()


@pytest.fixture(params=DATABASES)
def house(
    request: pytest.FixtureRequest, make_database: MakeUrl, tmp_path: Path
) -> Iterator[House]:
    """The organisation on both databases."""
    yield from _open(request, request.param, make_database, tmp_path)


@pytest.fixture
def small_house(
    request: pytest.FixtureRequest, make_database: MakeUrl, tmp_path: Path
) -> Iterator[House]:
    """The organisation on SQLite alone, for what no database has a part in."""
    yield from _open(request, "sqlite", make_database, tmp_path)


def _open(
    request: pytest.FixtureRequest, kind: str, make_database: MakeUrl, tmp_path: Path
) -> Iterator[House]:
    prepared: Prepared = request.getfixturevalue(f"{kind}_organisation")
    url = make_database(kind, prepared.template)
    with open_house(url, tmp_path / "home", prepared.keys) as opened:
        yield opened
