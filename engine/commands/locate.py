"""Load a task together with its case, locked, as far as the actor may know of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, func, select

from engine.actors import Actor, person_key
from engine.catalog.steps import Step
from engine.commands.access import candidate_keys, check_separation, key_used
from engine.commands.stand_in import stand_in
from engine.errors import (
    AlreadyClaimed,
    AlreadyDone,
    BeingDecided,
    NotAllowed,
    NotFound,
    Suspended,
    WaitsForAdvice,
)
from engine.how_decided import PERSON, PROXY
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
        task.c.advice,
        task.c.held,
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
    #: The person's row in a sign-off: its state, or None.
    signing: str | None
    #: True when the person's outcome names the result of a decision that was widened by signers.
    leads: bool
    #: Who may take it, where one person decides.
    keys: list[str]
    #: The key under which the actor may act, or None.
    key: str | None
    #: Whose part it is: the actor's own, or the owner's for whom the actor stands in.
    person: str
    #: The owner, where the actor stands in for one.
    acts_for: str | None = None
    #: Who waits for whose advice: owner → adviser.
    advice: dict[str, str] = field(default_factory=dict)
    #: Whose part is decided by whom and does not count yet: owner → person.
    held: dict[str, str] = field(default_factory=dict)

    @property
    def how(self) -> str:
        """How this person's act is named in the record and in print."""
        return PERSON if self.acts_for is None else PROXY

    @property
    def personal(self) -> bool:
        """True where the part is one person's alone: there is no list it could be taken from."""
        return self.tally is not None or self.keys == [person_key(self.person)]

    def subject(self, **facts: Any) -> dict[str, Any]:
        """What an event about this task names; a deputy's names whom it was done for."""
        found = {"task": self.id, "element": self.step.id, **facts}
        return found if self.acts_for is None else found | {"for": self.acts_for}

    def names(self, uow: UnitOfWork) -> dict[str, Any]:
        """The names that belong into the payload of an event about this task."""
        found = {"name": uow.engine.directory.name(uow.actor.id)}
        if self.acts_for is not None:
            found["for_name"] = uow.engine.directory.name(self.acts_for)
        return found

    def holder(self, uow: UnitOfWork) -> Actor:
        """Whose part it is, with that person's own keys."""
        return uow.actor if self.acts_for is None else uow.engine.directory.actor(self.person)

    def note_actor(self, uow: UnitOfWork) -> None:
        """Whoever acted is bound by it later, and so is whom they stood in for."""
        self.case.note_actor(self.step.id, uow.actor.id)
        if self.acts_for is not None:
            self.case.note_actor(self.step.id, self.acts_for)

    def check_no_advice(self) -> None:
        """Raise `WaitsForAdvice` while this person's question is with somebody."""
        if self.person in self.advice:
            raise WaitsForAdvice(task=self.id, by=self.advice[self.person])

    def check_not_held(self) -> None:
        """Raise `BeingDecided` while a decision on this part is being held, whoever made it."""
        by = self.held.get(self.person) if self.tally else next(iter(self.held.values()), None)
        if by is not None:
            raise BeingDecided(task=self.id, by=by)

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
    return _find(uow, task_id)[0]


def locate(uow: UnitOfWork, task_id: str, *, signed: bool = False) -> Located:
    """The task for acting on it, in the own right or in the stead of somebody.

    With `signed` a deputy comes back to the vote that was cast in an owner's stead. Raise `NotFound` for
    a task the actor may not know of, `NotAllowed` for one the actor may only see, `AlreadyDone` when
    somebody has finished it.
    """
    found, completed_by = _find(uow, task_id)
    _find_part(uow, found, signed=signed)
    _check(uow, found, completed_by)
    return found


def locate_to_arrange(uow: UnitOfWork, task_id: str) -> tuple[Located, bool]:
    """The task for arranging who signs it, and whether the actor does so as an administrator.

    Raises as `locate` does for whoever has no part in it and looks after no cases.
    """
    found, completed_by = _find(uow, task_id)
    if not uow.actor.administers:
        _find_part(uow, found)
        _check(uow, found, completed_by)
        return found, False
    if found.case.state == SUSPENDED:
        raise Suspended(instance=found.case.id)
    if found.state != "open":
        raise AlreadyDone(task=found.id, state=found.state)
    return found, True


def _find(uow: UnitOfWork, task_id: str) -> tuple[Located, str | None]:
    row = uow.execute(_FIND, {"task": task_id, "person": uow.actor.id}).one_or_none()
    if row is None:
        raise NotFound(task=task_id)
    return _located(uow, row._mapping, from_row(uow, row)), row.completed_by


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
            key = person_key(uow.actor.id)
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
        person=uow.actor.id,
        advice=fields["advice"] or {},
        held=fields["held"] or {},
    )


def _find_part(uow: UnitOfWork, found: Located, *, signed: bool = False) -> None:
    """Whose part the actor does: the own one where there is one, else an owner's."""
    if found.tally is not None and found.signing in (None, "waiting"):
        _look_again(uow, found)
    if not _own_right_suffices(found):
        stand_in(uow, found, signed=signed)


def _own_right_suffices(found: Located) -> bool:
    if found.tally is not None:
        return found.signing not in (None, "removed")
    return found.key is not None and found.claimed_by in (None, found.person)


def _check(uow: UnitOfWork, found: Located, completed_by: str | None) -> None:
    actor, case = uow.actor.id, found.case
    if found.key is None:
        if found.widened and key_used(uow.actor, candidate_keys(uow, found.case, found.step)):
            raise AlreadyClaimed(task=found.id)
        if (
            actor == case.starter_id
            or case.has_part(actor)
            or _signs_elsewhere(uow, case.id)
            or has_copy(uow.connection, actor, case.id)
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
    found.check_not_held()


def _look_again(uow: UnitOfWork, found: Located) -> None:
    """The signer's row was read before the lock was ours: before saying no, read it as it is now."""
    row = uow.execute(
        select(signer.c.state, signer.c.lead).where(
            signer.c.task_id == found.id, signer.c.person_id == uow.actor.id
        )
    ).one_or_none()
    if row is not None:
        found.signing, found.leads, found.key = row.state, row.lead, person_key(uow.actor.id)


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
