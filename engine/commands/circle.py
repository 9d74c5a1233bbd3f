"""Whom a task may be given to, or opened to as a further signer: the circle its package draws."""

from __future__ import annotations

from sqlalchemy import or_, select

from engine.catalog.steps import Step
from engine.commands.access import candidate_keys, check_separation, people_behind
from engine.errors import NotAPossiblePerson, SeparationOfDuties
from engine.store.case import Case
from engine.store.tables import recusal
from engine.store.unit_of_work import UnitOfWork


def may_be_given(uow: UnitOfWork, case: Case, step: Step, person: str) -> bool:
    """True for an active person within the step's `hand_on`."""
    directory = uow.engine.directory
    if step.hand_on == "none" or not directory.is_active(person):
        return False
    if step.hand_on == "anyone" or person in people_behind(uow, candidate_keys(uow, case, step)):
        return True
    unit = uow.actor.unit
    return step.hand_on == "unit" and unit is not None and person in directory.people_at(unit)


def check_receivers(uow: UnitOfWork, case: Case, step: Step, people: list[str]) -> None:
    """Raise what forbids one of these people the task: the circle, a separation rule, a recusal."""
    for person in people:
        if not may_be_given(uow, case, step, person):
            raise NotAPossiblePerson(instance=case.id, element=step.id, person=person)
        check_separation(case, step.id, person)
    recused = uow.execute(
        select(recusal.c.person_id).where(
            recusal.c.person_id.in_(people),
            recusal.c.revoked_at.is_(None),
            or_(recusal.c.instance_id == case.id, recusal.c.about_id == case.starter_id),
        )
    ).first()
    if recused is not None:
        raise SeparationOfDuties(
            instance=case.id, element=step.id, person=recused.person_id, rule="recusal"
        )
