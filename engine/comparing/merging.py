"""Two changed copies of one file brought together: what only one of them changed is taken, the rest is asked.

Works on files taken apart. A unit is what is asked about as one: a property of an element, a field's property, a
rule of a table, a sign-off, a fact; half of one person's rule and half of another's would be nobody's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any

from engine.comparing.bpmn_node import DRAWING, ELEMENTS, FRAME
from engine.comparing.dmn_node import COLUMNS, columns, kind
from engine.comparing.node import Node, moved, same, same_value

OURS, THEIRS = "ours", "theirs"
#: key and value names that lead to a unit
Address = tuple[str, ...]
ORDER, TAG = "^order", "^tag"

_WHOLE_ENDINGS = ("EventDefinition", "LoopCharacteristics")
_WHOLE = frozenset({"signOff", "outcome", "ladder", "conditionExpression", "literalExpression"})
#: Values that mean something only together.
_TOGETHER: tuple[frozenset[str], ...] = (frozenset({"@sourceRef", "@targetRef"}),)
#: Lists in which the order says something.
_ORDERED = frozenset({"form", "decisionTable", "outcomes"})
#: Hit policies under which it matters which rule stands first.
_FROM_ABOVE = frozenset({"FIRST", "RULE ORDER"})


@dataclass
class Merge:
    """One merging of a file: what has been chosen, and what must be."""

    #: by address: whose side a person chose
    choices: Mapping[Address, str]
    conflicts: list[Address] = field(default_factory=list)

    def side(self, address: Address) -> str:
        """Ask a person; until somebody has answered, ours stays."""
        self.conflicts.append(address)
        return self.choices.get(address, OURS)

    def nodes(self, base: Node, ours: Node, theirs: Node, at: Address = ()) -> Node:
        """Three states of one thing as one."""
        tag = self._one(base.tag, ours.tag, theirs.tag, (*at, TAG))
        values = self._values(base, ours, theirs, at)
        children = self._children(base, ours, theirs, at)
        return Node(tag, values, children, ours.hints or theirs.hints)

    def diagram(self, base: Node, ours: Node, theirs: Node) -> Node:
        """A diagram; where things are drawn is never asked: ours stays, with theirs for what is theirs."""
        found = {
            part: self.nodes(base.child(part), ours.child(part), theirs.child(part), (part,))
            for part in (FRAME, ELEMENTS)
        }
        found[DRAWING] = _drawing(ours, theirs, found[ELEMENTS], found[FRAME])
        nsmap = {**theirs.hints.get("nsmap", {}), **ours.hints.get("nsmap", {})}
        return Node(ours.tag, ours.values, found, {"nsmap": nsmap})

    def tables(self, base: Node, ours: Node, theirs: Node) -> Node:
        """A file of tables; its drawing is ours."""
        frame = self.nodes(base.child(FRAME), ours.child(FRAME), theirs.child(FRAME), (FRAME,))
        nsmap = {**theirs.hints.get("nsmap", {}), **ours.hints.get("nsmap", {})}
        drawing = (
            ours.child("drawing") if ours.child("drawing").children else theirs.child("drawing")
        )
        return Node(ours.tag, ours.values, {"frame": frame, "drawing": drawing}, {"nsmap": nsmap})

    # -- values ---------------------------------------------------------------------------

    def _values(self, base: Node, ours: Node, theirs: Node, at: Address) -> dict[str, Any]:
        found: dict[str, Any] = {}
        names = dict.fromkeys([*ours.values, *theirs.values])
        done: set[str] = set()
        for name in names:
            if name in done:
                continue
            group = next((one for one in _TOGETHER if name in one), frozenset({name}))
            done |= group
            b, o, t = (
                {one: side.values[one] for one in sorted(group) if one in side.values}
                for side in (base, ours, theirs)
            )
            found.update(self._one(b, o, t, (*at, " ".join(sorted(group)))))
        return found

    def _one(self, base: Any, ours: Any, theirs: Any, at: Address) -> Any:
        if same_value(ours, theirs) or same_value(theirs, base):
            return ours
        if same_value(ours, base):
            return theirs
        return ours if self.side(at) == OURS else theirs

    # -- children -------------------------------------------------------------------------

    def _children(self, base: Node, ours: Node, theirs: Node, at: Address) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for key in dict.fromkeys([*ours.children, *theirs.children]):
            b, o, t = (side.children.get(key) for side in (base, ours, theirs))
            made = self._child(b, o, t, (*at, key), base)
            if made is not None:
                found[key] = made
        order = self._order(base, ours, theirs, list(found), at)
        return {key: found[key] for key in order}

    def _child(
        self, base: Node | None, ours: Node | None, theirs: Node | None, at: Address, parent: Node
    ) -> Node | None:
        if _alike(ours, theirs) or _alike(theirs, base):
            return ours
        if _alike(ours, base):
            return theirs
        shown = ours or theirs
        assert shown is not None
        if ours is None or theirs is None or _is_whole(base, ours, theirs, parent):
            return ours if self.side(at) == OURS else theirs
        return self.nodes(base or Node(shown.tag), ours, theirs, at)

    def _order(
        self, base: Node, ours: Node, theirs: Node, keys: Sequence[str], at: Address
    ) -> list[str]:
        sides = [list(side.children) for side in (base, ours, theirs)]
        went = [bool(moved(sides[0], side)) for side in sides[1:]]
        both = [key for key in sides[1] if key in theirs.children]
        spine, other = (sides[1], sides[2]) if went[0] or not went[1] else (sides[2], sides[1])
        differ = both != [key for key in sides[2] if key in ours.children]
        ordered = kind(ours) in _ORDERED or kind(theirs) in _ORDERED
        if ordered and ((all(went) and differ) or _meet(base, ours, theirs)):
            chosen = self.side((*at, ORDER))
            spine, other = (sides[1], sides[2]) if chosen == OURS else (sides[2], sides[1])
        return _threaded(spine, other, set(keys), moved(sides[0], spine) | moved(sides[0], other))


def _alike(one: Node | None, other: Node | None) -> bool:
    return one is other or (one is not None and other is not None and same(one, other))


def _is_whole(base: Node | None, ours: Node, theirs: Node, parent: Node) -> bool:
    name = kind(ours)
    if ours.tag != theirs.tag and not (base is not None and base.tag in (ours.tag, theirs.tag)):
        return True
    if name in _WHOLE or name.endswith(_WHOLE_ENDINGS) or parent.tag == "facts":
        return True
    if name != "rule":
        return False
    # Cells under a column that is new on one side are no change of the rule itself.
    known = {f"cell:{key}" for key in columns(parent)}
    cores = [None if one is None else _core(one, known) for one in (base, ours, theirs)]
    return not (
        _alike(cores[1], cores[2]) or _alike(cores[0], cores[1]) or _alike(cores[0], cores[2])
    )


def _core(rule: Node, known: set[str]) -> Node:
    kept = {k: one for k, one in rule.children.items() if kind(one) not in COLUMNS or k in known}
    return replace(rule, children=kept)


def _meet(base: Node, ours: Node, theirs: Node) -> bool:
    """Whether both put other rules into the same gap of a table that is read from above."""
    if kind(ours) != "decisionTable" or str(ours.values.get("@hitPolicy")) not in _FROM_ABOVE:
        return False
    gaps = [_gaps(base, one, other) for one, other in ((ours, theirs), (theirs, ours))]
    return bool(gaps[0] & gaps[1])


def _gaps(base: Node, side: Node, other: Node) -> set[str | None]:
    """After which known children there are new ones that the other side has not."""
    found: set[str | None] = set()
    previous: str | None = None
    for key, one in side.children.items():
        if key in base.children:
            previous = key
        elif kind(one) == "rule" and key not in other.children:
            found.add(previous)
    return found


def _threaded(
    spine: Sequence[str], other: Sequence[str], keys: set[str], went: Set[str] = frozenset()
) -> list[str]:
    """All keys in the order of the spine, those only the other knows after what they follow there.

    What has moved is followed by nothing: who stood behind it stays where it was.
    """
    found = [key for key in spine if key in keys]
    known, others = set(found), set(other)
    previous: str | None = None
    for key in other:
        if key in keys and key not in known:
            at = 0 if previous is None else found.index(previous) + 1
            # What the spine alone has put there comes first.
            while at < len(found) and found[at] not in others:
                at += 1
            found.insert(at, key)
            known.add(key)
        if key in known and key not in went:
            previous = key
    return found


def _drawing(ours: Node, theirs: Node, elements: Node, frame: Node) -> Node:
    """Our drawing of what is there, with theirs for what only they drew or lead elsewhere."""
    there = {str(one.values.get("@id", "")): one for one in elements.children.values()}
    there.update(_ids(frame))
    drawn = (ours.child(DRAWING).children, theirs.child(DRAWING).children)
    known = tuple(
        {str(one.values.get("@id", "")): one for one in side.child(ELEMENTS).children.values()}
        for side in (ours, theirs)
    )
    found: dict[str, Node] = {}
    for key in _threaded(list(drawn[0]), list(drawn[1]), {*drawn[0], *drawn[1]}):
        name = key.partition(":")[2].partition("~")[0]
        if name and name not in there:
            continue
        one = there.get(name)
        as_theirs = (
            one is not None
            and _leads(one, known[1].get(name))
            and not _leads(one, known[0].get(name))
        )
        first, second = (drawn[1], drawn[0]) if as_theirs else drawn
        found[key] = first[key] if key in first else second[key]
    return Node(DRAWING, children=found)


def _leads(one: Node, other: Node | None) -> bool:
    """Whether both lead from the same to the same."""
    ends = ("@sourceRef", "@targetRef")
    return other is not None and all(one.values.get(e) == other.values.get(e) for e in ends)


def _ids(node: Node) -> dict[str, Node]:
    found = {}
    for child in node.children.values():
        if "@id" in child.values:
            found[str(child.values["@id"])] = child
        found.update(_ids(child))
    return found
