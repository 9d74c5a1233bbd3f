"""Figures over many cases: how many came and went, what is open and overdue, how long steps take.

Each is one statement over an index, whoever asks; only durations look at single tasks, the latest ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, and_, case, distinct, func, literal, select, text

from engine.queries.oversight import Span, Wanted
from engine.store.tables import instance, task
from engine.working_days import WorkingDays
from engine.working_hours import hours_between, open_on

#: How long steps take is computed from so many of the tasks done last.
MOST_TASKS = 20_000
_ONE_DAY, _ONE_HOUR, _NONE = timedelta(days=1), timedelta(hours=1), timedelta()
#: For conditions in which the present has no part.
_NEVER = datetime(1, 1, 2, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Counted:
    """So many cases of a process at a place; which span they fall in, and how they ended, where that is asked."""

    key: str
    place: str
    number: int
    span: int = 0
    state: str = ""
    result: str | None = None


@dataclass(frozen=True, slots=True)
class StepTime:
    """How long a step took in the period, in hours of work."""

    key: str
    element: str
    #: Cases in which somebody did it.
    cases: int
    #: Tasks the times are computed from.
    tasks: int
    median: float
    p90: float


@dataclass(frozen=True, slots=True)
class StepLoad:
    """How many cases stand at a step now, and how many of them are behind a deadline there."""

    key: str
    element: str
    cases: int
    overdue: int


def started(connection: Connection, wanted: Wanted, spans: Sequence[Span]) -> list[Counted]:
    """Cases that began, by span (in order, without gaps), process and place."""
    return _flow(connection, wanted, spans, instance.c.started_at, with_end=False)


def ended(connection: Connection, wanted: Wanted, spans: Sequence[Span]) -> list[Counted]:
    """Cases that ended, by span, process, place, state and end event."""
    return _flow(connection, wanted, spans, instance.c.ended_at, with_end=True)


def open_now(connection: Connection, wanted: Wanted, now: datetime) -> list[Counted]:
    """Cases under way, by process and place."""
    return _grouped(connection, replace(wanted, state="open").conditions(now))


def overdue_now(connection: Connection, wanted: Wanted, now: datetime) -> list[Counted]:
    """Cases under way in which a task is behind its deadline, by process and place."""
    return _grouped(connection, replace(wanted, state="open", overdue=True).conditions(now))


def loads(connection: Connection, wanted: Wanted, now: datetime) -> list[StepLoad]:
    """Where the open work lies: every step at which a case stands."""
    late = case((task.c.due_at < now, task.c.instance_id))
    statement = (
        select(
            instance.c.key,
            task.c.element_id,
            func.count(distinct(task.c.instance_id)).label("cases"),
            func.count(distinct(late)).label("overdue"),
        )
        .select_from(task.join(instance, instance.c.id == task.c.instance_id))
        .where(task.c.state == text("'open'"), *replace(wanted, state="open").conditions(now))
        .group_by(instance.c.key, task.c.element_id)
    )
    return [
        StepLoad(row.key, row.element_id, row.cases, row.overdue)
        for row in connection.execute(statement)
    ]


def step_times(
    connection: Connection, wanted: Wanted, span: Span, clock: WorkClock
) -> tuple[list[StepTime], bool]:
    """How long each step took, of what was done in the span; and whether only the latest were looked at."""
    since, until = span
    done = and_(
        task.c.state == text("'completed'"), task.c.closed_at >= since, task.c.closed_at < until
    )
    joined = task.join(instance, instance.c.id == task.c.instance_id)
    where = [done, *wanted.conditions(clock.until)]
    rows = connection.execute(
        select(
            instance.c.key,
            task.c.element_id,
            task.c.instance_id,
            task.c.created_at,
            task.c.closed_at,
        )
        .select_from(joined)
        .where(*where)
        .order_by(task.c.closed_at.desc())
        .limit(MOST_TASKS + 1)
    ).all()
    cut = len(rows) > MOST_TASKS
    hours: dict[tuple[str, str], list[float]] = {}
    cases: dict[tuple[str, str], set[str]] = {}
    for row in rows[:MOST_TASKS]:
        step = (row.key, row.element_id)
        hours.setdefault(step, []).append(clock.hours(row.created_at, row.closed_at))
        cases.setdefault(step, set()).add(row.instance_id)
    numbers = {step: len(found) for step, found in cases.items()}
    if cut:
        counted = (
            select(
                instance.c.key,
                task.c.element_id,
                func.count(distinct(task.c.instance_id)).label("n"),
            )
            .select_from(joined)
            .where(*where)
            .group_by(instance.c.key, task.c.element_id)
        )
        numbers = {(row.key, row.element_id): row.n for row in connection.execute(counted)}
    return [_step_time(*step, numbers[step], found) for step, found in hours.items()], cut


def _step_time(key: str, element: str, cases: int, hours: list[float]) -> StepTime:
    ordered = sorted(hours)
    return StepTime(
        key, element, cases, len(ordered), quantile(ordered, 0.5), quantile(ordered, 0.9)
    )


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value below which a share lies, between the two nearest."""
    place = (len(ordered) - 1) * share
    lower = int(place)
    upper = min(lower + 1, len(ordered) - 1)
    return ordered[lower] + (ordered[upper] - ordered[lower]) * (place - lower)


