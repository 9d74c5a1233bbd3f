"""Values under a path in nested data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Path = tuple[str, ...]


def find(data: Any, path: Path) -> Any:
    """The value under a path; None where any part of it is missing."""
    for part in path:
        if not isinstance(data, Mapping):
            return None
        data = data.get(part)
    return data


def has(data: Any, path: Path) -> bool:
    """Whether there is anything under a path, be it null."""
    inner = find(data, path[:-1])
    return isinstance(inner, Mapping) and path[-1] in inner


def put(data: dict[str, Any], path: Path, value: object) -> None:
    """Set the value under a path, making the objects on the way."""
    for part in path[:-1]:
        inner = data.get(part)
        if not isinstance(inner, dict):
            inner = data[part] = {}
        data = inner
    data[path[-1]] = value


def drop(data: dict[str, Any], path: Path) -> None:
    """Remove what is under a path, if anything is."""
    inner = find(data, path[:-1])
    if isinstance(inner, dict):
        inner.pop(path[-1], None)


def nested(flat: Mapping[str, Any]) -> dict[str, Any]:
    """`{"a.b": 1}` as `{"a": {"b": 1}}`."""
    tree: dict[str, Any] = {}
    for dotted, value in flat.items():
        put(tree, tuple(dotted.split(".")), value)
    return tree


def laid_under(data: Mapping[str, Any], below: Mapping[str, Any]) -> dict[str, Any]:
    """The data, and what lies below where the data has nothing; objects are joined, neither is changed."""
    found = {**below, **data}
    for name in data.keys() & below.keys():
        above, under = data[name], below[name]
        if isinstance(above, Mapping) and isinstance(under, Mapping):
            found[name] = laid_under(above, under)
    return found
