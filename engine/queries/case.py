"""One case as a reader sees it, and who may be a reader.

`may_read` is the one function that decides rights on a case; tasks, history and the diagram all ask it.
Files and letters ask `readers.may_read_files`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, or_, select

from engine.actors import Actor
from engine.catalog.definition import Definition
from engine.errors import NotFound
from engine.queries.hidden import hidden_from, without
from engine.queries.proxies import StandIn, stands_in_for
from engine.queries.readers import may_know, reads_along, takes_part
from engine.store.packed import entered_elements, tokens_of
from engine.store.participants import WhoActed
from engine.store.recusals import barred_from, somebody_is_barred
from engine.store.tables import (
    case_document,
    copy,
    delegation,
    instance,
    job,
    signer,
    task,
    task_candidate,
    urge,
)
from engine.store.tables.jobs import HELD, MIGRATE, OF_A_TASK

if TYPE_CHECKING:
    from engine.engine import Engine


@dataclass(frozen=True, slots=True)
class SignerView:
    """One person's part in a sign-off."""

    person_id: str
    position: int
    state: str
    outcome: str | None
    opinion: str | None
    voted_at: datetime | None
    #: Who voted in the signer's stead.
    voted_by: str | None = None
    decided_how: str | None = None
    #: Whose vote opens the matter to this one.
    after_id: str | None = None
    added_by: str | None = None
    #: Whose outcome names the result of a widened decision.
    lead: bool = False


@dataclass(frozen=True, slots=True)
class AdviceView:
    """A question about a task, and what came back."""

    task_id: str
    owner_id: str
    adviser_id: str
    question: str
    asked_at: datetime
    #: open, answered, recalled or dropped
    state: str
    advice: str | None
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class TaskView:
    """A task of the case, open or closed."""

    id: str
    element: str
    state: str
    rule: str
    created_at: datetime
    due_at: datetime | None
    due_provisional: bool
    claimed_by: str | None
    closed_at: datetime | None
    completed_by: str | None
    outcome: str | None
    opinion: str | None
    tally: Mapping[str, int] | None
    #: Whom the one who completed it stood in for.
    completed_for: str | None = None
    #: One of `engine.how_decided.WAYS`.
    decided_how: str | None = None
    #: The visit it belongs to, and which instance of a multi-instance activity that is in.
    token: str = ""
    run: int | None = None
    keys: tuple[str, ...] = ()
    signers: tuple[SignerView, ...] = ()
    #: How often those who may act were asked to hurry.
    urges: int = 0
    #: True for a decision that was put back and no longer counts.
    undone: bool = False
    #: Questions asked about it, in order.
    advice: tuple[AdviceView, ...] = ()
    #: Whose part is decided by whom and does not count yet: owner → person.
    held: Mapping[str, str] = field(default_factory=dict)

    def decided_by(self, owner: str) -> str | None:
        """Who has decided what is this person's to decide, where that does not count yet.

        In a sign-off each has an own vote; where one person decides, whoever was first has decided.
        """
        if self.state != "open":
            return None
        return self.held.get(owner) if self.tally else next(iter(self.held.values()), None)

    def asked(self, owner: str) -> AdviceView | None:
        """The question whose answer a person waits for."""
        return next(
            (one for one in self.advice if one.owner_id == owner and one.state == "open"), None
        )

    def question_to(self, adviser: str) -> AdviceView | None:
        """The question that waits for a person's advice."""
        return next(
            (one for one in self.advice if one.adviser_id == adviser and one.state == "open"), None
        )

    def led_by(self, person: str) -> bool:
        """True for the one whose outcome names the result of a widened decision."""
        return any(one.lead and one.person_id == person for one in self.signers)


@dataclass(frozen=True, slots=True)
class CopyView:
    """A copy of the case: to whom, from whom, and since when it has been read."""

    person_id: str
    by_id: str
    note: str
    at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class JobView:
    """Background work of the case that is not finished."""

    id: str
    kind: str
    element: str | None
    state: str
    due_at: datetime
    provisional: bool


