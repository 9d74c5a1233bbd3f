"""Which of a file's saves are worth keeping: everything just now, less and less of what is long ago."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

#: So many of the last saves stay, however quickly they came.
LAST = 40
#: Beyond them: the last save of each span, up to an age.
_SPANS = (
    (timedelta(hours=6), timedelta(minutes=5)),
    (timedelta(days=2), timedelta(minutes=30)),
    (timedelta(days=60), timedelta(days=1)),
)


def worth_keeping(saves: Sequence[tuple[int, datetime]], now: datetime) -> set[int]:
    """The numbers of the saves to keep, of one file's saves in order of their number.

    The first always stays: it is how the draft began.
    """
    if len(saves) <= LAST:
        return {number for number, _at in saves}
    kept = {saves[0][0], *(number for number, _at in saves[-LAST:])}
    latest: dict[tuple[int, int], int] = {}
    for number, at in saves[:-LAST]:
        for place, (age, span) in enumerate(_SPANS):
            if now - at <= age:
                # A later save of the same span takes the earlier one's place.
                latest[place, int(at.timestamp() // span.total_seconds())] = number
                break
    return kept | set(latest.values())
