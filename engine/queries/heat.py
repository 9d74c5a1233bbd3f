"""Where the cases of a version are now: how many at each element, how long they wait, what is overdue or has given up.

Numbers and the lists behind them come from one statement of where a case stands, so that they cannot disagree.
Waiting times are counted by the hour in which the waiting began: a hundred thousand cases are a few hundred rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Subquery,
    case,
    distinct,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from engine.catalog.definition import Definition
from engine.queries.figures import MOST_TASKS, WorkClock, quantile
from engine.store.tables import instance, job, task
from engine.store.types import UtcTime

#: Jobs at which a case stands; those of a task's own clock are no place.
_PLACES = ("timer", "ability", "message")
_OPEN = ("due", "waiting", "incident", "parked")
RUNNING = ("active", "suspended")
#: What of a place's cases is listed.
ALL, OVERDUE, INCIDENT = "", "overdue", "incident"


@dataclass
class Place:
    """An element and the cases that stand there."""

    element: str
    cases: int = 0
    overdue: int = 0
    incidents: int = 0
    #: How long they have waited until now, in hours of work and in days: half of them, and nine in ten, at most.
    median: float | None = None
    p90: float | None = None
    median_days: float | None = None
    p90_days: float | None = None
    #: How long those took that were done here in the period.
    done: int = 0
    done_median: float | None = None
    done_p90: float | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A case at a place."""

    id: str
    title: str
    number: str | None
    since: datetime
    due_at: datetime | None
    incident: bool


@dataclass
class Heat:
    """A version's places, in the order of the diagram."""

    places: list[Place] = field(default_factory=list)
    #: Cases under way: each stands at one place at least, or waits at a join.
    cases: int = 0


def heat(
    connection: Connection, definition: Definition, clock: WorkClock, now: datetime, since: datetime
) -> Heat:
    """Where the version's cases are now; `since`: from when on it is looked at what was done."""
    standing = _standing(definition)
    found = {one: Place(one) for one in definition.specification.diagram.elements}
    for row in connection.execute(_counts(standing, now)):
        if row.element_id in found:
            place = found[row.element_id]
            place.cases, place.overdue, place.incidents = row.cases, row.overdue, row.incidents
    _waiting(connection, standing, found, clock, now)
    _done(connection, definition, found, clock, since)
    total = select(func.count()).where(
        instance.c.definition_id == definition.id, instance.c.state.in_(RUNNING)
    )
    shown = [one for one in found.values() if one.cases or one.done]
    return Heat(shown, connection.execute(total).scalar_one())


def cases_at(
    connection: Connection,
    definition: Definition,
    element: str,
    now: datetime,
    only: str = ALL,
    after: str = "",
    limit: int = 100,
) -> list[Standing]:
    """The cases behind a number, each once, the oldest first, after the one named."""
    standing = _standing(definition)
    places = (
        select(
            standing.c.instance_id,
            func.min(standing.c.since).label("since"),
            func.min(standing.c.due_at).label("due_at"),
            func.max(standing.c.incident).label("incident"),
        )
        .where(standing.c.element_id == element, *_only(standing, now, only))
        .group_by(standing.c.instance_id)
        .subquery()
    )
    rows = connection.execute(
        select(
            instance.c.id,
            instance.c.title,
            instance.c.number,
            places.c.since,
            places.c.due_at,
            places.c.incident,
        )
        .join(places, places.c.instance_id == instance.c.id)
        .where(instance.c.id > after)
        .order_by(instance.c.id)
        .limit(limit)
    )
    return [
        Standing(row.id, row.title, row.number, row.since, row.due_at, bool(row.incident))
        for row in rows
    ]


