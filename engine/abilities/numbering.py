"""Numbers of cases: in order, without a gap, per pattern and year.

A package names its pattern; administrators may let another take its place from a day on
(`engine/commands/numbering.py`), and only one whose numbers no other pattern can give.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects import postgresql, sqlite

from engine.abilities import arguments
from engine.abilities.base import Answer, Call, Done
from engine.errors import Invalid
from engine.store.case import Case
from engine.store.tables import number_sequence, setting
from engine.store.unit_of_work import UnitOfWork

#: Longest number: the column of a case's number.
LONGEST = 64
#: The setting with the patterns that have taken another's place: pattern → [{from, pattern}].
PATTERNS = "number_patterns"
_FIELD = re.compile(r"\{(year|number)(?::0([1-9]))?\}")


class BadPattern(Invalid):
    """A number's pattern is text with {number} or {number:05}, and {year} if it begins anew yearly."""

    problem = "bad_pattern"


def take_number(uow: UnitOfWork, pattern: str) -> str:
    """The next number of a pattern such as `DB-{year}-{number:05}`.

    Numbers begin at 1 and, where the pattern has {year}, again each year (the organisation's day).
    The sequence's row stays locked until the commit, so a number is never given twice, and one
    whose transaction fails is given to the next. Raises `BadPattern`.
    """
    check_pattern(pattern)
    pattern = pattern_on(uow.connection, pattern, uow.today)
    width = check_pattern(pattern)
    year = str(uow.today.year)
    name = sequence_name(pattern, uow.today)
    number = _advance(uow, name)
    result = _FIELD.sub(lambda found: year if found[1] == "year" else f"{number:0{width}}", pattern)
    if len(result) > LONGEST:
        raise BadPattern(longest=LONGEST)
    return result


def sequence_name(pattern: str, day: date) -> str:
    """What counts a pattern's numbers: one row for it, or one for each year where it has {year}."""
    return pattern.replace("{year}", str(day.year))


def patterns(connection: Connection) -> Mapping[str, list[dict[str, str]]]:
    """Pattern of a package → those that take its place, with the day from which each does."""
    found: Mapping[str, list[dict[str, str]]] | None = connection.execute(
        select(setting.c.value).where(setting.c.name == PATTERNS)
    ).scalar_one_or_none()
    return found or {}


def pattern_on(connection: Connection, pattern: str, day: date) -> str:
    """The pattern that counts on a day where a package names this one."""
    for change in reversed(patterns(connection).get(pattern, [])):
        if change["from"] <= day.isoformat():
            return change["pattern"]
    return pattern


def may_collide(one: str, other: str) -> bool:
    """Whether two patterns could ever give the same number."""
    first, second = _signs(one), _signs(other)

    @cache
    def meet(i: int, j: int) -> bool:
        if i == len(first) and j == len(second):
            return True
        a = first[i] if i < len(first) else None
        b = second[j] if j < len(second) else None
        # A star is any further number of digits: it may be passed over, or take a digit of the other.
        if (a == "*" and meet(i + 1, j)) or (b == "*" and meet(i, j + 1)):
            return True
        if a is None or b is None or a == b == "*" or not _same_sign(a, b):
            return False
        return meet(i if a == "*" else i + 1, j if b == "*" else j + 1)

    return meet(0, 0)


def _signs(pattern: str) -> tuple[str, ...]:
    """Sign by sign: itself, `#` for a digit, `*` for any number of digits more."""
    signs: list[str] = []
    at = 0
    for match in _FIELD.finditer(pattern):
        signs += pattern[at : match.start()]
        signs += ["#"] * 4 if match[1] == "year" else ["#"] * int(match[2] or 1) + ["*"]
        at = match.end()
    return (*signs, *pattern[at:])


def _same_sign(a: str, b: str) -> bool:
    if a == b:
        return True
    a_digit, b_digit = a in "#*", b in "#*"
    return (a_digit and (b_digit or b.isdigit())) or (b_digit and a.isdigit())


def check_pattern(pattern: str) -> int:
    """The width of the number; str.format would read attributes, so the pattern is ours."""
    found = list(_FIELD.finditer(pattern))
    kinds = [match[1] for match in found]
    rest = _FIELD.sub("", pattern)
    years_have_width = any(match[1] == "year" and match[2] for match in found)
    if kinds.count("number") != 1 or years_have_width or "{" in rest or "}" in rest:
        raise BadPattern
    if len(pattern) > LONGEST or not pattern.isprintable():
        raise BadPattern(longest=LONGEST)
    return next(int(match[2] or 1) for match in found if match[1] == "number")


def _advance(uow: UnitOfWork, name: str) -> int:
    insert = sqlite.insert if uow.connection.dialect.name == "sqlite" else postgresql.insert
    statement = insert(number_sequence).values(name=name, last=1)
    number: int = uow.execute(
        statement.on_conflict_do_update(
            index_elements=[number_sequence.c.name], set_={"last": number_sequence.c.last + 1}
        ).returning(number_sequence.c.last)
    ).scalar_one()
    return number


class NextNumber:
    """`numbering.next`: a number for the case; the first one is also the case's own number."""

    sets_aside = False

    def run(self, call: Call) -> Answer:
        """Take the next number of `sequence`."""
        number = take_number(call.uow, arguments.text(call, "sequence", LONGEST))
        if call.case.number is None:
            call.case.number = number
        call.leave_effect("numbering.next", "void", number)
        return Done(number)

    def undo(self, uow: UnitOfWork, case: Case, done: Row[Any]) -> None:
        """The number stays used: the case keeps it, and nobody gets it again."""
