"""Ask those who hold a case up to hurry (催办): counted, not too often, and in the end their heads hear of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select

from engine.commands.access import may_act
from engine.commands.copies import MAX_NOTE
from engine.commands.locate import Located, locate_for_clock
from engine.commands.waiting import waiting_people
from engine.errors import AlreadyDone, NobodyFound, NotAllowed, NotFound, Suspended, TooSoon
from engine.ids import new_id
from engine.queries.readers import may_know, takes_part
from engine.store.case import Case, save
from engine.store.tables import urge
from engine.store.unit_of_work import UnitOfWork

#: From this urge on the heads of those who are asked are told, too.
HEADS_FROM = 3


@dataclass(frozen=True, slots=True)
class Urged:
    """What an urge did: who was asked, which one it was, and when the actor may urge again."""

    case: Case
    task_id: str
    count: int
    asked: list[str]
    heads: list[str]
    again_at: datetime


def urge_task(uow: UnitOfWork, task_id: str, *, note: str = "") -> Urged:
    """Ask those who may act on the task now to do so.

    For who takes part and waits; raise `NotAllowed` for who could act, or only reads the case,
    `TooSoon` within the package's span after the actor's last urge of this task.
    """
    found = locate_for_clock(uow, task_id)
    case = found.case
    _check_urger(uow, found)
    if found.state != "open":
        raise AlreadyDone(task=found.id, state=found.state)
    if case.state == "suspended":
        raise Suspended(instance=case.id)
    count = _count(uow, found) + 1
    asked = _asked(uow, found)
    if not asked:
        raise NobodyFound(element=found.step.id, needed=1, found=0)
    heads = _heads(uow, found, asked) if count >= HEADS_FROM else []
    note = note.strip()[:MAX_NOTE]
    uow.execute(
        insert(urge).values(
            id=new_id(),
            instance_id=case.id,
            task_id=found.id,
            by_id=uow.actor.id,
            note=note,
            at=uow.now,
        )
    )
    _tell(uow, found, count, asked, heads, note)
    save(uow, case)
    again_at = uow.now + case.definition.manifest.urge_every
    return Urged(case, found.id, count, asked, heads, again_at)


def _check_urger(uow: UnitOfWork, found: Located) -> None:
    case, actor = found.case, uow.actor
    if not takes_part(uow.connection, actor, case):
        if not may_know(uow.connection, case.definition, actor, case):
            raise NotFound(task=found.id)
        raise NotAllowed(instance=case.id, task=found.id, element=found.step.id, person=actor.id)
    if found.state == "open" and acts_now(found, actor.id):
        raise NotAllowed(instance=case.id, task=found.id, element=found.step.id, person=actor.id)


def acts_now(found: Located, person: str) -> bool:
    """True when the task waits for this person: who could act has nobody to urge."""
    if found.signing is not None:
        return found.signing[0] == "open"
    if found.key is None or found.claimed_by not in (None, person):
        return False
    return may_act(found.case, found.step.id, person)


def _count(uow: UnitOfWork, found: Located) -> int:
    """How often the task was urged; raise `TooSoon`. The case's lock lets no second urge in between."""
    rows = uow.execute(
        select(urge.c.by_id, urge.c.at).where(urge.c.task_id == found.id).order_by(urge.c.at)
    ).all()
    own = [row.at for row in rows if row.by_id == uow.actor.id]
    if own:
        again_at = own[-1] + found.case.definition.manifest.urge_every
        if again_at > uow.now:
            wait = int((again_at - uow.now).total_seconds()) + 1
            raise TooSoon(task=found.id, again_at=again_at, retry_after=wait)
    return len(rows)


def _asked(uow: UnitOfWork, found: Located) -> list[str]:
    """Who may act now: who has taken it, the signers whose turn it is, or the candidates."""
    directory = uow.engine.directory
    return [
        one
        for one in waiting_people(uow, found)
        if one != uow.actor.id
        and directory.is_active(one)
        and may_act(found.case, found.step.id, one)
    ]


def _heads(uow: UnitOfWork, found: Located, asked: list[str]) -> list[str]:
    """Who heads the places of those asked; where they head it themselves, the place above."""
    directory = uow.engine.directory
    places = [key.partition("@")[2] for key in found.keys if "@" in key]
    if not places:
        places = [unit for one in asked if (unit := directory.actor(one).unit)]
    heads: list[str] = []
    for place in dict.fromkeys(places):
        for above in directory.chain(place):
            others = [one for one in directory.heads(above) if one not in asked]
            if others:
                heads += others
                break
    return [one for one in dict.fromkeys(heads) if one != uow.actor.id]


def _tell(
    uow: UnitOfWork, found: Located, count: int, asked: list[str], heads: list[str], note: str
) -> None:
    case, directory = found.case, uow.engine.directory
    name = directory.name(uow.actor.id)
    facts: dict[str, Any] = {"step": found.step.id, "count": count}
    uow.tell("urged", asked, instance=case.id, task=found.id, **facts)
    if heads:
        uow.tell("urge_escalated", heads, instance=case.id, task=found.id, asked=asked[:5], **facts)
    case.record(
        uow,
        "task.urged",
        {"task": found.id, "element": found.step.id, "count": count},
        {"name": name, "note": note, "asked": asked[:50], "of": len(asked), "heads": heads},
    )
