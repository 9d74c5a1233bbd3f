"""Reading values: what each field type takes from JSON at all, whatever a form's rules say.

Each `read_…` returns the value as the document keeps it, or raises `Bad`.
"""

from __future__ import annotations

import datetime
import math
import re
from typing import Any

from engine.forms.field import Bad, Field

#: The largest whole number a browser can hold exactly (2^53 - 1).
MAX_NUMBER = 9_007_199_254_740_991
#: Characters a text may have when the form does not say.
MAX_LINE, MAX_TEXT = 1_000, 20_000
#: Entries a list may have when the form does not say.
MAX_ITEMS = 200
#: Characters of an opaque id.
MAX_ID = 64

# Control characters, halves of surrogate pairs (not storable), marks that reverse the reading
# direction (they make a text look like another one) and non-characters.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f"
    "\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SEPARATORS = re.compile(r"[ \-]")


def read_line(field: Field, value: Any) -> str:
    """One line of text, without white space around it."""
    text = _text(value, MAX_LINE).strip()
    if "\n" in text or "\r" in text or "\x85" in text or "\u2028" in text or "\u2029" in text:
        raise Bad("one_line")
    return text


def read_text(field: Field, value: Any) -> str:
    """Text of several lines; line ends become `\\n`."""
    return _text(value, MAX_TEXT).replace("\r\n", "\n").replace("\r", "\n")


def read_number(field: Field, value: Any) -> int | float:
    """A number; whole ones become int, as JSON does not tell 1 from 1.0."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Bad("not_a_number")
    if isinstance(value, float) and not math.isfinite(value):
        raise Bad("not_a_number")
    if abs(value) > MAX_NUMBER:
        raise Bad("too_large")
    return int(value) if value == int(value) else value


def read_money(field: Field, value: Any) -> int:
    """An amount in whole 分, not negative."""
    number = read_number(field, value)
    if not isinstance(number, int):
        raise Bad("amount_not_whole_fen")
    if number < 0:
        raise Bad("amount_negative")
    return number


def read_tick(field: Field, value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise Bad("wrong_type")
    return value


def read_choice(field: Field, value: Any) -> object:
    """One of the options; which ones there are is known later."""
    if isinstance(value, str):
        return _text(value, MAX_LINE)
    if isinstance(value, bool | int | float) and value == value:
        return value
    raise Bad("wrong_type")


def read_choices(field: Field, value: Any) -> list[object]:
    """Several of the options, each once."""
    chosen = [read_choice(field, item) for item in _list(value)]
    if len({(isinstance(item, bool), item) for item in chosen}) != len(chosen):
        raise Bad("duplicate")
    return chosen


def read_date(field: Field, value: Any) -> str:
    """A date `YYYY-MM-DD`."""
    if not isinstance(value, str):
        raise Bad("wrong_type")
    if len(value) != 10 or not _DATE.fullmatch(value):
        raise Bad("not_a_date")
    try:
        datetime.date.fromisoformat(value)
    except ValueError:
        raise Bad("not_a_date") from None
    return value


def read_digits(field: Field, value: Any) -> str:
    """A number written as text; the blanks and hyphens people type between groups go."""
    return _SEPARATORS.sub("", read_line(field, value)).upper()


def read_ids(field: Field, value: Any) -> list[str]:
    """A list of opaque ids, each once."""
    ids = _list(value)
    for item in ids:
        if not isinstance(item, str) or not item:
            raise Bad("wrong_type")
        if len(item) > MAX_ID:
            raise Bad("too_long", max=MAX_ID)
        _text(item, MAX_ID)
    if len(set(ids)) != len(ids):
        raise Bad("duplicate")
    return ids


def _text(value: Any, longest: int) -> str:
    if not isinstance(value, str):
        raise Bad("wrong_type")
    if len(value) > longest:
        raise Bad("too_long", max=longest)
    if _FORBIDDEN.search(value):
        raise Bad("forbidden_character")
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise Bad("wrong_type")
    if len(value) > MAX_ITEMS:
        raise Bad("too_many_items", max=MAX_ITEMS)
    return value