class WorkClock:
    """Hours of work between two instants, many times over: whole days are added up once."""

    def __init__(
        self, calendar: WorkingDays, zone: ZoneInfo, since: datetime, until: datetime
    ) -> None:
        self.until = until
        self._calendar, self._zone = calendar, zone
        self._first = since.astimezone(zone).date()
        days = (until.astimezone(zone).date() - self._first).days + 2
        lengths = (_length(calendar, self._first + n * _ONE_DAY, zone) for n in range(max(days, 1)))
        self._until_day = [0.0, *accumulate(lengths)]
        self._known: dict[int, list[tuple[datetime, datetime]]] = {}

    def hours(self, start: datetime, end: datetime) -> float:
        """Hours of work from one instant to another; outside its days they are counted one by one."""
        number, last = self._number(start), self._number(end)
        if number < 0 or last >= len(self._until_day) - 1:
            passed, _ = hours_between(self._calendar, start, end, self._zone)
            return passed / _ONE_HOUR
        whole = self._until_day[last] - self._until_day[number]
        return whole - self._into(number, start) + self._into(last, end)

    def _number(self, instant: datetime) -> int:
        return (instant.astimezone(self._zone).date() - self._first).days

    def _into(self, number: int, instant: datetime) -> float:
        """Hours of work on a day before an instant of it."""
        spans = self._known.get(number)
        if spans is None:
            day = self._first + number * _ONE_DAY
            spans = self._known[number] = open_on(self._calendar, day, self._zone)
        passed = sum((max(_NONE, min(closes, instant) - opens) for opens, closes in spans), _NONE)
        return passed / _ONE_HOUR


def _length(calendar: WorkingDays, day: date, zone: ZoneInfo) -> float:
    spans = open_on(calendar, day, zone)
    return sum((closes - opens for opens, closes in spans), _NONE) / _ONE_HOUR


def _grouped(connection: Connection, conditions: list[ColumnElement[bool]]) -> list[Counted]:
    statement = (
        select(instance.c.key, instance.c.place, func.count().label("number"))
        .where(*conditions)
        .group_by(instance.c.key, instance.c.place)
    )
    return [Counted(**row._mapping) for row in connection.execute(statement)]


def _flow(
    connection: Connection,
    wanted: Wanted,
    spans: Sequence[Span],
    column: ColumnElement[datetime],
    *,
    with_end: bool,
) -> list[Counted]:
    # The latest first: most of what is counted is found after few comparisons.
    number = case(
        *((column >= spans[n][0], n) for n in range(len(spans) - 1, 0, -1)), else_=literal(0)
    ).label("span")
    columns: list[Any] = [instance.c.key, instance.c.place]
    if with_end:
        columns += [instance.c.state, instance.c.end_event.label("result")]
    statement = (
        select(*columns, number, func.count().label("number"))
        .where(column >= spans[0][0], column < spans[-1][1], *wanted.conditions(_NEVER))
        .group_by(*columns, number)
    )
    return [Counted(**row._mapping) for row in connection.execute(statement)]
