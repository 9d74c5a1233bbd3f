"""Who has agreed before and need not be asked again, where the package says so (去重).

`skip_repeated="adjacent"` counts an agreement in the step before, `"any"` one in any earlier step. It
never stands in for anybody else, never where a separation rule names the step, never for what is
irreversible, and never where something has to be filled in or said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from engine.catalog.steps import Step
from engine.how_decided import PERSON, REPEATED
from engine.runtime.diagram import PEOPLE, Diagram
from engine.store.case import Case
from engine.store.tables import signer, task
from engine.store.unit_of_work import UnitOfWork

#: Ways of deciding that are the person's own; a proxy's or the clock's agreement is not theirs.
_OWN = (None, PERSON, REPEATED)


@dataclass(slots=True)
class Repeated:
    """The steps that one command has skipped so far, and whose agreement stood for them."""

    people: dict[str, list[str]] = field(default_factory=dict)
    #: Steps at which people are asked in any case: the case has been put there.
    anew: frozenset[str] = frozenset()

    def note(self, element: str, people: list[str]) -> None:
        """Remember a step that was skipped; in a circle it is not skipped a second time."""
        self.people[element] = people

    def asks(self, element: str) -> bool:
        """True for a step that is not skipped now, whoever has agreed before."""
        return element in self.people or element in self.anew

    def __contains__(self, element: str) -> bool:
        return element in self.people


@dataclass(frozen=True, slots=True)
class _Act:
    at: datetime
    task: str
    element: str
    person: str
    agreed: bool


def agreed_before(uow: UnitOfWork, case: Case, step: Step, repeats: Repeated) -> frozenset[str]:
    """Ids of those whose agreement, given in this case before, counts for the step."""
    acts = _acts(uow, case)
    elements = [act.element for act in acts]
    # What this command has skipped is later than anything that is written.
    elements += repeats.people
    if step.skip_repeated == "adjacent":
        near = [one for one in elements if one in steps_before(case.definition.diagram, step.id)]
        counted = set(near[-1:])
    else:
        counted = set(elements)
    agreed: set[str] = set()
    latest: dict[str, bool] = {}
    for act in acts:
        latest[act.person] = act.agreed
    for element in counted - {step.id}:
        if element in repeats:
            agreed.update(repeats.people[element])
            continue
        last = next(act.task for act in reversed(acts) if act.element == element)
        agreed.update(act.person for act in acts if act.task == last and act.agreed)
    # Who has said otherwise since is asked.
    return frozenset(person for person in agreed if latest.get(person, True))


def _acts(uow: UnitOfWork, case: Case) -> list[_Act]:
    """What people have decided in the case so far and nothing has undone since, oldest first."""
    if case.new:
        return []
    counted = (
        task.c.instance_id == case.id,
        task.c.state == "completed",
        task.c.undone.is_(False),
    )
    singles = uow.execute(
        select(
            task.c.id,
            task.c.element_id,
            task.c.outcome,
            task.c.closed_at,
            task.c.completed_by,
            task.c.completed_for,
            task.c.decided_how,
        ).where(*counted, task.c.tally.is_(None))
    ).all()
    votes = uow.execute(
        select(
            task.c.id,
            task.c.element_id,
            task.c.closed_at,
            signer.c.person_id,
            signer.c.outcome,
            signer.c.decided_how,
        )
        .join(signer, signer.c.task_id == task.c.id)
        .where(*counted, signer.c.state == "voted")
    ).all()
    acts = []
    for row in singles:
        agreed = case.definition.outcome_given(row.element_id, row.outcome).kind == "positive"
        person = row.completed_for if row.decided_how == REPEATED else row.completed_by
        own = row.decided_how in _OWN
        acts.append(_Act(row.closed_at, row.id, row.element_id, person, agreed and own))
    for row in votes:
        agreed = case.definition.outcome_given(row.element_id, row.outcome).kind == "positive"
        own = row.decided_how in _OWN
        acts.append(_Act(row.closed_at, row.id, row.element_id, row.person_id, agreed and own))
    return sorted(acts, key=lambda act: (act.at, act.task))


def steps_before(diagram: Diagram, element: str) -> set[str]:
    """The people's steps that lead to an element with no other of them in between."""
    found: set[str] = set()
    seen: set[str] = set()
    ahead = list(_sources(diagram, element))
    while ahead:
        at = ahead.pop()
        if at in seen:
            continue
        seen.add(at)
        if diagram.elements[at].kind in PEOPLE:
            found.add(at)
        else:
            ahead += _sources(diagram, at)
    return found


def _sources(diagram: Diagram, element: str) -> Iterator[str]:
    one = diagram.elements[element]
    if one.kind == "startEvent" and one.parent is not None:
        yield from _sources(diagram, one.parent)
    for flow in one.incoming:
        source = diagram.elements[diagram.flows[flow].source]
        if source.kind == "subProcess":
            inside = (each.id for each in diagram.inside(source.id) if each.kind == "endEvent")
            yield from inside
        else:
            yield source.id
