"""The rows of a sign-off while it runs: one who leaves it, those who come in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import delete, func, insert, select, update

from engine.actors import person_key
from engine.commands.locate import Located
from engine.commands.task_rows import ask_next_signer
from engine.sign_off import Rule
from engine.store.tables import signer, task, task_candidate
from engine.store.unit_of_work import UnitOfWork


def remove_signer_row(uow: UnitOfWork, found: Located, person: str) -> bool:
    """Take off a signer who has not voted; False where there is none. The verdict is the caller's affair.

    The count of the entitled falls by one, and in a sequence the next one is asked.
    """
    assert found.tally is not None
    own = (signer.c.task_id == found.id, signer.c.person_id == person)
    asked = uow.execute(select(signer.c.state).where(*own)).scalar_one_or_none()
    if asked not in ("open", "waiting"):
        return False
    uow.execute(update(signer).where(*own).values(state="removed"))
    uow.execute(
        delete(task_candidate).where(
            task_candidate.c.task_id == found.id, task_candidate.c.key == person_key(person)
        )
    )
    found.tally = replace(found.tally, entitled=found.tally.entitled - 1)
    _keep_tally(uow, found)
    if found.step.sign_off.rule is Rule.SEQUENCE and asked == "open":
        following = uow.execute(
            select(signer.c.person_id, signer.c.position)
            .where(signer.c.task_id == found.id, signer.c.state == "waiting")
            .order_by(signer.c.position)
            .limit(1)
        ).one_or_none()
        if following is not None:
            ask_next_signer(uow, found.id, following.position, following.person_id)
    return True


def add_signer_rows(uow: UnitOfWork, found: Located, people: Iterable[str]) -> list[str]:
    """Let people sign who have no part in the sign-off yet; return who they are.

    In a sequence they come last, one after the other.
    """
    assert found.tally is not None
    known = set(
        uow.execute(select(signer.c.person_id).where(signer.c.task_id == found.id)).scalars()
    )
    new = [person for person in people if person not in known]
    if not new:
        return []
    last = uow.execute(
        select(func.max(signer.c.position)).where(signer.c.task_id == found.id)
    ).scalar_one()
    in_turn = found.step.sign_off.rule is Rule.SEQUENCE and found.tally.remaining > 0
    rows, keys = [], []
    for place, person in enumerate(new):
        waits = found.step.sign_off.rule is Rule.SEQUENCE and (in_turn or place > 0)
        rows.append(
            {
                "task_id": found.id,
                "person_id": person,
                "position": last + 1 + place,
                "state": "waiting" if waits else "open",
            }
        )
        if not waits:
            keys.append(
                {
                    "task_id": found.id,
                    "key": person_key(person),
                    "created_at": uow.now,
                    "open": True,
                }
            )
    uow.execute(insert(signer), rows)
    if keys:
        uow.execute(insert(task_candidate), keys)
    found.tally = replace(found.tally, entitled=found.tally.entitled + len(new))
    _keep_tally(uow, found)
    return new


def _keep_tally(uow: UnitOfWork, found: Located) -> None:
    assert found.tally is not None
    uow.execute(update(task).where(task.c.id == found.id).values(tally=found.tally.as_dict()))
