"""One line's cells as values; each cell that does not hold is named with its letter and why."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.forms.messages import message
from webapp.language import gettext as _
from webapp.language import language
from webapp.takeover.book import DAY, ERROR, FORMULA, NUMBER, OTHER, Cell, Table
from webapp.takeover.columns import plain

_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_TIME = re.compile(r"\s+00:00(:00)?$")
_CHINESE = re.compile(r"[\u3400-\u9fff ]+")
#: More digits than this a spreadsheet's number does not keep.
_EXACT_DIGITS = 15
LARGEST_FEN = 10**12


class LineRefused(Exception):
    """A line that cannot be taken over; `words` says why, cell by cell."""

    def __init__(self, words: list[str]) -> None:
        super().__init__("; ".join(words))
        self.words = words


class Fields:
    """The cells of one line, read by the kind that each must be; faults are collected."""

    def __init__(self, table: Table, number: int, cells: Mapping[str, Cell]) -> None:
        self._table, self._number, self._cells = table, number, cells
        self.faults: list[str] = []
        self._faulty: set[str] = set()
        #: Whom or what the line is about, as far as it can be read; nothing sensitive.
        self.what = ""
        if number in table.merged:
            self.faults.append(
                _(
                    "Cells %(area)s are merged; split them and fill in each.",
                    area=table.merged[number],
                )
            )

    def fault(self, key: str, text: str) -> None:
        """Say what is wrong with a cell."""
        self._faulty.add(key)
        place = f"{self._table.letters.get(key, '?')}{self._number}"
        self.faults.append(_("%(cell)s: %(fault)s", cell=place, fault=text))

    def faulty(self, key: str) -> bool:
        """Whether something is wrong with a cell already."""
        return key in self._faulty

    def check(self) -> None:
        """Raise `LineRefused` where something was wrong."""
        if self.faults:
            raise LineRefused(self.faults)

    def text(self, key: str, longest: int, *, required: bool = False) -> str | None:
        """A text of one line without blanks around it; full-width letters and digits become plain ones."""
        cell = self._cells.get(key)
        if cell is None:
            if required:
                self.fault(key, _("is missing"))
            return None
        kind, value = cell
        if self._broken(key, kind, value):
            return None
        if kind == NUMBER:
            text = self._digits(key, value)
        else:
            text = " ".join(unicodedata.normalize("NFKC", str(value)).split())
        if not text.isprintable():
            self.fault(key, _("holds signs that cannot be read"))
            return None
        if len(text) > longest:
            self.fault(key, _("is too long: at most %(longest)s characters", longest=longest))
            return None
        return text or None

    def name(self, key: str, longest: int, *, required: bool = False) -> str | None:
        """A person's name; blanks that only spread its characters over the cell do not belong to it."""
        text = self.text(key, longest, required=required)
        return text.replace(" ", "") if text and _CHINESE.fullmatch(text) else text

    def _digits(self, key: str, value: int | float) -> str:
        if isinstance(value, float) and not value.is_integer():
            return str(value)
        if abs(value) >= 10**_EXACT_DIGITS:
            self.fault(
                key,
                _("is a number and has lost its last digits; make the cell text and type it again"),
            )
        return str(int(value))

    def _broken(self, key: str, kind: str, value: Any) -> bool:
        if kind == FORMULA:
            self.fault(key, _("is a formula; put its value there"))
        elif kind == ERROR:
            self.fault(key, _("shows an error (%(value)s)", value=value))
        return kind in (FORMULA, ERROR)

    def checked(self, key: str, fault: Callable[[str], str | None]) -> str | None:
        """A number that carries its own check, without blanks; `fault` gives the code of what is wrong."""
        text = self.text(key, 60)
        if text is None:
            return None
        text = re.sub(r"[\s-]", "", text).upper()
        code = fault(text)
        if code is not None:
            self.fault(key, message(code, {}, language()))
            return None
        return text

    def day(self, key: str, *, required: bool = False) -> date | None:
        """A day: a date of the spreadsheet, or text such as 2024-03-01, 2024/3/1 or 2024年3月1日."""
        cell = self._cells.get(key)
        if cell is None:
            if required:
                self.fault(key, _("is missing"))
            return None
        kind, value = cell
        if self._broken(key, kind, value):
            return None
        if kind in (NUMBER, OTHER):
            self.fault(key, _("is a number, not a day; format the cell as a date"))
            return None
        found = None
        if kind == DAY:
            found = date.fromisoformat(value)
        else:
            text = _TIME.sub("", unicodedata.normalize("NFKC", str(value)).strip())
            match = _DAY.fullmatch(text)
            if match is not None:
                try:
                    found = date(int(match[1]), int(match[2]), int(match[3]))
                except ValueError:
                    found = None
        if found is None or not 1900 <= found.year <= 2200:
            self.fault(key, _("is not a day such as 2024-03-01"))
            return None
        return found

    def money(self, key: str) -> int:
        """An amount in 分; yuan with at most two decimals stand in the cell."""
        cell = self._cells.get(key)
        if cell is None:
            self.fault(key, _("is missing"))
            return 0
        kind, value = cell
        if self._broken(key, kind, value):
            return 0
        text = unicodedata.normalize("NFKC", str(value)).strip()
        text = text.replace(",", "").removeprefix("¥").removesuffix("元").strip()
        try:
            fen = Decimal(text) * 100
        except InvalidOperation:
            fen = Decimal("NaN")
        # Spreadsheets compute in binary fractions: 0.1 + 0.2 is shown as 0.3 and means it.
        if kind == NUMBER and fen.is_finite():
            near = fen.quantize(Decimal(1))
            fen = near if abs(near - fen) < Decimal("0.0001") else fen
        if not fen.is_finite() or fen != fen.to_integral_value() or not 0 < fen <= LARGEST_FEN:
            self.fault(key, _("is no amount above zero with at most two decimals"))
            return 0
        return int(fen)

    def whole(self, key: str, lowest: int, highest: int) -> int:
        """A whole number within limits."""
        text = self.text(key, 20, required=True)
        if text is None:
            return 0
        text = text.removesuffix("年")
        if not (text.isascii() and text.isdigit()) or not lowest <= int(text) <= highest:
            self.fault(
                key,
                _("is no number from %(low)s to %(high)s", low=lowest, high=highest),
            )
            return 0
        return int(text)

    def choice(
        self, key: str, known: Mapping[str, str], *, required: bool = False, longest: int = 80
    ) -> str | None:
        """One of several words, in any of their languages."""
        text = self.text(key, longest, required=required)
        if text is None:
            return None
        found = known.get(plain(text))
        if found is None:
            self.fault(key, _("“%(value)s” is not one of those known", value=text))
        return found
