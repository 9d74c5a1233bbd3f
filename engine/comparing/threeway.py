"""A new release of a package and a copy that somebody changed: brought together, and what must be decided."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.catalog.package import Package
from engine.comparing import forms, tables
from engine.comparing.apart import kind_of, put_together, taken_apart
from engine.comparing.difference import compare_file
from engine.comparing.merging import ORDER, OURS, TAG, THEIRS, Address, Merge
from engine.comparing.node import Node
from engine.comparing.sentences import Telling
from schemas.difference import FileChange

Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Conflict:
    """Something that both changed, and not in the same way."""

    #: stable as long as the three packages are the same
    id: str
    path: str
    #: what ours, and what theirs, did to what it was
    ours: FileChange | None
    theirs: FileChange | None
    #: whose side stands in the merged package
    chosen: str

    def told(self, telling: Telling) -> tuple[list[str], list[str]]:
        """Both sides in words."""
        sides = []
        for side in (self.ours, self.theirs):
            sides.append([] if side is None else list(telling.file(side)))
        return sides[0], sides[1]


@dataclass(frozen=True)
class Merged:
    """One package of two, as far as nobody has to choose; where somebody has to, ours stands."""

    package: Package
    conflicts: tuple[Conflict, ...]


def threeway(
    base: Package, ours: Package, theirs: Package, choices: Mapping[str, str] | None = None
) -> Merged:
    """Bring two changed copies of one package together. `choices`: conflict → `ours` or `theirs`.

    What neither changed stays, what one changed is taken, what both changed alike is taken once. The
    result is a package like any other: it is checked before anybody uses it.
    """
    decided = choices or {}
    conflicts: list[Conflict] = []

    def merged(sides: tuple[Files, Files, Files]) -> dict[str, bytes]:
        files: dict[str, bytes] = {}
        for path in sorted({*sides[0], *sides[1], *sides[2]}):
            b, o, t = (one.get(path) for one in sides)
            content, found = _file(path, b, o, t, decided)
            conflicts.extend(found)
            if content is not None:
                files[path] = content
        return files

    files = merged((base.files, ours.files, theirs.files))
    companions = merged((base.companions, ours.companions, theirs.companions))
    return Merged(Package(files, companions), tuple(conflicts))


def _file(
    path: str,
    base: bytes | None,
    ours: bytes | None,
    theirs: bytes | None,
    choices: Mapping[str, str],
) -> tuple[bytes | None, list[Conflict]]:
    if ours == theirs or theirs == base:
        return ours, []
    if ours == base:
        return theirs, []
    nodes = _nodes(path, base, ours, theirs)
    if nodes is None:
        return _whole(path, base, ours, theirs, choices)
    mine = {_address(path, name): side for name, side in choices.items()}
    merge = Merge({address: side for address, side in mine.items() if address is not None})
    made = _merged(path, merge, *nodes)
    asked = dict.fromkeys(merge.conflicts)
    return put_together(path, made), list(_conflicts(path, merge, asked, nodes))


def _nodes(
    path: str, base: bytes | None, ours: bytes | None, theirs: bytes | None
) -> tuple[Node, Node, Node] | None:
    """The three states taken apart, things called alike; None where the file has to be taken whole."""
    if ours is None or theirs is None:
        return None
    apart = [taken_apart(path, one) for one in (ours, theirs)]
    old = None if base is None else taken_apart(path, base)
    if apart[0] is None or apart[1] is None or (base is not None and old is None):
        return None
    start = old or Node(apart[0].tag)
    align = {"tables": tables.aligned, "form": forms.aligned}.get(kind_of(path))
    mine, others = (align(start, one) if align and old else one for one in (apart[0], apart[1]))
    return start, mine, others


def _merged(path: str, merge: Merge, base: Node, ours: Node, theirs: Node) -> Node:
    match kind_of(path):
        case "diagram":
            return merge.diagram(base, ours, theirs)
        case "tables":
            return merge.tables(base, ours, theirs)
        case _:
            return merge.nodes(base, ours, theirs)


def _whole(
    path: str,
    base: bytes | None,
    ours: bytes | None,
    theirs: bytes | None,
    choices: Mapping[str, str],
) -> tuple[bytes | None, list[Conflict]]:
    chosen = choices.get(_id(path), OURS)
    sides = [compare_file(path, base, one) for one in (ours, theirs)]
    content = ours if chosen == OURS else theirs
    return content, [Conflict(_id(path), path, sides[0], sides[1], chosen)]


def _conflicts(
    path: str, merge: Merge, asked: Mapping[Address, None], nodes: tuple[Node, Node, Node]
) -> Iterator[Conflict]:
    base, ours, theirs = nodes
    for address in asked:
        sides = []
        for side in (ours, theirs):
            changed = _with_unit(base, side, address)
            sides.append(compare_file(path, None, None, nodes=(base, changed)))
        chosen = merge.choices.get(address, OURS)
        yield Conflict(_id(path, address), path, sides[0], sides[1], chosen)


def _with_unit(base: Node, side: Node, address: Address) -> Node:
    """The base with one unit of it as a side has it."""
    if len(address) == 1:
        name = address[0]
        if name == TAG:
            return Node(side.tag, base.values, base.children, base.hints)
        if name == ORDER:
            children = {k: side.children[k] for k in side.children}
            return Node(base.tag, base.values, children, base.hints)
        names = name.split(" ") if name.startswith("@") else [name]
        if name in base.children or name in side.children:
            return Node(
                base.tag, base.values, _with_child(base, name, side.children.get(name)), base.hints
            )
        values = {k: v for k, v in base.values.items() if k not in names}
        values.update({k: side.values[k] for k in names if k in side.values})
        return Node(base.tag, values, base.children, base.hints)
    key, *rest = address
    inner = side.children[key]
    old = base.children.get(key, Node(inner.tag))
    made = _with_unit(old, inner, tuple(rest))
    return Node(base.tag, base.values, _with_child(base, key, made), base.hints)


def _with_child(base: Node, key: str, child: Node | None) -> dict[str, Node]:
    children = dict(base.children)
    if child is None:
        children.pop(key, None)
    else:
        children[key] = child
    return children


def _id(path: str, address: Address = ()) -> str:
    return json.dumps([path, *address], ensure_ascii=False)


def _address(path: str, name: str) -> Address | None:
    """The unit of this file that an id names; whatever else somebody sent names none."""
    try:
        found = json.loads(name)
    except ValueError:
        return None
    if not isinstance(found, list) or len(found) < 2 or found[0] != path:
        return None
    return tuple(str(one) for one in found[1:])


__all__ = ["OURS", "THEIRS", "Conflict", "Merged", "threeway"]
