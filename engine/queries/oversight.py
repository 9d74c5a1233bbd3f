"""Which cases are counted and listed: one condition for every figure and for the list behind it.

A number on the dashboard and the list that its link leads to are made of the same `Wanted`, so that they
cannot disagree.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select, text

from engine.store.tables import instance, task

#: From when (with it) and until when (without it); None: without an end.
Span = tuple[datetime | None, datetime | None]
NO_SPAN: Span = (None, None)
#: What the word for a state means.
STATES = {
    "open": ("active", "suspended"),
    "ended": ("completed", "withdrawn", "terminated"),
    "active": ("active",),
    "suspended": ("suspended",),
    "completed": ("completed",),
    "withdrawn": ("withdrawn",),
    "terminated": ("terminated",),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is counted or listed; nothing given: everything."""

    #: Where; None: everywhere.
    places: frozenset[str] | None = None
    #: Keys of processes; None: all.
    processes: frozenset[str] | None = None
    #: A word of `STATES`.
    state: str = ""
    #: The end event that was reached.
    result: str = ""
    started: Span = NO_SPAN
    ended: Span = NO_SPAN
    #: An open task is behind its deadline.
    overdue: bool = False
    #: The element of an open task.
    step: str = ""
    #: The element of a task that was completed, in the span `done_in`.
    done: str = ""
    done_in: Span = NO_SPAN
    starter: str = ""

    def conditions(self, now: datetime) -> list[ColumnElement[bool]]:
        """For a statement over `instance`."""
        found: list[ColumnElement[bool]] = []
        if self.places is not None:
            found.append(instance.c.place.in_(sorted(self.places)))
        if self.processes is not None:
            found.append(instance.c.key.in_(sorted(self.processes)))
        if self.state in ("open", "ended"):
            # What is over has an end, which an index knows.
            over = instance.c.ended_at.is_not(None)
            found.append(over if self.state == "ended" else instance.c.ended_at.is_(None))
        elif self.state:
            found.append(instance.c.state.in_(STATES[self.state]))
        if self.result:
            found.append(instance.c.end_event == self.result)
        found += _within(instance.c.started_at, self.started)
        found += _within(instance.c.ended_at, self.ended)
        if self.starter:
            found.append(instance.c.starter_id == self.starter)
        if self.overdue or self.step:
            found.append(instance.c.id.in_(_open_tasks(self.step, now if self.overdue else None)))
        if self.done:
            found.append(instance.c.id.in_(_done_tasks(self.done, self.done_in)))
        return found


def _open_tasks(element: str, due_before: datetime | None) -> Select[tuple[str]]:
    """The cases of open tasks; written out, so that PostgreSQL knows the partial index."""
    statement = select(task.c.instance_id).where(task.c.state == text("'open'"))
    if element:
        statement = statement.where(task.c.element_id == element)
    if due_before is not None:
        statement = statement.where(task.c.due_at < due_before)
    return statement


def _done_tasks(element: str, span: Span) -> Select[tuple[str]]:
    return select(task.c.instance_id).where(
        task.c.state == text("'completed'"),
        task.c.element_id == element,
        *_within(task.c.closed_at, span),
    )


def _within(column: ColumnElement[datetime], span: Span) -> Iterable[ColumnElement[bool]]:
    since, until = span
    if since is not None:
        yield column >= since
    if until is not None:
        yield column < until
