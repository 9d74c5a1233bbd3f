"""All that differs between two packages."""

from __future__ import annotations

from dataclasses import replace

from engine.catalog.package import Package, canonical
from engine.comparing.apart import kind_of, taken_apart
from engine.comparing.diagrams import compare_diagrams
from engine.comparing.facts import compare_facts, compare_texts
from engine.comparing.forms import compare_forms
from engine.comparing.lines import compare_lines
from engine.comparing.node import Node
from engine.comparing.tables import compare_tables
from schemas.difference import ADDED, CHANGED, REMOVED, Difference, FileChange

#: What people look at first.
_ORDER = ("facts", "diagram", "tables", "form", "text", "texts")


def compare(before: Package, after: Package) -> Difference:
    """What differs, file by file; README and scenarios too, which belong to no version."""
    old, new = ({**one.files, **one.companions} for one in (before, after))
    paths = sorted({*old, *new}, key=lambda path: (_ORDER.index(kind_of(path)), path))
    beside = {*before.companions, *after.companions}
    files = [
        replace(one, companion=path in beside)
        for path in paths
        if (one := compare_file(path, old.get(path), new.get(path))) is not None
    ]
    return Difference(before.hash, after.hash, tuple(files))


def compare_file(
    path: str,
    old: bytes | None,
    new: bytes | None,
    *,
    nodes: tuple[Node | None, Node | None] | None = None,
) -> FileChange | None:
    """What differs in one file; None where nothing does. `nodes`: both sides where they are no files."""
    if nodes is None:
        if old == new:
            return None
        nodes = (_node(path, old), _node(path, new))
        action = ADDED if old is None else REMOVED if new is None else CHANGED
    else:
        action = CHANGED
    kind = kind_of(path)
    unread = (old is not None and nodes[0] is None) or (new is not None and nodes[1] is None)
    if unread or nodes == (None, None):
        found = FileChange(path, kind, action, lines=compare_lines(old or b"", new or b""))
    else:
        found = _apart(path, kind, action, *nodes)
    if not found.only_drawn:
        return found
    if kind == "form" and found.drawn:
        return found  # how a form is laid out belongs to its version
    if old is None or new is None or canonical(path, old) != canonical(path, new):
        return FileChange(path, kind, action, drawn=found.drawn, written=True)
    return found if found.drawn else None


def _node(path: str, content: bytes | None) -> Node | None:
    return None if content is None else taken_apart(path, content)


def _apart(path: str, kind: str, action: str, old: Node | None, new: Node | None) -> FileChange:
    """The difference by what the file says."""
    known = old or new
    assert known is not None
    before, after = old or Node(known.tag), new or Node(known.tag)
    match kind:
        case "diagram":
            found = compare_diagrams(before, after)
            return FileChange(path, kind, action, found.things, drawn=found.drawn)
        case "tables":
            tables, things = compare_tables(before, after)
            return FileChange(path, kind, action, tuple(things), tuple(tables))
        case "form":
            fields, laid = compare_forms(before, after)
            return FileChange(path, kind, action, tuple(fields), drawn=tuple(laid))
        case "facts":
            return FileChange(path, kind, action, tuple(compare_facts(before, after)))
        case _:
            return FileChange(path, kind, action, tuple(compare_texts(before, after)))
