"""Show a case to somebody who does not decide in it (抄送), by hand or as the package says.

A copy lets its holder read the case and say something about it, never act in it. It is not passed
on: only who takes part gives copies.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update

from engine.catalog.steps import HEAD, Candidate, Step, read_candidates
from engine.errors import Invalid, NotAllowed, NotFound
from engine.queries.readers import may_know, takes_part
from engine.store.case import Case, lock, save
from engine.store.tables import copy
from engine.store.unit_of_work import UnitOfWork

#: The most people one act may name.
MOST_AT_ONCE = 50
#: The longest note, in characters.
MAX_NOTE = 200
#: Who gave a copy that the package asks for.
BY_THE_PACKAGE = "system"


class UnknownPerson(Invalid):
    """There is nobody of this id, or the person is not active any more."""

    problem = "unknown_person"


@dataclass(frozen=True, slots=True)
class Copied:
    """Who got a copy; who had one before is left out."""

    case: Case
    people: list[str]


def copy_to(uow: UnitOfWork, instance_id: str, people: Sequence[str], *, note: str = "") -> Copied:
    """Give people a copy of the case. Whoever has one keeps it, with the moment it was read.

    Raise `NotAllowed` for who may only read the case, `UnknownPerson` for who is not active.
    """
    case = lock(uow, instance_id)
    require_part(uow, case)
    wanted = named_people(uow, people)
    given = give_copies(uow, case, wanted, by=uow.actor.id, note=note)
    if given:
        save(uow, case)
    return Copied(case, given)


def require_part(uow: UnitOfWork, case: Case) -> None:
    """Raise `NotAllowed` for a mere reader of the case, `NotFound` for who may not know of it."""
    if takes_part(uow.connection, uow.actor, case):
        return
    if may_know(uow.connection, case.definition, uow.actor, case):
        raise NotAllowed(instance=case.id, person=uow.actor.id)
    raise NotFound(instance=case.id)


def named_people(uow: UnitOfWork, people: Iterable[str]) -> list[str]:
    """The people an act names, each once and never the actor; raise `UnknownPerson`."""
    found = [one for one in dict.fromkeys(people) if one != uow.actor.id]
    if not found or len(found) > MOST_AT_ONCE:
        raise UnknownPerson(number=len(found))
    for person in found:
        if not uow.engine.directory.is_active(person):
            raise UnknownPerson(person=person)
    return found


def give_copies(
    uow: UnitOfWork,
    case: Case,
    people: Sequence[str],
    *,
    by: str,
    note: str = "",
    element: str = "",
) -> list[str]:
    """Note copies on the case and tell their holders; `save` writes them. Return who had none yet."""
    given = [one for one in people if one not in _holders(uow, case, people)]
    if not given:
        return []
    note = note.strip()[:MAX_NOTE]
    directory = uow.engine.directory
    case.copies += [
        {"instance_id": case.id, "person_id": one, "by_id": by, "note": note, "at": uow.now}
        for one in given
    ]
    name = "" if by == BY_THE_PACKAGE else directory.name(by)
    case.record(
        uow,
        "case.copied",
        {"element": element, "automatic": True} if by == BY_THE_PACKAGE else {},
        {
            "name": name,
            "people": given,
            "names": [directory.name(one) for one in given],
            "note": note,
        },
    )
    uow.tell("copied", given, instance=case.id, by=by)
    return given


def copy_after(uow: UnitOfWork, case: Case, step: Step) -> None:
    """A step is done: who the diagram names gets a copy; nothing is asked where it names nobody."""
    if step.cc:
        _copy_by_package(uow, case, step.cc, step.id)


def copy_at_start(uow: UnitOfWork, case: Case) -> None:
    """A case has begun: who `[cc] started` names gets a copy."""
    if text := case.definition.manifest.cc_started:
        _copy_by_package(uow, case, read_candidates(text, "cc"), case.definition.start_event)


def copy_at_end(uow: UnitOfWork, case: Case) -> None:
    """A case has run to its end (not withdrawn): who `[cc] ended` names gets a copy."""
    if text := case.definition.manifest.cc_ended:
        _copy_by_package(uow, case, read_candidates(text, "cc"), case.end_event or "")


def mark_read(uow: UnitOfWork, instance_id: str) -> bool:
    """The actor has opened the case: the copy is read from now on. True when it was not before.

    This takes no lock and leaves no event: reading is no act in the case, and the row keeps the moment.
    """
    changed = uow.execute(
        update(copy)
        .where(
            copy.c.instance_id == instance_id,
            copy.c.person_id == uow.actor.id,
            copy.c.read_at.is_(None),
        )
        .values(read_at=uow.now)
    )
    return changed.rowcount == 1


def _holders(uow: UnitOfWork, case: Case, people: Sequence[str]) -> set[str]:
    waiting = {str(row["person_id"]) for row in case.copies}
    if case.new or not people:
        return waiting
    known = uow.execute(
        select(copy.c.person_id).where(
            copy.c.instance_id == case.id, copy.c.person_id.in_(list(people))
        )
    ).scalars()
    return waiting | set(known)


def _copy_by_package(
    uow: UnitOfWork, case: Case, candidates: Sequence[Candidate], element: str
) -> None:
    """Those who have a part in the case anyway need no copy of it."""
    involved = {case.starter_id, uow.actor.id}
    involved.update(one for who in case.participants.values() for one in who.get("people", ()))
    people = [
        one
        for one in _people(uow, case, candidates)
        if one not in involved and uow.engine.directory.is_active(one)
    ]
    give_copies(uow, case, people, by=BY_THE_PACKAGE, element=element)


def _people(uow: UnitOfWork, case: Case, candidates: Sequence[Candidate]) -> list[str]:
    """Those named; a place the case does not know, or a null, is nobody: a copy never stops a case."""
    directory = uow.engine.directory
    found: list[str] = []
    for candidate in candidates:
        place = case.places.get(candidate.place)
        if candidate.starter:
            found.append(case.starter_id)
        elif candidate.expression:
            value = case.scope(uow).evaluate(candidate.expression)
            found += [str(one) for one in (value if isinstance(value, list) else [value]) if one]
        elif place is not None and candidate.role == HEAD:
            found += directory.heads(place)
        elif place is not None:
            found += directory.holders(candidate.role, place)
    return list(dict.fromkeys(found))
