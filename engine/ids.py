"""Opaque ids: 26 characters, sortable by the time of their making, unguessable in their tail."""

from __future__ import annotations

import secrets
import time

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


def new_id() -> str:
    """A new id; later ids sort after earlier ones (to the millisecond), which keeps indexes compact."""
    value = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(80)
    return "".join(_ALPHABET[(value >> shift) & 31] for shift in range(125, -1, -5))
