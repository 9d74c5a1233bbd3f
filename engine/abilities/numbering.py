"""Numbers of cases: in order, without a gap, per pattern and year."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Row
from sqlalchemy.dialects import postgresql, sqlite

from engine.abilities import arguments
from engine.abilities.base import Answer, Call, Done
from engine.errors import Invalid
from engine.store.case import Case
from engine.store.tables import number_sequence
from engine.store.unit_of_work import UnitOfWork

#: Longest number: the column of a case's number.
LONGEST = 64
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
    width = _check(pattern)
    year = str(uow.today.year)
    name = pattern.replace("{year}", year)
    number = _advance(uow, name)
    result = _FIELD.sub(lambda found: year if found[1] == "year" else f"{number:0{width}}", pattern)
    if len(result) > LONGEST:
        raise BadPattern(longest=LONGEST)
    return result


def _check(pattern: str) -> int:
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
