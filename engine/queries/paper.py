"""Paper about a case: what its own form of approval is made from, and whether a printed one is ours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, or_, select

from engine.abilities.letter_data import attachments, letter_data, verification_code
from engine.actors import Actor
from engine.catalog.definition import Definition
from engine.store.case import peek, stream_of
from engine.store.tables import event, instance
from engine.store.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from engine.engine import Engine

_FOLDER, ENTRY = "letters/", "approval_form.typ"
_CODE = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Paper:
    """A printed form that is ours: the case it speaks of, and how far the case had come."""

    instance_id: str
    definition_id: str
    number: str | None
    starter_id: str
    amount_fen: int | None
    state: str
    started_at: datetime
    #: The state the paper shows: as of which entry of the record, and of when.
    entry: int
    at: datetime
    #: What has been recorded since.
    since: int


def own_form(definition: Definition) -> dict[str, bytes] | None:
    """The package's own form of approval with what it includes; None where it has none."""
    sources = {
        path.removeprefix(_FOLDER): content
        for path, content in definition.package.files.items()
        if path.startswith(_FOLDER)
    }
    return sources if ENTRY in sources else None


def form_facts(
    house: Engine, connection: Connection, actor: Actor, instance_id: str, title: str, at: datetime
) -> dict[str, Any]:
    """What a package's form is filled from: the same as any letter of its case. Nothing is written."""
    uow = UnitOfWork(house, connection, actor)
    return letter_data(uow, peek(uow, instance_id), title, at=at)


def general_facts(
    house: Engine, connection: Connection, actor: Actor, instance_id: str
) -> dict[str, Any]:
    """What the general form needs beside what the pages know: the files and the code."""
    uow = UnitOfWork(house, connection, actor)
    return {
        "attachments": attachments(uow, instance_id),
        "verification_code": verification_code(peek(uow, instance_id)),
    }


def find_paper(connection: Connection, number: str, code: str) -> Paper | None:
    """The case of this number (or id) in whose record the code is; None for any other pair."""
    wanted = re.sub(r"[\s-]", "", code).lower()
    number = number.strip()
    if not number or not _CODE.fullmatch(wanted):
        return None
    cases = connection.execute(
        select(
            instance.c.id,
            instance.c.definition_id,
            instance.c.number,
            instance.c.starter_id,
            instance.c.amount_fen,
            instance.c.state,
            instance.c.started_at,
            instance.c.audit_length,
        )
        .where(or_(instance.c.number == number, instance.c.id == number))
        .limit(20)
    ).all()
    first = bytes.fromhex(wanted)
    for case in cases:
        found = connection.execute(
            select(event.c.seq, event.c.at)
            .where(
                event.c.stream == stream_of(case.id),
                # Hashes that begin with the code: no function on the column, so both databases agree.
                event.c.hash >= first.ljust(32, b"\x00"),
                event.c.hash <= first.ljust(32, b"\xff"),
            )
            .limit(1)
        ).one_or_none()
        if found is not None:
            return Paper(
                instance_id=case.id,
                definition_id=case.definition_id,
                number=case.number,
                starter_id=case.starter_id,
                amount_fen=case.amount_fen,
                state=case.state,
                started_at=case.started_at,
                entry=found.seq,
                at=found.at,
                since=case.audit_length - found.seq,
            )
    return None
