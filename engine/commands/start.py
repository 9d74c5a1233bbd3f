"""Start a case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from engine.audit.events import genesis
from engine.catalog.definition import Definition
from engine.commands.advance import Moved, begin
from engine.commands.copies import copy_at_end, copy_at_start
from engine.commands.filled import adopt_files, read_form
from engine.errors import NotAllowed
from engine.forms.paths import laid_under, nested
from engine.ids import new_id
from engine.store.case import Case, save, stream_of
from engine.store.document import Document
from engine.store.unit_of_work import UnitOfWork


@dataclass(slots=True)
class Acted:
    """What a command did to a case: what the answer to its caller is made of."""

    case: Case
    moved: Moved = field(default_factory=Moved)
    task_id: str | None = None
    element: str | None = None
    #: False when a sign-off still waits for others.
    decided: bool = True
    #: True when the verb closed its task.
    closes: bool = False


def start(
    uow: UnitOfWork,
    definition: Definition,
    form: object = None,
    *,
    with_part: Iterable[str] = (),
) -> Acted:
    """Begin a case of this definition for the actor, who becomes its applicant.

    `with_part` are people who had a part in it before it was a case: rules of separation see them as having
    acted at the start event.

    Raise `NotAllowed` when none of the actor's roles may start it, `InvalidForm` when the start form
    does not hold.
    """
    if not may_start(uow, definition):
        raise NotAllowed(process=definition.key, person=uow.actor.id)
    directory = uow.engine.directory
    case = new_case(uow, definition)
    fixed = _fixed(uow, case)
    case.document.write(fixed)
    values = read_form(
        uow, case, definition.start_form, form, case.scope(uow), partial=False, stored={}
    )
    # A group with a path is written whole: what stands fixed in it stays.
    case.document.write(laid_under(values, fixed))
    before = list(with_part)
    for person in before:
        case.note_actor(definition.start_event, person)
    moved = begin(uow, case)
    case.record(
        uow,
        "instance.started",
        {"definition": definition.id},
        {
            "name": directory.name(uow.actor.id),
            "fields": case.document.audit_changes(),
            **({"with_part": before} if before else {}),
            **moved.payload(),
        },
    )
    copy_at_start(uow, case)
    record_end(uow, case)
    save(uow, case)
    moved.insert(uow)
    adopt_files(uow, case, definition.start_form, values)
    return Acted(case, moved, element=definition.start_event)


def _fixed(uow: UnitOfWork, case: Case) -> dict[str, Any]:
    """What the form takes from the applicant's facts and does not let anybody change."""
    form = case.definition.start_form
    if form is None:
        return {}
    readonly = {path for path, one in form.fields() if one.prefill and one.readonly is True}
    if not readonly:
        return {}
    scope = case.scope(uow)
    now = uow.now.astimezone(uow.engine.zone)
    given = form.given(scope.facts, now=now, functions=scope.functions)
    return nested({path: value for path, value in given.items() if path in readonly})


def new_case(uow: UnitOfWork, definition: Definition) -> Case:
    """A case of the actor's that has not begun: nothing is written."""
    directory = uow.engine.directory
    instance_id = new_id()
    case = Case(
        id=instance_id,
        definition=definition,
        title=definition.title,
        starter_id=uow.actor.id,
        places=directory.places(uow.actor.id),
        started_at=uow.now,
        document=Document(instance_id),
        head=genesis(stream_of(instance_id)),
        new=True,
        barred=uow.engine.relatives.of(uow.actor.id),
    )
    case.document.write({"applicant": directory.facts(uow.actor.id)})
    return case


def may_start(uow: UnitOfWork, definition: Definition) -> bool:
    """True when one of the actor's roles may start the process."""
    return any(uow.actor.has_role(role) for role in definition.manifest.start_roles)


def record_end(uow: UnitOfWork, case: Case) -> None:
    """When the case has just ended, say so in its stream, and to who is to know of it."""
    if case.ended_at == uow.now and case.state != "active":
        case.record(uow, "instance.ended", {"state": case.state, "end_event": case.end_event}, {})
        copy_at_end(uow, case)