@dataclass(frozen=True)
class CaseView(WhoActed):
    """Everything about a case that a page or a program may need; sealed values stay sealed."""

    id: str
    definition: Definition
    number: str | None
    title: str
    amount_fen: int | None
    state: str
    starter_id: str
    places: Mapping[str, str]
    participants: Mapping[str, Any]
    started_at: datetime
    ended_at: datetime | None
    end_event: str | None
    document: Mapping[str, Any]
    document_version: int
    #: Elements entered so far, each once.
    entered: Sequence[str] = ()
    #: Where its tokens are, in the runtime's own form.
    tokens: dict[str, Any] = field(default_factory=lambda: {"tokens": []})
    tasks: list[TaskView] = field(default_factory=list)
    jobs: list[JobView] = field(default_factory=list)
    copies: list[CopyView] = field(default_factory=list)
    #: Those who have declared that they are not impartial here.
    barred: frozenset[str] = frozenset()
    #: Those the reader stands in for in this process now.
    owners: Sequence[StandIn] = ()
    #: True where the reader has a part in the case, or is asked now.
    takes_part: bool = False
    #: False for a reader who sees the case only to repair it.
    opens_files: bool = True
    #: Fields that this reader is not shown; they are not in `document`.
    hidden: frozenset[str] = frozenset()

    @property
    def open_tasks(self) -> list[TaskView]:
        """The tasks that wait for people."""
        return [one for one in self.tasks if one.state == "open"]

    @property
    def working(self) -> bool:
        """True while a job that is due now has not run yet."""
        return any(one.kind == "ability" and one.state == "due" for one in self.jobs)

    def unread_by(self, person: str) -> bool:
        """True for a person who has a copy and has not opened it yet."""
        return any(one.person_id == person and one.read_at is None for one in self.copies)

    def task(self, task_id: str) -> TaskView:
        """A task by id; raise `NotFound`."""
        for one in self.tasks:
            if one.id == task_id:
                return one
        raise NotFound(task=task_id)


def read_case(connection: Connection, house: Engine, actor: Actor, instance_id: str) -> CaseView:
    """The case for this reader; raise `NotFound` when the reader may not know of it."""
    statement = (
        select(
            instance,
            case_document.c.content,
            case_document.c.version.label("document_version"),
            somebody_is_barred,
        )
        .join(case_document)
        .where(instance.c.id == instance_id)
    )
    row = connection.execute(statement).one_or_none()
    if row is None:
        raise NotFound(instance=instance_id)
    definition = house.catalog.get(row.definition_id)
    owners = stands_in_for(house, connection, actor.id, house.clock.now(), definition.key)
    # What `may_know` and `may_open_files` ask, once for both.
    takes = takes_part(connection, actor, row)
    opens_files = takes or reads_along(connection, definition, actor, row, owners)
    if not (opens_files or actor.administers):
        raise NotFound(instance=instance_id)
    tasks, copies = _tasks(connection, instance_id), _copies(connection, instance_id)
    hidden = hidden_from(definition, actor, row, tasks, copies, owners)
    return CaseView(
        id=row.id,
        definition=definition,
        number=row.number,
        title=row.title,
        amount_fen=row.amount_fen,
        state=row.state,
        starter_id=row.starter_id,
        places=row.places,
        participants=row.participants,
        started_at=row.started_at,
        ended_at=row.ended_at,
        end_event=row.end_event,
        document=without(row.content, hidden),
        hidden=hidden,
        document_version=row.document_version,
        entered=entered_elements(row.snapshot),
        tokens=tokens_of(row.snapshot),
        tasks=tasks,
        jobs=_jobs(connection, instance_id),
        copies=copies,
        barred=barred_from(connection, row.id, row.starter_id)
        if row.somebody_is_barred
        else frozenset(),
        owners=owners,
        takes_part=takes,
        opens_files=opens_files,
    )


def case_of_task(connection: Connection, task_id: str) -> str:
    """The case a task belongs to; raise `NotFound`."""
    found = connection.execute(
        select(task.c.instance_id).where(task.c.id == task_id)
    ).scalar_one_or_none()
    if found is None:
        raise NotFound(task=task_id)
    return str(found)


def may_read(connection: Connection, house: Engine, actor: Actor, instance_id: str) -> bool:
    """True when the actor may know of the case: a part in it, a reader's role, a copy, or a proxy."""
    row = connection.execute(select(instance).where(instance.c.id == instance_id)).one_or_none()
    if row is None:
        return False
    definition = house.catalog.get(row.definition_id)
    owners = stands_in_for(house, connection, actor.id, house.clock.now(), definition.key)
    return may_know(connection, definition, actor, row, owners)


