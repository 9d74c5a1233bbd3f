"""Where a case stands, as its row keeps it: the tokens, what waits for them, what was entered."""

from __future__ import annotations

import json
import zlib
from typing import Any

#: Below this many bytes packing costs more time than it saves room.
_WORTH_PACKING = 2_000


def pack(state: dict[str, Any]) -> bytes:
    """For the row."""
    text = json.dumps(state, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    return text if len(text) < _WORTH_PACKING else zlib.compress(text, 1)


def unpack(content: bytes) -> dict[str, Any]:
    """From the row."""
    # JSON begins with a brace, what zlib packs never does.
    text = content if content.startswith(b"{") else zlib.decompress(content)
    state: dict[str, Any] = json.loads(text)
    return state


def entered_elements(snapshot: bytes) -> list[str]:
    """The elements a stored case has entered so far, each once."""
    entered: list[str] = unpack(snapshot)["entered"]
    return entered


def tokens_of(snapshot: bytes) -> dict[str, Any]:
    """Where the tokens of a stored case are, in the runtime's own form."""
    tokens: dict[str, Any] = unpack(snapshot)["tokens"]
    return tokens
