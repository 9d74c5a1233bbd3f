"""Load a task together with its case, locked, as far as the actor may know of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, select

from engine.actors import person_key
from engine.catalog.steps import Step
from engine.commands.access import candidate_keys, check_separation, key_used
from engine.commands.stand_in import stand_in
from engine.errors import AlreadyDone, NotAllowed, NotFound, WaitsForAdvice
from engine.sign_off import Tally
from engine.store.case import Case, columns, from_row
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
        task.c.candidate_keys,
        task.c.advice,
        task.c.tally,
        signer.c.state.label("signer_state"),
        signer.c.position,
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
    tally: Tally | None
    #: The person's row in a sign-off: (state, position), or None.
    signing: tuple[str, int] | None
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

    @property
    def how(self) -> str:
        """How this person's act is named in the record and in print."""
        return "person" if self.acts_for is None else "proxy"

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

    def check_no_advice(self) -> None:
        """Raise `WaitsForAdvice` while this person's question is with somebody."""
        if self.person in self.advice:
            raise WaitsForAdvice(task=self.id, by=self.advice[self.person])


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
    if not _own_right_suffices(found):
        stand_in(uow, found)
    _check(uow, found, row.completed_by)
    return found


def _located(uow: UnitOfWork, fields: Any, case: Case) -> Located:
    step = case.definition.steps[fields["element_id"]]
    signing = None
    key = None
    keys = fields["candidate_keys"]
    if keys is None and fields["tally"] is None:
        # Opened by a version that did not keep them.
        keys = candidate_keys(uow, case, step)
    if fields["tally"] is not None:
        if fields["signer_state"] is not None:
            signing = (fields["signer_state"], fields["position"])
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
        tally=None if fields["tally"] is None else Tally(**fields["tally"]),
        signing=signing,
        keys=keys or [],
        key=key,
        person=uow.actor.id,
        advice=fields["advice"] or {},
    )


def _own_right_suffices(found: Located) -> bool:
    if found.tally is not None:
        return found.signing is not None and found.signing[0] != "removed"
    return found.key is not None and found.claimed_by in (None, found.person)


def _check(uow: UnitOfWork, found: Located, completed_by: str | None) -> None:
    actor = uow.actor.id
    if found.key is None:
        if (
            actor == found.case.starter_id
            or any(actor in found.case.who_acted(one) for one in found.case.participants)
            or _signs_elsewhere(uow, found.case.id)
        ):
            # Where a rule of separation is the reason, it is the one worth telling.
            check_separation(found.case, found.step.id, actor)
            raise NotAllowed(
                instance=found.case.id, element=found.step.id, task=found.id, person=actor
            )
        raise NotFound(task=found.id)
    if found.state != "open":
        raise AlreadyDone(task=found.id, by=completed_by, state=found.state)


def _signs_elsewhere(uow: UnitOfWork, instance_id: str) -> bool:
    """True when the actor is, or was, a signer of this case; asked only before saying no."""
    own = (
        select(signer.c.task_id)
        .join(task, task.c.id == signer.c.task_id)
        .where(task.c.instance_id == instance_id, signer.c.person_id == uow.actor.id)
    )
    return uow.execute(own.limit(1)).first() is not None
