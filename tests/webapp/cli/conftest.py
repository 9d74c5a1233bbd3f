"""The command line on both databases, in a home of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import structlog

from webapp.cli import main


@pytest.fixture
def empty_database(postgresql_server: Any) -> Iterator[Callable[[], str]]:
    """Makes empty PostgreSQL databases; all are gone after the test."""
    made: list[str] = []

    def make() -> str:
        made.append(f"cli_{uuid4().hex}")
        return str(postgresql_server.create(made[-1]))

    yield make
    for name in made:
        postgresql_server.drop(name)


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
        monkeypatch.setenv("GONGBAN_DATABASE_URL", request.getfixturevalue("empty_database")())
    return tmp_path / "home"


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


@pytest.fixture
def ready(home: Path, gongban: Any) -> Path:
    """A home that has been made."""
    assert gongban("init").code == 0
    return home


def one_line(text: str) -> bool:
    """Whether a refusal is one line, as it should be."""
    return len(text.strip().splitlines()) == 1
