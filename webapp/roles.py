"""The organisation's roles: titles, levels, rights, and which kind of place each heads; all of it data."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).resolve().parents[1] / "processes" / "_shared" / "roles.toml"


@cache
def roles() -> dict[str, dict[str, Any]]:
    """Role id → its facts (zh, en, level, rights, heads)."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
