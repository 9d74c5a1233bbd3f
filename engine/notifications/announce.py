"""New tasks and ended cases: found by their rows, so that the command that made them pays nothing.

`task.announced` and `instance.announced` are the outbox. What is found here is told in one transaction
with the mark that it has been told: once, whoever dies in between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, and_, literal_column, select, update

from engine.actors import SYSTEM
from engine.commands.access import may_act
from engine.commands.waiting import waiting_for
from engine.notifications.kinds import CASE_ENDED, COMES_TO_YOU, TASK_OPENED
from engine.queries.proxies import deputies_of
from engine.store.case import ACTIVE, Case, columns, from_row
from engine.store.tables import case_document, instance, notification, task
from engine.store.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from engine.engine import Engine

#: Tasks or cases told of in one transaction: it holds their locks.
AT_ONCE = 20

# Literals, not parameters: only so do the databases see that the partial indexes hold these rows.
_UNTOLD_TASK = and_(~task.c.announced, task.c.state == literal_column("'open'"))
_UNTOLD_END = and_(~instance.c.announced, instance.c.ended_at.is_not(None))
_NEW_TASK = (
    select(task.c.id)
    .join(instance, instance.c.id == task.c.instance_id)
    .where(_UNTOLD_TASK, instance.c.state == ACTIVE)
)
_TASK = (
    select(
        *columns(),
        task.c.id.label("task_id"),
        task.c.element_id,
        task.c.candidate_keys,
        task.c.claimed_by,
        task.c.tally,
    )
    .select_from(instance.join(case_document).join(task, task.c.instance_id == instance.c.id))
    .where(_UNTOLD_TASK, instance.c.state == ACTIVE)
    .order_by(task.c.created_at)
    .limit(AT_ONCE)
)
_ENDED = (
    select(instance.c.id, instance.c.starter_id, instance.c.state)
    .where(_UNTOLD_END)
    .order_by(instance.c.ended_at)
    .limit(AT_ONCE)
)


def announce(engine: Engine) -> int:
    """Tell of what is new; return of how many tasks and cases."""
    with engine.database.read() as connection:
        # A look takes no lock: most find nothing.
        tasks = connection.execute(_NEW_TASK.limit(1)).first() is not None
        ended = connection.execute(_ENDED.limit(1)).first() is not None
    told = 0
    if tasks or ended:
        with engine.command(SYSTEM) as uow:
            told = _tell_tasks(uow) + _tell_ends(uow)
            uow.commit()
    return told


def _tell_tasks(uow: UnitOfWork) -> int:
    # Whoever works on a case just now is not waited for: the next look finds it.
    rows = uow.execute(_TASK.with_for_update(of=[instance, task], skip_locked=True)).all()
    for row in rows:
        if row.claimed_by is not None:
            continue
        case = from_row(uow, row)
        keys = None if row.tally is not None else row.candidate_keys or ()
        people = waiting_for(uow, case, row.task_id, row.element_id, None, keys)
        people += _deputies(uow, case, row.element_id, people)
        told_before = _already_told(uow.connection, row.task_id)
        uow.tell(
            TASK_OPENED,
            [one for one in people if one not in told_before],
            instance=case.id,
            task=row.task_id,
        )
    if rows:
        ids = [row.task_id for row in rows]
        uow.execute(update(task).where(task.c.id.in_(ids)).values(announced=True))
    return len(rows)


def _deputies(uow: UnitOfWork, case: Case, element: str, people: list[str]) -> list[str]:
    """Those who may do it for one of them today; nobody stands in for the applicant."""
    found = deputies_of(uow.connection, people, case.definition.key, uow.now)
    return [
        deputy
        for owner, deputy in found.items()
        if owner != case.starter_id and deputy not in people and may_act(case, element, deputy)
    ]


def _already_told(connection: Connection, task_id: str) -> set[str]:
    """Those who know that it waits for them: an earlier signer, one who was added by somebody."""
    return set(
        connection.execute(
            select(notification.c.person_id).where(
                notification.c.task_id == task_id, notification.c.kind.in_(COMES_TO_YOU)
            )
        ).scalars()
    )


def _tell_ends(uow: UnitOfWork) -> int:
    rows = uow.execute(_ENDED.with_for_update(skip_locked=True)).all()
    for row in rows:
        # Whoever withdrew it knows; whoever terminated it has told those concerned.
        if row.state == "completed":
            uow.tell(CASE_ENDED, [row.starter_id], instance=row.id, state=row.state)
    if rows:
        ids = [row.id for row in rows]
        uow.execute(update(instance).where(instance.c.id.in_(ids)).values(announced=True))
    return len(rows)
