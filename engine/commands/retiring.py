"""Take one signer out of an open sign-off, and decide it where the votes now do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import delete, func, insert, select, update

from engine.actors import person_key
from engine.commands.access import may_act
from engine.commands.complete import close_by_votes
from engine.commands.locate import locate_for_clock
from engine.commands.task_rows import ask_next_signer
from engine.sign_off import Rule, Tally, verdict
from engine.store.case import Case
from engine.store.tables import signer, task, task_candidate
from engine.store.unit_of_work import UnitOfWork


def retire_signer(
    uow: UnitOfWork, case: Case, task_id: str, person_id: str, successor: str | None
) -> dict[str, Any] | None:
    """The person is not entitled any more; return what changed, for the record.

    Who is the last one entitled is not taken out, for nobody would be left to decide: a successor takes
    that place, and without one it stays, to be seen to by an administrator (None).
    """
    held: dict[str, int] = uow.execute(
        select(task.c.tally).where(task.c.id == task_id)
    ).scalar_one()
    tally = Tally(**held)
    if tally.entitled > 1:
        tally = replace(tally, entitled=tally.entitled - 1)
        _remove(uow, task_id, person_id)
        uow.execute(update(task).where(task.c.id == task_id).values(tally=tally.as_dict()))
        return {"what": "retired", "signer": person_id, "tally": tally.as_dict()}
    step = case.open_element(task_id)
    if successor is None or step is None or not may_act(case, step, successor):
        return None
    known = select(signer.c.person_id).where(
        signer.c.task_id == task_id, signer.c.person_id == successor
    )
    if uow.execute(known).first() is not None:
        return None
    last = select(func.max(signer.c.position)).where(signer.c.task_id == task_id)
    position = uow.execute(last).scalar_one() + 1
    _remove(uow, task_id, person_id)
    uow.execute(
        insert(signer),
        {"task_id": task_id, "person_id": successor, "position": position, "state": "waiting"},
    )
    ask_next_signer(uow, task_id, position, successor)
    uow.tell("handed_over", [successor], instance=case.id, task=task_id, step=step)
    return {
        "what": "replaced",
        "signer": person_id,
        "by": successor,
        "tally": tally.as_dict(),
    }


def _remove(uow: UnitOfWork, task_id: str, person_id: str) -> None:
    uow.execute(
        update(signer)
        .where(signer.c.task_id == task_id, signer.c.person_id == person_id)
        .values(state="removed")
    )
    uow.execute(
        delete(task_candidate).where(
            task_candidate.c.task_id == task_id, task_candidate.c.key == person_key(person_id)
        )
    )


def settle(uow: UnitOfWork, task_id: str) -> None:
    """After signers have gone: decide the sign-off if the votes do, or ask the next in turn."""
    found = locate_for_clock(uow, task_id)
    if found.tally is None or found.state != "open":
        return
    reached = verdict(found.step.sign_off, found.tally)
    if reached is not None:
        close_by_votes(uow, found, reached, because="signer_left")
        return
    if found.step.sign_off.rule is not Rule.SEQUENCE:
        return
    states = uow.execute(
        select(signer.c.state, signer.c.position, signer.c.person_id)
        .where(signer.c.task_id == task_id, signer.c.state.in_(("open", "waiting")))
        .order_by(signer.c.position)
    ).all()
    if states and all(one.state == "waiting" for one in states):
        ask_next_signer(uow, task_id, states[0].position, states[0].person_id)
