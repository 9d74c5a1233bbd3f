"""What differs between two diagrams: elements and flows, and apart from them where they are drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from engine.comparing.bpmn_node import DRAWING, ELEMENTS, FRAME
from engine.comparing.elements import is_flow, kind, referring, said, what
from engine.comparing.node import Node, moved, same
from engine.comparing.properties import Said, property_changes
from engine.comparing.renaming import neighbours, renamed
from engine.comparing.xml_node import TEXT
from schemas.difference import (
    ADDED,
    CHANGED,
    MOVED,
    REMOVED,
    RENAMED,
    PropertyChange,
    ThingChange,
)


@dataclass(frozen=True)
class Compared:
    """What differs in a diagram."""

    things: tuple[ThingChange, ...]
    #: ids of what is only drawn elsewhere
    drawn: tuple[str, ...]


def compare_diagrams(before: Node, after: Node) -> Compared:
    """Elements by id; what seems to be the same under another id is told as renamed."""
    old, new = _by_id(before), _by_id(after)
    names = renamed(old, new)
    back = {now: was for was, now in names.items()}
    around = _Around(old, new, names)
    things = []
    for name, one in new.items():
        was = back.get(name, name)
        if was not in old:
            things.append(around.whole(ADDED, name, one))
        elif found := _changed(was, old[was], name, one, names, around):
            things.append(found)
    things += [
        around.whole(REMOVED, name, one)
        for name, one in old.items()
        if name not in new and name not in names
    ]
    things += _frame(before.child(FRAME), after.child(FRAME))
    told = {one.id for one in things} | set(names) | set(back)
    drawn = [name for name in _drawn(before, after) if name not in told]
    return Compared(tuple(things), tuple(drawn))


def _by_id(diagram: Node) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for key, one in diagram.child(ELEMENTS).children.items():
        found[str(one.values.get("@id") or key)] = one
    return found


def _changed(
    was: str, old: Node, name: str, new: Node, names: Mapping[str, str], around: _Around
) -> ThingChange | None:
    before, after = around.said(old, old=True), around.said(new, old=False)
    changes = property_changes(referring(before, names), after) + _order(old, new)
    went = what(new) not in ("flow", "note") and around.went(was, name)
    if was != name and is_flow(new) and not changes:
        return None  # drawn again between the same two: nobody would call that a change
    if not changes and not went and was == name:
        return None
    action = RENAMED if was != name else MOVED if went else CHANGED
    told = went or is_flow(new)
    follows, precedes = around.names(name, old=False) if told else ((), ())
    return ThingChange(
        what=what(new),
        action=action,
        id=name,
        name=_name(new, name),
        kind=kind(new),
        was=was if was != name else "",
        guessed=action != CHANGED,
        follows=follows,
        precedes=precedes,
        properties=changes,
    )


def _order(old: Node, new: Node) -> tuple[PropertyChange, ...]:
    """Outcomes that stand in another order: the first is what is offered first."""
    orders = []
    for node in (old, new):
        outcomes = node.child("extensionElements").child("outcomes")
        orders.append([str(one.values.get("@id", "")) for one in outcomes.children.values()])
    if not moved(*orders):
        return ()
    return (PropertyChange("outcomes", ", ".join(orders[0]), ", ".join(orders[1])),)


class _Around:
    """What is around an element on both sides, looking past what only one side has."""

    def __init__(
        self, old: Mapping[str, Node], new: Mapping[str, Node], names: Mapping[str, str]
    ) -> None:
        self._old, self._new = old, new
        self._around = {True: neighbours(old), False: neighbours(new)}
        self._names = names
        self._kept = {True: {n for n in old if n in new or n in names}, False: set(new) & set(old)}
        self._kept[False] |= set(names.values())

    def said(self, one: Node, *, old: bool) -> dict[tuple[str, str], Any]:
        """What an element says; that it lies in the process itself is not worth a word."""
        found = said(one)
        if found.get(("inside", "")) not in (self._old if old else self._new):
            found.pop(("inside", ""), None)
        return found

    def went(self, was: str, now: str) -> bool:
        """Whether it comes after other elements than before, and before others."""
        ends = [self._past(was, end, old=True) for end in (0, 1)]
        there = [self._past(now, end, old=False) for end in (0, 1)]
        mapped = [{self._names.get(one, one) for one in side} for side in ends]
        return all(a and b and not a & b for a, b in zip(mapped, there, strict=True))

    def names(self, name: str, *, old: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What people call those before and after it; a gateway without a name is looked past."""
        elements = self._old if old else self._new
        found = []
        for end, attribute in ((0, "@sourceRef"), (1, "@targetRef")):
            near = list(self._named(name, end, old=old))
            if is_flow(elements[name]):
                at = str(elements[name].values.get(attribute, ""))
                near = [at] if self._is_named(at, elements) else [*self._named(at, end, old=old)]
                near = near or [at]
            called = [
                str(elements[one].values.get("@name") or one) for one in near if one in elements
            ]
            found.append(tuple(dict.fromkeys(called)))
        return found[0], found[1]

    def whole(self, action: str, name: str, one: Node) -> ThingChange:
        """Something that only one side has."""
        gone = action == REMOVED
        everything: Said = {
            key: value
            for key, value in self.said(one, old=gone).items()
            if key[0] not in ("kind", "name")
        }
        follows, precedes = self.names(name, old=gone)
        return ThingChange(
            what=what(one),
            action=action,
            id=name,
            name=_name(one, name),
            kind=kind(one),
            follows=follows,
            precedes=precedes,
            properties=property_changes(everything, {})
            if gone
            else property_changes({}, everything),
        )

    def _past(self, name: str, end: int, *, old: bool) -> set[str]:
        """The nearest kept elements in one direction."""
        kept = self._kept[old]
        return set(self._walk(name, end, old=old, stop=lambda one: one in kept))

    def _named(self, name: str, end: int, *, old: bool) -> list[str]:
        elements = self._old if old else self._new

        return list(self._walk(name, end, old=old, stop=lambda one: self._is_named(one, elements)))

    def _is_named(self, name: str, elements: Mapping[str, Node]) -> bool:
        one = elements.get(name)
        return one is not None and (bool(one.values.get("@name")) or what(one) != "gateway")

    def _walk(
        self, name: str, end: int, *, old: bool, stop: Callable[[str], bool]
    ) -> Iterator[str]:
        elements = self._old if old else self._new
        around = self._around[old]
        seen, waiting = {name}, sorted(around.get(name, (frozenset(), frozenset()))[end])
        while waiting:
            at = waiting.pop(0)
            if at in seen or at not in elements:
                continue
            seen.add(at)
            if stop(at):
                yield at
            else:
                waiting += sorted(around[at][end])


