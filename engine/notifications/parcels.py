"""What is handed to a courier: who is told what, and by which channel. It holds no sentence."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Row, Select, select

from engine.store.tables import instance, notification, task


class NotDelivered(Exception):
    """It was not taken. `code` is ours and holds nothing the other side said beyond a number."""

    def __init__(self, code: str, *, permanent: bool = False) -> None:
        super().__init__(code)
        self.code = code
        #: True where trying again by itself cannot help.
        self.permanent = permanent


@dataclass(frozen=True, slots=True)
class Line:
    """One notification with what its sentence needs; titles are those of now."""

    id: str
    person_id: str
    kind: str
    at: datetime
    facts: dict[str, Any] = field(default_factory=dict)
    read_at: datetime | None = None
    instance_id: str | None = None
    definition_id: str | None = None
    title: str | None = None
    number: str | None = None
    case_state: str | None = None
    task_id: str | None = None
    element: str | None = None
    task_state: str | None = None


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook, opened."""

    id: str
    url: str
    secret: str
    format: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message: its id stays the same however often it is sent."""

    id: str
    lines: tuple[Line, ...]
    language: str
    #: The address of a mail; None for a webhook.
    address: str | None = None
    hook: Hook | None = None
    #: Names of those an organisation's webhook hears about, and how many they are.
    people: tuple[str, ...] = ()
    count: int = 0
    digest: bool = False


class Courier(Protocol):
    """Takes messages out of the house."""

    def deliver(self, parcel: Parcel) -> None:
        """Return once the other side has taken it; raise `NotDelivered`."""


def lines() -> Select[Any]:
    """Notifications with their case and task, for `line`."""
    return select(
        notification.c.id,
        notification.c.person_id,
        notification.c.kind,
        notification.c.at,
        notification.c.facts,
        notification.c.read_at,
        notification.c.instance_id,
        instance.c.definition_id,
        instance.c.title,
        instance.c.number,
        instance.c.state.label("case_state"),
        notification.c.task_id,
        task.c.element_id.label("element"),
        task.c.state.label("task_state"),
    ).select_from(
        notification.outerjoin(instance, instance.c.id == notification.c.instance_id).outerjoin(
            task, task.c.id == notification.c.task_id
        )
    )


def line(row: Row[Any]) -> Line:
    """A row of `lines`."""
    return Line(**{name: row._mapping[name] for name in Line.__dataclass_fields__})
