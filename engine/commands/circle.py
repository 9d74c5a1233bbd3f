"""Whom a task may be given to, or opened to as a further signer: the circle its package draws."""

from __future__ import annotations

from collections.abc import Collection

from engine.actors import Actor, Directory, role_key
from engine.catalog.steps import Step
from engine.commands.access import check_separation
from engine.errors import NotAPossiblePerson
from engine.store.case import Case


def check_receiver(
    directory: Directory,
    case: Case,
    step: Step,
    giver: Actor,
    receiver: str,
    *,
    keys: Collection[str] = (),
) -> None:
    """Raise what forbids giving the task to somebody: the step's `hand_on`, or a separation rule.

    `keys` are the task's own, where it has any.
    """
    if (
        step.hand_on == "none"
        or not directory.is_active(receiver)
        or not _in_circle(directory, case, step, giver, receiver, keys)
    ):
        raise NotAPossiblePerson(instance=case.id, element=step.id, person=receiver)
    check_separation(case, step.id, receiver)


def _in_circle(
    directory: Directory,
    case: Case,
    step: Step,
    giver: Actor,
    receiver: str,
    keys: Collection[str],
) -> bool:
    if step.hand_on == "anyone":
        return True
    if step.hand_on == "unit":
        return giver.unit is not None and receiver in directory.people_at(giver.unit)
    named = {
        role_key(one.role, case.places[one.place])
        for one in step.candidates
        if one.place in case.places
    }
    return directory.actor(receiver).holds(named | set(keys))
