"""Say something about a case outside of any decision, name people in it, and add files.

Remarks are never changed: like an opinion they are on the record. Files may be added while the case
runs; what a decision was based on does not grow afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import insert, select, update

from engine.commands.copies import MAX_NOTE, give_copies, named_people, require_part
from engine.errors import AlreadyDone, Invalid, NotFound
from engine.ids import new_id
from engine.queries.readers import may_know
from engine.store.case import Case, lock, save
from engine.store.participants import OBJECTORS
from engine.store.tables import comment, document_file, task
from engine.store.unit_of_work import UnitOfWork

#: The longest remark, in characters.
MAX_TEXT = 2000
#: The most files one remark brings.
MOST_FILES = 10


class NothingSaid(Invalid):
    """A remark needs a text of at most 2000 characters, an addition at least one file."""

    problem = "nothing_said"


class MayNotRead(Invalid):
    """Somebody named may not read the case; `people` says who."""

    problem = "may_not_read"


@dataclass(frozen=True, slots=True)
class Said:
    """A remark that was made."""

    id: str
    case: Case
    mentions: list[str]
    #: Those who got a copy of the case by being named.
    copied: list[str] = field(default_factory=list)


def add_comment(
    uow: UnitOfWork,
    instance_id: str,
    text: str,
    *,
    mentions: Sequence[str] = (),
    files: Sequence[str] = (),
    copy: bool = False,
) -> Said:
    """Make a remark; whoever may read the case may.

    Who is named must be able to read it: raise `MayNotRead`, or with `copy` give a copy, which only
    who takes part may do.
    """
    text = text.strip()
    if not text or len(text) > MAX_TEXT:
        raise NothingSaid(length=len(text))
    case = _for_reading(uow, instance_id)
    named = named_people(uow, mentions) if mentions else []
    outside = [one for one in named if not _may_read(uow, case, one)]
    if outside and not copy:
        raise MayNotRead(people=outside, names=[uow.engine.directory.name(one) for one in outside])
    if outside:
        require_part(uow, case)
    brought = _adopt(uow, case, files)
    said = _keep(uow, case, "case.commented", text, named, brought)
    copied = give_copies(uow, case, outside, by=uow.actor.id) if outside else []
    uow.tell("mentioned", named, instance=case.id)
    others = [one for one in _involved(uow, case) if one not in named]
    uow.tell("commented", others, instance=case.id)
    save(uow, case)
    return Said(said, case, named, copied)


def attach(uow: UnitOfWork, instance_id: str, files: Sequence[str], *, note: str = "") -> Said:
    """Add files to a running case, with a word on what they are; whoever may read it may."""
    if not files:
        raise NothingSaid(files=0)
    case = _for_reading(uow, instance_id)
    brought = _adopt(uow, case, files)
    said = _keep(uow, case, "case.attached", note.strip()[:MAX_NOTE], [], brought)
    uow.tell("attached", _involved(uow, case), instance=case.id, files=len(brought))
    save(uow, case)
    return Said(said, case, [])


class HasState(Protocol):
    """Commands' cases and readers' views have it."""

    @property
    def state(self) -> str: ...


def takes_files(case: HasState) -> bool:
    """True while the case runs; once it has ended nothing is added to what it was decided on."""
    return case.state in ("active", "suspended")


def _for_reading(uow: UnitOfWork, instance_id: str) -> Case:
    case = lock(uow, instance_id)
    if not may_know(uow.connection, case.definition, uow.actor, case):
        raise NotFound(instance=instance_id)
    return case


def _may_read(uow: UnitOfWork, case: Case, person: str) -> bool:
    actor = uow.engine.directory.actor(person)
    return may_know(uow.connection, case.definition, actor, case)


def _adopt(uow: UnitOfWork, case: Case, files: Sequence[str]) -> list[Any]:
    """The files now belong to the case; raise `NotFound` for one the actor did not bring."""
    wanted = list(dict.fromkeys(files))
    if not wanted:
        return []
    if len(wanted) > MOST_FILES:
        raise NothingSaid(files=len(wanted))
    if not takes_files(case):
        raise AlreadyDone(instance=case.id, state=case.state)
    mine = (
        document_file.c.id.in_(wanted),
        document_file.c.kind == "attachment",
        document_file.c.instance_id.is_(None),
        document_file.c.created_by == uow.actor.id,
    )
    rows = {
        row.id: row
        for row in uow.execute(
            select(document_file.c.id, document_file.c.name, document_file.c.digest).where(*mine)
        )
    }
    changed = uow.execute(update(document_file).where(*mine).values(instance_id=case.id))
    if len(rows) != len(wanted) or changed.rowcount != len(wanted):
        raise NotFound(file=next((one for one in wanted if one not in rows), wanted[0]))
    return [rows[one] for one in wanted]


def _keep(
    uow: UnitOfWork, case: Case, event: str, text: str, named: list[str], files: list[Any]
) -> str:
    said = new_id()
    uow.execute(
        insert(comment).values(
            id=said,
            instance_id=case.id,
            author_id=uow.actor.id,
            text=text,
            mentions=named,
            files=[row.id for row in files],
            at=uow.now,
        )
    )
    directory = uow.engine.directory
    case.record(
        uow,
        event,
        # A subject holds words only: the hash of each file by itself.
        {"comment": said, **{f"file_{n}": row.digest for n, row in enumerate(files, start=1)}},
        {
            "name": directory.name(uow.actor.id),
            "text": text,
            "mentions": named,
            "names": [directory.name(one) for one in named],
            "files": [row.name for row in files],
        },
    )
    return said


def _involved(uow: UnitOfWork, case: Case) -> list[str]:
    """Who follows the case: the applicant, who has acted, who has taken a task on; not a whole pool."""
    people = [case.starter_id]
    for element, who in case.participants.items():
        if element != OBJECTORS:
            people += who.get("people", ())
    taken = select(task.c.claimed_by).where(
        task.c.instance_id == case.id, task.c.state == "open", task.c.claimed_by.is_not(None)
    )
    people += uow.execute(taken).scalars()
    directory = uow.engine.directory
    return [one for one in dict.fromkeys(people) if directory.is_active(one)]
