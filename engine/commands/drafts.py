"""Drafts: what a person has begun and not sent. They are that person's alone and no part of the record."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from engine.errors import Invalid
from engine.sealing import Keyring
from engine.store.tables import draft
from engine.store.unit_of_work import UnitOfWork

#: How long a draft is kept without being touched.
KEPT = timedelta(days=30)
#: The longest draft, in characters of its JSON.
MAX_LENGTH = 500_000


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft and when it was saved."""

    place: str
    form: dict[str, Any]
    opinion: str
    saved_at: datetime


def place_of_start(process: str) -> str:
    """Where the draft of a new case lies."""
    return f"start:{process}"


def place_of_task(task_id: str) -> str:
    """Where the draft of a task lies."""
    return f"task:{task_id}"


def save_draft(uow: UnitOfWork, place: str, form: object, opinion: str = "") -> None:
    """Keep the draft, sealed. Nothing is validated: a draft may be half a thought."""
    text = json.dumps({"form": form, "opinion": opinion}, ensure_ascii=False)
    if len(text) > MAX_LENGTH or not isinstance(form, dict):
        raise Invalid(draft=place)
    sealed = uow.engine.keyring.seal(text, _context(uow.actor.id, place))
    # In one statement: a page may save by itself while its reader presses the button.
    make = insert_sqlite if uow.engine.database.is_sqlite else insert_postgresql
    values = {"sealed": sealed, "saved_at": uow.now}
    uow.execute(
        make(draft)
        .values(person_id=uow.actor.id, place=place, **values)
        .on_conflict_do_update(index_elements=[draft.c.person_id, draft.c.place], set_=values)
    )


def discard_draft(uow: UnitOfWork, place: str) -> None:
    """The draft has been sent, or is not wanted any more."""
    uow.execute(delete(draft).where(draft.c.person_id == uow.actor.id, draft.c.place == place))


def drop_old_drafts(uow: UnitOfWork) -> None:
    """Drafts nobody has touched for `KEPT` go."""
    uow.execute(delete(draft).where(draft.c.saved_at < uow.now - KEPT))


def read_draft(connection: Connection, keyring: Keyring, person: str, place: str) -> Draft | None:
    """The person's draft, opened."""
    row = connection.execute(
        select(draft).where(draft.c.person_id == person, draft.c.place == place)
    ).one_or_none()
    if row is None:
        return None
    content = json.loads(keyring.open_sealed(row.sealed, _context(person, place)))
    return Draft(place, content["form"], content["opinion"], row.saved_at)


def drafts_of(connection: Connection, person: str) -> list[tuple[str, datetime]]:
    """Where the person has drafts, latest first."""
    rows = connection.execute(
        select(draft.c.place, draft.c.saved_at)
        .where(draft.c.person_id == person)
        .order_by(draft.c.saved_at.desc())
    )
    return [(row.place, row.saved_at) for row in rows]


def _context(person: str, place: str) -> str:
    return f"draft/{person}/{place}"
