"""The number in the administrators' menu: how much nobody can do, counted now and then."""

from __future__ import annotations

import time

from flask import current_app

from engine.queries.stuck import tasks_nobody_can_do
from webapp.requests import engine

#: How old the number may be, in seconds: it stands on every page of an administrator.
COUNTED_EVERY = 60.0


def stuck_count() -> int:
    """How many there are, as counted within the last minute."""
    known: tuple[float, int] | None = current_app.extensions.get("gongban_stuck")
    if known is not None and time.monotonic() - known[0] < COUNTED_EVERY:
        return known[1]
    house = engine()
    with house.database.read() as connection:
        count = tasks_nobody_can_do(connection, house, limit=1).count
    remember(count)
    return count


def remember(count: int) -> None:
    """The number as it has just been counted."""
    current_app.extensions["gongban_stuck"] = (time.monotonic(), count)
