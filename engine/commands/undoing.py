"""Undoing visits of a case: what their tasks decided, what their elements said, what abilities did."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import select, update

from engine.actors import SYSTEM
from engine.commands.sending_back import touched
from engine.commands.trail import standing_effects
from engine.errors import IrreversibleEffect
from engine.how_decided import PERSON
from engine.runtime.visits import PutBack, Visits
from engine.store.case import Case
from engine.store.tables import effect, task
from engine.store.unit_of_work import UnitOfWork


def undo_effects(
    uow: UnitOfWork, case: Case, visits: Visits | None = None, back: PutBack | None = None
) -> list[dict[str, str]]:
    """Undo what abilities did, newest first: all of it, or what the undone visits did.

    Raise `IrreversibleEffect`, and nothing is undone, when one of them cannot be.
    """

    def standing() -> list[Any]:
        rows = standing_effects(uow.connection, case.id)
        return rows if visits is None or back is None else touched(rows, visits, back)

    return _undo(uow, case, standing)


def give_up(uow: UnitOfWork, case: Case) -> list[dict[str, str]]:
    """The case ends and what was done stays done; undo only what has not left the house yet.

    That is what tokens still wait for, and what was merely set aside.
    """
    assert case.tokens is not None
    living = {entry[0] for entry in case.tokens["tokens"]}

    def pending() -> list[Any]:
        return [
            row
            for row in standing_effects(uow.connection, case.id)
            if row.policy != "irreversible"
            and (row.token in living or uow.engine.abilities[row.ability].sets_aside)
        ]

    return _undo(uow, case, pending)


def _undo(uow: UnitOfWork, case: Case, standing: Callable[[], list[Any]]) -> list[dict[str, str]]:
    for row in standing():
        if row.policy == "irreversible":
            raise IrreversibleEffect(instance=case.id, ability=row.ability, element=row.element_id)
    undone = []
    # Asked anew each time: undoing one may bring back what it had closed.
    while rows := standing():
        row = rows[0]
        uow.engine.abilities[row.ability].undo(uow, case, row)
        state = "reversed" if row.policy == "reversed" else "void"
        uow.execute(update(effect).where(effect.c.id == row.id).values(state=state))
        undone.append({"ability": row.ability, "element": row.element_id, "effect": state})
    return undone


def undo_decisions(uow: UnitOfWork, case: Case, tokens: Collection[str]) -> dict[str, Any]:
    """Decisions of undone visits count no more; return the results that elements had, by element.

    An element decided in an earlier round, which still counts, has that round's result again.
    """
    closed = uow.execute(
        select(task).where(task.c.instance_id == case.id, task.c.state == "completed")
    ).all()
    gone = [row for row in closed if row.token in tokens and not row.undone]
    if not gone:
        return {}
    mark_undone(uow, [row.id for row in gone], undone=True)
    lost = {}
    for element in dict.fromkeys(row.element_id for row in gone):
        lost[element] = case.forget_outcome(
            element, {row.closed_at.isoformat() for row in gone if row.element_id == element}
        )
        still = [
            row
            for row in closed
            if row.element_id == element and not row.undone and row.token not in tokens
        ]
        if still:
            last = max(still, key=lambda row: int(row.token))
            who = last.completed_by
            if who == SYSTEM.id:
                who = last.completed_for
            name = uow.engine.directory.name(who) if who else ""
            case.note_outcome(
                element,
                last.outcome,
                last.opinion or "",
                last.completed_by,
                name,
                last.closed_at,
                how=last.decided_how or PERSON,
                stands_for=last.completed_for,
            )
    return lost


def mark_undone(uow: UnitOfWork, tasks: Collection[str], *, undone: bool) -> None:
    """Say of closed tasks whether what they decided counts."""
    uow.execute(update(task).where(task.c.id.in_(tasks)).values(undone=undone))


def forget_entered(case: Case, visits: Visits, back: PutBack) -> None:
    """Elements that only undone visits had entered have not been entered."""
    kept = {one.element for one in visits.visits.values() if one.token not in back.undone}
    gone = {visits.visits[one].element for one in back.undone if one in visits.visits} - kept
    case.entered = [element for element in case.entered if element not in gone]
