"""Who may act on a task: candidates, claims and separation of duties, in one place.

The rules hold against every verb, because every verb asks here.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from engine.actors import Actor, person_key, role_key
from engine.catalog.definition import Definition
from engine.catalog.steps import Step
from engine.errors import InvalidPackage, SeparationOfDuties
from engine.store.case import OBJECTORS, Case
from engine.store.unit_of_work import UnitOfWork


def candidate_keys(uow: UnitOfWork, case: Case, step: Step) -> list[str]:
    """The keys of those who may take the task: role at a place of the case, or a person."""
    keys: list[str] = []
    for candidate in step.candidates:
        if candidate.starter:
            keys.append(person_key(case.starter_id))
        elif candidate.expression:
            found = case.scope(uow).require(candidate.expression, step.id)
            keys += [person_key(str(person)) for person in _as_list(found)]
        else:
            place = case.places.get(candidate.place)
            if place is None:
                raise InvalidPackage(f"{step.id}: the case knows no place {candidate.place!r}")
            keys.append(role_key(candidate.role, place))
    return list(dict.fromkeys(keys))


def people_behind(uow: UnitOfWork, keys: Iterable[str]) -> list[str]:
    """Ids of the people who hold the keys now, each once, in a stable order."""
    people: list[str] = []
    for key in keys:
        if key.startswith("person:"):
            people.append(key.removeprefix("person:"))
        else:
            role, _, place = key.partition("@")
            people += uow.engine.directory.holders(role, place)
    return list(dict.fromkeys(people))


def key_used(actor: Actor, keys: Iterable[str]) -> str | None:
    """The key under which the actor may take a task, or None."""
    return next((key for key in keys if key in actor.keys), None)


class Separable(Protocol):
    """As much of a case as separation of duties asks for; commands and readers both have it."""

    @property
    def id(self) -> str: ...
    @property
    def definition(self) -> Definition: ...
    @property
    def starter_id(self) -> str: ...
    def who_acted(self, element: str) -> list[str]: ...
    def who_advised(self, element: str) -> list[str]: ...
    def has_objected(self, person: str) -> bool: ...


def check_separation(case: Separable, step_id: str, person: str) -> None:
    """Raise `SeparationOfDuties` when a rule of the package forbids this person this task."""
    manifest = case.definition.manifest
    if person == case.starter_id and step_id not in manifest.applicant_may:
        step = case.definition.steps[step_id]
        if not any(candidate.starter for candidate in step.candidates):
            raise SeparationOfDuties(
                instance=case.id, element=step_id, person=person, rule="own_case"
            )
    for rule in manifest.separation:
        if not any(step_id in group for group in rule.groups):
            continue
        for group in rule.groups:
            if step_id in group:
                continue
            for other in sorted(group):
                if (
                    person in case.who_acted(other)
                    # Advice sways the decision: who gave it has had a part in it.
                    or person in case.who_advised(other)
                    or (other == OBJECTORS and case.has_objected(person))
                ):
                    raise SeparationOfDuties(
                        instance=case.id,
                        element=step_id,
                        person=person,
                        rule=rule.id,
                        why=rule.why,
                        other=other,
                    )


def check_stand_in(case: Separable, step_id: str, person: str, owner: str) -> None:
    """Raise `SeparationOfDuties` when a rule bars a deputy, or the owner the deputy stands in for.

    In the owner's own case nobody stands in for the owner.
    """
    check_separation(case, step_id, person)
    if owner == case.starter_id:
        raise SeparationOfDuties(
            instance=case.id, element=step_id, person=person, owner=owner, rule="own_case"
        )
    check_separation(case, step_id, owner)


def may_act(case: Separable, step_id: str, person: str) -> bool:
    """True when no separation rule forbids this person this task."""
    try:
        check_separation(case, step_id, person)
    except SeparationOfDuties:
        return False
    return True


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
