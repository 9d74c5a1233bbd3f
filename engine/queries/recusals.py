"""What a person has declared not to be impartial about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from engine.store.tables import instance, recusal


@dataclass(frozen=True, slots=True)
class RecusalView:
    """One declaration: about a person, or in one case."""

    id: str
    about_id: str | None
    instance_id: str | None
    #: The case's title, where it is about one.
    title: str | None
    reason: str
    declared_at: datetime
    revoked_at: datetime | None


def recusals_of(connection: Connection, person_id: str) -> list[RecusalView]:
    """A person's own declarations, those that stand first, newest first."""
    rows = connection.execute(
        select(recusal, instance.c.title)
        .outerjoin(instance, instance.c.id == recusal.c.instance_id)
        .where(recusal.c.person_id == person_id)
        .order_by(recusal.c.declared_at.desc(), recusal.c.id.desc())
    ).all()
    views = [
        RecusalView(
            id=row.id,
            about_id=row.about_id,
            instance_id=row.instance_id,
            title=row.title,
            reason=row.reason,
            declared_at=row.declared_at,
            revoked_at=row.revoked_at,
        )
        for row in rows
    ]
    return sorted(views, key=lambda one: one.revoked_at is not None)
