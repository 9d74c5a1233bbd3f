"""Write the next revision of a history from the difference between its revisions and its tables."""

from __future__ import annotations

import argparse
import importlib
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.operations.ops import UpgradeOps

from engine.store import triggers
from engine.store.database import Database
from engine.store.types import Json, UtcTime
from engine.store.upgrade import ENGINE, History, upgrade

_PAGE = '''"""{message}."""

{imports}

revision = "{revision}"
down_revision = {before}
branch_labels = None
depends_on = None

{constants}

def upgrade() -> None:
    """Apply."""
{body}
'''

_TRIGGERS = """\
    statements = _SQLITE if op.get_bind().dialect.name == "sqlite" else _POSTGRESQL
    for statement in statements:
        op.execute(sa.text(statement))
"""


def make(history: History, message: str) -> Path | None:
    """Write the next revision and return its file; None when nothing has changed."""
    operations = _difference(history)
    if operations.is_empty():
        return None
    before = history.head
    revision = f"{int(before or 0) + 1:04d}"
    slug = re.sub(r"[^a-z0-9]+", "_", message.lower()).strip("_")[:40]
    file = history.folder / "versions" / f"r{revision}_{slug}.py"
    file.parent.mkdir(exist_ok=True)
    file.write_text(_page(history, operations, message, revision, before), encoding="utf-8")
    # Tidy where the formatter is installed; a developer's machine has it.
    subprocess.run([sys.executable, "-m", "ruff", "format", "-q", str(file)], check=False)
    return file


def _difference(history: History) -> UpgradeOps:
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{folder}/probe.db")
        if history.head is not None:
            upgrade(database, history)
        with database.read() as connection:
            context = _context(connection, history)
            operations = produce_migrations(context, history.metadata).upgrade_ops
        database.close()
    assert operations is not None
    return operations


def _page(
    history: History, operations: UpgradeOps, message: str, revision: str, before: str | None
) -> str:
    body = render_python_code(
        operations, render_item=_render, migration_context=_context(None, history)
    )
    body = re.sub(r"^ *# .*\n?", "", body, flags=re.MULTILINE).rstrip()
    constants = ""
    # The first revision of the engine brings the triggers that keep the record.
    if history.name == ENGINE.name and before is None:
        constants = _statements("_SQLITE", triggers._sqlite())
        constants += _statements("_POSTGRESQL", triggers._postgresql())
        body += "\n" + _TRIGGERS.rstrip()
    imports = ["import sqlalchemy as sa", "from alembic import op"]
    names = sorted({"Json", "UtcTime"} & set(re.findall(r"\b[A-Z]\w+", body)))
    if names:
        imports += ["", f"from engine.store.types import {', '.join(names)}"]
    return _PAGE.format(
        message=message,
        imports="\n".join(imports),
        revision=revision,
        before=f'"{before}"' if before else None,
        constants=constants,
        body=body,
    )


def _statements(name: str, statements: list[str]) -> str:
    lines = ""
    for statement in statements:
        pieces = textwrap.wrap(" ".join(statement.split()), 80, break_on_hyphens=False)
        *first, last = pieces
        quoted = [f'"{piece} "' for piece in first] + [f'"{last}"']
        lines += "    (" + "\n    ".join(quoted) + "),\n"
    return f"{name} = (\n{lines})\n"


def _render(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Our own types by their name, without the module they live in."""
    if kind == "type" and isinstance(item, (Json, UtcTime)):
        return f"{type(item).__name__}()"
    return False


def _context(connection: Any, history: History) -> MigrationContext:
    return MigrationContext.configure(
        connection,
        dialect_name=None if connection is not None else "sqlite",
        opts={
            "version_table": history.version_table,
            "target_metadata": history.metadata,
            "compare_type": True,
            "include_object": lambda _object, name, kind, *_: (
                kind != "table" or name != history.version_table
            ),
        },
    )


def main() -> int:
    """The command line of this module."""
    parser = argparse.ArgumentParser(prog="python -m engine.store.migrations.make")
    parser.add_argument("message", help="what changes, in a few words")
    parser.add_argument(
        "--of", default="engine.store.migrations", help="module that holds the HISTORY"
    )
    arguments = parser.parse_args()
    history: History = importlib.import_module(arguments.of).HISTORY
    file = make(history, arguments.message)
    sys.stdout.write(f"{file}\n" if file else "Nothing has changed.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
