"""The engine as one object: what commands, queries and jobs are given to work with."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from engine.actors import Actor, Directory
from engine.catalog.versions import Catalog
from engine.clock import Clock
from engine.commands.refusals import record_refusal
from engine.errors import NotAllowed
from engine.files import Files
from engine.letters import Fonts
from engine.press import Press
from engine.queries.preferences import HOLD_SECONDS
from engine.sealing import Keyring
from engine.store.calendar import load_working_days
from engine.store.database import Database
from engine.store.recusals import Relatives
from engine.store.unit_of_work import UnitOfWork
from engine.working_days import WorkingDays

if TYPE_CHECKING:
    from engine.abilities.base import Ability


@dataclass
class Engine:
    """Everything that runs processes. Built once per process by whoever serves it."""

    database: Database
    directory: Directory
    clock: Clock
    zone: ZoneInfo
    keyring: Keyring
    files: Files
    fonts: Fonts
    abilities: dict[str, Ability]
    #: Where the organisation's roles, areas and shared tables lie; packages are checked against them.
    shared: Path | None = None
    #: How notifications may leave the house: mail, webhook. What is not here is not even written.
    channels: frozenset[str] = frozenset()
    #: For how long a decision can be taken back, where a person has chosen nothing.
    hold_seconds: int = HOLD_SECONDS
    #: Told when work has become due, so that a worker need not wait for its next look.
    wake: threading.Event = field(default_factory=threading.Event)
    #: Where forms are printed and pages of files drawn, a few at a time.
    press: Press = field(default_factory=Press)
    _working_days: WorkingDays | None = None

    def __post_init__(self) -> None:
        self.catalog = Catalog(self.database)
        self.relatives = Relatives(self.database)

    @contextmanager
    def command(self, actor: Actor) -> Iterator[UnitOfWork]:
        """A unit of work; the caller calls `commit`, and leaving without it changes nothing."""
        try:
            with self.database.write() as connection:
                yield UnitOfWork(self, connection, actor)
        except NotAllowed as refusal:
            record_refusal(self, actor, refusal)
            raise

    @property
    def working_days(self) -> WorkingDays:
        """The published calendar with the administrators' table over it."""
        if self._working_days is None:
            with self.database.read() as connection:
                self._working_days = load_working_days(connection)
        return self._working_days

    def forget_working_days(self) -> None:
        """Read the administrators' table again; called after it changed."""
        self._working_days = None
