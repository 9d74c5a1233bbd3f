"""What an administrator may do to a case. Each act needs a reason and is recorded as before and after.

Rules of separation hold here, too: nobody repairs the own case, or one in which they decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from sqlalchemy import Row, select, update

from engine.actors import person_key
from engine.commands.access import RECUSAL, check_separation
from engine.commands.advance import advance, describe
from engine.commands.hand_on import give_part
from engine.commands.policies_hold import refuse_failing, refuse_signed
from engine.commands.send_back import find_target, put_back
from engine.commands.standing_still import shift_deadlines
from engine.commands.start import Acted
from engine.commands.task_rows import readdress
from engine.commands.trail import Trail
from engine.commands.undoing import give_up, undo_effects
from engine.commands.waiting import waiting_by_task
from engine.commands.withdraw import end_early
from engine.errors import (
    AlreadyDone,
    Conflict,
    Invalid,
    NoSuchTarget,
    NotAllowed,
    NotAPossiblePerson,
    NotFound,
    ReasonRequired,
    SeparationOfDuties,
)
from engine.forms.problems import RESERVED
from engine.proving.standing import Record
from engine.runtime import Entry
from engine.runtime.ending import can_end, imagine
from engine.runtime.errors import ImpossibleMove
from engine.sealing import is_sealed
from engine.store.case import ACTIVE, SUSPENDED, Case, lock, save
from engine.store.tables import job, task
from engine.store.tables.jobs import HELD, MIGRATE
from engine.store.unit_of_work import UnitOfWork

LONGEST_REASON = 500


def suspend(uow: UnitOfWork, instance_id: str, *, reason: str) -> Acted:
    """Let the case stand still: nobody can act on it, and no timer fires."""
    case = _lock(uow, instance_id, reason, ACTIVE)
    case.state, case.suspended_at = SUSPENDED, uow.now
    uow.execute(
        update(job)
        # A held decision is not kept for later: its job finds that it cannot count, and says so.
        # What takes the case to another version moves nothing in it.
        .where(
            job.c.instance_id == case.id,
            job.c.state == "due",
            job.c.kind.not_in((HELD, MIGRATE)),
        )
        .values(state="parked", lease_owner=None, lease_until=None)
    )
    return _record(uow, case, "instance.suspended", reason, {"state": ACTIVE}, {"state": SUSPENDED})


def resume(uow: UnitOfWork, instance_id: str, *, reason: str) -> Acted:
    """Let it go on. Deadlines and timers count the time in which it stood still as not passed."""
    case = _lock(uow, instance_id, reason, SUSPENDED)
    assert case.suspended_at is not None
    stood = uow.now - case.suspended_at
    case.state, case.suspended_at = ACTIVE, None
    uow.execute(
        update(job).where(job.c.instance_id == case.id, job.c.state == "parked").values(state="due")
    )
    moved = shift_deadlines(uow, case, stood)
    uow.after_commit(uow.engine.wake.set)
    return _record(
        uow,
        case,
        "instance.resumed",
        reason,
        {"state": SUSPENDED},
        {"state": ACTIVE},
        stood=int(stood.total_seconds()),
        deadlines=moved,
    )


def terminate(
    uow: UnitOfWork, instance_id: str, *, reason: str, effects: Literal["undo", "keep"] = "undo"
) -> Acted:
    """End the case early. With `undo` its effects are undone, with `keep` what has left the house stays.

    Raise `IrreversibleEffect` under `undo` where one cannot be undone: then only `keep` is honest.
    """
    case = _lock(uow, instance_id, reason, ACTIVE, SUSPENDED)
    before = {"state": case.state, "open": _open(case)}
    waited = _waiting(uow, case)
    undone = undo_effects(uow, case) if effects == "undo" else give_up(uow, case)
    moved = end_early(uow, case, "terminated")
    case.suspended_at = None
    return _record(
        uow,
        case,
        "instance.terminated",
        reason,
        before,
        {"state": case.state, "open": _open(case)},
        waited=waited,
        effects=undone,
        **moved.payload(),
    )


def move_token(
    uow: UnitOfWork, task_id: str, target: str, *, reason: str, alone: bool = False
) -> Acted:
    """Take an open task's token to another step.

    To a step it has passed: as sending back does, effects undone. To any other step of the same scope:
    what lies between is left out, and the record says so; with `alone` the branches beside it in that
    scope end, for a step behind a join they would never be joined at. Raise `NoSuchTarget` where the case could
    not be shown able to end from there, `PolicyBroken` where it would leave out what a policy asks for,
    `IrreversibleEffect` as sending back does.
    """
    row = uow.execute(select(task).where(task.c.id == task_id)).one_or_none()
    if row is None:
        raise NotFound(task=task_id)
    case = _lock(uow, row.instance_id, reason, ACTIVE)
    if row.token not in case.open:
        raise AlreadyDone(task=task_id, state=row.state)
    before = {"open": _open(case)}
    trail = Trail(uow.connection, case)
    try:
        put = put_back(uow, case, trail, find_target(trail, case, row.token, target))
        moved, facts = put.moved, dict(put)
    except NoSuchTarget:
        kill, entry = _forward(case, trail, row.token, target, alone=alone)
        moved = advance(uow, case, lambda execution: execution.move(kill, [entry]), [target])
        facts = {**moved.payload(), "forward": True}
    acted = _record(
        uow,
        case,
        "token.moved",
        reason,
        before,
        {"open": _open(case)},
        subject={"task": task_id, "element": row.element_id, "target": target},
        **facts,
    )
    moved.insert(uow)
    acted.moved = moved
    return acted


def _forward(
    case: Case, trail: Trail, token: str, target: str, *, alone: bool
) -> tuple[list[str], Entry]:
    assert case.tokens is not None
    parents = {entry[0]: (entry[2] if len(entry) > 2 else "") for entry in case.tokens["tokens"]}
    definition = case.definition
    if target not in definition.steps or target == definition.start_event:
        raise NoSuchTarget(target=target)
    kill = [one for one in parents if parents[one] == parents[token]] if alone else [token]
    entry = Entry(target, scope=parents[token] or None, cause=(token,))
    execution = imagine(definition.specification, case.tokens)
    try:
        execution.move(kill, [entry])
    except ImpossibleMove:
        # A step of another scope: inside or outside of a sub-process.
        raise NoSuchTarget(target=target) from None
    if not can_end(definition.specification, execution.snapshot()):
        raise NoSuchTarget(target=target)
    if definition.manifest.policies:
        record = Record(definition, trail.visits, case.participants, parents.keys())
        refuse_failing(case.id, record, case.outcomes, execution.snapshot(), [target])
    return kill, entry


def reassign(
    uow: UnitOfWork, task_id: str, to: str, *, reason: str, signer: str | None = None
) -> Acted:
    """Give an open task to somebody else alone; of a sign-off, the part of one `signer` who has not voted.

    Rules of separation hold. Raise `Conflict` where a sign-off's signer is not named.
    """
    row = uow.execute(select(task).where(task.c.id == task_id)).one_or_none()
    if row is None:
        raise NotFound(task=task_id)
    case = _lock(uow, row.instance_id, reason, ACTIVE)
    if row.token not in case.open or row.state != "open":
        raise AlreadyDone(task=task_id, state=row.state)
    if (row.tally is None) is not (signer is None):
        raise Conflict(task=task_id)
    own = any(one.starter for one in case.definition.steps[row.element_id].candidates)
    if not uow.engine.directory.is_active(to) or (own and to != case.starter_id):
        # What the applicant has to say nobody else says in the applicant's place.
        raise NotAPossiblePerson(task=task_id, person=to)
    check_separation(case, row.element_id, to)
    before, after = _give(uow, case, row, to, signer)
    uow.tell("handed_to_you", [to], instance=case.id, task=task_id, element=row.element_id)
    return _record(
        uow,
        case,
        "task.reassigned",
        reason,
        before,
        after,
        subject={"task": task_id, "element": row.element_id},
    )


def _give(
    uow: UnitOfWork, case: Case, row: Row[Any], to: str, signer: str | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    if signer is not None:
        return give_part(uow, case, row.id, signer, to, advice=row.advice or {})
    keys = [person_key(to)]
    readdress(uow, case, row.id, keys)
    before = {"keys": row.candidate_keys, "claimed_by": row.claimed_by}
    return before, {"keys": keys, "claimed_by": None}


def correct(
    uow: UnitOfWork, instance_id: str, values: Mapping[str, Any], *, reason: str, version: int
) -> Acted:
    """Correct fields of the case document.

    Raise `Invalid` for reserved and sensitive ones, and for a value of another kind than the one that
    stands there: a text where a number was would break the next gateway, not this command. Raise
    `PolicyBroken` for a field that a policy wants signed: only whoever signs it writes it.

    `version` is the document version the administrator looked at.
    """
    case = _lock(uow, instance_id, reason, ACTIVE, SUSPENDED)
    content = case.document.content
    wrong = [
        name
        for name, value in values.items()
        if name in RESERVED
        or name not in content
        or _holds_seal(content[name])
        or _holds_seal(value)
        or not _is_alike(content[name], value)
    ]
    if wrong or not values:
        raise Invalid(fields=sorted(wrong))
    refuse_signed(case.id, case.definition.manifest.policies, values)
    case.document.write(values, seen=version)
    describe(uow, case)
    changes = case.document.audit_changes()
    return _record(
        uow,
        case,
        "instance.corrected",
        reason,
        {name: change["old"] for name, change in changes.items()},
        {name: change["new"] for name, change in changes.items()},
        fields=changes,
    )


def _is_alike(old: Any, new: Any) -> bool:
    """Whether both are of one kind of JSON value; empty goes with everything."""
    if old is None or new is None:
        return True
    return any(
        all(isinstance(one, kind) and isinstance(one, bool) is (kind is bool) for one in (old, new))
        for kind in (bool, (int, float), str, list, dict)
    )


def _holds_seal(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_holds_seal(one) for one in value.values())
    if isinstance(value, list):
        return any(_holds_seal(one) for one in value)
    return is_sealed(value)


def _lock(uow: UnitOfWork, instance_id: str, reason: str, *states: str) -> Case:
    if not uow.actor.administers:
        raise NotFound(instance=instance_id)
    case = lock(uow, instance_id)
    if not reason.strip():
        raise ReasonRequired(instance=instance_id)
    if uow.actor.id == case.starter_id:
        raise NotAllowed(instance=case.id, person=uow.actor.id)
    if case.is_recused(uow.actor.id):
        raise SeparationOfDuties(instance=case.id, person=uow.actor.id, rule=RECUSAL)
    if case.has_part(uow.actor.id):
        raise NotAllowed(instance=case.id, person=uow.actor.id)
    if case.state not in states:
        raise AlreadyDone(instance=case.id, state=case.state)
    return case


def _open(case: Case) -> list[str]:
    return sorted(item.element for item in case.open.values())


def _record(
    uow: UnitOfWork,
    case: Case,
    type: str,
    reason: str,
    before: dict[str, Any],
    after: dict[str, Any],
    *,
    subject: dict[str, Any] | None = None,
    waited: list[str] | None = None,
    **facts: Any,
) -> Acted:
    """`waited`: for whom the case waited before, where it waits for nobody any more."""
    case.record(
        uow,
        type,
        subject or {},
        {
            "name": uow.engine.directory.name(uow.actor.id),
            "reason": reason.strip()[:LONGEST_REASON],
            "before": before,
            "after": after,
            **facts,
        },
    )
    kind = type.partition(".")[2]
    if kind in TOLD:
        uow.tell(kind, [case.starter_id, *(waited or _waiting(uow, case))], instance=case.id)
    save(uow, case)
    return Acted(case, task_id=(subject or {}).get("task"), element=(subject or {}).get("element"))


#: Acts the applicant and those at work on the case are told of.
TOLD = frozenset({"suspended", "resumed", "terminated", "corrected"})


def _waiting(uow: UnitOfWork, case: Case) -> list[str]:
    return [person for people in waiting_by_task(uow, case).values() for person in people]
