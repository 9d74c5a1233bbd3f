"""Writes facts as TOML; the standard library only reads it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_WIDE = 100


def toml_text(facts: Mapping[str, Any]) -> str:
    """The facts as a file: what stands by itself first, then tables, then lists of tables."""
    return "\n".join(_table(facts, ())).strip("\n") + "\n"


def _table(facts: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    plain = {name: value for name, value in facts.items() if not _is_table(value)}
    for name, value in plain.items():
        yield f"{_key(name)} = {_value(value, len(name) + 3)}"
    for name, value in facts.items():
        if name in plain:
            continue
        below = (*path, name)
        heading = ".".join(_key(part) for part in below)
        for each in value if isinstance(value, list) else (value,):
            if isinstance(value, list):
                yield f"\n[[{heading}]]"
            elif not each or any(not _is_table(inner) for inner in each.values()):
                yield f"\n[{heading}]"
            yield from _table(each, below)


def _is_table(value: Any) -> bool:
    if isinstance(value, Mapping):
        return True
    return (
        isinstance(value, list) and bool(value) and all(isinstance(one, Mapping) for one in value)
    )


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _text(name)


def _value(value: Any, used: int = 0) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        line = f"[{', '.join(_value(one) for one in value)}]"
        if used + len(line) <= _WIDE or not value:
            return line
        inner = "".join(f"  {_value(one)},\n" for one in value)
        return f"[\n{inner}]"
    if isinstance(value, Mapping):
        inside = ", ".join(f"{_key(name)} = {_value(one)}" for name, one in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    # Numbers, days and times are written as they are read.
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _text(text: str) -> str:
    # JSON escapes what TOML escapes, except the one character that JSON lets stand.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
