"""The administrators' word on numbers: another pattern from a day on, or a higher next number; never one twice."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import insert, select, update

from engine.abilities.numbering import (
    PATTERNS,
    BadPattern,
    check_pattern,
    may_collide,
    patterns,
)
from engine.errors import ChangeRefused
from engine.store.tables import number_sequence, setting
from engine.store.unit_of_work import UnitOfWork

LONGEST_REASON = 200
LARGEST_NUMBER = 999_999_999


def set_pattern(
    uow: UnitOfWork, pattern: str, new: str, *, on: date, reason: str, known: Iterable[str]
) -> None:
    """From a day on (today or later) `new` takes the place of a package's pattern. The caller commits.

    `known`: the patterns of all packages. Raise `ChangeRefused` where the new one could ever give a
    number that another pattern, or one used before, gives.
    """
    reason = _reason(reason)
    try:
        check_pattern(new)
    except BadPattern:
        raise ChangeRefused("bad_pattern") from None
    if on < uow.today:
        raise ChangeRefused("past_day")
    row = uow.execute(
        select(setting.c.value).where(setting.c.name == PATTERNS).with_for_update()
    ).one_or_none()
    changes = {name: list(found) for name, found in patterns(uow.connection).items()}
    own = changes.get(pattern, [])
    kept = [one for one in own if one["from"] < on.isoformat()]
    before = kept[-1]["pattern"] if kept else pattern
    if before == new:
        raise ChangeRefused("same_pattern")
    used = {*known, pattern, *uow.execute(select(number_sequence.c.name)).scalars()}
    used |= {one["pattern"] for found in changes.values() for one in found}
    # Back to a pattern this one had: it goes on counting where it stopped, and gives no number twice.
    former = {pattern, *(one["pattern"] for one in own)}
    if new not in former:
        for other in sorted(used):
            if may_collide(new, other):
                raise ChangeRefused("pattern_collides", other=other)
    changes[pattern] = [*kept, {"from": on.isoformat(), "pattern": new}]
    if row is None:
        uow.execute(insert(setting).values(name=PATTERNS, value=changes))
    else:
        uow.execute(update(setting).where(setting.c.name == PATTERNS).values(value=changes))
    uow.record_in(
        "system",
        "numbering.pattern_set",
        {"on": on.isoformat()},
        {"pattern": pattern, "from": before, "to": new, "reason": reason},
    )


def set_next(uow: UnitOfWork, sequence: str, number: int, *, reason: str) -> None:
    """Let a sequence go on with a higher number; those between are never given. The caller commits."""
    reason = _reason(reason)
    if not 1 <= number <= LARGEST_NUMBER:
        raise ChangeRefused("bad_number", most=LARGEST_NUMBER)
    row = uow.execute(
        select(number_sequence.c.last).where(number_sequence.c.name == sequence).with_for_update()
    ).one_or_none()
    last = 0 if row is None else row.last
    if number <= last:
        raise ChangeRefused("number_given", last=last)
    if number == last + 1:
        return
    if row is None:
        uow.execute(insert(number_sequence).values(name=sequence, last=number - 1))
    else:
        uow.execute(
            update(number_sequence)
            .where(number_sequence.c.name == sequence)
            .values(last=number - 1)
        )
    uow.record_in(
        "system",
        "numbering.next_set",
        {},
        {"sequence": sequence, "from": last + 1, "to": number, "reason": reason},
    )


def _reason(text: str) -> str:
    text = " ".join(text.split())
    if not 1 <= len(text) <= LONGEST_REASON:
        raise ChangeRefused("reason_missing", longest=LONGEST_REASON)
    return text
