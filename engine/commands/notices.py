"""Object to a public notice."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from sqlalchemy import Row, insert, select

from engine.actors import Actor, Directory
from engine.errors import Conflict, Invalid, NotFound, SeparationOfDuties, TooLate
from engine.ids import new_id
from engine.store.case import lock, save
from engine.store.tables import notice, objection
from engine.store.unit_of_work import UnitOfWork

#: Longest parts of an objection, in characters.
LONGEST = {"real_name": 60, "contact": 100, "content": 2000}
#: Who the record names instead of the objector: only reviewers may know.
WITHHELD = "withheld"


class NoticeOver(TooLate):
    """Objections are taken from the first to the last day of an open notice only."""

    problem = "notice_over"


class AlreadyObjected(Conflict):
    """The same person has objected to this notice before."""

    problem = "already_objected"


class InvalidObjection(Invalid):
    """An objection needs a real name, a way to reach the person, and what is objected."""

    problem = "invalid_objection"


def object_to_notice(
    uow: UnitOfWork, notice_id: str, *, real_name: str, contact: str, content: str
) -> str:
    """Hand in the actor's objection; return its id. The caller commits.

    Raise `NotFound` outside the notice's scope, `NoticeOver` unless it is open today,
    `SeparationOfDuties` for the applicant, `AlreadyObjected` the second time, `InvalidObjection`.
    """
    texts = _texts(real_name=real_name, contact=contact, content=content)
    instance_id = uow.execute(
        select(notice.c.instance_id).where(notice.c.id == notice_id)
    ).scalar_one_or_none()
    if instance_id is None:
        raise NotFound(notice=notice_id)
    case = lock(uow, instance_id)
    row = uow.execute(select(notice).where(notice.c.id == notice_id)).one()
    if row.place not in (None, *places_of(uow.engine.directory, uow.actor)):
        raise NotFound(notice=notice_id)
    if uow.actor.id == case.starter_id:
        raise SeparationOfDuties(instance=case.id, person=uow.actor.id, rule="own_case")
    if not takes_objections(row, uow.today):
        raise NoticeOver(notice=notice_id, state=row.state, ends=row.ends_on.isoformat())
    _check_first(uow, notice_id)
    objection_id = new_id()
    sealed = uow.engine.keyring.seal(
        json.dumps(texts, ensure_ascii=False), objection_context(notice_id)
    )
    uow.execute(
        insert(objection).values(
            id=objection_id,
            notice_id=notice_id,
            person_id=uow.actor.id,
            sealed=sealed,
            at=uow.now,
            state="open",
        )
    )
    subject = {"notice": notice_id, "objection": objection_id}
    case.note_objector(uow.actor.id)
    case.head = uow.record(case.head, "notice.objected", subject, {}, actor=WITHHELD)
    save(uow, case)
    return objection_id


def takes_objections(row: Row[Any], today: date) -> bool:
    """True from the first to the last day of an open notice."""
    first, last = row.starts_on, row.ends_on
    return row.state == "open" and bool(first <= today <= last)


def places_of(directory: Directory, actor: Actor) -> frozenset[str]:
    """The places whose notices a person sees; one without a place is for everybody."""
    own = {actor.unit} if actor.unit else set()
    places = own | set(directory.places(actor.id).values())
    # What was shown to a unit stays shown to its people where the unit has merged into theirs.
    return frozenset(places.union(*(directory.former(place) for place in places)))


def objection_context(notice_id: str) -> str:
    """What a sealed objection is bound to."""
    return f"{notice_id}/objection"


def _texts(**texts: str) -> dict[str, str]:
    trimmed = {name: text.strip() for name, text in texts.items()}
    for name, text in trimmed.items():
        if not 1 <= len(text) <= LONGEST[name]:
            raise InvalidObjection(field=name, longest=LONGEST[name])
    return trimmed


def _check_first(uow: UnitOfWork, notice_id: str) -> None:
    before = select(objection.c.id).where(
        objection.c.notice_id == notice_id, objection.c.person_id == uow.actor.id
    )
    if uow.execute(before).one_or_none() is not None:
        raise AlreadyObjected(notice=notice_id)
