"""A person can no longer act: what waits for them in cases is given on, never dropped.

Knows nothing of accounts. Each case is locked, in the order of ids, changed, and told with one event
of what changed in it. docs/leavers.md has every situation as a row with its test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Row, Select, and_, delete, or_, select, update

from engine.actors import person_key
from engine.catalog.steps import Step
from engine.commands.access import candidate_keys, may_act, people_behind
from engine.commands.retiring import retire_signer, settle
from engine.commands.stand_ins import for_applicant
from engine.commands.task_rows import readdress
from engine.errors import EngineError, NotAPossiblePerson
from engine.store.case import ACTIVE, Case, lock, save
from engine.store.tables import (
    delegation,
    notification_choice,
    proxy,
    signer,
    task,
    task_candidate,
    webhook,
)
from engine.store.unit_of_work import UnitOfWork

#: A decision that a leaver's missing vote makes may open further tasks for them: look again so often.
_ROUNDS = 5


@dataclass(slots=True)
class Withdrawn:
    """What was changed: the cases, and the proxies that ended."""

    cases: list[str] = field(default_factory=list)
    proxies: list[str] = field(default_factory=list)


def withdraw_person(
    uow: UnitOfWork, person_id: str, successor: str | None = None, why: str = ""
) -> Withdrawn:
    """Take a person out of everything open, for good.

    What they had claimed goes to the successor or back to the pool; what waits for them alone goes to
    the successor, else to the step's fallback, else to the administrators; their open parts in sign-offs
    end; advice asked of them goes back unanswered; their proxies end. Raise `NotAPossiblePerson` for a
    successor who cannot act.
    """
    if successor is not None and (
        successor == person_id or not uow.engine.directory.is_active(successor)
    ):
        raise NotAPossiblePerson(person=successor)
    found = Withdrawn()
    for case_id in cases_waiting_for(uow, person_id):
        for _ in range(_ROUNDS):
            if not _leave_case(uow, case_id, person_id, successor, why):
                break
            if case_id not in found.cases:
                found.cases.append(case_id)
    found.proxies = _end_proxies(uow, person_id)
    _silence(uow, person_id)
    return found


def release_claims(uow: UnitOfWork, person_id: str, why: str = "") -> list[str]:
    """Put what a person has claimed back into the pool; nothing else changes. Return the cases."""
    claimed = select(task.c.instance_id).where(
        task.c.claimed_by == person_id, task.c.state == "open"
    )
    changed = sorted(set(uow.execute(claimed).scalars()))
    for case_id in changed:
        case = lock(uow, case_id)
        changes = [_release(uow, row) for row in _claimed(uow, case_id, person_id)]
        if changes:
            _record(uow, case, "person.shut_out", person_id, why, changes)
            save(uow, case)
    return changed


def cases_waiting_for(uow: UnitOfWork, person_id: str) -> list[str]:
    """Ids of the running cases in which something waits for this very person, in the order of locks."""
    own = person_key(person_id)
    waiting: list[Select[Any]] = [
        select(task.c.instance_id).where(task.c.claimed_by == person_id, task.c.state == "open"),
        select(task.c.instance_id)
        .join(task_candidate, task_candidate.c.task_id == task.c.id)
        .where(task_candidate.c.key == own, task.c.state == "open"),
        select(task.c.instance_id)
        .join(signer, signer.c.task_id == task.c.id)
        .where(
            signer.c.person_id == person_id,
            signer.c.state.in_(("open", "waiting")),
            task.c.state == "open",
        ),
        select(task.c.instance_id)
        .join(delegation, delegation.c.task_id == task.c.id)
        .where(
            or_(delegation.c.adviser_id == person_id, delegation.c.owner_id == person_id),
            delegation.c.state == "open",
        ),
    ]
    found: set[str] = set()
    for statement in waiting:
        found.update(uow.execute(statement).scalars())
    return sorted(found)


def _leave_case(
    uow: UnitOfWork, case_id: str, person_id: str, successor: str | None, why: str
) -> bool:
    """Change what waits for the person in one case; False when nothing does (any more)."""
    case = lock(uow, case_id)
    changes = _recall_advice(uow, case, person_id)
    for row in _claimed(uow, case_id, person_id):
        changes.append(_pass_claimed(uow, case, row, successor))
    # After what was claimed: a task may have been both.
    for row in _addressed(uow, case_id, person_id):
        changes += _pass_addressed(uow, case, row, person_id, successor)
    retired = []
    # A case that stands still is not moved: the next look after it goes on sees to it.
    if case.state == ACTIVE:
        for row in _signing(uow, case_id, person_id):
            change = retire_signer(uow, case, row.id, person_id, successor)
            if change is not None:
                changes.append({"task": row.id, "element": row.element_id, **change})
                retired.append(row.id)
    if not changes:
        return False
    _record(uow, case, "person.left", person_id, why, changes)
    save(uow, case)
    for task_id in retired:
        settle(uow, task_id)
    return True


def _record(
    uow: UnitOfWork,
    case: Case,
    type: str,
    person_id: str,
    why: str,
    changes: Sequence[dict[str, Any]],
) -> None:
    name = uow.engine.directory.name(person_id)
    case.record(
        uow, type, {"person": person_id}, {"name": name, "why": why[:200], "changes": changes}
    )


# --- what the person has claimed ------------------------------------------------------------------


def _claimed(uow: UnitOfWork, case_id: str, person_id: str) -> Sequence[Row[Any]]:
    statement = select(task.c.id, task.c.element_id).where(
        task.c.instance_id == case_id, task.c.claimed_by == person_id, task.c.state == "open"
    )
    return uow.execute(statement.order_by(task.c.id)).all()


def _release(uow: UnitOfWork, row: Row[Any]) -> dict[str, Any]:
    keys = _keys_of(uow, row.id)
    readdress(uow, row.id, keys)
    return {"task": row.id, "element": row.element_id, "what": "released", "keys": keys}


def _pass_claimed(
    uow: UnitOfWork, case: Case, row: Row[Any], successor: str | None
) -> dict[str, Any]:
    if successor is None or not may_act(case, row.element_id, successor):
        return _release(uow, row)
    keys = _keys_of(uow, row.id)
    if not uow.engine.directory.actor(successor).holds(keys):
        keys.append(person_key(successor))
    readdress(uow, row.id, keys, claimed_by=successor)
    _tell(uow, [successor], case, row)
    return {
        "task": row.id,
        "element": row.element_id,
        "what": "handed",
        "keys": keys,
        "claimed_by": successor,
    }


# --- what is addressed to the person ----------------------------------------------------------------


def _addressed(uow: UnitOfWork, case_id: str, person_id: str) -> Sequence[Row[Any]]:
    statement = (
        select(task.c.id, task.c.element_id, task.c.claimed_by)
        .join(task_candidate, task_candidate.c.task_id == task.c.id)
        .where(
            task.c.instance_id == case_id,
            task.c.state == "open",
            task.c.tally.is_(None),
            task_candidate.c.key == person_key(person_id),
        )
    )
    return uow.execute(statement.order_by(task.c.id)).all()


def _pass_addressed(
    uow: UnitOfWork, case: Case, row: Row[Any], person_id: str, successor: str | None
) -> list[dict[str, Any]]:
    step = case.definition.steps[row.element_id]
    others = [key for key in _keys_of(uow, row.id) if key != person_key(person_id)]
    if row.claimed_by not in (None, person_id):
        keys, what = others, "left_to_others"
    else:
        keys, what = _heirs(uow, case, step, others, person_id, successor)
    if not keys:
        # Nobody at all: it stays where it is, and the page of what nobody can do names it.
        return []
    readdress(uow, row.id, keys, claimed_by=row.claimed_by)
    heirs = [key for key in keys if key not in others]
    _tell(uow, people_behind(uow, heirs), case, row)
    if what == "for_applicant":
        admins = people_behind(uow, uow.engine.directory.administrator_keys())
        uow.tell("applicant_left", admins, instance=case.id, task=row.id, step=row.element_id)
    return [{"task": row.id, "element": row.element_id, "what": what, "keys": keys}]


def _heirs(
    uow: UnitOfWork,
    case: Case,
    step: Step,
    others: list[str],
    person_id: str,
    successor: str | None,
) -> tuple[list[str], str]:
    """Who gets a task that named the person, and under which heading the record has it."""
    if person_id == case.starter_id and any(one.starter for one in step.candidates):
        keys = for_applicant(
            uow.engine.directory,
            case.places,
            lambda one: one != person_id and may_act(case, step.id, one),
        )
        if keys:
            return [*others, *keys], "for_applicant"
    if successor is not None and may_act(case, step.id, successor):
        return list(dict.fromkeys([*others, person_key(successor)])), "handed"
    if others:
        return others, "left_to_others"
    return _last_resort(uow, case, step, person_id), "rerouted"


def _last_resort(uow: UnitOfWork, case: Case, step: Step, person_id: str) -> list[str]:
    """The step's fallback where somebody behind it may act, else the administrators."""
    directory = uow.engine.directory
    try:
        keys = candidate_keys(uow, case, replace(step, candidates=step.fallback))
    except EngineError:
        # A fallback that cannot be worked out is none: the administrators are asked.
        keys = []
    able = (
        one
        for one in people_behind(uow, keys)
        if one != person_id and directory.is_active(one) and may_act(case, step.id, one)
    )
    return keys if next(able, None) is not None else directory.administrator_keys()


