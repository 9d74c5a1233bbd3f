"""Equality without reading: one way to write a value, so that equal values have equal digests."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

_NOT_DIGITS = re.compile(r"[^0-9]")
_NOT_ID = re.compile(r"[^0-9A-Z]")
_BLANKS = re.compile(r"\s+")


def normalise(kind: str, value: str) -> str:
    """How `value` is written before it is compared with others of its kind.

    Full-width characters become plain ones first. id_card: letters and digits, upper case;
    bank_account and mobile: digits (a mobile without the country's 86); any other kind: single
    blanks, case folded.
    """
    return _RULES.get(kind, _text)(unicodedata.normalize("NFKC", value))


def _id_card(value: str) -> str:
    return _NOT_ID.sub("", value.upper())


def _digits(value: str) -> str:
    return _NOT_DIGITS.sub("", value)


def _mobile(value: str) -> str:
    digits = _digits(value).removeprefix("00")
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits


def _text(value: str) -> str:
    return _BLANKS.sub(" ", value).strip().casefold()


_RULES: dict[str, Callable[[str], str]] = {
    "id_card": _id_card,
    "bank_account": _digits,
    "mobile": _mobile,
}
