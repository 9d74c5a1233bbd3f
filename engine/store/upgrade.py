"""Bring a database to this program's tables, and say where it stands.

A *history* is a folder of revisions with a version table of its own; the engine has one, and whoever
keeps tables beside the engine's has another. Everything runs in one transaction on both databases: an
upgrade that fails half-way leaves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text

from engine.errors import DatabaseVersion
from engine.store.database import Database
from engine.store.tables import metadata

#: Two processes that start at once must not both upgrade (PostgreSQL; SQLite has its writer lock).
_LOCK = 4_716_230_911


@dataclass(frozen=True, slots=True)
class History:
    """A folder of revisions, the tables they lead to, and where a database notes how far it is."""

    name: str
    folder: Path
    metadata: MetaData
    version_table: str

    @property
    def script(self) -> ScriptDirectory:
        """The revisions as Alembic reads them."""
        return ScriptDirectory(str(self.folder), version_locations=[str(self.folder / "versions")])

    @property
    def head(self) -> str | None:
        """The newest revision this program knows."""
        return self.script.get_current_head()


class Standing(StrEnum):
    """How a database stands to this program."""

    #: It has none of the tables.
    EMPTY = "empty"
    #: `upgrade` would change it.
    OLDER = "older"
    CURRENT = "current"
    #: It was upgraded by a newer program than this one.
    NEWER = "newer"


@dataclass(frozen=True, slots=True)
class State:
    """Where a database stands in a history."""

    history: str
    revision: str | None
    head: str | None
    standing: Standing


#: The engine's own tables.
ENGINE = History("engine", Path(__file__).parent / "migrations", metadata, "engine_revision")


def state(database: Database, history: History = ENGINE) -> State:
    """Where the database stands in a history; nothing is changed."""
    with database.read() as connection:
        revision = _context(connection, history).get_current_revision()
    return State(history.name, revision, history.head, _standing(history, revision))


def upgrade(database: Database, history: History = ENGINE) -> list[str]:
    """Apply the revisions that are missing; return their names.

    Raises `DatabaseVersion` for a database that a newer program has upgraded.
    """
    applied: list[str] = []
    with database.write() as connection:
        # Alembic leaves a transaction alone that has already begun, and we commit it as a whole.
        connection.execute(text("SELECT 1"))
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        script = history.script

        def missing(revision: Any, _context: Any) -> Any:
            steps = script._upgrade_revs("head", revision)
            applied.extend(step.revision.revision for step in steps)
            return steps

        context = _context(connection, history, fn=missing, script=script)
        if _standing(history, context.get_current_revision()) is Standing.NEWER:
            raise DatabaseVersion(
                "The database was upgraded by a newer version of this program.",
                history=history.name,
                revision=context.get_current_revision(),
            )
        with Operations.context(context):
            context.run_migrations()
        connection.commit()
    return applied


def require_current(database: Database, *histories: History) -> None:
    """Raise `DatabaseVersion` unless the database is exactly this program's."""
    for history in histories or (ENGINE,):
        found = state(database, history)
        if found.standing is not Standing.CURRENT:
            advice = {
                Standing.EMPTY: "The database has no tables yet: run `gongban init`.",
                Standing.OLDER: "The database is older than this program: run `gongban upgrade`.",
                Standing.NEWER: "The database is newer than this program: install that version.",
            }[found.standing]
            raise DatabaseVersion(
                advice, history=found.history, database=found.revision, program=found.head
            )


def _standing(history: History, revision: str | None) -> Standing:
    if revision is None:
        return Standing.EMPTY
    if revision == history.head:
        return Standing.CURRENT
    known = {each.revision for each in history.script.walk_revisions()}
    return Standing.OLDER if revision in known else Standing.NEWER


def _context(connection: Connection, history: History, **options: Any) -> MigrationContext:
    return MigrationContext.configure(
        connection,
        opts={
            "version_table": history.version_table,
            "target_metadata": history.metadata,
            "compare_type": True,
            **options,
        },
    )
