"""The canonical form: one JSON text per value, the same on every machine and in every language.

Sorted keys (by code point, which is the order of their UTF-8 bytes), no white space, UTF-8, strings
as they are (no Unicode normalisation), the shortest escapes, and no number that two programs could
read differently. docs/audit-format.md describes it for others.
"""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from engine.errors import EngineError

#: Largest integer written as a number (I-JSON, RFC 7493 section 2.2); larger ones become strings.
LARGEST_INTEGER = 2**53 - 1

_encode = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
).encode


class NotCanonical(EngineError):
    """The value has no canonical form."""

    problem = "not_canonical"


def canonical(value: Any) -> bytes:
    """The canonical bytes of a JSON value.

    Floats, Decimals and integers beyond `LARGEST_INTEGER` become strings: 1.5 → "1.5". Raises
    `NotCanonical` for NaN and infinities, keys that are not strings, lone surrogates and anything
    that JSON does not know.
    """
    try:
        return _encode(_plain(value)).encode()
    except UnicodeEncodeError:
        raise NotCanonical("A text contains half a surrogate pair.") from None
    except RecursionError:
        raise NotCanonical("The value is nested too deeply.") from None


def timestamp(instant: datetime) -> str:
    """RFC 3339 in UTC with six decimals: 2026-03-02T01:02:03.000000Z. `ValueError` if naive."""
    if instant.tzinfo is not UTC:
        if instant.utcoffset() is None:
            raise ValueError("an instant needs a time zone")
        instant = instant.astimezone(UTC)
    return instant.isoformat(timespec="microseconds")[:-6] + "Z"


def _plain(value: Any) -> Any:
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return value
    if kind is int:
        return value if -LARGEST_INTEGER <= value <= LARGEST_INTEGER else _digits(value)
    if kind is dict:
        for key in value:
            if type(key) is not str:
                raise NotCanonical("A key is not a string.", type=type(key).__name__)
        return {key: _plain(part) for key, part in value.items()}
    if kind is list or kind is tuple:
        return [_plain(part) for part in value]
    return _unusual(value)


def _unusual(value: Any) -> Any:
    """Subclasses (an enum's member is its word) and the numbers that become strings."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return _plain(int(value))
    if isinstance(value, float):
        if not math.isfinite(value):
            raise NotCanonical("Not a finite number.")
        return float.__repr__(value)
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise NotCanonical("Not a finite number.")
        return str(value)
    if isinstance(value, dict):
        return _plain(dict(value))
    if isinstance(value, (list, tuple)):
        return _plain(list(value))
    raise NotCanonical("JSON does not know this type.", type=type(value).__name__)


def _digits(value: int) -> str:
    try:
        return str(value)
    except ValueError:  # Python refuses to print more than 4,300 digits
        raise NotCanonical("An integer is too long.") from None
