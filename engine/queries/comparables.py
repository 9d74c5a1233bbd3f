"""Cases to compare with: the last ones that were decided at the same step, nearest in the facts that count.

Which facts count is the package's to say (`[comparable] fields`); without a word of it the latest are
taken. Three statements, however many cases there are: the step's latest decisions by their index, the
cases with their documents, and which of the few that are shown the asker may open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, select, union_all

from engine.actors import Actor
from engine.queries.case import CaseView
from engine.queries.readers import reader_keys
from engine.sealing import is_sealed
from engine.store.tables import (
    case_document,
    copy,
    instance,
    signer,
    task,
    task_candidate,
)

if TYPE_CHECKING:
    from engine.engine import Engine

#: So many of the step's latest decisions are looked at, and so many cases are compared.
_LATEST, _COMPARED, SHOWN = 400, 60, 3


@dataclass(frozen=True, slots=True)
class Comparable:
    """A case that was decided at the same step. The title is for who may open it, else empty."""

    id: str
    title: str
    #: Of the applicant: what may be told of a case that the asker may not open.
    starter_id: str
    amount_fen: int | None
    outcome: str | None
    decided_at: datetime
    may_open: bool


def comparables(
    connection: Connection, house: Engine, case: CaseView, element: str, actor: Actor
) -> list[Comparable]:
    """The last three comparable cases, for who takes part in the case; none for its applicant."""
    if actor.id == case.starter_id or not (case.takes_part or case.owners):
        return []
    latest = (
        select(task.c.instance_id, task.c.outcome, task.c.closed_at, task.c.undone)
        .where(task.c.element_id == element, task.c.state == "completed")
        .order_by(task.c.closed_at.desc())
        .limit(_LATEST)
        .subquery()
    )
    rows = connection.execute(
        select(
            instance.c.id,
            instance.c.title,
            instance.c.starter_id,
            instance.c.amount_fen,
            instance.c.definition_id,
            instance.c.places,
            instance.c.participants,
            latest.c.outcome,
            latest.c.closed_at,
            case_document.c.content,
        )
        .join(latest, latest.c.instance_id == instance.c.id)
        .join(case_document, case_document.c.instance_id == instance.c.id)
        .where(
            instance.c.key == case.definition.key,
            instance.c.id != case.id,
            latest.c.undone.is_(False),
        )
        .order_by(latest.c.closed_at.desc())
        .limit(_COMPARED)
    ).all()
    fields = case.definition.manifest.comparable
    first = {row.id: row for row in reversed(rows)}  # of a step walked twice, the later decision
    near = sorted(
        first.values(),
        key=lambda row: (
            round(_distance(fields, case.document, row.content), 3),
            -row.closed_at.timestamp(),
        ),
    )[:SHOWN]
    open_to = _open_to(connection, house, actor, near)
    return [
        Comparable(
            id=row.id,
            title=row.title if row.id in open_to else "",
            starter_id=row.starter_id,
            amount_fen=row.amount_fen,
            outcome=row.outcome,
            decided_at=row.closed_at,
            may_open=row.id in open_to,
        )
        for row in near
    ]


def _distance(fields: Sequence[str], one: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    """How far apart two cases are: 0 for the same facts, 1 for each that has nothing in common."""
    return sum(_apart(_at(one, path), _at(other, path)) for path in fields)


def _apart(one: Any, other: Any) -> float:
    if one is None or other is None or is_sealed(one) or is_sealed(other):
        return 1.0
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        most = max(abs(one), abs(other))
        return 0.0 if most == 0 else min(1.0, abs(one - other) / most)
    return 0.0 if one == other else 1.0


def _at(document: Mapping[str, Any], path: str) -> Any:
    found: Any = document
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _open_to(
    connection: Connection, house: Engine, actor: Actor, rows: Sequence[Any]
) -> frozenset[str]:
    """Which of these cases the actor may open, by the reasons of `readers.may_know` that need no proxy."""
    if actor.administers:
        return frozenset(row.id for row in rows)
    allowed = {
        row.id
        for row in rows
        if row.starter_id == actor.id
        or any(
            actor.id in who.get("people", ()) or actor.id in who.get("advisers", ())
            for who in row.participants.values()
        )
        or reader_keys(house.catalog.get(row.definition_id), row.places) & actor.keys
    }
    others = [row.id for row in rows if row.id not in allowed]
    if others:
        asked = union_all(
            select(task.c.instance_id)
            .join(task_candidate, task_candidate.c.task_id == task.c.id)
            .where(task.c.instance_id.in_(others), task_candidate.c.key.in_(sorted(actor.keys))),
            select(task.c.instance_id)
            .join(signer, signer.c.task_id == task.c.id)
            .where(
                task.c.instance_id.in_(others),
                signer.c.person_id == actor.id,
                signer.c.state != "removed",
            ),
            select(copy.c.instance_id).where(
                copy.c.instance_id.in_(others), copy.c.person_id == actor.id
            ),
        )
        allowed |= set(connection.execute(asked).scalars())
    return frozenset(allowed)
