"""The organisation's roles: titles, levels, rights, and which kind of place each heads; all of it data."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from webapp.accounts.errors import UnknownRole

#: What the organisation says beside its packages.
SHARED = Path(__file__).resolve().parents[1] / "processes" / "_shared"
FILE = SHARED / "roles.toml"


@cache
def roles() -> dict[str, dict[str, Any]]:
    """Role id → its facts (zh, en, level, rights, heads)."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def require_role(role: str) -> str:
    """The role's id; raise `UnknownRole` for one the organisation does not know."""
    if role not in roles():
        raise UnknownRole(role=role)
    return role
