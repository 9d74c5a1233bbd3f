"""Which elements are the same under another id: a guess from what they are called and what is around them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.comparing.elements import is_flow, kind, what
from engine.comparing.node import Node

#: id → the ids directly before it, and directly after it
Around = Mapping[str, tuple[frozenset[str], frozenset[str]]]
_NONE: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())


def renamed(before: Mapping[str, Node], after: Mapping[str, Node]) -> dict[str, str]:
    """id before → id after, for elements that seem to be the same; none is taken twice.

    Of one kind and one name, or of one kind between the same neighbours, and only where no second one
    would fit as well.
    """
    gone = {name: one for name, one in before.items() if name not in after}
    new = {name: one for name, one in after.items() if name not in before}
    found: dict[str, str] = {}
    for looks in (_by_name, _by_neighbours):
        around = (neighbours(before), neighbours(after))
        pairs = looks(gone, new, around, found)
        found.update(pairs)
        gone = {name: one for name, one in gone.items() if name not in pairs}
        new = {name: one for name, one in new.items() if name not in pairs.values()}
    found.update(_flows(gone, new, found))
    return found


def neighbours(elements: Mapping[str, Node]) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """What comes directly before and after each element."""
    befores: dict[str, set[str]] = {}
    afters: dict[str, set[str]] = {}
    for one in elements.values():
        if is_flow(one):
            source, target = one.values.get("@sourceRef", ""), one.values.get("@targetRef", "")
            afters.setdefault(source, set()).add(target)
            befores.setdefault(target, set()).add(source)
    return {
        name: (frozenset(befores.get(name, ())), frozenset(afters.get(name, ())))
        for name in elements
    }


def _by_name(
    gone: Mapping[str, Node], new: Mapping[str, Node], _around: object, _known: object
) -> dict[str, str]:
    def sign(one: Node) -> tuple[str, str] | None:
        name = str(one.values.get("@name", "")).strip()
        return (kind(one), name) if name and what(one) != "flow" else None

    return _only_fits(
        [(name, sign(one)) for name, one in gone.items()], [(n, sign(o)) for n, o in new.items()]
    )


def _by_neighbours(
    gone: Mapping[str, Node],
    new: Mapping[str, Node],
    around: tuple[Around, Around],
    known: Mapping[str, str],
) -> dict[str, str]:
    def now(names: frozenset[str]) -> frozenset[str]:
        return frozenset(known.get(name, name) for name in names)

    def sign(name: str, one: Node, at: Around, *, old: bool) -> object | None:
        if what(one) in ("flow", "note"):
            return None
        befores, afters = at.get(name, _NONE)
        if not befores and not afters:
            return None
        return (kind(one), now(befores), now(afters)) if old else (kind(one), befores, afters)

    return _only_fits(
        [(name, sign(name, one, around[0], old=True)) for name, one in gone.items()],
        [(name, sign(name, one, around[1], old=False)) for name, one in new.items()],
    )


def _flows(
    gone: Mapping[str, Node], new: Mapping[str, Node], known: Mapping[str, str]
) -> dict[str, str]:
    """A flow deleted and drawn again between the same two is the same flow."""

    def sign(one: Node, *, old: bool) -> object | None:
        if not is_flow(one):
            return None
        ends = (one.values.get("@sourceRef", ""), one.values.get("@targetRef", ""))
        return tuple(known.get(end, end) for end in ends) if old else ends

    return _only_fits(
        [(name, sign(one, old=True)) for name, one in gone.items()],
        [(name, sign(one, old=False)) for name, one in new.items()],
    )


def _only_fits(
    before: Sequence[tuple[str, object | None]], after: Sequence[tuple[str, object | None]]
) -> dict[str, str]:
    """Those whose sign exactly one of each side has."""
    old: dict[object, list[str]] = {}
    new: dict[object, list[str]] = {}
    for pairs, by in ((before, old), (after, new)):
        for name, sign in pairs:
            if sign is not None:
                by.setdefault(sign, []).append(name)
    return {
        names[0]: new[sign][0]
        for sign, names in old.items()
        if len(names) == 1 and len(new.get(sign, ())) == 1
    }
