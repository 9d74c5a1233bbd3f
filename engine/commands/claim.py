"""Take a task from the pool, or give it back."""

from __future__ import annotations

from sqlalchemy import update

from engine.commands.access import check_separation
from engine.commands.locate import Located, locate
from engine.commands.start import Acted
from engine.errors import AlreadyClaimed, Conflict, NoList
from engine.store.candidates import give_candidates
from engine.store.case import save
from engine.store.tables import task
from engine.store.unit_of_work import UnitOfWork


def claim(uow: UnitOfWork, task_id: str) -> Acted:
    """Give an open task to the actor (or whom the actor stands in for) alone; twice is the same as once.

    Raise `AlreadyClaimed` when somebody else was first.
    """
    found = locate(uow, task_id)
    check_separation(found.case, found.step.id, uow.actor.id)
    if found.claimed_by == found.person or found.personal:
        # A signer's part, and what was given to one person, is that person's own from the beginning.
        return Acted(found.case, task_id=task_id, element=found.step.id)
    if found.claimed_by is not None:
        raise AlreadyClaimed(task=task_id, by=found.claimed_by)
    return _give_to(uow, found, found.person, "task.claimed")


def release(uow: UnitOfWork, task_id: str) -> Acted:
    """Put a claimed task back into the pool.

    Raise `AlreadyClaimed` when somebody else holds it, `NoList` when it is one person's alone,
    `WaitsForAdvice` while a question about it is with somebody.
    """
    found = locate(uow, task_id)
    if found.personal:
        raise NoList(task=task_id)
    if found.claimed_by is None:
        return Acted(found.case, task_id=task_id, element=found.step.id)
    if found.claimed_by != found.person:
        raise AlreadyClaimed(task=task_id, by=found.claimed_by)
    found.check_no_advice()
    return _give_to(uow, found, None, "task.released")


def _give_to(uow: UnitOfWork, found: Located, person: str | None, event: str) -> Acted:
    hold(uow, found, person)
    found.case.record(uow, event, found.subject(), found.names(uow))
    save(uow, found.case)
    return Acted(found.case, task_id=found.id, element=found.step.id)


def hold(uow: UnitOfWork, found: Located, person: str | None) -> None:
    """Write who holds the task; nobody else sees it in the pool then."""
    changed = uow.execute(
        update(task).where(task.c.id == found.id, task.c.state == "open").values(claimed_by=person)
    )
    if changed.rowcount != 1:
        raise Conflict(task=found.id)
    give_candidates(uow, found.id, person)
    found.case.note_task(found.id, claimed_by=person)
