"""Two collections of what things say, compared: the differences by name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from engine.comparing.node import same_value
from schemas.difference import PropertyChange

#: name, what inside the thing → what is said
Said = Mapping[tuple[str, str], Any]


def property_changes(before: Said, after: Said) -> tuple[PropertyChange, ...]:
    """What one says and the other does not, or otherwise, in the order of the later."""
    found = []
    for key in [*after, *(key for key in before if key not in after)]:
        old, new = before.get(key), after.get(key)
        if key in before and key in after and same_value(old, new):
            continue
        name, of = key
        found.append(
            PropertyChange(name, _shown(old, key in before), _shown(new, key in after), of)
        )
    return tuple(found)


def shown(value: Any) -> str:
    """A value as text: text as it is, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _shown(value: Any, said: bool) -> str | None:
    return shown(value) if said else None
