"""Hand a task on (转办): it leaves the giver for good and lies with one other person."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, update

from engine.actors import person_key
from engine.commands.access import check_separation
from engine.commands.circle import check_receiver
from engine.commands.locate import Located, locate
from engine.commands.start import Acted
from engine.errors import AlreadyClaimed, AlreadyDone, Conflict, NotAPossiblePerson
from engine.store.case import save
from engine.store.tables import signer, task, task_candidate
from engine.store.unit_of_work import UnitOfWork

#: The longest reason, in characters.
MAX_REASON = 200


def transfer(uow: UnitOfWork, task_id: str, to: str, reason: str = "") -> Acted:
    """Give the task, or the actor's part in a sign-off, to another person alone.

    Raise `NotAPossiblePerson` for somebody outside the step's circle, `SeparationOfDuties` for
    somebody a rule bars, `WaitsForAdvice` while a question about it is with somebody,
    `AlreadyDone` when the signer has voted.
    """
    found = locate(uow, task_id)
    check_separation(found.case, found.step.id, uow.actor.id)
    if found.claimed_by not in (None, found.person):
        raise AlreadyClaimed(task=task_id, by=found.claimed_by)
    found.check_no_advice()
    directory = uow.engine.directory
    giver = directory.actor(found.person) if found.acts_for else uow.actor
    check_receiver(directory, found.case, found.step, giver, to, keys=found.keys)
    before, after = _give_part(uow, found, to) if found.tally is not None else _give(uow, found, to)
    found.case.record(
        uow,
        "task.transferred",
        found.subject(),
        {
            **found.names(uow),
            "from": found.person,
            "to": to,
            "to_name": directory.name(to),
            "reason": reason.strip()[:MAX_REASON],
            "before": before,
            "after": after,
        },
    )
    save(uow, found.case)
    uow.tell(
        "handed_to_you",
        [to],
        instance=found.case.id,
        task=found.id,
        step=found.step.id,
        name=directory.name(uow.actor.id),
    )
    return Acted(found.case, task_id=found.id, element=found.step.id)


def _give(uow: UnitOfWork, found: Located, to: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """One person decides: from now on it is this one."""
    key = person_key(to)
    if found.keys == [key]:
        raise NotAPossiblePerson(element=found.step.id, person=to, why="has_it")
    changed = uow.execute(
        update(task)
        .where(task.c.id == found.id, task.c.state == "open")
        .values(candidate_keys=[key], claimed_by=None)
    )
    if changed.rowcount != 1:
        raise Conflict(task=found.id)
    uow.execute(delete(task_candidate).where(task_candidate.c.task_id == found.id))
    row = {"task_id": found.id, "key": key, "created_at": uow.now, "open": True}
    uow.execute(insert(task_candidate), row)
    return (
        {"keys": found.keys, "claimed_by": found.claimed_by},
        {"keys": [key], "claimed_by": None},
    )


def _give_part(uow: UnitOfWork, found: Located, to: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Several decide: one signer's place is taken by another."""
    assert found.signing is not None
    state, position = found.signing
    if state not in ("open", "waiting"):
        raise AlreadyDone(task=found.id, by=found.person, state=state)
    signs = (signer.c.task_id == found.id, signer.c.person_id == to)
    if uow.execute(signer.select().where(*signs)).first() is not None:
        raise NotAPossiblePerson(element=found.step.id, person=to, why="signs_already")
    changed = uow.execute(
        update(signer)
        .where(
            signer.c.task_id == found.id,
            signer.c.person_id == found.person,
            # The row was read before the lock was ours.
            signer.c.state.in_(("open", "waiting")),
        )
        .values(person_id=to)
    )
    if changed.rowcount != 1:
        raise AlreadyDone(task=found.id, by=found.person, state="voted")
    uow.execute(
        update(signer)
        .where(signer.c.task_id == found.id, signer.c.after_id == found.person)
        .values(after_id=to)
    )
    uow.execute(
        update(task_candidate)
        .where(
            task_candidate.c.task_id == found.id, task_candidate.c.key == person_key(found.person)
        )
        .values(key=person_key(to), created_at=uow.now)
    )
    return {"signer": found.person, "position": position}, {"signer": to, "position": position}
