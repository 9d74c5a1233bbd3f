"""Where a page of a list ends and the next begins: an instant and an id, as one opaque text."""

from __future__ import annotations

from datetime import datetime

from engine.clock import utc
from engine.errors import Invalid


def written(at: datetime) -> str:
    """An instant, fit for an address without being quoted."""
    return utc(at).isoformat().replace("+00:00", "Z")


def instant(text: str) -> datetime:
    """What `written` wrote; raise `ValueError` or `OverflowError` for anything else."""
    return utc(datetime.fromisoformat(text))


def mark(at: datetime, identity: str) -> str:
    """The place of a line."""
    return f"{written(at)}|{identity}"


def place(text: str) -> tuple[datetime, str]:
    """What `mark` said; raise `Invalid` for anything else."""
    at, _, identity = text.partition("|")
    try:
        return instant(at), identity
    except (OverflowError, ValueError):
        raise Invalid("This does not name the end of a page.") from None
