"""A person chooses how to work. Nobody else's affair, and no part of the record."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from engine.errors import Invalid
from engine.queries.preferences import HOLD_CHOICES, LONGEST_PHRASE, MOST_PHRASES
from engine.store.tables import preference
from engine.store.unit_of_work import UnitOfWork


def choose_hold(uow: UnitOfWork, seconds: int) -> None:
    """For how long the actor's decisions can be taken back."""
    if seconds not in HOLD_CHOICES:
        raise Invalid(hold_seconds=seconds)
    _choose(uow, "hold_seconds", seconds)


def choose_shortcuts(uow: UnitOfWork, wanted: bool) -> None:
    """Whether single keys do things on the pages."""
    _choose(uow, "shortcuts", bool(wanted))


def choose_phrases(uow: UnitOfWork, phrases: Sequence[str]) -> None:
    """The actor's common phrases, in this order: trimmed, each once, the empty ones left out."""
    cleaned = list(dict.fromkeys(filter(None, (" ".join(one.split()) for one in phrases))))
    if len(cleaned) > MOST_PHRASES or any(len(one) > LONGEST_PHRASE for one in cleaned):
        raise Invalid(phrases=len(cleaned))
    _choose(uow, "phrases", cleaned)


def _choose(uow: UnitOfWork, name: str, value: object) -> None:
    make = insert_sqlite if uow.engine.database.is_sqlite else insert_postgresql
    uow.execute(
        make(preference)
        .values(person_id=uow.actor.id, name=name, value=value)
        .on_conflict_do_update(
            index_elements=[preference.c.person_id, preference.c.name], set_={"value": value}
        )
    )