def _name(one: Node, name: str) -> str:
    text = str(one.values.get("@name", "")).strip()
    if text or what(one) != "note":
        return text
    return str(one.child("text").values.get(TEXT, "")) or name


def _drawn(before: Node, after: Node) -> Iterator[str]:
    """Ids whose shape or line differs."""
    old, new = before.child(DRAWING).children, after.child(DRAWING).children
    for key in [*new, *(key for key in old if key not in new)]:
        if key not in old or key not in new or not same(old[key], new[key]):
            yield key.partition(":")[2] or key


#: What stands around the elements: tag → what it is
_FRAME = {
    "process": "process",
    "participant": "process",
    "lane": "lane",
    "message": "message",
    "error": "message",
    "signal": "message",
    "escalation": "message",
}


def _frame(before: Node, after: Node) -> Iterator[ThingChange]:
    """The process itself, its lanes, messages and errors; anything else by its path."""
    old, new = dict(_parts(before, "")), dict(_parts(after, ""))
    for key in [*new, *(key for key in old if key not in new)]:
        was, now = old.get(key), new.get(key)
        changes = property_changes(_told(was), _told(now))
        if not changes:
            continue
        shown = now or was
        assert shown is not None
        yield ThingChange(
            what=_FRAME.get(kind(shown), "other"),
            action=ADDED if was is None else REMOVED if now is None else CHANGED,
            id=str(shown.values.get("@id") or key),
            name=str(shown.values.get("@name", "")),
            kind=kind(shown),
            properties=changes,
        )


def _parts(node: Node, path: str) -> Iterator[tuple[str, Node]]:
    yield path, node
    for key, child in node.children.items():
        if kind(child) == "documentation":
            continue
        yield from _parts(child, f"{path}/{key}" if not key.startswith("#") else key)


def _told(node: Node | None) -> dict[tuple[str, str], str]:
    if node is None:
        return {}
    found = {("kind", ""): kind(node)}
    names = {"@name": "name", "@errorCode": "code", "#text": "text"}
    single = not node.values.get("@id") or kind(node) in ("laneSet", "BPMNDiagram", "BPMNPlane")
    for name, value in node.values.items():
        if not (name == "@id" and single):
            found[(names.get(name, "other"), "" if name in names else name.lstrip("@"))] = value
    if "documentation" in node.children:
        found[("documentation", "")] = str(node.child("documentation").values.get(TEXT, ""))
    # The root says where the file was made, too.
    for made_by in ("exporter", "exporterVersion"):
        found.pop(("other", made_by), None)
    return found
