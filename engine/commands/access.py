"""Who may act on a task: candidates, claims and separation of duties, in one place.

The rules hold against every verb, because every verb asks here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from engine.actors import Actor, Directory, person_key, role_key
from engine.catalog.definition import Definition
from engine.catalog.steps import HEAD, Candidate, Step, read_candidates
from engine.commands.stand_ins import for_applicant
from engine.errors import SeparationOfDuties
from engine.store.case import Case
from engine.store.participants import OBJECTORS
from engine.store.unit_of_work import UnitOfWork


def candidate_keys(uow: UnitOfWork, case: Case, step: Step) -> list[str]:
    """The keys of those who may take the task: role at a place of the case, or a person."""
    return keys_of(uow, case, step.candidates)


def keys_of(uow: UnitOfWork, case: Case, candidates: Iterable[Candidate]) -> list[str]:
    """The keys that candidates stand for in this case; what it does not know (no group) gives none."""
    keys: list[str] = []
    for candidate in candidates:
        if candidate.starter:
            # An applicant who has left is stood in for, so that the case goes on.
            keys += stand_ins(uow, case) or [person_key(case.starter_id)]
        elif candidate.expression:
            people = people_named(uow, case, candidate.expression)
            keys += [person_key(person) for person in people]
        else:
            keys += place_keys(uow.engine.directory, case.places, candidate)
    return list(dict.fromkeys(keys))


def stand_ins(uow: UnitOfWork, case: Case) -> list[str]:
    """Keys of those who act for an applicant who has left; none while the applicant belongs here."""
    directory = uow.engine.directory
    if directory.belongs(case.starter_id):
        return []
    return for_applicant(directory, case.places, lambda one: not case.is_recused(one))


def place_keys(directory: Directory, places: Mapping[str, str], candidate: Candidate) -> list[str]:
    """The keys of `role @ place`; of `head @ place` those of the roles that head it."""
    place = places.get(candidate.place)
    if place is None:
        return []
    if candidate.role == HEAD:
        return directory.head_keys(place)
    return [role_key(candidate.role, place)]


def people_named(uow: UnitOfWork, case: Case, expression: str) -> list[str]:
    """Ids of the people an expression names who can still be asked, in its order, each once.

    Left out are who has left, and who was chosen in a form but could not be chosen there any more.
    """
    found = case.scope(uow).evaluate(expression)
    people = dict.fromkeys(str(one) for one in _as_list(found) if one is not None)
    limit = _limit(case.definition, expression.strip())
    offered = None if limit is None else set(choices(uow, case.places, limit))
    return [
        person
        for person in people
        if uow.engine.directory.is_active(person) and (offered is None or person in offered)
    ]


def _limit(definition: Definition, expression: str) -> str | None:
    """Who may be chosen in the form field that the expression names; None where it names none."""
    used = [(definition.start_event, "")]
    used += [(step.form, step.into) for step in definition.steps.values()]
    for name, into in used:
        form = definition.forms.get(name)
        for path, field in form.fields() if form else ():
            if field.type == "persons" and (f"{into}.{path}" if into else path) == expression:
                return field.candidates
    return None


def choices(uow: UnitOfWork, places: Mapping[str, str], candidates: str) -> list[str]:
    """Ids of those a `persons` field offers: holders of `role @ place`."""
    keys = [
        key
        for candidate in read_candidates(candidates, "candidates")
        for key in place_keys(uow.engine.directory, places, candidate)
    ]
    return people_behind(uow, keys)


def people_behind(uow: UnitOfWork, keys: Iterable[str]) -> list[str]:
    """Ids of the people who hold the keys now, each once, in a stable order."""
    return holders_of(uow.engine.directory, keys)


def holders_of(directory: Directory, keys: Iterable[str]) -> list[str]:
    """The same for readers, who have no unit of work."""
    people: list[str] = []
    for key in keys:
        if key.startswith("person:"):
            people.append(key.removeprefix("person:"))
        else:
            role, _, place = key.partition("@")
            people += directory.holders(role, place)
    return list(dict.fromkeys(people))


def key_used(actor: Actor, keys: Iterable[str]) -> str | None:
    """The key under which the actor may take a task, or None."""
    return next((key for key in keys if key in actor.keys), None)


#: The rule that a refusal names when the person has declared not to be impartial.
RECUSAL = "recusal"


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
    def is_recused(self, person: str) -> bool: ...


def check_separation(case: Separable, step_id: str, *people: str) -> None:
    """Raise `SeparationOfDuties` when a rule of the package, or a recusal, forbids this person this task.

    Who acts for somebody else is bound together with that person: give both.
    """
    for person in people:
        _check_one(case, step_id, person)


def _check_one(case: Separable, step_id: str, person: str) -> None:
    manifest = case.definition.manifest
    if case.is_recused(person):
        raise SeparationOfDuties(instance=case.id, element=step_id, person=person, rule=RECUSAL)
    if person == case.starter_id and step_id not in manifest.applicant_may:
        step = case.definition.act_at(step_id)
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


def may_act(case: Separable, step_id: str, *people: str) -> bool:
    """True when no separation rule, and no recusal, forbids these people this task."""
    try:
        check_separation(case, step_id, *people)
    except SeparationOfDuties:
        return False
    return True


def _as_list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
