"""What pages show of a demonstration; outside one there is nothing to show."""

from __future__ import annotations

from typing import Any

from webapp.demo.clock import is_demo as database_is_demo
from webapp.demo.organisation import demo_people
from webapp.language import language
from webapp.requests import engine, session_or_none


def is_demo() -> bool:
    """True in an installation that was set up as a demonstration."""
    return database_is_demo(engine().database)


def story() -> list[dict[str, Any]]:
    """The people to try, in the order of the story."""
    people = demo_people(engine().database)
    if language() != "en":
        return people
    return [
        {**one, **{name: one.get(f"{name}_en", one[name]) for name in ("role", "does")}}
        for one in people
    ]


def demo_state() -> dict[str, Any] | None:
    """What the banner shows, or None outside a demonstration."""
    if not is_demo():
        return None
    found = session_or_none()
    return {
        "now": engine().clock.now(),
        "people": [
            {**one, "is_me": found is not None and found.username == one["username"]}
            for one in story()
        ],
    }
