"""A file taken apart: what it says by name, and what it contains by key, in order.

Comparing and merging look at files only in this form. Taking a file apart and putting it together again
loses nothing that the version's hash knows; `apart.py` says which form belongs to which file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

#: Where a child stands when its file nests it elsewhere: the key of what it is inside of.
INSIDE = "^in"


@dataclass(frozen=True, slots=True)
class Node:
    """One thing of a file."""

    #: the kind of file, an XML tag, a type of field
    tag: str
    values: Mapping[str, Any] = field(default_factory=dict)
    children: Mapping[str, Node] = field(default_factory=dict)
    #: What is needed to write it again as it was written, and says nothing: never compared.
    hints: Mapping[str, Any] = field(default_factory=dict)

    def child(self, key: str) -> Node:
        """The child of that key, or an empty one."""
        return self.children.get(key, _NOTHING)

    def with_children(self, children: Mapping[str, Node]) -> Node:
        """The same with other children."""
        return replace(self, children=children)


_NOTHING = Node("")


def same_value(one: Any, other: Any) -> bool:
    """Whether two values say the same; 1 and true do not, as in JSON."""
    if isinstance(one, str) and isinstance(other, str):
        return one == other
    return _written(one) == _written(other)


def same(one: Node, other: Node) -> bool:
    """Whether two nodes say the same, their children in the same order."""
    return (
        one.tag == other.tag
        and one.values.keys() == other.values.keys()
        and all(same_value(value, other.values[name]) for name, value in one.values.items())
        and list(one.children) == list(other.children)
        and all(same(child, other.children[key]) for key, child in one.children.items())
    )


def unique(key: str, taken: Mapping[str, Any]) -> str:
    """The key, or with a number where it is taken."""
    if key not in taken:
        return key
    number = 2
    while f"{key}~{number}" in taken:
        number += 1
    return f"{key}~{number}"


def flattened(value: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """What a JSON object says, by paths as `validate/required`; lists and empty objects stay whole."""
    if isinstance(value, dict) and (value or not prefix):
        for name, inner in value.items():
            part = str(name).replace("~", "~0").replace("/", "~1")
            yield from flattened(inner, f"{prefix}/{part}" if prefix else part)
    else:
        yield prefix, value


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """The object that `flattened` took apart."""
    found: dict[str, Any] = {}
    for path, value in values.items():
        at = found
        *above, last = [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")]
        for part in above:
            inner = at.get(part)
            if not isinstance(inner, dict):
                inner = at[part] = {}
            at = inner
        # An empty object of one side beside what another put into it says nothing more.
        if not (value == {} and isinstance(at.get(last), dict)):
            at[last] = value
    return found


def moved(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """The fewest of those in both that must have moved, so that the others kept their order."""
    places = {key: index for index, key in enumerate(before)}
    common = [key for key in after if key in places]
    # The longest increasing run of old places stays; `tails` are the lowest ends of runs by length.
    tails: list[int] = []
    before_it: dict[int, int | None] = {}
    for index, key in enumerate(common):
        low, high = 0, len(tails)
        while low < high:
            middle = (low + high) // 2
            if places[common[tails[middle]]] < places[key]:
                low = middle + 1
            else:
                high = middle
        before_it[index] = tails[low - 1] if low else None
        tails[low : low + 1] = [index]
    staying: set[str] = set()
    at = tails[-1] if tails else None
    while at is not None:
        staying.add(common[at])
        at = before_it[at]
    return set(common) - staying


def woven(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """All keys of both in the order of `after`, those that are gone where they were."""
    found = list(after)
    known = set(after)
    previous: str | None = None
    for key in before:
        if key not in known:
            found.insert(0 if previous is None else found.index(previous) + 1, key)
            known.add(key)
        previous = key
    return found


def _written(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
