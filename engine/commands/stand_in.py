"""Acting for somebody else (代理): whose part it is where the actor's own right does not suffice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from engine.actors import person_key
from engine.commands.access import check_stand_in, key_used
from engine.errors import SeparationOfDuties
from engine.queries.proxies import StandIn, stands_in_for
from engine.store.tables import signer
from engine.store.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from engine.commands.locate import Located


@dataclass(frozen=True, slots=True)
class _Part:
    """An owner's part in a task: the key it is held by, and in a sign-off the signer's state."""

    owner: str
    key: str
    signing: str | None = None
    leads: bool = False
    #: True for a vote that the deputy has cast.
    spoken: bool = False


def stand_in(uow: UnitOfWork, found: Located, *, signed: bool = False) -> None:
    """Let the actor act for an owner whose part this is; both are bound by separation of duties.

    Nothing changes where the actor stands in for nobody who has a part. With `signed` the part is the one
    the actor has signed. Raise `SeparationOfDuties` when a rule bars the actor, or every owner there is.
    """
    process = found.case.definition.key
    owners = stands_in_for(uow.engine, uow.connection, uow.actor.id, uow.now, process)
    if not owners:
        return
    signs = found.tally is not None
    parts = _signing_parts(uow, found, owners, signed=signed) if signs else _holders(found, owners)
    refused: SeparationOfDuties | None = None
    for part in parts:
        try:
            check_stand_in(found.case, found.step.id, uow.actor.id, part.owner)
        except SeparationOfDuties as error:
            refused = refused or error
            continue
        found.person = found.acts_for = part.owner
        found.key, found.signing, found.leads = part.key, part.signing, part.leads
        return
    if refused is not None:
        raise refused


def _holders(found: Located, owners: list[StandIn]) -> list[_Part]:
    """The owners who may take the task, or have."""
    return [
        _Part(one.owner.id, key)
        for one in owners
        if (key := key_used(one.owner, found.keys)) is not None
        and found.claimed_by in (None, one.owner.id)
    ]


def _signing_parts(
    uow: UnitOfWork, found: Located, owners: list[StandIn], *, signed: bool
) -> list[_Part]:
    """The owners who sign, those whose turn it is first. One person has one voice in a sign-off."""
    standing = {one.owner.id for one in owners}
    rows = uow.execute(
        select(signer.c.person_id, signer.c.state, signer.c.voted_by, signer.c.lead)
        .where(
            signer.c.task_id == found.id,
            or_(signer.c.person_id.in_(standing), signer.c.voted_by == uow.actor.id),
        )
        .order_by(signer.c.position)
    ).all()
    parts = [
        _Part(
            row.person_id,
            person_key(row.person_id),
            row.state,
            row.lead,
            spoken=row.voted_by == uow.actor.id,
        )
        for row in rows
        if row.person_id in standing and row.state != "removed"
    ]
    if signed:
        return sorted(parts, key=lambda part: not part.spoken)
    has_spoken = any(row.voted_by == uow.actor.id for row in rows)
    if has_spoken and any(part.signing == "open" for part in parts):
        raise SeparationOfDuties(
            instance=found.case.id, element=found.step.id, person=uow.actor.id, rule="one_voice"
        )
    return sorted(parts, key=lambda part: part.signing != "open")
