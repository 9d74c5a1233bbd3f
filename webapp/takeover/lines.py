"""Line by line through a book: each is done for real, in a transaction that the caller keeps or drops.

A dry run is the same run, rolled back: what it says is what would happen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.errors import EngineError
from engine.store.unit_of_work import UnitOfWork
from webapp.problems import sentence
from webapp.takeover.book import Book, Table
from webapp.takeover.cells import Fields, LineRefused
from webapp.takeover.columns import EARLIER, PEOPLE, POSTS, UNITS
from webapp.takeover.earlier import take_earlier
from webapp.takeover.known import Known
from webapp.takeover.outcome import REFUSED, Outcome
from webapp.takeover.people import LONGEST_NUMBER, take_person
from webapp.takeover.posts import take_post
from webapp.takeover.units import take_unit

_TAKE: dict[str, Callable[[Known, Fields, int], Outcome]] = {
    UNITS: take_unit,
    PEOPLE: take_person,
    POSTS: take_post,
    EARLIER: take_earlier,
}


@dataclass(frozen=True, slots=True)
class Line:
    """What becomes, or would become, of one line."""

    kind: str
    sheet: str
    row: int
    #: created, changed, unchanged or refused
    state: str
    #: whom or what it is about, with nothing sensitive
    what: str
    words: tuple[str, ...]


def run(uow: UnitOfWork, book: Book) -> list[Line]:
    """Take over every line of a book; the caller commits, unless one was refused."""
    numbers = (
        Fields(table, number, cells).text("member_no", LONGEST_NUMBER)
        for table in book.tables
        for number, cells in table.rows
    )
    known = Known.read(uow, (one for one in numbers if one))
    return [
        _line(known, table, number, cells) for table in book.tables for number, cells in table.rows
    ]


def _line(known: Known, table: Table, number: int, cells: Any) -> Line:
    fields = Fields(table, number, cells)
    try:
        # A line that is refused half way leaves nothing behind for the next ones to stumble over.
        with known.uow.connection.begin_nested():
            done = _TAKE[table.kind](known, fields, number)
    except LineRefused as refused:
        return Line(table.kind, table.sheet, number, REFUSED, fields.what, tuple(refused.words))
    except EngineError as error:
        words = (sentence(error.problem, error.parts),)
        return Line(table.kind, table.sheet, number, REFUSED, fields.what, words)
    return Line(table.kind, table.sheet, number, done.state, done.what, tuple(done.words))


def counts(lines: list[Line]) -> dict[str, dict[str, int]]:
    """Kind → how many lines are created, changed, unchanged, refused."""
    found: dict[str, Counter[str]] = {}
    for line in lines:
        found.setdefault(line.kind, Counter())[line.state] += 1
    return {kind: dict(number) for kind, number in found.items()}
