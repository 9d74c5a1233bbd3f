"""Whose hand is in a draft: read from its record, which no thinning of saves touches."""

from __future__ import annotations

from sqlalchemy import Connection, select

from engine.store.tables import event, proposal


def authors_of(connection: Connection, draft_id: str) -> set[str]:
    """Ids of everybody who has saved something since what of the draft is in use was proposed."""
    own = event.c.stream == f"draft:{draft_id}"
    saved = select(event.c.actor).where(
        own, event.c.type == "studio.saved", event.c.seq > _in_use(connection, draft_id)
    )
    return set(connection.execute(saved.distinct()).scalars())


def _in_use(connection: Connection, draft_id: str) -> int:
    """Where in the draft's record the proposal stands that was deployed last; 0 for none."""
    deployed = set(
        connection.execute(
            select(proposal.c.id).where(
                proposal.c.draft_id == draft_id, proposal.c.state == "deployed"
            )
        ).scalars()
    )
    rows = connection.execute(
        select(event.c.seq, event.c.subject).where(
            event.c.stream == f"draft:{draft_id}", event.c.type == "studio.proposed"
        )
    )
    return max((row.seq for row in rows if row.subject.get("proposal") in deployed), default=0)
