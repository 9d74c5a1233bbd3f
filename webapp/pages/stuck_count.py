"""The number in the administrators' menu: how much nobody can do, counted now and then."""

from __future__ import annotations

import time
from dataclasses import dataclass

from flask import current_app

from engine.queries.stuck import tasks_nobody_can_do
from webapp.requests import engine

#: How old the number may be, in seconds: it stands on every page of an administrator.
COUNTED_EVERY = 60.0
#: Counting takes at most this share of the time: a big house counts less often.
_SHARE = 1 / 100


@dataclass(frozen=True, slots=True)
class Counted:
    """A number and until when it stands, on the process's own clock."""

    count: int
    until: float


def stuck_count() -> int:
    """How many there are, as counted a short while ago."""
    known: Counted | None = current_app.extensions.get("gongban_stuck")
    if known is not None and time.monotonic() < known.until:
        return known.count
    began = time.monotonic()
    house = engine()
    with house.database.read() as connection:
        count = tasks_nobody_can_do(connection, house, limit=1).count
    remember(count, time.monotonic() - began)
    return count


def remember(count: int, cost: float = 0.0) -> None:
    """The number as it has just been counted, and how many seconds that took."""
    until = time.monotonic() + max(COUNTED_EVERY, cost / _SHARE)
    current_app.extensions["gongban_stuck"] = Counted(count, until)
