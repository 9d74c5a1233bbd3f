"""Whom a task that opens is for, and what happens when nobody is there: it is never a dead end.

A step whose people are all missing, or all barred by a rule, falls to those its package names as
`fallback`, else to the administrators. It is never taken as agreed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from engine.actors import person_key
from engine.catalog.steps import Step
from engine.commands.access import (
    candidate_keys,
    keys_of,
    may_act,
    people_behind,
    people_named,
)
from engine.errors import NobodyFound
from engine.store.case import Case
from engine.store.unit_of_work import UnitOfWork

#: To whom a task fell because nobody was found: those whom the package names, or the administrators.
NAMED, ADMINISTRATORS = "named", "administrators"


@dataclass(frozen=True, slots=True)
class Asked:
    """Who is asked to do a step."""

    keys: list[str]
    #: In a sign-off: who signs, in order.
    signers: list[str] = field(default_factory=list)
    #: In a sign-off: who would have signed, were it not for a rule.
    recused: list[str] = field(default_factory=list)
    #: Why others than the step's own candidates are asked: "", `named` or `administrators`.
    fallback: str = ""


def ask(uow: UnitOfWork, case: Case, step: Step) -> Asked:
    """Who is asked when the step opens now. Raise `NobodyFound` when a sign-off has nobody at all."""
    keys = candidate_keys(uow, case, step)
    return _signers(uow, case, step, keys) if step.sign_off.several else _one(uow, case, step, keys)


def possible(uow: UnitOfWork, case: Case, step_id: str, keys: Iterable[str]) -> Iterator[str]:
    """Ids of those who hold one of the keys today and whom no rule forbids the step."""
    directory = uow.engine.directory
    keys = list(keys)
    named = {key.removeprefix("person:") for key in keys if key.startswith("person:")}
    for person in people_behind(uow, keys):
        # What the applicant has to say waits for them, though their account be shut for a while.
        waits = person == case.starter_id and directory.belongs(person)
        # Who holds a role is active; only of who was named once it has to be asked.
        here = person not in named or waits or directory.is_active(person)
        if here and may_act(case, step_id, person):
            yield person


def somebody(
    uow: UnitOfWork, case: Case, step_id: str, keys: Iterable[str], *, without: str = ""
) -> bool:
    """True when at least one person could do the step, other than one who leaves it."""
    return any(person != without for person in possible(uow, case, step_id, keys))


def fall_back(
    uow: UnitOfWork, case: Case, step: Step, keys: Iterable[str], *, without: str = ""
) -> Asked:
    """Who is asked instead, when nobody of `keys` can do the step."""
    # A role that is vacant keeps its claim: whoever is given it tomorrow may act, too.
    vacant = [key for key in keys if not key.startswith("person:") and not _held(uow, key)]
    named = keys_of(uow, case, step.fallback)
    if somebody(uow, case, step.id, named, without=without):
        return Asked(_each_once(vacant, named), fallback=NAMED)
    administrators = uow.engine.directory.administrator_keys()
    return Asked(_each_once(vacant, administrators), fallback=ADMINISTRATORS)


def administrators(uow: UnitOfWork) -> list[str]:
    """Ids of those who look after cases when nobody else can."""
    return people_behind(uow, uow.engine.directory.administrator_keys())


def _one(uow: UnitOfWork, case: Case, step: Step, keys: list[str]) -> Asked:
    if somebody(uow, case, step.id, keys):
        return Asked(keys)
    return fall_back(uow, case, step, keys)


def _signers(uow: UnitOfWork, case: Case, step: Step, keys: list[str]) -> Asked:
    expression = step.sign_off.signers
    people = people_named(uow, case, expression) if expression else people_behind(uow, keys)
    entitled = [person for person in people if may_act(case, step.id, person)]
    recused = [person for person in people if person not in set(entitled)]
    needed, fallback = max(1, step.sign_off.minimum), ""
    # Those who were found sign in any case; others make up the number.
    for reason, more in (
        (NAMED, keys_of(uow, case, step.fallback)),
        (ADMINISTRATORS, uow.engine.directory.administrator_keys()),
    ):
        if len(entitled) >= needed:
            break
        found = _each_once(entitled, possible(uow, case, step.id, more))
        if len(found) > len(entitled):
            entitled, fallback = found, reason
    if not entitled or (len(entitled) < needed and not fallback):
        raise NobodyFound(element=step.id, needed=needed, found=len(entitled))
    return Asked([person_key(one) for one in entitled], entitled, recused, fallback)


def _held(uow: UnitOfWork, key: str) -> bool:
    role, _, place = key.partition("@")
    return bool(uow.engine.directory.holders(role, place))


def _each_once(*lists: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(one for each in lists for one in each))
