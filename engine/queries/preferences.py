"""How a person likes to work: for how long decisions can be taken back, shortcuts, common phrases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, select

from engine.store.tables import preference

if TYPE_CHECKING:
    from engine.engine import Engine

#: For how long a decision can be taken back unless the installation or the person says otherwise.
HOLD_SECONDS = 8
#: What a person may choose; 0: decisions count at once.
HOLD_CHOICES = (0, 5, 8, 15)
#: How many phrases a person may keep, and how long one may be.
MOST_PHRASES = 20
LONGEST_PHRASE = 100


@dataclass(frozen=True, slots=True)
class Preferences:
    """A person's choices; what was not chosen has its default."""

    hold_seconds: int = HOLD_SECONDS
    #: Single keys do things on the pages.
    shortcuts: bool = True
    #: Opinions one click away; None: the house's own.
    phrases: tuple[str, ...] | None = None


def preferences_of(house: Engine, connection: Connection, person: str) -> Preferences:
    """The person's choices, in one statement."""
    rows = connection.execute(
        select(preference.c.name, preference.c.value).where(preference.c.person_id == person)
    )
    chosen = {row.name: row.value for row in rows}
    phrases = chosen.get("phrases")
    return Preferences(
        hold_seconds=chosen.get("hold_seconds", house.hold_seconds),
        shortcuts=chosen.get("shortcuts", True),
        phrases=None if phrases is None else tuple(phrases),
    )
