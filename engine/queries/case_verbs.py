"""Which verbs are open to a person on a case and its tasks: what the commands would allow, asked of readers.

Each question is the command's own where it can be asked without a lock; where somebody else is faster,
the command still refuses.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Connection

from engine.actors import Actor
from engine.commands.access import check_separation, check_stand_in
from engine.commands.comments import takes_files
from engine.commands.sending_back import Target, allowed, targets
from engine.commands.take_back import takeable
from engine.commands.trail import Trail
from engine.commands.withdraw import check_withdrawable, revision_target
from engine.errors import (
    AlreadyClaimed,
    AlreadyDone,
    EngineError,
    IrreversibleEffect,
    NoSuchTarget,
    NotAllowed,
    Suspended,
    WaitsForAdvice,
)
from engine.queries.case import CaseView, TaskView
from engine.queries.urging import may_urge
from engine.queries.verbs import verbs_on, whose_part
from engine.store.case import ACTIVE, SUSPENDED

#: What administrators do to a case, by its state.
_ADMINISTERING = {
    ACTIVE: ("suspend", "terminate", "correct"),
    SUSPENDED: ("resume", "terminate", "correct"),
}


def case_verbs(connection: Connection, case: CaseView, actor: Actor) -> list[str]:
    """The verbs on the whole case."""
    trail, verbs = Trail(connection, case), []
    if actor.id == case.starter_id:
        verbs += ["withdraw"] if passes(lambda: check_withdrawal(trail, case)) else []
        verbs += ["revise"] if passes(lambda: check_revision(trail, case)) else []
    if case.takes_part:
        verbs.append("copy")
    verbs += ["comment", *(["attach"] if takes_files(case) else [])]
    if may_repair(case, actor):
        verbs += _ADMINISTERING.get(case.state, ())
    return verbs


def task_verbs(connection: Connection, case: CaseView, task: TaskView, actor: Actor) -> list[str]:
    """The verbs on one task of it; none while the case stands still or once it is over."""
    if case.state != ACTIVE:
        return []
    trail = Trail(connection, case)
    verbs = verbs_on(case, task, actor, administers=actor.administers)
    if passes(lambda: check_sending_back(trail, case, task, actor)):
        verbs.append("send_back")
    if passes(lambda: check_taking_back(trail, case, task, actor)):
        verbs.append("take_back")
    if may_urge(case, task, actor):
        verbs.append("urge")
    if task.state == "open" and may_repair(case, actor):
        verbs += ["move"] if task.tally is not None else ["move", "reassign"]
    return verbs


def check_withdrawal(trail: Trail, case: CaseView) -> None:
    """Raise what forbids the applicant to withdraw now."""
    check_withdrawable(case)
    for row in trail.standing:
        if row.policy == "irreversible":
            raise IrreversibleEffect(instance=case.id, ability=row.ability, element=row.element_id)


def check_revision(trail: Trail, case: CaseView) -> Target:
    """Where the applicant would have the case again; raise what forbids it."""
    check_withdrawable(case)
    if not case.definition.manifest.revisable:
        raise NoSuchTarget(instance=case.id)
    return revision_target(trail, case)


def places_to_send_back(trail: Trail, case: CaseView, task: TaskView, actor: Actor) -> list[Target]:
    """Where the actor may send the case from the task; raise what forbids them to act on it."""
    _check_hand(case, task, actor)
    found = targets(trail, case.tokens, task.token)
    return allowed(found, case.definition.steps[task.element])


def check_sending_back(trail: Trail, case: CaseView, task: TaskView, actor: Actor) -> None:
    """Raise what forbids the actor to send the case back from the task."""
    _check_hand(case, task, actor)
    # Most steps that forbid it say so; the way is not read for them.
    if not case.definition.steps[task.element].send_back:
        raise NoSuchTarget(task=task.id)
    if not places_to_send_back(trail, case, task, actor):
        raise NoSuchTarget(task=task.id)


def check_taking_back(trail: Trail, case: CaseView, task: TaskView, actor: Actor) -> Target:
    """The visit that who completed the task would have again; raise what forbids it."""
    owner = task.completed_for or task.completed_by
    if owner is None or owner not in (actor.id, *(one.owner.id for one in case.owners)):
        raise NotAllowed(instance=case.id, task=task.id, person=actor.id)
    if case.state == SUSPENDED:
        raise Suspended(instance=case.id)
    if case.state != ACTIVE:
        raise AlreadyDone(task=task.id, state=case.state)
    check_separation(case, task.element, actor.id)
    if owner != actor.id:
        check_stand_in(case, task.element, actor.id, owner)
    return takeable(trail, case.tokens, task.id)


def may_repair(case: CaseView, actor: Actor) -> bool:
    """True for an administrator without a part of their own in the case."""
    if not actor.administers or actor.id == case.starter_id:
        return False
    return not case.is_recused(actor.id) and not case.has_part(actor.id)


def _check_hand(case: CaseView, task: TaskView, actor: Actor) -> None:
    """Raise unless the task waits for the actor, or for somebody the actor stands in for."""
    own = next((one for one in task.signers if one.person_id == actor.id), None)
    asked = own is not None or (task.tally is None and any(key in actor.keys for key in task.keys))
    if task.state != "open" and (asked or actor.id in (task.completed_by, task.completed_for)):
        raise AlreadyDone(task=task.id, by=task.completed_by, state=task.state)
    check_separation(case, task.element, actor.id)
    if case.state == SUSPENDED:
        raise Suspended(instance=case.id)
    whose = whose_part(case, task, actor)
    if whose is not None:
        if task.asked(whose.id) is not None:
            raise WaitsForAdvice(task=task.id)
        return
    if own is not None and own.state != "open":
        raise AlreadyDone(task=task.id, by=actor.id, state=own.state)
    if asked and task.claimed_by not in (None, actor.id):
        raise AlreadyClaimed(task=task.id, by=task.claimed_by)
    raise NotAllowed(instance=case.id, element=task.element, task=task.id, person=actor.id)


def passes(question: Callable[[], object]) -> bool:
    """True when nothing forbids what is asked."""
    try:
        question()
    except EngineError:
        return False
    return True


__all__ = [
    "case_verbs",
    "check_revision",
    "check_sending_back",
    "check_taking_back",
    "check_withdrawal",
    "may_repair",
    "passes",
    "places_to_send_back",
    "task_verbs",
]
