"""What a letter is given: the case as JSON, sensitive values masked, amounts in words.

The contract is in docs/abilities.md; packages' letters read these names.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select

from engine.catalog.definition import Definition
from engine.letters import amount_in_words
from engine.masking import HIDDEN, mask
from engine.sealing import is_sealed
from engine.store.case import Case
from engine.store.document import seal_context
from engine.store.tables import signer, task
from engine.store.unit_of_work import UnitOfWork

_AMOUNT = "_fen"
_CODE_LENGTH = 16


def letter_data(uow: UnitOfWork, case: Case, title: str) -> dict[str, Any]:
    """The data of a letter about this case at this instant; nothing in it is sealed or sensitive."""
    opinions = _opinions(uow, case)
    return {
        "title": title,
        "document": masked(uow, case),
        "opinions": opinions,
        "signers": [
            {"step": one["step"], "name": one["name"], "by": one["by"], "at": one["at"]}
            for one in opinions
        ],
        "case": {
            "id": case.id,
            "number": case.number or "",
            "process": case.definition.key,
            "title": case.title,
            "started": case.started_at.astimezone(uow.engine.zone).date().isoformat(),
            "verification_code": verification_code(case),
        },
        "amounts_in_words": _amounts(case.document.content) or {},
        "generated_at": _local(uow, uow.now),
    }


def verification_code(case: Case) -> str:
    """The head of the case's audit trail, shortened for paper: `0a1b 2c3d 4e5f 6071`."""
    digits = case.head.hash.hex()[:_CODE_LENGTH]
    return " ".join(digits[start : start + 4] for start in range(0, _CODE_LENGTH, 4))


def masked(uow: UnitOfWork, case: Case) -> dict[str, Any]:
    """The case document with every sealed value masked by the kind its form field declares."""
    kinds = sensitive_kinds(case.definition)

    def show(name: str, value: Any) -> Any:
        if is_sealed(value):
            opened = uow.engine.keyring.open_sealed(value, seal_context(case.id, name))
            return mask(kinds[name], opened) if name in kinds else HIDDEN
        if isinstance(value, dict):
            return {key: show(key, item) for key, item in value.items()}
        if isinstance(value, list):
            return [show(name, item) for item in value]
        return value

    return {name: show(name, value) for name, value in case.document.content.items()}


def sensitive_kinds(definition: Definition) -> dict[str, str]:
    """Field name → kind of sensitive value; a name with two kinds is hidden whole."""
    kinds: dict[str, str] = {}
    for form in definition.forms.values():
        for _, field in form.fields():
            if field.sensitive:
                known = kinds.setdefault(field.key, field.sensitive)
                if known != field.sensitive:
                    kinds[field.key] = "text"
    return kinds


def _opinions(uow: UnitOfWork, case: Case) -> list[dict[str, Any]]:
    """Every finished task and every vote, in the order in which they were given."""
    alone = select(
        task.c.element_id,
        task.c.outcome,
        task.c.opinion,
        task.c.completed_by.label("person"),
        task.c.closed_at.label("at"),
    ).where(task.c.instance_id == case.id, task.c.state == "completed", task.c.rule == "single")
    together = (
        select(
            task.c.element_id,
            signer.c.outcome,
            signer.c.opinion,
            signer.c.person_id.label("person"),
            signer.c.voted_at.label("at"),
        )
        .join(signer, signer.c.task_id == task.c.id)
        .where(task.c.instance_id == case.id, signer.c.state == "voted")
    )
    rows = [*uow.execute(alone), *uow.execute(together)]
    steps = case.definition.steps
    return [
        {
            "step": row.element_id,
            "name": steps[row.element_id].name,
            "outcome": row.outcome,
            "label": steps[row.element_id].outcome(row.outcome).label,
            "opinion": row.opinion or "",
            "by": uow.engine.directory.name(row.person),
            "at": _local(uow, row.at),
        }
        for row in sorted(rows, key=lambda row: row.at)
    ]


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
