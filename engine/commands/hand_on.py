"""Hand a task on (转办): it leaves the giver for good and lies with one other person."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select, update

from engine.actors import person_key
from engine.commands.access import check_separation
from engine.commands.circle import check_receiver
from engine.commands.locate import Located, locate
from engine.commands.signer_places import PAST
from engine.commands.start import Acted
from engine.commands.task_rows import drop_question, readdress
from engine.errors import AlreadyClaimed, AlreadyDone, NotAPossiblePerson, NotFound
from engine.store.candidates import replace_candidate
from engine.store.case import Case, save
from engine.store.tables import signer
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
    directory, case = uow.engine.directory, found.case
    check_receiver(directory, case, found.step, found.holder(uow), to, keys=found.keys)
    before, after = (
        _give(uow, found, to)
        if found.tally is None
        else give_part(uow, case, found.id, found.person, to, advice=found.advice)
    )
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
    keys = [person_key(to)]
    if found.keys == keys:
        raise NotAPossiblePerson(element=found.step.id, person=to, why="has_it")
    readdress(uow, found.case, found.id, keys)
    return (
        {"keys": found.keys, "claimed_by": found.claimed_by},
        {"keys": keys, "claimed_by": None},
    )


def give_part(
    uow: UnitOfWork,
    case: Case,
    task_id: str,
    person: str,
    to: str,
    *,
    advice: dict[str, str],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Several decide: one signer's place is taken by another, who has no part in it yet.

    `advice` is who waits for whose: the one who leaves waits no more. Raise `NotFound` for who signs
    nothing here, `AlreadyDone` for who has voted, `NotAPossiblePerson` for who signs already.
    """
    # As the rows are now: they may have been read before the lock was ours.
    rows = uow.execute(
        select(signer.c.person_id, signer.c.state, signer.c.position).where(
            signer.c.task_id == task_id, signer.c.person_id.in_((person, to))
        )
    ).all()
    known = {row.person_id: row for row in rows}
    if person not in known or known[person].state in PAST:
        raise NotFound(task=task_id, signer=person)
    if known[person].state not in ("open", "waiting"):
        raise AlreadyDone(task=task_id, by=person, state=known[person].state)
    if to in known and known[to].state not in PAST:
        raise NotAPossiblePerson(task=task_id, person=to, why="signs_already")
    own = signer.c.task_id == task_id
    uow.execute(delete(signer).where(own, signer.c.person_id == to))
    uow.execute(update(signer).where(own, signer.c.person_id == person).values(person_id=to))
    uow.execute(update(signer).where(own, signer.c.after_id == person).values(after_id=to))
    replace_candidate(uow, task_id, person, to)
    drop_question(uow, task_id, advice, person)
    case.note_signer(task_id, person, "gone")
    case.note_signer(task_id, to, known[person].state)
    position = known[person].position
    return {"signer": person, "position": position}, {"signer": to, "position": position}
