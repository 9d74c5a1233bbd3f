"""Files for a spreadsheet: rows written as they come, in constant memory; a text stays a text.

Nothing that people have typed is ever a formula, a link or a number: cells are written by their type, and a
text that a spreadsheet could take for a formula when somebody edits the cell carries its quotation mark.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import xlsxwriter  # type: ignore[import-untyped]  # it has none
from flask import Response
from xlsxwriter.format import Format  # type: ignore[import-untyped]  # it has none

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: What may begin a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: The longest text of a cell.
_MOST_TEXT = 32_000
_PIECE = 64 * 1024
TEXT, NUMBER, MONEY, TIME, HOURS = "text", "number", "money", "time", "hours"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, what its cells are, and how wide it is in characters."""

    title: str
    kind: str = TEXT
    width: int = 18


class Book:
    """A file under way; `answer` sends it."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        # The answer closes it; what is on the disc has no name and goes with the process.
        self._file: IO[bytes] = tempfile.TemporaryFile(prefix="gongban-")  # noqa: SIM115
        self._book = xlsxwriter.Workbook(
            self._file,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "remove_timezone": True,
            },
        )
        self._formats: dict[str, Format] = {
            TEXT: self._book.add_format({"valign": "top"}),
            NUMBER: self._book.add_format({"num_format": "#,##0"}),
            MONEY: self._book.add_format({"num_format": "#,##0.00"}),
            TIME: self._book.add_format({"num_format": "yyyy-mm-dd hh:mm", "align": "left"}),
            HOURS: self._book.add_format({"num_format": "0.0"}),
            "quoted": self._book.add_format({"valign": "top", "quote_prefix": True}),
            "head": self._book.add_format({"bold": True, "bottom": 1}),
        }

    def sheet(self, name: str, columns: Sequence[Column], note: str = "") -> Sheet:
        """A sheet with its headings, which stay in sight; a note stands behind the last of them."""
        made = self._book.add_worksheet(name[:31])
        made.freeze_panes(1, 0)
        for number, column in enumerate(columns):
            made.set_column(number, number, column.width)
        for number, column in enumerate(columns):
            made.write_string(0, number, column.title, self._formats["head"])
        if note:
            made.write_string(0, len(columns) + 1, note)
        return Sheet(made, columns, self._formats, self._zone)

    def answer(self, name: str) -> Response:
        """The finished file."""
        self._book.close()
        self._file.seek(0)
        sent = Response(_pieces(self._file), mimetype=MEDIA_TYPE)
        sent.call_on_close(self._file.close)
        sent.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
        sent.headers["Cache-Control"] = "no-store"
        return sent


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while piece := file.read(_PIECE):
            yield piece


class Sheet:
    """A sheet that takes rows in their order."""

    def __init__(
        self, made: Any, columns: Sequence[Column], formats: dict[str, Format], zone: ZoneInfo
    ) -> None:
        self._made, self._columns, self._formats, self._zone = made, columns, formats, zone
        self.rows = 0

    def add(self, values: Sequence[Any]) -> None:
        """The next row; None leaves a cell empty. Money comes in 分."""
        self.rows += 1
        for number, (column, value) in enumerate(zip(self._columns, values, strict=True)):
            if value is not None and value != "":
                self._write(number, column.kind, value)

    def _write(self, number: int, kind: str, value: Any) -> None:
        if isinstance(value, datetime):
            local = value.astimezone(self._zone)
            self._made.write_datetime(self.rows, number, local, self._formats[TIME])
        elif kind == MONEY:
            self._made.write_number(self.rows, number, value / 100, self._formats[MONEY])
        elif kind in (NUMBER, HOURS):
            self._made.write_number(self.rows, number, value, self._formats[kind])
        else:
            text = str(value)[:_MOST_TEXT]
            kind = "quoted" if text.startswith(_FORMULA) else TEXT
            self._made.write_string(self.rows, number, text, self._formats[kind])
