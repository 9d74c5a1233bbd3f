"""What the record of a case must prove by itself."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from engine.audit.events import chain, genesis
from engine.queries.history import history
from engine.queries.replay import ToldTask, replay
from engine.store.tables import event, event_payload, instance, signer, task
from tests.engine.commands.casework import Office


def check_chain(engine: Any, case: str) -> None:
    """The stream's hashes follow from its rows, up to the head that the case's row names."""
    stream = f"instance:{case}"
    with engine.database.read() as connection:
        rows = connection.execute(
            select(event, event_payload.c.payload, event_payload.c.salt)
            .join(
                event_payload,
                (event_payload.c.stream == event.c.stream) & (event_payload.c.seq == event.c.seq),
            )
            .where(event.c.stream == stream)
            .order_by(event.c.seq)
        ).all()
        head = connection.execute(
            select(instance.c.audit_length, instance.c.audit_hash).where(instance.c.id == case)
        ).one()
    before = genesis(stream)
    for row in rows:
        made, _, _ = chain(
            before,
            at=row.at,
            type=row.type,
            actor=row.actor,
            subject=row.subject,
            payload=json.loads(row.payload),
            salt=row.salt,
        )
        assert (row.seq, row.prev_hash, row.hash) == (made.seq, made.prev_hash, made.hash)
        before = made.head
    assert (head.audit_length, head.audit_hash) == (before.length, before.hash)


def check_replay(engine: Any, office: Office) -> None:
    """Replaying the events gives the same tokens, task states, sign-offs and deadlines."""
    with engine.database.read() as connection:
        told = replay(history(connection, office.case))
    case = office.read()
    assert told.state == case.state
    assert told.tokens == {entry[0]: entry for entry in (case.tokens or {"tokens": []})["tokens"]}
    assert told.timers == {
        row.token: row.due_at
        for row in office.jobs("due", "waiting", "incident", "parked")
        if row.kind == "timer"
    }
    rows = office.tasks()
    parts: dict[str, dict[str, str]] = {}
    own = select(signer).join(task).where(task.c.instance_id == office.case)
    for one in office.rows(own):
        parts.setdefault(one.task_id, {})[one.person_id] = one.state
    assert {key: _facts(one) for key, one in told.tasks.items()} == {
        row.id: {
            "element": row.element_id,
            "token": row.token,
            "state": row.state,
            "claimed_by": row.claimed_by,
            "keys": row.candidate_keys,
            "due": row.due_at,
            "undone": row.undone,
            "signers": parts.get(row.id, {}),
        }
        for row in rows
    }


def _facts(one: ToldTask) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__dataclass_fields__}
