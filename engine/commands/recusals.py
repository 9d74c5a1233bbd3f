"""Recusal (回避): a person declares not to be impartial, about a relative or in one case.

Whoever has declared it acts on no task of such a case, whichever way the task comes, until the
declaration is revoked. What the person holds at that moment goes back to the others: a claimed task
to the pool, a part in a sign-off to nobody; where nobody is left, the step falls back as if it opened
now. A vote that was cast stands.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, or_, select, update

from engine.commands.access import key_used
from engine.commands.claim import hold
from engine.commands.complete import close_if_decided
from engine.commands.fewer_signers import drop_signer
from engine.commands.locate import Located, locate_for_clock
from engine.commands.task_rows import drop_question, readdress
from engine.commands.who import administrators, fall_back, somebody
from engine.errors import AlreadyDone, Invalid, NotAPossiblePerson, NotFound
from engine.ids import new_id
from engine.queries.case import may_read
from engine.store.case import lock, save
from engine.store.tables import instance, recusal, task
from engine.store.unit_of_work import UnitOfWork

#: States of a case in which somebody may still have to act.
_RUNNING = ("active", "suspended")


def declare(
    uow: UnitOfWork, *, about: str | None = None, instance_id: str | None = None, reason: str = ""
) -> str:
    """Bar the actor from the cases of a person, or from one case; return the declaration's id.

    Declaring the same twice is the same as once. Raise `NotFound` for a person or a case the actor
    does not know, `NotAPossiblePerson` for the actor's own cases.
    """
    if (about is None) == (instance_id is None):
        raise Invalid("A recusal is about a person, or about one case.")
    reason = reason.strip()[:200]
    if about is not None:
        _check_person(uow, about)
    else:
        _check_case(uow, str(instance_id))
    known = uow.execute(
        select(recusal.c.id).where(
            recusal.c.person_id == uow.actor.id,
            recusal.c.revoked_at.is_(None),
            recusal.c.about_id == about if about else recusal.c.instance_id == instance_id,
        )
    ).scalar()
    if known is not None:
        return str(known)
    made = new_id()
    uow.execute(
        insert(recusal).values(
            id=made,
            person_id=uow.actor.id,
            about_id=about,
            instance_id=instance_id,
            reason=reason,
            declared_at=uow.now,
        )
    )
    _record(uow, "recusal.declared", made, about, instance_id, {"reason": reason})
    for case in _running(uow, about, instance_id):
        _step_aside(uow, case, made)
    return made


def revoke(uow: UnitOfWork, recusal_id: str) -> None:
    """Take an own declaration back; raise `NotFound`. What was given up meanwhile is not given back."""
    row = uow.execute(
        select(recusal)
        .where(
            recusal.c.id == recusal_id,
            recusal.c.person_id == uow.actor.id,
            recusal.c.revoked_at.is_(None),
        )
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise NotFound(recusal=recusal_id)
    uow.execute(update(recusal).where(recusal.c.id == recusal_id).values(revoked_at=uow.now))
    _record(uow, "recusal.revoked", recusal_id, row.about_id, row.instance_id, {})


def _check_person(uow: UnitOfWork, about: str) -> None:
    if about == uow.actor.id:
        raise NotAPossiblePerson(person=about)
    if not uow.engine.directory.is_active(about):
        raise NotFound(person=about)


def _check_case(uow: UnitOfWork, instance_id: str) -> None:
    if not may_read(uow.connection, uow.engine, uow.actor, instance_id):
        raise NotFound(instance=instance_id)
    case = lock(uow, instance_id)
    if case.starter_id == uow.actor.id:
        raise NotAPossiblePerson(person=uow.actor.id)
    if case.state not in _RUNNING:
        raise AlreadyDone(instance=instance_id, state=case.state)


def _record(
    uow: UnitOfWork,
    type: str,
    recusal_id: str,
    about: str | None,
    instance_id: str | None,
    facts: dict[str, Any],
) -> None:
    """In the case's stream where it is about one case, else in the person's own."""
    name = uow.engine.directory.name(uow.actor.id)
    if instance_id is not None:
        case = lock(uow, instance_id)
        case.record(uow, type, {"recusal": recusal_id}, {"name": name, **facts})
        save(uow, case)
        return
    uow.record_in(
        f"account:{uow.actor.id}",
        type,
        {"recusal": recusal_id, "person": uow.actor.id},
        {"name": name, "about": about, **facts},
    )
    uow.after_commit(uow.engine.relatives.forget)


def _running(uow: UnitOfWork, about: str | None, instance_id: str | None) -> list[str]:
    concerned = or_(instance.c.starter_id == about, instance.c.id == instance_id)
    return list(
        uow.execute(
            select(instance.c.id)
            .where(concerned, instance.c.state.in_(_RUNNING))
            .order_by(instance.c.id)
        ).scalars()
    )


def _step_aside(uow: UnitOfWork, instance_id: str, recusal_id: str) -> None:
    """The actor gives up what is held in a case; its open tasks find others."""
    opened = select(task.c.id).where(task.c.instance_id == instance_id, task.c.state == "open")
    for task_id in list(uow.execute(opened.order_by(task.c.id)).scalars()):
        # Read anew each time: a sign-off that is decided by this moves the case on.
        found = locate_for_clock(uow, task_id)
        if found.state != "open":
            continue
        questions = _leave_questions(uow, found)
        facts = _leave(uow, found) if found.tally is None else _leave_sign_off(uow, found)
        if facts is None and not questions:
            continue
        facts = {**(facts or {}), **({"unanswered": questions} if questions else {})}
        found.case.record(
            uow,
            "task.recused",
            {"task": found.id, "element": found.step.id, "recusal": recusal_id},
            {"name": uow.engine.directory.name(uow.actor.id), **facts},
        )
        if close_if_decided(uow, found) is None:
            save(uow, found.case)


def _leave_questions(uow: UnitOfWork, found: Located) -> list[str]:
    """Who waits for the actor's advice waits no more; return whose questions they were."""
    waiting = [owner for owner, adviser in found.advice.items() if adviser == uow.actor.id]
    for owner in waiting:
        drop_question(uow, found.id, found.advice, owner)
    return waiting


def _leave(uow: UnitOfWork, found: Located) -> dict[str, Any] | None:
    """A task for one person: back into the pool, or to others where the pool is empty now."""
    mine = found.claimed_by == uow.actor.id
    if not mine and (found.claimed_by is not None or key_used(uow.actor, found.keys) is None):
        return None
    if somebody(uow, found.case, found.step.id, found.keys):
        if not mine:
            return None
        hold(uow, found, None)
        drop_question(uow, found.id, found.advice, uow.actor.id)
        return {"released": True}
    asked = fall_back(uow, found.case, found.step, found.keys)
    readdress(uow, found.case, found.id, asked.keys)
    _tell(uow, found)
    return {"released": mine, "keys": asked.keys, "fallback": True, "fell_to": asked.fallback}


def _leave_sign_off(uow: UnitOfWork, found: Located) -> dict[str, Any] | None:
    """A part in a sign-off ends; the votes of the others are counted without it."""
    facts = drop_signer(uow, found, uow.actor.id, recused=True)
    if facts is None:
        return None
    return {**facts, **(found.tally.counts() if found.tally is not None else {})}


def _tell(uow: UnitOfWork, found: Located) -> None:
    uow.tell(
        "nobody_found",
        administrators(uow),
        instance=found.case.id,
        task=found.id,
        element=found.step.id,
    )
