"""Build the engine from the settings: the one place that knows which port is filled by what."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.exc import OperationalError, ProgrammingError

from engine.abilities.registry import standard_abilities
from engine.clock import Clock, SystemClock
from engine.engine import Engine
from engine.files import FolderFiles
from engine.letters import Fonts
from engine.notifications.kinds import MAIL, WEBHOOK
from engine.sealing import Keyring
from engine.store.database import Database
from webapp.accounts.directory import DatabaseDirectory
from webapp.demo.clock import demo_clock, is_demo
from webapp.roles import SHARED, roles
from webapp.settings import Settings, SettingsError


def build_engine(
    settings: Settings, *, clock: Clock | None = None, database: Database | None = None
) -> Engine:
    """The engine of this installation. The database must have been prepared by `init`."""
    database = database or open_database(settings)
    keyring = load_keyring(settings)
    clock = clock or system_clock(database)
    return Engine(
        database=database,
        directory=DatabaseDirectory(database, clock=clock, zone=settings.zone, roles=roles()),
        clock=clock,
        zone=settings.zone,
        keyring=keyring,
        files=open_files(settings.files_folder, keyring),
        fonts=Fonts.of(settings.fonts),
        abilities=standard_abilities(),
        shared=SHARED,
        hold_seconds=settings.hold_seconds,
        channels=frozenset({WEBHOOK, MAIL} if settings.smtp_url else {WEBHOOK}),
    )


def open_database(settings: Settings) -> Database:
    """The database of the settings, opened."""
    return Database(settings.database_url)


def load_keyring(settings: Settings) -> Keyring:
    """The keys of the home; `SettingsError` when `init` has not made them."""
    if not (settings.keys_folder / "current").exists():
        raise SettingsError(
            f"There are no keys in {settings.keys_folder}: run `gongban init` first."
        )
    return Keyring.load(settings.keys_folder)


def make_keyring(settings: Settings) -> Keyring:
    """Make the keys of a new installation, or load those that are there."""
    if (settings.keys_folder / "current").exists():
        return load_keyring(settings)
    return Keyring.create(settings.keys_folder)


def open_files(folder: Path, keyring: Keyring) -> FolderFiles:
    """The files store over a folder; contents lie sealed."""
    return FolderFiles(folder, keyring.seal_bytes, keyring.open_bytes)


def system_clock(database: Database) -> Clock:
    """The machine's clock; a demonstration's, which can be moved, in a demonstration."""
    try:
        demo = is_demo(database)
    except (OperationalError, ProgrammingError):
        # No tables yet: `init` builds them and asks for the engine again.
        demo = False
    return demo_clock(database) if demo else SystemClock()
