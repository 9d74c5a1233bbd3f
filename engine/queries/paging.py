"""Where a page of a list ends and the next begins: an instant and an id, as one opaque text."""

from __future__ import annotations

from datetime import datetime

from engine.clock import utc
from engine.errors import Invalid


def mark(at: datetime, identity: str) -> str:
    """The place of a line, fit for an address without being quoted."""
    return f"{utc(at).isoformat().replace('+00:00', 'Z')}|{identity}"


def place(text: str) -> tuple[datetime, str]:
    """What `mark` said; raise `Invalid` for anything else."""
    at, _, identity = text.partition("|")
    try:
        return utc(datetime.fromisoformat(at)), identity
    except (OverflowError, ValueError):
        raise Invalid("This does not name the end of a page.") from None
