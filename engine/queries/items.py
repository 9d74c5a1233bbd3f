"""Lines of lists of work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class InboxItem:
    """One line: a task, or for `started` a case."""

    task_id: str | None
    element: str | None
    instance_id: str
    definition_id: str
    title: str
    number: str | None
    amount_fen: int | None
    starter_id: str
    state: str
    at: datetime
    due_at: datetime | None
    due_provisional: bool
    claimed_by: str | None
    outcome: str | None
    #: In `cc`: True until the person has opened the case.
    unread: bool = False
    #: How often those who may act were asked to hurry.
    urges: int = 0
    #: The owner, where the reader sees it because of standing in for one.
    acts_for: str | None = None
    #: True where advice is asked of the reader, not a decision.
    advice: bool = False
    #: True while whoever it lies with waits for advice.
    waits: bool = False
    #: Who has decided it a moment ago; it does not count yet.
    held_by: str | None = None
    #: Of a case: when it ended, and where it belongs.
    ended_at: datetime | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list; `next` names where the following one begins, None at the end."""

    items: list[InboxItem]
    next: str | None
