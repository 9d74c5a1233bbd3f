"""Opinions one click away: a person's own, or the house's."""

from __future__ import annotations

from sqlalchemy import Connection

from engine.actors import Actor
from engine.engine import Engine
from engine.queries.preferences import preferences_of
from webapp.language import gettext as _


def default_phrases() -> list[str]:
    """What is offered to whoever has written none."""
    return [_("Agreed."), _("Checked, the facts are right."), _("Please add what is missing.")]


def phrases_of(house: Engine, connection: Connection, actor: Actor) -> list[str]:
    """The person's phrases in the person's order."""
    own = preferences_of(house, connection, actor.id).phrases
    return default_phrases() if own is None else list(own)
