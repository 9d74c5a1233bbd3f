"""The applicant takes the case back: for good, or to revise it and hand it in again.

Either way every token dies, and every effect is undone as it declared.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from engine.catalog.definition import Definition
from engine.commands.advance import Moved, advance
from engine.commands.send_back import put_back
from engine.commands.sending_back import APPLICANT, Target, choose, targets
from engine.commands.start import Acted
from engine.commands.trail import Trail
from engine.commands.undoing import undo_effects
from engine.commands.waiting import tell_taken_back, waiting_by_task
from engine.errors import AlreadyDone, NoSuchTarget, NotAllowed, NotFound, Suspended, TooLate
from engine.queries.readers import has_copy
from engine.store.case import SUSPENDED, Case, lock, save
from engine.store.unit_of_work import UnitOfWork


def withdraw(uow: UnitOfWork, instance_id: str, *, reason: str = "") -> Acted:
    """End the actor's own case. Raise `TooLate` once an element named by the package was entered."""
    case = _own(uow, instance_id)
    undone = undo_effects(uow, case)
    moved = end_early(uow, case, "withdrawn")
    case.record(
        uow,
        "instance.withdrawn",
        {},
        {
            "reason": reason.strip()[:500],
            "name": uow.engine.directory.name(uow.actor.id),
            "effects": undone,
            **moved.payload(),
        },
    )
    save(uow, case)
    return Acted(case, moved)


class Withdrawable(Protocol):
    """As much of a case as withdrawing asks for; commands and readers both have it."""

    @property
    def id(self) -> str: ...
    @property
    def definition(self) -> Definition: ...
    @property
    def state(self) -> str: ...
    @property
    def entered(self) -> Sequence[str]: ...


def check_withdrawable(case: Withdrawable) -> None:
    """Raise what forbids the applicant to withdraw now."""
    if case.state == SUSPENDED:
        raise Suspended(instance=case.id)
    if case.state != "active":
        raise AlreadyDone(instance=case.id, state=case.state)
    until = case.definition.manifest.withdraw_until
    if until is None:
        raise TooLate(instance=case.id)
    passed = until.intersection(case.entered)
    if passed:
        raise TooLate(instance=case.id, element=sorted(passed)[0])


def end_early(uow: UnitOfWork, case: Case, state: str) -> Moved:
    """Let every token of the case die."""
    case.state = state
    case.ended_at = uow.now
    return advance(uow, case, lambda execution: execution.cancel())


def revise(uow: UnitOfWork, instance_id: str, *, reason: str = "") -> Acted:
    """Take the actor's own case back to its beginning, to change it and hand it in again (撤回).

    The same limit as for withdrawing holds. Raise `NoSuchTarget` where the package does not allow it
    or the case has no place of the applicant's to go back to.
    """
    case = _own(uow, instance_id)
    if not case.definition.manifest.revisable:
        raise NoSuchTarget(instance=case.id)
    trail = Trail(uow.connection, case)
    target = revision_target(trail, case)
    waited = waiting_by_task(uow, case)
    put = put_back(uow, case, trail, target)
    tell_taken_back(uow, case, waited, put.moved.cancelled)
    case.record(
        uow,
        "instance.revised",
        {"target": target.element},
        {
            "reason": reason.strip()[:500],
            "name": uow.engine.directory.name(uow.actor.id),
            **put,
        },
    )
    save(uow, case)
    put.moved.insert(uow)
    return Acted(case, put.moved)


class Revisable(Withdrawable, Protocol):
    """As much of a case as taking it back asks for."""

    @property
    def tokens(self) -> dict[str, Any] | None: ...


def revision_target(trail: Trail, case: Revisable) -> Target:
    """Where the applicant would have the case again; raise `NoSuchTarget`."""
    assert case.tokens is not None
    living = [entry[0] for entry in case.tokens["tokens"]]
    found = [
        one
        for token in living
        for one in targets(trail, case.tokens, token)
        if APPLICANT in one.words
    ]
    if not found:
        raise NoSuchTarget(instance=case.id)
    return choose(found, APPLICANT)


def _own(uow: UnitOfWork, instance_id: str) -> Case:
    case = lock(uow, instance_id)
    if uow.actor.id != case.starter_id:
        acted = case.has_part(uow.actor.id) or has_copy(uow.connection, uow.actor.id, case.id)
        raise NotAllowed(instance=case.id) if acted else NotFound(instance=instance_id)
    check_withdrawable(case)
    return case