def _tell(uow: UnitOfWork, people: list[str], case: Case, row: Row[Any]) -> None:
    uow.tell("handed_over", people, instance=case.id, task=row.id, step=row.element_id)


def _keys_of(uow: UnitOfWork, task_id: str) -> list[str]:
    statement = select(task_candidate.c.key).where(task_candidate.c.task_id == task_id)
    return list(uow.execute(statement.order_by(task_candidate.c.key)).scalars())


# --- sign-offs, advice, proxies -----------------------------------------------------------------------


def _signing(uow: UnitOfWork, case_id: str, person_id: str) -> Sequence[Row[Any]]:
    statement = (
        select(task.c.id, task.c.element_id)
        .join(signer, signer.c.task_id == task.c.id)
        .where(
            task.c.instance_id == case_id,
            task.c.state == "open",
            signer.c.person_id == person_id,
            signer.c.state.in_(("open", "waiting")),
        )
    )
    return uow.execute(statement.order_by(task.c.id)).all()


def _recall_advice(uow: UnitOfWork, case: Case, person_id: str) -> list[dict[str, Any]]:
    """Advice asked of, or by, the person is no longer waited for."""
    rows = uow.execute(
        select(
            delegation.c.id,
            delegation.c.owner_id,
            delegation.c.adviser_id,
            delegation.c.task_id,
            task.c.element_id,
        )
        .join(task, task.c.id == delegation.c.task_id)
        .where(
            task.c.instance_id == case.id,
            delegation.c.state == "open",
            or_(delegation.c.adviser_id == person_id, delegation.c.owner_id == person_id),
        )
        .order_by(delegation.c.id)
    ).all()
    for row in rows:
        uow.execute(
            update(delegation)
            .where(delegation.c.id == row.id)
            .values(state="recalled", closed_at=uow.now)
        )
        other = row.owner_id if row.adviser_id == person_id else row.adviser_id
        uow.tell("advice_recalled", [other], instance=case.id, task=row.task_id)
    return [
        {
            "task": row.task_id,
            "element": row.element_id,
            "what": "advice_recalled",
            "delegation": row.id,
            "owner": row.owner_id,
        }
        for row in rows
    ]