def _tasks(connection: Connection, instance_id: str) -> list[TaskView]:
    rows = connection.execute(
        select(task).where(task.c.instance_id == instance_id).order_by(task.c.created_at, task.c.id)
    ).all()
    keys = _keys(connection, instance_id)
    signers = _signers(connection, instance_id)
    urges = _urges(connection, instance_id)
    advice = _advice(connection, instance_id)
    return [
        TaskView(
            id=row.id,
            element=row.element_id,
            state=row.state,
            rule=row.rule,
            created_at=row.created_at,
            due_at=row.due_at,
            due_provisional=row.due_provisional,
            claimed_by=row.claimed_by,
            closed_at=row.closed_at,
            completed_by=row.completed_by,
            outcome=row.outcome,
            opinion=row.opinion,
            tally=row.tally,
            undone=row.undone,
            completed_for=row.completed_for,
            decided_how=row.decided_how,
            token=row.token,
            run=row.run,
            keys=tuple(keys.get(row.id, ())),
            signers=tuple(signers.get(row.id, ())),
            urges=urges.get(row.id, 0),
            advice=tuple(advice.get(row.id, ())),
            held=row.held or {},
        )
        for row in rows
    ]


def _keys(connection: Connection, instance_id: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in connection.execute(
        select(task_candidate.c.task_id, task_candidate.c.key)
        .join(task, task.c.id == task_candidate.c.task_id)
        .where(task.c.instance_id == instance_id)
        .order_by(task_candidate.c.key)
    ):
        found.setdefault(row.task_id, []).append(row.key)
    return found


def _signers(connection: Connection, instance_id: str) -> dict[str, list[SignerView]]:
    found: dict[str, list[SignerView]] = {}
    for row in connection.execute(
        select(signer)
        .join(task, task.c.id == signer.c.task_id)
        .where(task.c.instance_id == instance_id)
        .order_by(signer.c.task_id, signer.c.position)
    ):
        view = SignerView(
            row.person_id,
            row.position,
            row.state,
            row.outcome,
            row.opinion,
            row.voted_at,
            row.voted_by,
            row.decided_how,
            row.after_id,
            row.added_by,
            row.lead,
        )
        found.setdefault(row.task_id, []).append(view)
    return found


def _urges(connection: Connection, instance_id: str) -> dict[str, int]:
    counted = (
        select(urge.c.task_id, func.count())
        .join(task, task.c.id == urge.c.task_id)
        .where(task.c.instance_id == instance_id)
        .group_by(urge.c.task_id)
    )
    return {row[0]: row[1] for row in connection.execute(counted)}


def _copies(connection: Connection, instance_id: str) -> list[CopyView]:
    rows = connection.execute(
        select(copy).where(copy.c.instance_id == instance_id).order_by(copy.c.at, copy.c.person_id)
    )
    return [CopyView(row.person_id, row.by_id, row.note, row.at, row.read_at) for row in rows]


def _advice(connection: Connection, instance_id: str) -> dict[str, list[AdviceView]]:
    found: dict[str, list[AdviceView]] = {}
    for row in connection.execute(
        select(delegation)
        .join(task, task.c.id == delegation.c.task_id)
        .where(task.c.instance_id == instance_id)
        .order_by(delegation.c.asked_at, delegation.c.id)
    ):
        view = AdviceView(
            task_id=row.task_id,
            owner_id=row.owner_id,
            adviser_id=row.adviser_id,
            question=row.question,
            asked_at=row.asked_at,
            state=row.state,
            advice=row.advice,
            closed_at=row.closed_at,
        )
        found.setdefault(row.task_id, []).append(view)
    return found


def _jobs(connection: Connection, instance_id: str) -> list[JobView]:
    rows = connection.execute(
        select(job)
        .where(
            job.c.instance_id == instance_id,
            # A sign-off's deadline is shown as its task's due date; what a ladder will do is not shown.
            job.c.kind.not_in((*OF_A_TASK, HELD, MIGRATE)),
            or_(job.c.state == "due", job.c.state == "waiting", job.c.state == "incident"),
        )
        .order_by(job.c.due_at)
    )
    return [
        JobView(row.id, row.kind, row.element_id, row.state, row.due_at, row.provisional)
        for row in rows
    ]
