"""A file as rows of cells: which sheets are understood, what stands in them, and what was left out.

Cells keep their kind (a number is not a text that looks like one); nothing is computed, no link followed.
"""

from __future__ import annotations

import csv
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import Any

from openpyxl import load_workbook  # type: ignore[import-untyped]  # it has none
from openpyxl.utils import get_column_letter, range_boundaries  # type: ignore[import-untyped]  # the same

from engine.errors import ChangeRefused
from webapp.language import gettext_in
from webapp.takeover.columns import KINDS, columns, headings, plain, sheet_title
from webapp.takeover.package import inspect

#: The most lines that are taken over at once, and how far down a sheet is looked at.
MOST_LINES = 5_000
MOST_ROWS = 20_000
MOST_COLUMNS = 60
#: The longest text of a cell that is looked at.
MOST_TEXT = 500
#: Headings stand in one of the first rows; titles of the whole list may stand above them.
_HEAD_WITHIN = 10
_MERGED = re.compile(rb'<mergeCell\b[^>]*\bref="([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})"')

TEXT, NUMBER, DAY, FORMULA, ERROR, OTHER = "text", "number", "day", "formula", "error", "other"
#: Kind and value of a cell, ready for JSON: days as YYYY-MM-DD, numbers as they were read.
Cell = tuple[str, Any]


@dataclass(slots=True)
class Table:
    """One sheet that is understood."""

    kind: str
    sheet: str
    #: column key → its letter
    letters: dict[str, str]
    #: number of the row → column key → cell
    rows: list[tuple[int, dict[str, Cell]]] = field(default_factory=list)
    #: rows that merged cells reach into
    merged: dict[int, str] = field(default_factory=dict)


@dataclass(slots=True)
class Book:
    """What a file holds: its tables, and remarks on what was left out, as (code, name)."""

    tables: list[Table]
    remarks: list[tuple[str, str]]

    @property
    def lines(self) -> int:
        """How many lines there are in all."""
        return sum(len(one.rows) for one in self.tables)


def read_book(content: bytes, file_name: str) -> Book:
    """Read a spreadsheet (.xlsx) or a CSV; raise `ChangeRefused` for what cannot be read."""
    if not content:
        raise ChangeRefused("book_empty")
    found = _xlsx(content) if inspect(content) else _csv(content, file_name)
    book = Book([], [])
    for sheet, rows, hidden, merged in found:
        if hidden:
            book.remarks.append(("hidden", sheet))
            continue
        table = _table(sheet, rows, merged)
        if table is None:
            book.remarks.append(("unknown", sheet))
        elif table.rows:
            book.tables.append(table)
    book.tables.sort(key=lambda one: KINDS.index(one.kind))
    if not book.tables:
        raise ChangeRefused("book_nothing")
    if book.lines > MOST_LINES:
        raise ChangeRefused("book_too_long", most=MOST_LINES)
    return book


Sheet = tuple[str, Iterable[tuple[Any, ...]], bool, list[str]]


def _xlsx(content: bytes) -> Iterator[Sheet]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(BytesIO(content), read_only=True, keep_links=False)
            for sheet in book.worksheets:
                # Many programs write a wrong size; without it the rows themselves are counted.
                sheet.reset_dimensions()
                rows = sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS)
                found = [tuple(_cell(one) for one in row) for row in rows]
                merged = _merged(content, getattr(sheet, "_worksheet_path", ""))
                yield sheet.title, found, sheet.sheet_state != "visible", merged
    except ChangeRefused:
        raise
    # Whatever a library stumbles over in a stranger's file: the file is what is wrong.
    except Exception:
        raise ChangeRefused("book_unreadable") from None


def _merged(content: bytes, path: str) -> list[str]:
    with zipfile.ZipFile(BytesIO(content)) as package:
        if path not in package.namelist():
            return []
        return [found.decode() for found in _MERGED.findall(package.read(path))]


def _cell(cell: Any) -> Cell | None:
    value = cell.value
    kind = cell.data_type if value is not None else "n"
    if value is None or value == "":
        return None
    if kind == "f" or not isinstance(value, str | int | float | bool | date):
        return FORMULA, ""
    if kind == "e":
        return ERROR, str(value)[:20]
    if isinstance(value, datetime):
        return DAY, value.date().isoformat()
    if isinstance(value, date):
        return DAY, value.isoformat()
    if isinstance(value, bool):
        return OTHER, str(value)
    if isinstance(value, int | float):
        return NUMBER, value
    return (TEXT, value[:MOST_TEXT]) if value.strip() else None


def _csv(content: bytes, file_name: str) -> Iterator[Sheet]:
    if not file_name.lower().endswith((".csv", ".txt")):
        raise ChangeRefused("book_unreadable")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise ChangeRefused("book_unreadable")
    try:
        rows = [
            tuple((TEXT, one[:MOST_TEXT]) if one.strip() else None for one in row[:MOST_COLUMNS])
            for _number, row in zip(range(MOST_ROWS), csv.reader(StringIO(text)), strict=False)
        ]
    except csv.Error:
        raise ChangeRefused("book_unreadable") from None
    yield file_name.rpartition(".")[0] or file_name, rows, False, []


def _table(sheet: str, rows: Iterable[tuple[Any, ...]], merged: list[str]) -> Table | None:
    numbered = enumerate(rows, start=1)
    for number, row in numbered:
        if number > _HEAD_WITHIN:
            return None
        head = _head(sheet, row)
        if head is not None:
            kind, keys = head
            break
    else:
        return None
    table = Table(kind, sheet, {key: get_column_letter(at + 1) for at, key in keys.items()})
    for number, row in numbered:
        cells = {key: row[at] for at, key in keys.items() if at < len(row) and row[at] is not None}
        if cells:
            table.rows.append((number, cells))
    for area in merged:
        _left, top, _right, bottom = range_boundaries(area)
        for number, _cells in table.rows:
            if top is not None and bottom is not None and top <= number <= bottom:
                table.merged[number] = area
    return table


def _head(sheet: str, row: tuple[Any, ...]) -> tuple[str, dict[int, str]] | None:
    """The kind of a sheet and where its columns are, if this row holds its headings."""
    texts = {at: plain(str(cell[1])) for at, cell in enumerate(row) if cell is not None}
    named = plain(sheet)
    for kind in sorted(KINDS, key=lambda one: named not in _names(one)):
        known = headings(kind)
        keys: dict[int, str] = {}
        for at, text in texts.items():
            if text in known and known[text] not in keys.values():
                keys[at] = known[text]
        needed = {one.key for one in columns(kind, gettext_in("en")) if one.required}
        if needed <= set(keys.values()):
            return kind, keys
    return None


def _names(kind: str) -> set[str]:
    return {plain(sheet_title(kind, gettext_in(language))) for language in ("zh", "en")} | {kind}


def to_json(book: Book) -> dict[str, Any]:
    """A book to be kept for a while."""
    return {
        "remarks": book.remarks,
        "tables": [
            {
                "kind": one.kind,
                "sheet": one.sheet,
                "letters": one.letters,
                "rows": one.rows,
                "merged": [[number, area] for number, area in one.merged.items()],
            }
            for one in book.tables
        ],
    }


def from_json(kept: dict[str, Any]) -> Book:
    """The book that was kept."""
    return Book(
        [
            Table(
                one["kind"],
                one["sheet"],
                one["letters"],
                [
                    (number, {key: (cell[0], cell[1]) for key, cell in cells.items()})
                    for number, cells in one["rows"]
                ],
                dict(one["merged"]),
            )
            for one in kept["tables"]
        ],
        [(code, name) for code, name in kept["remarks"]],
    )
