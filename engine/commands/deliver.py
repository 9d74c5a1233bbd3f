"""Deliver a message that a case waits for: who may, what it brings, and the token goes on."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import update

from engine.catalog.steps import Step
from engine.commands.access import candidate_keys, check_separation, key_used
from engine.commands.advance import advance
from engine.commands.start import Acted, record_end
from engine.errors import (
    EngineError,
    InvalidForm,
    MessageNotAwaited,
    NotAllowed,
    NotFound,
    Suspended,
)
from engine.forms.field import FieldError
from engine.scope import ExpressionFailed
from engine.sealing import is_sealed
from engine.store.case import Case, lock, save
from engine.store.tables import job
from engine.store.unit_of_work import UnitOfWork

#: The most a message may bring.
MOST_FIELDS, LONGEST_NAME, LONGEST_TEXT = 100, 100, 2_000


def deliver(
    uow: UnitOfWork,
    instance_id: str,
    message: str,
    fields: Mapping[str, object] | None = None,
) -> Acted:
    """Hand a case the message of this name, with plain values where its element says `into`.

    Where several tokens wait for it, the first that the actor may serve goes on. Raise `NotFound` for
    a case the actor may not know of, `MessageNotAwaited` when somebody was first or it is too early.
    """
    case = lock(uow, instance_id)
    steps = {
        step.id: step
        for step in case.definition.messages.values()
        if case.definition.message_of(step.id) == message
    }
    found = _first_served(uow, case, steps)
    if found is None:
        raise _refusal(uow, case, steps, message)
    if case.state == "suspended":
        raise Suspended(instance=case.id, state=case.state)
    token, step, key = found
    case.look_from(token)
    if fields is not None:
        _check(case, step, fields)
        case.put(step.into, dict(fields))
    case.note_actor(step.id, uow.actor.id)
    item = case.open.pop(token)
    uow.execute(update(job).where(job.c.id == item.row).values(state="done"))
    moved = advance(uow, case, lambda execution: execution.receive(token))
    case.record(
        uow,
        "message.received",
        {"job": item.row, "element": step.id, "message": message},
        {
            "name": uow.engine.directory.name(uow.actor.id),
            "as": key,
            "fields": case.document.audit_changes(),
            **moved.payload(),
        },
    )
    record_end(uow, case)
    save(uow, case)
    moved.insert(uow)
    return Acted(case, moved, element=step.id)


def _first_served(
    uow: UnitOfWork, case: Case, steps: Mapping[str, Step]
) -> tuple[str, Step, str] | None:
    """The first waiting token whose message the actor may deliver, and the key under which."""
    forbidden: EngineError | None = None
    for token in sorted(case.open, key=int):
        step = steps.get(case.open[token].element)
        if step is None:
            continue
        case.look_from(token)
        key = key_used(uow.actor, candidate_keys(uow, case, step))
        if key is None:
            continue
        try:
            check_separation(case, step.id, uow.actor.id)
        except NotAllowed as reason:
            forbidden = forbidden or reason
            continue
        return token, step, key
    if forbidden is not None:
        raise forbidden
    return None


def _refusal(uow: UnitOfWork, case: Case, steps: Mapping[str, Step], message: str) -> EngineError:
    """What to say to somebody whose message nothing takes; an outsider does not learn of the case."""
    case.runs = ()
    knows = (
        uow.actor.id == case.starter_id
        or case.has_part(uow.actor.id)
        or any(_might_send(uow, case, step) for step in steps.values())
    )
    if not knows:
        return NotFound(instance=case.id)
    if any(item.element in steps for item in case.open.values()):
        return NotAllowed(instance=case.id, person=uow.actor.id)
    return MessageNotAwaited(instance=case.id, message=message, state=case.state)


def _might_send(uow: UnitOfWork, case: Case, step: Step) -> bool:
    try:
        return key_used(uow.actor, candidate_keys(uow, case, step)) is not None
    except ExpressionFailed:
        return False  # known only while the message is waited for


def _check(case: Case, step: Step, fields: Mapping[str, object]) -> None:
    """A message brings few, short and plain values, and only where its element says where they go."""
    errors = [] if step.into else [FieldError("", "unknown_field")]
    if len(fields) > MOST_FIELDS:
        errors.append(FieldError("", "too_many_items", {"max": MOST_FIELDS}))
    for name, value in fields.items():
        if not name or len(name) > LONGEST_NAME:
            errors.append(FieldError(name[:LONGEST_NAME], "too_long", {"max": LONGEST_NAME}))
        elif not isinstance(value, (str, int, float, bool, type(None))):
            errors.append(FieldError(name, "wrong_type"))
        elif isinstance(value, str) and len(value) > LONGEST_TEXT:
            errors.append(FieldError(name, "too_long", {"max": LONGEST_TEXT}))
        elif is_sealed(value):
            # It would pass for a value of ours, and nothing could read the case any more.
            errors.append(FieldError(name, "forbidden_character"))
    if errors:
        raise InvalidForm(errors=errors, instance=case.id)
