"""Opening a case: who has a copy has read it from that moment on."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from engine.commands.copies import mark_read
from engine.queries.case import CaseView, read_case
from webapp.requests import current_actor, engine


def open_case(connection: Connection, instance_id: str) -> CaseView:
    """The case as the caller may see it; only an unread copy costs a statement that writes."""
    actor = current_actor()
    found = read_case(connection, engine(), actor, instance_id)
    if not found.unread_by(actor.id):
        return found
    with engine().command(actor) as uow:
        mark_read(uow, instance_id)
        uow.commit()
    now = uow.now
    copies = [
        replace(one, read_at=now) if one.person_id == actor.id else one for one in found.copies
    ]
    return replace(found, copies=copies)