def _standing(definition: Definition) -> Subquery:
    """Where the running cases of a version stand: a row for each open task, timer, ability and message."""
    running = instance.c.definition_id == definition.id, instance.c.state.in_(RUNNING)
    tasks = (
        select(
            task.c.instance_id,
            task.c.element_id,
            task.c.created_at.label("since"),
            task.c.due_at,
            literal(0).label("incident"),
        )
        .join(instance, instance.c.id == task.c.instance_id)
        .where(*running, task.c.state == "open")
    )
    edges = [
        one.id
        for one in definition.specification.diagram.elements.values()
        if one.kind == "boundaryEvent"
    ]
    gave_up = job.c.state == "incident"
    jobs = (
        select(
            job.c.instance_id,
            job.c.element_id,
            job.c.created_at.label("since"),
            null().cast(UtcTime()).label("due_at"),
            case((gave_up, 1), else_=0).label("incident"),
        )
        .join(instance, instance.c.id == job.c.instance_id)
        .where(
            *running,
            job.c.state.in_(_OPEN),
            # A timer on an edge is where its activity is, unless it has given up.
            or_(gave_up, job.c.kind.in_(_PLACES) & job.c.element_id.not_in(edges)),
            job.c.element_id.is_not(None),
        )
    )
    return union_all(tasks, jobs).subquery("standing")


def _only(standing: Subquery, now: datetime, only: str) -> list[ColumnElement[bool]]:
    return {
        OVERDUE: [standing.c.due_at < now],
        INCIDENT: [standing.c.incident == 1],
    }.get(only, [])


def _counts(standing: Subquery, now: datetime) -> Any:
    def those(only: str) -> Any:
        (condition,) = _only(standing, now, only)
        return func.count(distinct(case((condition, standing.c.instance_id)))).label(only)

    return select(
        standing.c.element_id,
        func.count(distinct(standing.c.instance_id)).label("cases"),
        those(OVERDUE),
        those(INCIDENT).label("incidents"),
    ).group_by(standing.c.element_id)


def _waiting(
    connection: Connection,
    standing: Subquery,
    found: dict[str, Place],
    clock: WorkClock,
    now: datetime,
) -> None:
    """How long the cases of each place have waited, by the hour in which that began."""
    if connection.dialect.name == "sqlite":
        hour: Any = func.strftime("%Y-%m-%d %H", standing.c.since)
    else:
        hour = func.to_char(func.timezone("UTC", standing.c.since), "YYYY-MM-DD HH24")
    rows = connection.execute(
        select(standing.c.element_id, hour.label("hour"), func.count().label("number")).group_by(
            standing.c.element_id, hour
        )
    )
    waits: dict[str, list[tuple[datetime, int]]] = {}
    for row in rows:
        began = datetime.strptime(row.hour, "%Y-%m-%d %H").replace(tzinfo=UTC)
        waits.setdefault(row.element_id, []).append((began, row.number))
    for element, begun in waits.items():
        if element not in found:
            continue
        place = found[element]
        half, most = _share(begun, 0.5), _share(begun, 0.9)
        place.median, place.p90 = clock.hours(half, now), clock.hours(most, now)
        place.median_days, place.p90_days = _days(now - half), _days(now - most)


def _share(begun: Iterable[tuple[datetime, int]], share: float) -> datetime:
    """The hour from which on a share of those who wait, the latest first, have begun to."""
    ordered = sorted(begun, reverse=True)
    wanted = share * sum(number for _, number in ordered)
    passed = 0
    for began, number in ordered:
        passed += number
        if passed >= wanted:
            return began
    return ordered[-1][0]


def _days(span: timedelta) -> float:
    return span / timedelta(days=1)


def _done(
    connection: Connection,
    definition: Definition,
    found: dict[str, Place],
    clock: WorkClock,
    since: datetime,
) -> None:
    """How long what was done in the period took, from the latest of it."""
    rows = connection.execute(
        select(task.c.element_id, task.c.created_at, task.c.closed_at)
        .join(instance, instance.c.id == task.c.instance_id)
        .where(
            task.c.state == "completed",
            task.c.closed_at >= since,
            instance.c.definition_id == definition.id,
        )
        .order_by(task.c.closed_at.desc())
        .limit(MOST_TASKS)
    )
    hours: dict[str, list[float]] = {}
    for row in rows:
        hours.setdefault(row.element_id, []).append(clock.hours(row.created_at, row.closed_at))
    for element, took in hours.items():
        if element in found:
            ordered = sorted(took)
            found[element].done = len(ordered)
            found[element].done_median = quantile(ordered, 0.5)
            found[element].done_p90 = quantile(ordered, 0.9)
