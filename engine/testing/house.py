"""A throw-away engine over a real database: what scenarios, tests and `process play` run on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import engine.store.triggers  # noqa: F401  # creating the tables creates the triggers, too
from engine.abilities.registry import standard_abilities
from engine.actors import Directory
from engine.clock import FakeClock
from engine.engine import Engine
from engine.files import FolderFiles
from engine.letters import Fonts
from engine.sealing import Keyring
from engine.store.database import Database
from engine.store.tables import metadata

ZONE = ZoneInfo("Asia/Shanghai")


@contextmanager
def temporary_engine(
    directory: Directory, at: datetime, *, url: str | None = None
) -> Iterator[Engine]:
    """An engine whose clock stands at `at`; SQLite in a temporary folder unless `url` names a database."""
    with TemporaryDirectory(prefix="gongban-") as folder:
        home = Path(folder)
        database = Database(url or f"sqlite:///{home / 'gongban.db'}")
        try:
            with database.write() as connection:
                metadata.create_all(connection)
                connection.commit()
            keyring = Keyring.create(home / "keys")
            yield Engine(
                database=database,
                directory=directory,
                clock=FakeClock(at),
                zone=ZONE,
                keyring=keyring,
                files=FolderFiles(home / "files", keyring.seal_bytes, keyring.open_bytes),
                fonts=Fonts.default(),
                abilities=standard_abilities(),
            )
        finally:
            database.close()