def _end_proxies(uow: UnitOfWork, person_id: str) -> list[str]:
    """Nobody stands in for the person any more, nor the person for anybody."""
    theirs = and_(
        or_(proxy.c.owner_id == person_id, proxy.c.deputy_id == person_id),
        proxy.c.ended_at.is_(None),
        or_(proxy.c.until.is_(None), proxy.c.until > uow.now),
    )
    rows = uow.execute(select(proxy).where(theirs).order_by(proxy.c.id).with_for_update()).all()
    if rows:
        ended = [row.id for row in rows]
        uow.execute(update(proxy).where(proxy.c.id.in_(ended)).values(ended_at=uow.now))
    for row in rows:
        other = row.owner_id if row.deputy_id == person_id else row.deputy_id
        uow.tell("proxy_ended", [other], name=uow.engine.directory.name(person_id))
    return [row.id for row in rows]


def _silence(uow: UnitOfWork, person_id: str) -> None:
    """Nothing is sent to somebody who is not here any more."""
    uow.execute(update(webhook).where(webhook.c.person_id == person_id).values(active=False))
    uow.execute(delete(notification_choice).where(notification_choice.c.person_id == person_id))


def somebody_waits_for(person_column: Any) -> Any:
    """The condition that something open in a running case names the person of a column."""
    key = "person:" + person_column
    claimed = select(task.c.id).where(task.c.claimed_by == person_column, task.c.state == "open")
    named = select(task_candidate.c.task_id).where(task_candidate.c.key == key)
    signs = (
        select(signer.c.task_id)
        .join(task, task.c.id == signer.c.task_id)
        .where(
            signer.c.person_id == person_column,
            signer.c.state.in_(("open", "waiting")),
            task.c.state == "open",
        )
    )
    advises = select(delegation.c.id).where(
        delegation.c.adviser_id == person_column, delegation.c.state == "open"
    )
    return or_(claimed.exists(), named.exists(), signs.exists(), advises.exists())
