"""One way to look at a list of work: which box, in which order, what of it. What an address says, and what
is kept under a name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engine.clock import end_of_day
from engine.errors import Invalid
from engine.queries.orders import ORDERS

BOXES = ("todo", "pool", "done", "started", "cc")
#: The boxes of open work: these have orders, and deadlines.
WAITING = ("todo", "pool")
#: What work can be sifted by: past its deadline, or due by the end of the day, or of the week.
DUE = ("overdue", "today", "week")
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class View:
    """Box and order, and what is left out. Empty texts: as it comes, and all of it."""

    box: str = "todo"
    sort: str = ""
    process: str = ""
    due: str = ""
    text: str = ""

    def __post_init__(self) -> None:
        waits = self.box in WAITING
        if self.box not in BOXES:
            raise Invalid("There is no such list.", box=self.box)
        if self.sort and (self.sort not in ORDERS if waits else self.sort != "-age"):
            raise Invalid("There is no such order.", box=self.box, sort=self.sort)
        if self.due and (self.due not in DUE or not waits):
            raise Invalid("There is no such deadline.", box=self.box, due=self.due)
        if self.due and self.sort and ORDERS[self.sort].column != "due_at":
            raise Invalid("What is sifted by deadline is sorted by deadline.", sort=self.sort)
        if len(self.text) > _LONGEST or len(self.process) > _LONGEST:
            raise Invalid("That is too long.")

    @classmethod
    def of(cls, fields: Mapping[str, Any]) -> View:
        """From what was sent or kept; raise `Invalid` for what makes no sense together."""
        known = {name: str(value).strip() for name, value in fields.items() if value}
        if not set(known) <= set(cls.__slots__):
            raise Invalid("A list of work has box, sort, process, due and text.")
        if known.get("sort") == _usual(known):
            # The order a list has anyway is none.
            known.pop("sort")
        return cls(**known)

    def as_dict(self) -> dict[str, str]:
        """What is set."""
        return {name: value for name, value in asdict(self).items() if value}


def _usual(known: Mapping[str, str]) -> str:
    if known.get("due"):
        return "due"
    return "age" if known.get("box", "todo") in WAITING else "-age"


def due_span(
    due: str, now: datetime, zone: ZoneInfo
) -> tuple[datetime | None, datetime | None] | None:
    """From when and until when work is due that is `overdue`, or due `today` or this `week` and not yet overdue."""
    if not due:
        return None
    if due == "overdue":
        return None, now
    # A deadline at the end of a day falls on the next midnight; that day still counts.
    last = now.astimezone(zone).date()
    if due == "week":
        last += timedelta(days=6 - last.weekday())
    midnight = end_of_day(last, zone)
    return now, midnight + timedelta(microseconds=1)
