"""Which element of the new version an element of the old one has become.

The same id and the same kind is the same element. Where the id is gone, an element of the same kind with
the same name, or between the same neighbours, is suggested; an administrator looks at suggestions before
anything is done, and may choose otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from engine.errors import Invalid
from engine.runtime.diagram import Diagram, Element

#: same: id and kind. alike: suggested. chosen: by the administrator. gone: nothing fits.
How = Literal["same", "alike", "chosen", "gone"]


@dataclass(frozen=True, slots=True)
class Mapped:
    """An element of the old version, and what it has become."""

    old: str
    new: str | None
    how: How


@dataclass(frozen=True, slots=True)
class Names:
    """How one version's names are read in another."""

    elements: Mapping[str, str | None]
    #: sequence flow → the one that leads from the same to the same element
    flows: Mapping[str, str | None]

    def changed(self) -> dict[str, str | None]:
        """Elements that are called otherwise, or are gone."""
        return {old: new for old, new in self.elements.items() if old != new}

    def renamed(self) -> dict[str, str]:
        """What has another name now: elements and flows."""
        pairs = [*self.elements.items(), *self.flows.items()]
        return {old: new for old, new in pairs if new is not None and old != new}


def suggest(old: Diagram, new: Diagram) -> list[Mapped]:
    """What each element of the old version has become, as far as can be told; in the order of the file."""
    same = {
        one.id: one.id
        for one in old.elements.values()
        if one.id in new.elements and alike(one, new.elements[one.id])
    }
    free = [one for one in new.elements.values() if one.id not in same]
    found = []
    taken: set[str] = set()
    for one in old.elements.values():
        if one.id in same:
            found.append(Mapped(one.id, one.id, "same"))
            continue
        guess = _guess(old, new, one, [other for other in free if other.id not in taken], same)
        if guess is not None:
            taken.add(guess)
        found.append(Mapped(one.id, guess, "gone" if guess is None else "alike"))
    return found


def alike(old: Element, new: Element) -> bool:
    """Whether a token at the one could stand at the other."""
    return _kind(old) == _kind(new)


def _kind(one: Element) -> tuple[object, ...]:
    loop = None if one.loop is None else one.loop.sequential
    return one.kind, one.event.kind if one.event else "", loop


def _guess(
    old: Diagram, new: Diagram, one: Element, others: list[Element], same: Mapping[str, str]
) -> str | None:
    """The one element that can be meant; None where there is none, or several."""
    fitting = [other for other in others if alike(one, other)]
    named = [other for other in fitting if one.name and other.name == one.name]
    if len(named) == 1:
        return named[0].id
    around = _neighbours(old, one, same)
    between = [other for other in fitting if around and _neighbours(new, other) == around]
    return between[0].id if len(between) == 1 else None


def _neighbours(
    diagram: Diagram, one: Element, same: Mapping[str, str] | None = None
) -> tuple[object, ...] | None:
    """What lies before, behind and around an element; None where the other version does not know it."""
    before = [diagram.flows[flow].source for flow in one.incoming]
    behind = [diagram.flows[flow].target for flow in one.outgoing]
    edge = [one.attached_to] if one.attached_to else []
    scope = [one.parent] if one.parent else []
    names = [before, behind, edge, scope]
    if same is not None:
        if any(name not in same for part in names for name in part):
            return None
        names = [[same[name] for name in part] for part in names]
    return tuple(tuple(sorted(part)) for part in names) if before or behind or edge else None


def complete(old: Diagram, new: Diagram, chosen: Mapping[str, str | None]) -> list[Mapped]:
    """The suggestions with what an administrator chose over them; raise `Invalid` for what is no choice."""
    wrong = [
        name
        for name, target in chosen.items()
        if name not in old.elements
        or (
            target is not None
            and (target not in new.elements or not alike(old.elements[name], new.elements[target]))
        )
    ]
    if wrong:
        raise Invalid(fields=sorted(wrong))
    found = [
        one
        if one.old not in chosen or chosen[one.old] == one.new
        else Mapped(one.old, chosen[one.old], "chosen")
        for one in suggest(old, new)
    ]
    targets = [one.new for one in found if one.new is not None]
    twice = {name for name in targets if targets.count(name) > 1}
    if twice:
        # Two steps that become one would mix what was decided at them.
        raise Invalid(fields=sorted(one.old for one in found if one.new in twice))
    return found


def mapping_of(old: Diagram, new: Diagram, elements: Mapping[str, str | None]) -> Names:
    """The mapping with its sequence flows: those of the same name, else those between the same elements."""
    flows: dict[str, str | None] = {}
    for flow in old.flows.values():
        ends = (elements.get(flow.source), elements.get(flow.target))
        alone = [one.id for one in new.flows.values() if (one.source, one.target) == ends]
        if flow.id in new.flows and new.flows[flow.id].target == ends[1]:
            flows[flow.id] = flow.id
        else:
            flows[flow.id] = alone[0] if len(alone) == 1 else None
    return Names(dict(elements), flows)


def reused(old: Diagram, new: Diagram) -> list[str]:
    """Names that are an element in one version and a sequence flow in the other: nothing could be told apart."""
    return sorted(
        {*old.elements} & {*new.flows} | {*old.flows} & {*new.elements},
    )
