"""What a person has decided and can still take back, for every page."""

from __future__ import annotations

from typing import Any

from engine.queries.held import held_of
from webapp.language import language
from webapp.requests import engine, session_or_none


def held_bar() -> list[dict[str, Any]]:
    """One line for each, the latest first. On every page, so on that of an error, too."""
    house, found_session = engine(), session_or_none()
    if found_session is None:
        return []
    with house.database.read() as connection:
        rows = held_of(connection, found_session.actor.id)
    now, found = house.clock.now(), []
    for one in rows:
        definition = house.catalog.get(one.definition_id)
        step = definition.steps[one.element]
        left = (one.counts_at - now).total_seconds()
        found.append(
            {
                "task": one.task_id,
                "what": one.title,
                "outcome": definition.text(step.outcome(one.outcome).label, language()),
                # From the server's clock: the browser counts down from what is left.
                "seconds": max(0.0, round(left, 1)),
            }
        )
    return found
