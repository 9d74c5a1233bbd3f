"""Load a task together with its case, locked, as far as the actor may know of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, select

from engine.catalog.steps import Step
from engine.commands.access import candidate_keys, check_separation, key_used
from engine.errors import AlreadyClaimed, AlreadyDone, NotAllowed, NotFound, Suspended
from engine.queries.readers import has_copy
from engine.sign_off import WIDENED, SignOff, Tally
from engine.store.case import SUSPENDED, Case, columns, from_row
from engine.store.tables import case_document, instance, signer, task
from engine.store.unit_of_work import UnitOfWork

_FIND = (
    select(
        *columns(),
        task.c.id.label("task_id"),
        task.c.token,
        task.c.element_id,
        task.c.state.label("task_state"),
        task.c.claimed_by,
        task.c.completed_by,
        task.c.due_at,
        func.coalesce(task.c.counts_from, task.c.created_at).label("counts_from"),
        task.c.candidate_keys,
        task.c.tally,
        task.c.rule,
        signer.c.state.label("signer_state"),
        signer.c.lead,
    )
    .select_from(
        instance.join(case_document)
        .join(task, task.c.instance_id == instance.c.id)
        .outerjoin(
            signer, and_(signer.c.task_id == task.c.id, signer.c.person_id == bindparam("person"))
        )
    )
    .where(task.c.id == bindparam("task"))
    # The instance first: it is the lock that all commands on a case share. The other rows are
    # named so that a command that waited reads them as they are now.
    .with_for_update(of=[instance, case_document, task])
)


@dataclass(slots=True)
class Located:
    """A task under the lock of its case, and how the actor stands to it."""

    id: str
    token: str
    state: str
    step: Step
    case: Case
    claimed_by: str | None
    due_at: datetime | None
    #: The instant its deadlines count from.
    counts_from: datetime
    tally: Tally | None
    #: The actor's row in a sign-off: its state, or None.
    signing: str | None
    #: True when the actor's outcome names the result of a decision that was widened by signers.
    leads: bool
    #: Who may take it, where one person decides.
    keys: list[str]
    #: The key under which the actor may act, or None.
    key: str | None

    @property
    def widened(self) -> bool:
        """True while several sign what the diagram gives to one person."""
        return self.tally is not None and not self.step.sign_off.several

    @property
    def sign_off(self) -> SignOff:
        """The rules by which its votes are read."""
        return WIDENED if self.widened else self.step.sign_off


def locate_for_clock(uow: UnitOfWork, task_id: str) -> Located:
    """The task for what happens by itself, e.g. when its time is over; raise `NotFound`."""
    row = uow.execute(_FIND, {"task": task_id, "person": uow.actor.id}).one_or_none()
    if row is None:
        raise NotFound(task=task_id)
    return _located(uow, row._mapping, from_row(uow, row))


def locate(uow: UnitOfWork, task_id: str) -> Located:
    """The task for acting on it.

    Raise `NotFound` for a task the actor may not know of, `NotAllowed` for one the actor may only see,
    `AlreadyDone` when somebody has finished it.
    """
    row = uow.execute(_FIND, {"task": task_id, "person": uow.actor.id}).one_or_none()
    if row is None:
        raise NotFound(task=task_id)
    found = _located(uow, row._mapping, from_row(uow, row))
    _check(uow, found, row.completed_by)
    return found


def locate_to_arrange(uow: UnitOfWork, task_id: str) -> tuple[Located, bool]:
    """The task for arranging who signs it, and whether the actor does so as an administrator.

    Raises as `locate` does for whoever has no part in it and looks after no cases.
    """
    found = locate_for_clock(uow, task_id)
    if not uow.actor.holds(uow.engine.directory.administrator_keys()):
        _check(uow, found, None)
        return found, False
    if found.case.state == SUSPENDED:
        raise Suspended(instance=found.case.id)
    if found.state != "open":
        raise AlreadyDone(task=found.id, state=found.state)
    return found, True


def _located(uow: UnitOfWork, fields: Any, case: Case) -> Located:
    step = case.definition.steps[fields["element_id"]]
    case.look_from(fields["token"])
    signing = None
    key = None
    keys = fields["candidate_keys"]
    if keys is None and fields["tally"] is None:
        # Opened by a version that did not keep them.
        keys = candidate_keys(uow, case, step)
    if fields["tally"] is not None:
        if fields["signer_state"] is not None:
            signing = fields["signer_state"]
            key = f"person:{uow.actor.id}"
    else:
        key = key_used(uow.actor, keys)
    return Located(
        id=fields["task_id"],
        token=fields["token"],
        state=fields["task_state"],
        step=step,
        case=case,
        claimed_by=fields["claimed_by"],
        due_at=fields["due_at"],
        counts_from=fields["counts_from"],
        tally=None if fields["tally"] is None else Tally(**fields["tally"]),
        signing=signing,
        leads=bool(fields["lead"]),
        keys=keys or [],
        key=key,
    )


def _check(uow: UnitOfWork, found: Located, completed_by: str | None) -> None:
    actor = uow.actor.id
    if found.tally is not None and found.signing in (None, "waiting"):
        _look_again(uow, found)
    if found.key is None:
        if found.widened and key_used(uow.actor, candidate_keys(uow, found.case, found.step)):
            raise AlreadyClaimed(task=found.id)
        if (
            actor == found.case.starter_id
            or any(actor in found.case.who_acted(one) for one in found.case.participants)
            or _signs_elsewhere(uow, found.case.id)
            or has_copy(uow.connection, actor, found.case.id)
        ):
            # Where a rule of separation is the reason, it is the one worth telling.
            check_separation(found.case, found.step.id, actor)
            raise NotAllowed(
                instance=found.case.id, element=found.step.id, task=found.id, person=actor
            )
        raise NotFound(task=found.id)
    if found.state != "open":
        raise AlreadyDone(task=found.id, by=completed_by, state=found.state)
    if found.case.state == SUSPENDED:
        raise Suspended(instance=found.case.id)


def _look_again(uow: UnitOfWork, found: Located) -> None:
    """The signer's row was read before the lock was ours: before saying no, read it as it is now."""
    row = uow.execute(
        select(signer.c.state, signer.c.lead).where(
            signer.c.task_id == found.id, signer.c.person_id == uow.actor.id
        )
    ).one_or_none()
    if row is not None:
        found.signing, found.leads, found.key = row.state, row.lead, f"person:{uow.actor.id}"


def _signs_elsewhere(uow: UnitOfWork, instance_id: str) -> bool:
    """True when the actor is, or was, a signer of this case; asked only before saying no."""
    own = (
        select(signer.c.task_id)
        .join(task, task.c.id == signer.c.task_id)
        .where(
            task.c.instance_id == instance_id,
            signer.c.person_id == uow.actor.id,
            signer.c.state != "removed",
        )
    )
    return uow.execute(own.limit(1)).first() is not None
