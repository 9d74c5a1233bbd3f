"""A running installation is copied and comes back whole, in an empty place and nowhere else."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from engine.actors import SYSTEM
from engine.audit import records
from engine.store.database import Database
from engine.store.tables import blob, event
from webapp.accounts.tables import person, unit
from webapp.accounts.units import add_unit
from webapp.assembly import build_engine
from webapp.backup import BackupError, back_up, restore
from webapp.server import make_checkpoint
from webapp.settings import Settings, read_settings

PROCESSES = Path(__file__).parents[3] / "processes"


@pytest.fixture
def settings(home: Path, gongban: Any) -> Settings:
    gongban("init")
    gongban("user", "add", "anna", "--name", "安娜", "--root", "The house", "--role", "sys_admin")
    gongban("process", "deploy", PROCESSES / "approve3")
    found = read_settings()
    engine = build_engine(found)
    engine.files.put(b"a letter")
    make_checkpoint(found, engine)
    engine.database.close()
    return found


@pytest.fixture
def elsewhere(
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Any:
    """An empty place with an empty database."""

    def make() -> Settings:
        monkeypatch.setenv("GONGBAN_HOME", str(tmp_path / "elsewhere"))
        if "GONGBAN_DATABASE_URL" in os.environ:
            make_empty = request.getfixturevalue("empty_database")
            monkeypatch.setenv("GONGBAN_DATABASE_URL", make_empty())
        return read_settings()

    return make


def counts(settings: Settings) -> list[int]:
    database = Database(settings.database_url)
    with database.read() as connection:
        found = [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (event, blob, person, unit)
        ]
    database.close()
    return found


def test_everything_comes_back_and_the_trail_holds(
    settings: Settings, elsewhere: Any, gongban: Any, tmp_path: Path
) -> None:
    before = counts(settings)
    assert gongban("backup", tmp_path / "backup").code == 0
    place = elsewhere()
    answer = gongban("restore", tmp_path / "backup")
    assert answer.code == 0, answer.err
    assert counts(place) == before
    engine = build_engine(place)
    report = records.verify(engine)
    assert (report.ok, report.checkpoints) == (True, 1)
    digest = next(iter(engine.files.list()))
    assert engine.files.read(digest) == b"a letter"
    assert (place.home / "checkpoints" / "checkpoints.jsonl").exists()
    # The installation goes on: the same key signs what comes next.
    with engine.command(SYSTEM) as uow:
        add_unit(uow, "A new side", "cluster", parent=unit_ids(engine.database)[0])
        uow.commit()
    make_checkpoint(place, engine)
    after = records.verify(engine)
    assert (after.ok, after.checkpoints, len(after.keys)) == (True, 2, 1)
    engine.database.close()
    assert gongban("audit", "verify").code == 0


def unit_ids(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(select(unit.c.id)).scalars())


def test_a_backup_is_of_one_moment_while_others_write(
    settings: Settings, elsewhere: Any, tmp_path: Path
) -> None:
    engine = build_engine(settings)
    root, stop, written = unit_ids(engine.database)[0], threading.Event(), threading.Event()

    def keep_writing() -> None:
        while not stop.is_set():
            with engine.command(SYSTEM) as uow:
                add_unit(uow, "A side", "cluster", parent=root)
                uow.commit()
            written.set()

    writer = threading.Thread(target=keep_writing)
    writer.start()
    assert written.wait(10)
    back_up(settings, tmp_path / "backup")
    stop.set()
    writer.join()
    engine.database.close()
    assert restore(elsewhere(), tmp_path / "backup").ok


def test_a_damaged_backup_is_refused_and_nothing_is_made(
    settings: Settings, elsewhere: Any, tmp_path: Path
) -> None:
    back_up(settings, tmp_path / "backup")
    broken = next((tmp_path / "backup" / "files").rglob("*/*"))
    broken.write_bytes(broken.read_bytes()[:-1] + b"?")
    place = elsewhere()
    with pytest.raises(BackupError, match="has changed"):
        restore(place, tmp_path / "backup")
    broken.unlink()
    with pytest.raises(BackupError, match="is missing"):
        restore(place, tmp_path / "backup")
    assert not place.keys_folder.exists()


def test_nothing_is_written_over(settings: Settings, gongban: Any, tmp_path: Path) -> None:
    assert gongban("backup", tmp_path / "backup").code == 0
    again = gongban("backup", tmp_path / "backup")
    assert (again.code, "already something" in again.err) == (1, True)
    full = gongban("restore", tmp_path / "backup")
    assert (full.code, "not empty" in full.err) == (1, True)


def test_a_folder_that_is_no_backup_is_named(settings: Settings, gongban: Any) -> None:
    answer = gongban("restore", settings.home)
    assert (answer.code, "no backup" in answer.err) == (1, True)
