"""Compares a specification before and after: whatever is reachable from it, by structure."""

from __future__ import annotations

from collections import deque


def fingerprint(thing: object) -> object:
    """Everything reachable, by structure; objects met again are named by their first place."""
    seen: dict[int, int] = {}
    parts: list[object] = []
    todo = deque([thing])
    while todo:
        at = todo.popleft()
        if isinstance(at, (str, int, float, bytes, type(None), type)):
            parts.append(at)
            continue
        if id(at) in seen:
            parts.append(("again", seen[id(at)]))
            continue
        seen[id(at)] = len(seen)
        parts.append((type(at).__name__, len(at) if hasattr(at, "__len__") else 0))
        if isinstance(at, dict):
            todo.extend(x for pair in sorted(at.items(), key=repr) for x in pair)
        elif isinstance(at, (set, frozenset)):
            todo.extend(sorted(at, key=repr))
        elif isinstance(at, (list, tuple)):
            todo.extend(at)
        else:
            slots = [name for cls in type(at).__mro__ for name in getattr(cls, "__slots__", ())]
            todo.extend(getattr(at, name) for name in slots)
            todo.extend(sorted(vars(at).items()) if hasattr(at, "__dict__") else ())
    return parts
