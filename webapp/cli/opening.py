"""Opens this installation for one command, and closes it again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from engine.engine import Engine
from engine.store.upgrade import ENGINE, require_current
from webapp.accounts.migrations import HISTORY as ACCOUNTS
from webapp.assembly import build_engine, open_database
from webapp.cli.console import note
from webapp.settings import read_settings


@contextmanager
def opened_engine() -> Iterator[Engine]:
    """The engine of the settings, over a database that is exactly this program's."""
    settings = read_settings(warn=note)
    with closing(open_database(settings)) as database:
        require_current(database, ENGINE, ACCOUNTS)
        yield build_engine(settings, database=database)
