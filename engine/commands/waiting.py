"""For whom open tasks wait: asked before somebody is reminded, urged, or told that a task is gone."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from engine.commands.access import may_act, people_behind
from engine.commands.locate import Located
from engine.store.case import Case
from engine.store.tables import signer, task
from engine.store.unit_of_work import UnitOfWork


def waiting_people(uow: UnitOfWork, found: Located) -> list[str]:
    """For whom an open task waits: who holds it, the open signers, or those who may take it."""
    keys = None if found.tally is not None else found.keys
    return waiting_for(uow, found.case, found.id, found.step.id, found.claimed_by, keys)


def waiting_for(
    uow: UnitOfWork,
    case: Case,
    task_id: str,
    element: str,
    claimed_by: str | None,
    keys: Iterable[str] | None,
) -> list[str]:
    """The same for a task's row; `keys` is None where several sign."""
    if claimed_by is not None:
        return [claimed_by]
    if keys is None:
        # The later ones of a sequence when it is their turn.
        asked = select(signer.c.person_id).where(
            signer.c.task_id == task_id, signer.c.state == "open"
        )
        return list(uow.execute(asked.order_by(signer.c.position)).scalars())
    return [person for person in people_behind(uow, keys) if may_act(case, element, person)]


def waiting_by_task(uow: UnitOfWork, case: Case) -> dict[str, list[str]]:
    """For whom each open task of the case waits."""
    rows = uow.execute(
        select(
            task.c.id, task.c.element_id, task.c.claimed_by, task.c.candidate_keys, task.c.tally
        ).where(task.c.instance_id == case.id, task.c.state == "open")
    ).all()
    return {
        row.id: waiting_for(
            uow,
            case,
            row.id,
            row.element_id,
            row.claimed_by,
            None if row.tally is not None else row.candidate_keys or (),
        )
        for row in rows
    }


def tell_taken_back(
    uow: UnitOfWork, case: Case, waited: dict[str, list[str]], gone: Iterable[str]
) -> None:
    """Tell those who had a task that it is gone: somebody has taken the case back before it."""
    people = [person for one in gone for person in waited.get(one, ())]
    uow.tell("taken_back", people, instance=case.id)
