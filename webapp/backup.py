"""A copy of everything, taken while the server runs, and its way back into an empty place.

    manifest.json       what is here, with the SHA-256 of every file
    database.sqlite     SQLite: the whole database as of one moment
    tables/*.jsonl      PostgreSQL: every table as of one moment, a row a line
    files/              attachments and letters, sealed as they lie
    checkpoints/        the seals of the audit trail
    keys/               what opens all of it; keep it apart from the rest

Files are written before the commit that names them, so they are copied after the database: whatever
the database names is there. PostgreSQL's own tools may be missing on the machine, and their version
must fit the server's; rows as JSON need neither.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.audit import Report, records
from engine.errors import EngineError
from engine.store.database import Database
from engine.store.upgrade import ENGINE, Standing, require_current, state, upgrade
from webapp.accounts.migrations import HISTORY as ACCOUNTS
from webapp.assembly import build_engine, open_database, system_clock
from webapp.settings import Settings
from webapp.table_dump import dump_tables, load_tables

_FORMAT = "gongban-backup"
_VERSION = 1
_HISTORIES = (ENGINE, ACCOUNTS)
#: Files of the home that open or sign something, beside the folder of keys.
_SECRETS = ("secret_key", "signing_key")
#: Folders with files that are being written.
_UNFINISHED = frozenset({"incoming", "parts"})


class BackupError(EngineError):
    """The backup cannot be taken or restored."""

    problem = "backup"


@dataclass(frozen=True, slots=True)
class Done:
    """How much was copied."""

    rows: int
    files: int


def back_up(settings: Settings, target: Path) -> Done:
    """Copy everything into a new folder. Raises `BackupError` if something is there."""
    _require_empty(target)
    target.mkdir(mode=0o700, parents=True, exist_ok=True)
    database = open_database(settings)
    with closing(database):
        require_current(database, *_HISTORIES)
        if database.is_sqlite:
            rows = _copy_sqlite(Path(str(database.url.database)), target / "database.sqlite")
        else:
            rows = dump_tables(database, [each.metadata for each in _HISTORIES], target / "tables")
        revisions = {each.name: state(database, each).revision for each in _HISTORIES}
        created = system_clock(database).now()
    files = _copy_folder(settings.files_folder, target / "files")
    _copy_folder(settings.home / "checkpoints", target / "checkpoints")
    _copy_folder(settings.keys_folder, target / "keys")
    for name in _SECRETS:
        if (settings.home / name).exists():
            _copy_secret(settings.home / name, target / "keys" / name)
    manifest = {
        "format": _FORMAT,
        "version": _VERSION,
        "created": created.isoformat(),
        "revisions": revisions,
        "files": {name: _hash(target / name) for name in _names(target)},
    }
    (target / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n")
    return Done(rows, files)


def restore(settings: Settings, source: Path) -> Report:
    """Restore a backup into an empty place, then verify the audit trail there; return its report.

    Raises `BackupError` for a damaged backup, for one of another version of the program, and when
    the place is not empty: nothing is ever written over.
    """
    manifest = _read_manifest(source)
    _verify_hashes(source, manifest)
    _require_same_program(manifest)
    database = open_database(settings)
    with closing(database):
        _require_empty_place(settings, database)
        settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        _restore_secrets(settings, source)
        _copy_folder(source / "files", settings.files_folder)
        _copy_folder(source / "checkpoints", settings.home / "checkpoints")
        _restore_database(database, source)
        engine = build_engine(settings, database=database)
        return records.verify(engine)


def _restore_database(database: Database, source: Path) -> None:
    whole = source / "database.sqlite"
    if whole.exists():
        if not database.is_sqlite:
            raise BackupError("This backup is of an SQLite database; restore it to SQLite.")
        database.close()
        place = Path(str(database.url.database))
        for leftover in (place, Path(f"{place}-wal"), Path(f"{place}-shm")):
            leftover.unlink(missing_ok=True)  # empty ones: opening the database made them
        shutil.copyfile(whole, place)
        return
    for history in _HISTORIES:
        upgrade(database, history)
    load_tables(database, [each.metadata for each in _HISTORIES], source / "tables")


def _restore_secrets(settings: Settings, source: Path) -> None:
    settings.keys_folder.mkdir(mode=0o700, parents=True)
    for path in sorted((source / "keys").iterdir()):
        home = path.name in _SECRETS
        _copy_secret(path, (settings.home if home else settings.keys_folder) / path.name)


def _copy_sqlite(source: Path, target: Path) -> int:
    """One moment of the database, without its free pages; the server goes on writing."""
    with closing(sqlite3.connect(source, isolation_level=None)) as connection:
        connection.execute("VACUUM INTO ?", (str(target),))
    with closing(sqlite3.connect(target)) as copy:
        names = copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        rows = sum(
            copy.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for (name,) in names
        )
    return int(rows)


def _copy_folder(source: Path, target: Path) -> int:
    """Copy the files of a folder; one that vanishes meanwhile was named by nothing."""
    count = 0
    for name in _names(source):
        place = target / name
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            shutil.copy2(source / name, place)
        except FileNotFoundError:
            continue
        count += 1
    return count


def _copy_secret(source: Path, target: Path) -> None:
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(source.read_bytes())


def _names(folder: Path) -> Iterator[str]:
    for path in sorted(folder.rglob("*")):
        # Drafts and the store's `incoming` hold what is being written at this moment.
        parts = path.relative_to(folder).parts
        if path.is_file() and not _UNFINISHED.intersection(parts):
            yield path.relative_to(folder).as_posix()


def _read_manifest(source: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((source / "manifest.json").read_text())
    except (OSError, ValueError):
        raise BackupError(f"There is no backup in {source}.") from None
    if (manifest.get("format"), manifest.get("version")) != (_FORMAT, _VERSION):
        raise BackupError(f"{source} is not a backup that this program can read.")
    found: dict[str, Any] = manifest
    return found


def _verify_hashes(source: Path, manifest: dict[str, Any]) -> None:
    expected: dict[str, str] = manifest["files"]
    present = set(_names(source)) - {"manifest.json"}
    for name in sorted(present ^ set(expected)):
        what = "is missing" if name in expected else "does not belong to the backup"
        raise BackupError(f"The backup is damaged: {name} {what}.")
    for name, digest in expected.items():
        if _hash(source / name) != digest:
            raise BackupError(f"The backup is damaged: {name} has changed.")


def _require_same_program(manifest: dict[str, Any]) -> None:
    for history in _HISTORIES:
        if manifest["revisions"].get(history.name) != history.head:
            raise BackupError(
                "The backup is of another version of this program; restore it with that one.",
                backup=manifest["revisions"].get(history.name),
                program=history.head,
            )


def _require_empty_place(settings: Settings, database: Database) -> None:
    if any(state(database, each).standing is not Standing.EMPTY for each in _HISTORIES):
        raise BackupError("The database is not empty; a backup is restored into an empty place.")
    for place in (settings.keys_folder, settings.files_folder, settings.home / "checkpoints"):
        _require_empty(place)
    for name in _SECRETS:
        if (settings.home / name).exists():
            raise BackupError(f"There is already a {name} in {settings.home}.")


def _require_empty(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupError(f"There is already something at {folder}.")


def _hash(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
