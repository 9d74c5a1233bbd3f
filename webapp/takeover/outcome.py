"""What becomes of a line."""

from __future__ import annotations

from dataclasses import dataclass, field

CREATED, CHANGED, UNCHANGED, REFUSED = "created", "changed", "unchanged", "refused"
STATES = (CREATED, CHANGED, UNCHANGED, REFUSED)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A line that was taken over; `what` it is about and what changed, in words."""

    state: str
    what: str
    words: list[str] = field(default_factory=list)
