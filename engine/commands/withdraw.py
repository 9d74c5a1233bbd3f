"""The applicant takes the case back: every token dies, and every effect is undone as it declared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import select, update

from engine.catalog.definition import Definition
from engine.commands.advance import Moved, advance
from engine.commands.start import Acted
from engine.errors import AlreadyDone, IrreversibleEffect, NotAllowed, NotFound, TooLate
from engine.queries.readers import has_copy
from engine.store.case import Case, lock, save
from engine.store.tables import effect
from engine.store.unit_of_work import UnitOfWork


def withdraw(uow: UnitOfWork, instance_id: str, *, reason: str = "") -> Acted:
    """End the actor's own case. Raise `TooLate` once an element named by the package was entered."""
    case = lock(uow, instance_id)
    if uow.actor.id != case.starter_id:
        acted = any(uow.actor.id in case.who_acted(element) for element in case.participants)
        knows = acted or has_copy(uow.connection, uow.actor.id, case.id)
        raise NotAllowed(instance=case.id) if knows else NotFound(instance=instance_id)
    check_withdrawable(case)
    undone = undo_effects(uow, case)
    moved = end_early(uow, case, "withdrawn")
    case.record(
        uow,
        "instance.withdrawn",
        {},
        {
            "reason": reason.strip()[:500],
            "name": uow.engine.directory.name(uow.actor.id),
            "undone": undone,
            **moved.payload(),
        },
    )
    save(uow, case)
    return Acted(case, moved)


class Withdrawable(Protocol):
    """As much of a case as withdrawing asks for; commands and readers both have it."""

    @property
    def id(self) -> str: ...
    @property
    def definition(self) -> Definition: ...
    @property
    def state(self) -> str: ...
    @property
    def entered(self) -> Sequence[str]: ...


def check_withdrawable(case: Withdrawable) -> None:
    """Raise what forbids the applicant to withdraw now."""
    if case.state != "active":
        raise AlreadyDone(instance=case.id, state=case.state)
    until = case.definition.manifest.withdraw_until
    if until is None:
        raise TooLate(instance=case.id)
    passed = until.intersection(case.entered)
    if passed:
        raise TooLate(instance=case.id, element=sorted(passed)[0])


def end_early(uow: UnitOfWork, case: Case, state: str) -> Moved:
    """Let every token of the case die."""
    case.state = state
    case.ended_at = uow.now
    return advance(uow, case, lambda execution: execution.cancel())


def undo_effects(uow: UnitOfWork, case: Case) -> list[dict[str, str]]:
    """Undo what abilities did for this case, newest first; `IrreversibleEffect` when one cannot be."""
    rows = uow.execute(
        select(effect)
        .where(effect.c.instance_id == case.id, effect.c.state == "standing")
        .order_by(effect.c.created_at.desc(), effect.c.id.desc())
    ).all()
    for row in rows:
        if row.policy == "irreversible":
            raise IrreversibleEffect(instance=case.id, ability=row.ability, element=row.element_id)
    undone = []
    for row in rows:
        uow.engine.abilities[row.ability].undo(uow, case, row)
        state = "reversed" if row.policy == "reversed" else "void"
        uow.execute(update(effect).where(effect.c.id == row.id).values(state=state))
        undone.append({"ability": row.ability, "element": row.element_id, "effect": state})
    return undone
