"""What expressions read of a case: its document, with the reserved names over it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.how_decided import PERSON
from engine.runs import names_seen
from engine.store.participants import OBJECTORS

if TYPE_CHECKING:
    from engine.store.case import Case
    from engine.store.unit_of_work import UnitOfWork


def facts_of(case: Case, uow: UnitOfWork) -> dict[str, Any]:
    """What expressions read: the document with the reserved names over it."""
    facts = case.document.context(uow.engine.keyring)
    facts["outcomes"] = case.outcomes
    facts["opinions"] = {
        key: {
            **{name: who.get(name) for name in ("opinion", "by", "name", "at", "for")},
            "how": who.get("how", PERSON),
        }
        for key, who in case.results()
    }
    facts["decided"] = {key: said["how"] for key, said in facts["opinions"].items()}
    facts["people"] = {
        key: who["people"] for key, who in case.participants.items() if key != OBJECTORS
    }
    facts["case"] = {
        "id": case.id,
        "number": case.number,
        "process": case.definition.key,
        "title": case.title,
        "started on": case.started_at.astimezone(uow.engine.zone).date(),
        "starter": case.starter_id,
    }
    if case.runs:
        facts |= names_seen(
            case.definition.diagram,
            case.runs,
            facts,
            lambda known, text: case.scope_over(uow, known).evaluate(text),
        )
    return facts
