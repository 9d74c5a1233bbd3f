"""A person can no longer act: what waits for them in cases is given on, never dropped.

Knows nothing of accounts. Each case is locked, in the order of ids, changed, and told with one event
of what changed in it, and one for each sign-off. docs/leavers.md has every situation as a row with its test.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, and_, delete, or_, select, update

from engine.actors import person_key
from engine.commands.fewer_signers import retire_signer
from engine.commands.passing_on import (
    addressed_tasks,
    claimed_tasks,
    pass_addressed,
    pass_claimed,
    release_task,
)
from engine.errors import NotAPossiblePerson
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
        changes = [release_task(uow, case, row) for row in claimed_tasks(uow, case_id, person_id)]
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
    for row in claimed_tasks(uow, case_id, person_id):
        changes.append(pass_claimed(uow, case, row, successor))
    # After what was claimed: a task may have been both.
    for row in addressed_tasks(uow, case_id, person_id):
        changes += pass_addressed(uow, case, row, person_id, successor)
    if changes:
        _record(uow, case, "person.left", person_id, why, changes)
        save(uow, case)
    # A case that stands still is not moved: the next look after it goes on sees to it.
    signing = _signing(uow, case_id, person_id) if case.state == ACTIVE else []
    retired = [retire_signer(uow, one, person_id, why, heir=successor) for one in signing]
    return bool(changes) or any(one is not None for one in retired)


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


# --- sign-offs, advice, proxies -----------------------------------------------------------------------


def _signing(uow: UnitOfWork, case_id: str, person_id: str) -> list[str]:
    statement = (
        select(task.c.id)
        .join(signer, signer.c.task_id == task.c.id)
        .where(
            task.c.instance_id == case_id,
            task.c.state == "open",
            signer.c.person_id == person_id,
            signer.c.state.in_(("open", "waiting")),
        )
    )
    return list(uow.execute(statement.order_by(task.c.id)).scalars())


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
        uow.tell("proxy_ended", [other], person=person_id)
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
