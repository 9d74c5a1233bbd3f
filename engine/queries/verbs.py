"""The verbs that are open to somebody on a task now: what is offered is what the commands allow."""

from __future__ import annotations

from engine.actors import Actor, person_key
from engine.commands.access import check_stand_in, may_act
from engine.commands.circle import may_hand_on
from engine.errors import SeparationOfDuties
from engine.queries.case import CaseView, SignerView, TaskView
from engine.queries.signing import (
    may_widen,
    may_withdraw,
    part_of,
    removable,
    waiting,
    ways_to_add,
)


def verbs_on(
    case: CaseView, task: TaskView, actor: Actor, *, administers: bool = False
) -> list[str]:
    """The verbs open to the actor, own rights first, else those of somebody the actor stands in for.

    `administers`: the actor looks after cases, and so arranges who signs.
    """
    if task.state != "open" or case.state != "active":
        return []
    if not may_act(case, task.element, actor.id):
        return []
    verbs = ["advise"] if task.question_to(actor.id) else []
    whose = whose_part(case, task, actor)
    held_by = None if whose is None else task.decided_by(whose.id)
    if whose is not None and held_by is None:
        verbs += _verbs_of(case, task, whose)
    elif held_by == actor.id:
        verbs.append("undo")
    return verbs + _arranging(case, task, actor, administers=administers)


def whose_part(case: CaseView, task: TaskView, actor: Actor) -> Actor | None:
    """Whose part of an open task the actor may do now: the actor's own, an owner's, or nobody's.

    The reader's side of what `locate` decides under the lock.
    """
    if not may_act(case, task.element, actor.id):
        return None
    if _own_part(task, actor):
        return actor
    if part_of(task, actor.id) or any(one.voted_by == actor.id for one in task.signers):
        return None
    for one in case.owners:
        if _own_part(task, one.owner) and _may_stand_in(case, task, actor.id, one.owner.id):
            return one.owner
    return None


def _own_part(task: TaskView, person: Actor) -> bool:
    if task.tally is not None:
        return any(one.person_id == person.id and one.state == "open" for one in task.signers)
    return person.holds(task.keys) and task.claimed_by in (None, person.id)


def _may_stand_in(case: CaseView, task: TaskView, deputy: str, owner: str) -> bool:
    try:
        check_stand_in(case, task.element, deputy, owner)
    except SeparationOfDuties:
        return False
    return True


def _verbs_of(case: CaseView, task: TaskView, person: Actor) -> list[str]:
    step = case.definition.steps[task.element]
    if task.asked(person.id) is not None:
        # Until the advice is here, or is no longer wanted.
        return ["recall"]
    verbs = ["complete"]
    if task.tally is None and task.keys != (person_key(person.id),):
        verbs.append("claim" if task.claimed_by is None else "release")
    if may_hand_on(step):
        verbs.append("transfer")
    if step.hand_on != "none":
        verbs.append("delegate")
    if may_widen(step) if task.tally is None else ways_to_add(task, step):
        verbs.append("add_signers")
    return verbs


def _arranging(case: CaseView, task: TaskView, actor: Actor, *, administers: bool) -> list[str]:
    """What can be done to a sign-off without a vote to cast in it."""
    if task.tally is None:
        return []
    step, verbs = case.definition.steps[task.element], []
    own = arranging_part(case, task, actor, administers=administers)
    if own is not None and own.state == "waiting" and may_hand_on(step):
        verbs.append("transfer")
    if removable(task, own, step, administers=administers):
        verbs.append("remove_signer")
    if (administers or (own is not None and own.lead)) and len(waiting(task)) > 1:
        verbs.append("reorder_signers")
    vote = _vote_of(case, task, actor)
    if vote is not None and may_withdraw(task, vote, step):
        verbs.append("withdraw_vote")
    return verbs


def arranging_part(
    case: CaseView, task: TaskView, actor: Actor, *, administers: bool = False
) -> SignerView | None:
    """The part in a sign-off in whose name the actor may arrange it: the own one, else an owner's."""
    own = part_of(task, actor.id)
    if own is not None or administers:
        return own
    if any(one.voted_by == actor.id for one in task.signers):
        # Who has signed for one does not sign for another.
        return next((one for one in _owners_parts(case, task, actor) if one.state != "open"), None)
    parts = sorted(_owners_parts(case, task, actor), key=lambda one: one.state != "open")
    return next(iter(parts), None)


def _vote_of(case: CaseView, task: TaskView, actor: Actor) -> SignerView | None:
    """The vote the actor could take back: the own one, else one cast in an owner's stead, or by an owner."""
    own = part_of(task, actor.id)
    if own is not None:
        return own
    parts = _owners_parts(case, task, actor)
    return next(iter(sorted(parts, key=lambda one: one.voted_by != actor.id)), None)


def _owners_parts(case: CaseView, task: TaskView, actor: Actor) -> list[SignerView]:
    standing = {one.owner.id for one in case.owners}
    return [
        one
        for one in task.signers
        if one.person_id in standing
        and one.state != "removed"
        and _may_stand_in(case, task, actor.id, one.person_id)
    ]
