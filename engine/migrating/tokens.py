"""The tokens of a case in the names of another version, with what keeps them from standing there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.migrating.mapping import Names
from engine.migrating.reasons import Reason
from engine.runtime.marking import ROOT
from engine.runtime.nodes import Join, Node, ParallelGateway
from engine.runtime.scopes import EACH, EventGateway, MultiInstance
from engine.runtime.snapshot import FORMAT, upgraded
from engine.runtime.specification import Specification


@dataclass
class Carried:
    """A marking in the new version's names."""

    tokens: dict[str, Any]
    reasons: list[Reason] = field(default_factory=list)
    notes: list[Reason] = field(default_factory=list)
    #: Tokens of timers on an edge that the new version does not have, and of those it has besides.
    lifted: list[str] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)


@dataclass
class _Entry:
    """A token of a snapshot, unpacked."""

    token: str
    node: str
    parent: str = ""
    flow: str = ""
    numbers: tuple[int, ...] = ()

    def packed(self) -> list[Any]:
        found: list[Any] = [self.token, self.node, self.parent, self.flow, list(self.numbers)]
        while not found[-1]:
            found.pop()
        return found


def carried(
    old: Specification, new: Specification, names: Names, tokens: Mapping[str, Any]
) -> Carried:
    """The marking carried over; with `reasons` it is not to be used."""
    snapshot = upgraded(dict(tokens))
    before = {entry[0]: _unpacked(entry) for entry in snapshot["tokens"]}
    found = Carried({"format": FORMAT, "next": snapshot["next"], "tokens": []})
    after: dict[str, _Entry] = {}
    for one in before.values():
        node = old.nodes[one.node]
        if node.attached_to is not None and before[one.parent].token not in after:
            continue
        moved = _moved(old, new, names, one, after, found)
        if moved is not None:
            after[one.token] = moved
    _new_timers(old, new, names, before, after, found)
    _check_joins(new, after, found)
    found.tokens["tokens"] = [one.packed() for one in after.values()]
    return found


def _unpacked(entry: list[Any]) -> _Entry:
    texts = [*entry[:4], "", ""]
    numbers = entry[4] if len(entry) > 4 else ()
    return _Entry(texts[0], texts[1], texts[2], texts[3], tuple(numbers))


def _moved(
    old: Specification,
    new: Specification,
    names: Names,
    one: _Entry,
    after: Mapping[str, _Entry],
    found: Carried,
) -> _Entry | None:
    """A token under its new name; None, with the reason, where it cannot stand there."""
    before = old.nodes[one.node]
    element = before.element.id
    target = names.elements.get(element)
    host = before.attached_to
    is_edge = host is not None and not isinstance(old.nodes[host], EventGateway)
    if target is None:
        if is_edge:
            found.lifted.append(one.token)
            found.notes.append(Reason("timer_ends", element))
        else:
            found.reasons.append(Reason("element_gone", element))
        return None
    node = new.nodes.get(target if one.node == element else EACH.format(target))
    if node is None or node.work != before.work or type(node) is not type(before):
        found.reasons.append(Reason("other_kind", target, {"was": element}))
        return None
    home = new.nodes[after[one.parent].node].name if one.parent in after else _root_name(new)
    if one.parent and one.parent not in after:
        return None
    if node.home != home:
        if is_edge:
            # It sits on another activity now: here it ends, there it begins with its activity.
            found.lifted.append(one.token)
            found.notes.append(Reason("timer_ends", element))
            return None
        found.reasons.append(Reason("other_scope", target))
        return None
    flow = one.flow
    if isinstance(node, Join):
        flow = names.flows.get(one.flow) or ""
        if flow not in node.element.incoming:
            found.reasons.append(Reason("join_changed", target))
            return None
    if isinstance(node, MultiInstance) and _counted(node) != _counted(before):
        found.reasons.append(Reason("loop_changed", target))
        return None
    if isinstance(node, EventGateway):
        awaited = {names.elements.get(name) for name in _behind(before)}
        if awaited != set(_behind(node)):
            found.reasons.append(Reason("awaited_changed", target))
            return None
    return _Entry(one.token, node.name, one.parent, flow, one.numbers)


def _root_name(new: Specification) -> str:
    name: str = new.spec.start.name
    return name


def _counted(node: Node) -> tuple[str, str, bool]:
    loop = node.element.loop
    return (loop.cardinality, loop.collection, loop.sequential) if loop else ("", "", False)


def _behind(gateway: Node) -> list[str]:
    return [flow.target for flow in gateway.flows]


def _new_timers(
    old: Specification,
    new: Specification,
    names: Names,
    before: Mapping[str, _Entry],
    after: dict[str, _Entry],
    found: Carried,
) -> None:
    """Timers that the new version puts on the edge of an activity under way begin to count now.

    One that both versions have and that waits no more has fired; it does not fire again.
    """
    for one in list(after.values()):
        known = {names.elements.get(name) for name in old.nodes[before[one.token].node].timers}
        waiting = {other.node for other in after.values() if other.parent == one.token}
        for timer in new.nodes[one.node].timers:
            if timer in known or timer in waiting:
                continue
            token = str(found.tokens["next"])
            found.tokens["next"] += 1
            after[token] = _Entry(token, timer, one.token)
            found.begun.append(token)
            found.notes.append(Reason("timer_begins", timer))


def _check_joins(new: Specification, after: Mapping[str, _Entry], found: Carried) -> None:
    """A parallel join looks at its arrivals when one comes; one that lacks none would wait for ever."""
    arrived: dict[tuple[str, str], set[str]] = {}
    for one in after.values():
        if isinstance(new.nodes[one.node], ParallelGateway):
            arrived.setdefault((one.parent or ROOT, one.node), set()).add(one.flow)
    for (_, join), flows in arrived.items():
        if flows.issuperset(new.nodes[join].element.incoming):
            found.reasons.append(Reason("join_complete", join))
