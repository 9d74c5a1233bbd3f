"""Ask somebody for advice on a task (委派): the task stays its owner's, the answer comes back.

The adviser reads the case and answers; only the owner decides. While the question is out, the owner
waits for the answer or takes the question back.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, update

from engine.commands.access import check_separation
from engine.commands.circle import check_receiver
from engine.commands.claim import hold
from engine.commands.locate import Located, locate, locate_for_clock
from engine.commands.start import Acted
from engine.errors import (
    AlreadyClaimed,
    AlreadyDone,
    Invalid,
    NotAPossiblePerson,
    NotFound,
    OpinionRequired,
    Suspended,
)
from engine.ids import new_id
from engine.store.case import SUSPENDED, save
from engine.store.tables import delegation, signer, task
from engine.store.unit_of_work import UnitOfWork

#: The longest question or answer, in characters.
MAX_TEXT = 2000


def delegate(uow: UnitOfWork, task_id: str, to: str, question: str) -> Acted:
    """Ask a person for advice on a task that is the actor's, or that the actor may take (and does so).

    Raise `NotAPossiblePerson` for somebody who cannot be asked, `SeparationOfDuties` for somebody whom
    a rule bars from the step, `WaitsForAdvice` when the actor has asked already.
    """
    found = locate(uow, task_id)
    check_separation(found.case, found.step.id, uow.actor.id)
    if found.claimed_by not in (None, found.person):
        raise AlreadyClaimed(task=task_id, by=found.claimed_by)
    if found.tally is not None:
        _check_turn(uow, found)
    found.check_no_advice()
    question = question.strip()[:MAX_TEXT]
    if not question:
        raise Invalid("Advice is asked for by a question.", field="question")
    _check_adviser(uow, found, to)
    before = {"claimed_by": found.claimed_by}
    if found.claimed_by is None and not found.personal:
        hold(uow, found, found.person)
        found.claimed_by = found.person
    uow.execute(
        insert(delegation).values(
            id=new_id(),
            task_id=found.id,
            owner_id=found.person,
            adviser_id=to,
            question=question,
            asked_at=uow.now,
            state="open",
        )
    )
    _wait(uow, found, {**found.advice, found.person: to})
    name = uow.engine.directory.name
    found.case.record(
        uow,
        "task.advice_asked",
        found.subject(),
        {
            **found.names(uow),
            "owner": found.person,
            "to": to,
            "to_name": name(to),
            "question": question,
            "before": before,
            "after": {"claimed_by": found.claimed_by},
        },
    )
    save(uow, found.case)
    _tell(uow, found, "advice_asked", to)
    return Acted(found.case, task_id=found.id, element=found.step.id)


def advise(uow: UnitOfWork, task_id: str, advice: str) -> Acted:
    """Answer the question that was put to the actor; the task is its owner's to decide again.

    Raise `NotFound` for who was not asked, `AlreadyDone` when the question is no longer open.
    """
    found = locate_for_clock(uow, task_id)
    owner = next((one for one, adviser in found.advice.items() if adviser == uow.actor.id), None)
    if owner is None:
        raise _not_asked(uow, found)
    if found.case.state == SUSPENDED:
        raise Suspended(instance=found.case.id)
    check_separation(found.case, found.step.id, uow.actor.id)
    advice = advice.strip()[:MAX_TEXT]
    if not advice:
        raise OpinionRequired(task=task_id)
    _close(uow, found, owner, "answered", advice)
    found.case.note_adviser(found.step.id, uow.actor.id)
    found.case.record(
        uow,
        "task.advice_given",
        {"task": found.id, "element": found.step.id},
        {
            "name": uow.engine.directory.name(uow.actor.id),
            "owner": owner,
            "owner_name": uow.engine.directory.name(owner),
            "advice": advice,
        },
    )
    save(uow, found.case)
    _tell(uow, found, "advice_given", owner)
    return Acted(found.case, task_id=found.id, element=found.step.id)


def recall(uow: UnitOfWork, task_id: str) -> Acted:
    """Take the question back unanswered; raise `AlreadyDone` when it is out no longer."""
    found = locate(uow, task_id)
    adviser = found.advice.get(found.person)
    if adviser is None:
        raise AlreadyDone(task=task_id, state=found.state)
    _close(uow, found, found.person, "recalled", None)
    found.case.record(
        uow,
        "task.advice_recalled",
        found.subject(),
        {
            **found.names(uow),
            "owner": found.person,
            "to": adviser,
            "to_name": uow.engine.directory.name(adviser),
        },
    )
    save(uow, found.case)
    _tell(uow, found, "advice_recalled", adviser)
    return Acted(found.case, task_id=found.id, element=found.step.id)


def _check_turn(uow: UnitOfWork, found: Located) -> None:
    """Only a signer who may vote now asks; read under the lock, for a vote may just have been cast."""
    state = uow.execute(
        select(signer.c.state).where(
            signer.c.task_id == found.id, signer.c.person_id == found.person
        )
    ).scalar_one_or_none()
    if state != "open":
        raise AlreadyDone(task=found.id, by=found.person, state=state)


def _check_adviser(uow: UnitOfWork, found: Located, to: str) -> None:
    directory = uow.engine.directory
    if to == uow.actor.id:
        raise NotAPossiblePerson(element=found.step.id, person=to, why="yourself")
    if to in found.advice.values():
        raise NotAPossiblePerson(element=found.step.id, person=to, why="asked_already")
    check_receiver(directory, found.case, found.step, found.holder(uow), to, advice=True)


def _wait(uow: UnitOfWork, found: Located, advice: dict[str, str]) -> None:
    found.advice = advice
    uow.execute(update(task).where(task.c.id == found.id).values(advice=advice or None))


def _close(uow: UnitOfWork, found: Located, owner: str, state: str, advice: str | None) -> None:
    changed = uow.execute(
        update(delegation)
        .where(
            delegation.c.task_id == found.id,
            delegation.c.owner_id == owner,
            delegation.c.state == "open",
        )
        .values(state=state, advice=advice, closed_at=uow.now)
    )
    if changed.rowcount != 1:
        raise AlreadyDone(task=found.id, state=found.state)
    _wait(uow, found, {one: who for one, who in found.advice.items() if one != owner})


def _not_asked(uow: UnitOfWork, found: Located) -> NotFound | AlreadyDone:
    """What to say to somebody whose advice is not waited for: asked once, or never."""
    once = select(delegation.c.id).where(
        delegation.c.task_id == found.id, delegation.c.adviser_id == uow.actor.id
    )
    if uow.execute(once.limit(1)).first() is None:
        return NotFound(task=found.id)
    return AlreadyDone(task=found.id, state=found.state)


def _tell(uow: UnitOfWork, found: Located, kind: str, person: str) -> None:
    facts: dict[str, Any] = {
        "step": found.step.id,
        "name": uow.engine.directory.name(uow.actor.id),
    }
    uow.tell(kind, [person], instance=found.case.id, task=found.id, **facts)
