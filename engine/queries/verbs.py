"""The verbs that are open to somebody on a task now: what is offered is what the commands allow."""

from __future__ import annotations

from engine.actors import Actor, person_key
from engine.commands.access import check_stand_in, may_act
from engine.commands.circle import may_hand_on
from engine.errors import SeparationOfDuties
from engine.queries.case import CaseView, TaskView


def verbs_on(case: CaseView, task: TaskView, actor: Actor) -> list[str]:
    """The verbs open to the actor, own rights first, else those of somebody the actor stands in for."""
    if task.state != "open" or case.state != "active":
        return []
    asked = task.question_to(actor.id)
    verbs = ["advise"] if asked and may_act(case, task.element, actor.id) else []
    whose = whose_part(case, task, actor)
    return verbs if whose is None else verbs + _verbs_of(case, task, whose)


def whose_part(case: CaseView, task: TaskView, actor: Actor) -> Actor | None:
    """Whose part of an open task the actor may do now: the actor's own, an owner's, or nobody's.

    The reader's side of what `locate` decides under the lock.
    """
    if not may_act(case, task.element, actor.id):
        return None
    if _own_part(task, actor):
        return actor
    if any(one.person_id == actor.id or one.voted_by == actor.id for one in task.signers):
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
    return verbs
