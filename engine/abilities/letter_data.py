"""What a letter is given: the case as JSON, sensitive values masked, amounts in words.

The contract is in docs/abilities.md; packages' letters read these names.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from engine.actors import SYSTEM
from engine.how_decided import PERSON, PROXY, REPEATED, printed
from engine.letters import amount_in_words
from engine.queries.masked import masked
from engine.store.case import Case
from engine.store.tables import document_file, signer, task
from engine.store.unit_of_work import UnitOfWork

_AMOUNT = "_fen"
_CODE_LENGTH = 16


def letter_data(
    uow: UnitOfWork, case: Case, title: str, *, at: datetime | None = None
) -> dict[str, Any]:
    """The data of a letter about this case as it is now; nothing in it is sealed or sensitive.

    `at` is the time that the letter names as its own.
    """
    opinions = _opinions(uow, case)
    return {
        "title": title,
        "document": masked(case.document.content, case.definition, uow.engine.keyring, case.id),
        "opinions": opinions,
        "signers": [
            {
                "step": one["step"],
                "name": one["name"],
                "by": one["by"],
                "at": one["at"],
                "how_text": one["how_text"],
            }
            for one in opinions
        ],
        "results": _results(uow, case),
        "attachments": attachments(uow, case.id),
        "case": {
            "id": case.id,
            "number": case.number or "",
            "process": case.definition.key,
            "title": case.title,
            "started": case.started_at.astimezone(uow.engine.zone).date().isoformat(),
            "verification_code": verification_code(case),
        },
        "amounts_in_words": _amounts(case.document.content) or {},
        "generated_at": _local(uow, at or uow.now),
    }


def verification_code(case: Case) -> str:
    """The head of the case's audit trail, shortened for paper: `0a1b 2c3d 4e5f 6071`."""
    return code_of(case.head.hash)


def code_of(digest: bytes) -> str:
    """The hash of an event as paper shows it; `engine.queries.paper` finds the event by it."""
    digits = digest.hex()[:_CODE_LENGTH]
    return " ".join(digits[start : start + 4] for start in range(0, _CODE_LENGTH, 4))


def attachments(uow: UnitOfWork, instance_id: str) -> list[dict[str, Any]]:
    """What people attached, in order, each with the hash that proves it unchanged."""
    rows = uow.execute(
        select(
            document_file.c.name,
            document_file.c.size,
            document_file.c.digest,
            document_file.c.created_at,
        )
        .where(document_file.c.instance_id == instance_id, document_file.c.kind == "attachment")
        .order_by(document_file.c.created_at, document_file.c.id)
    )
    return [
        {
            "name": row.name,
            "size": row.size,
            "digest": row.digest,
            "at": _local(uow, row.created_at),
        }
        for row in rows
    ]


def _opinions(uow: UnitOfWork, case: Case) -> list[dict[str, Any]]:
    """Every finished task and every vote, in the order in which they were given."""
    alone = select(
        task.c.element_id,
        task.c.outcome,
        task.c.opinion,
        task.c.completed_by.label("person"),
        task.c.completed_for.label("owner"),
        task.c.decided_how.label("how"),
        task.c.closed_at.label("at"),
    ).where(task.c.instance_id == case.id, task.c.state == "completed", task.c.rule == "single")
    together = (
        select(
            task.c.element_id,
            signer.c.outcome,
            signer.c.opinion,
            func.coalesce(signer.c.voted_by, signer.c.person_id).label("person"),
            signer.c.person_id.label("owner"),
            signer.c.decided_how.label("how"),
            signer.c.voted_at.label("at"),
        )
        .join(signer, signer.c.task_id == task.c.id)
        .where(task.c.instance_id == case.id, signer.c.state == "voted")
    )
    rows = [*uow.execute(alone), *uow.execute(together)]
    return [
        {
            **_decision(uow, case, row),
            "opinion": row.opinion or "",
            "by": _name(uow, row.owner if row.how == REPEATED else row.person),
            "for": _name(uow, row.owner) if row.how == PROXY else "",
        }
        for row in sorted(rows, key=lambda row: row.at)
    ]


def _results(uow: UnitOfWork, case: Case) -> list[dict[str, Any]]:
    """How every finished task came out, in order: of a sign-off, what the votes together led to."""
    rows = uow.execute(
        select(
            task.c.element_id,
            task.c.outcome,
            task.c.completed_by.label("person"),
            task.c.completed_for.label("owner"),
            task.c.decided_how.label("how"),
            task.c.closed_at.label("at"),
        )
        .where(task.c.instance_id == case.id, task.c.state == "completed")
        .order_by(task.c.closed_at, task.c.id)
    )
    return [_decision(uow, case, row) for row in rows]


def _decision(uow: UnitOfWork, case: Case, row: Row[Any]) -> dict[str, Any]:
    step = case.definition.steps[row.element_id]
    return {
        "step": row.element_id,
        "name": step.name,
        "outcome": row.outcome,
        "label": case.definition.outcome_given(row.element_id, row.outcome).label,
        "at": _local(uow, row.at),
        "how": row.how or PERSON,
        "how_text": printed(row.how, _name(uow, row.person), _name(uow, row.owner)),
    }


def _name(uow: UnitOfWork, person: str | None) -> str:
    return "" if person in (None, SYSTEM.id) else uow.engine.directory.name(str(person))


def _amounts(value: Any, name: str = "") -> Any:
    """The document's shape with the amounts only, in words; None where there is none."""
    if isinstance(value, dict):
        found = {key: _amounts(item, key) for key, item in value.items()}
        return {key: words for key, words in found.items() if words is not None} or None
    if isinstance(value, list):
        rows = [_amounts(item, name) for item in value]
        return rows if any(row is not None for row in rows) else None
    if name.endswith(_AMOUNT) and isinstance(value, int) and not isinstance(value, bool):
        try:
            return amount_in_words(value)
        except ValueError:
            return None
    return None


def _local(uow: UnitOfWork, instant: datetime) -> str:
    return instant.astimezone(uow.engine.zone).isoformat(timespec="seconds")
