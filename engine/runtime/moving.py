"""Changing a marking by hand: where tokens are placed, and what would place equivalents of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from engine.runtime.errors import ImpossibleMove, NoSuchWork
from engine.runtime.marking import READY, ROOT, STARTED, Marking, Token
from engine.runtime.nodes import Join, Node, StartEvent
from engine.runtime.scopes import MultiInstance, SubProcess


@dataclass(frozen=True, slots=True)
class Entry:
    """Where to place a token: an element, for a join with the flow it arrives by."""

    element_id: str
    flow: str = ""
    #: the token of the sub-process to place it in; of an entry inside another, that one
    scope: str | None = None
    #: rest at the start event of the process, as open work for people, until it is completed
    hold: bool = False
    #: what to place inside a sub-process, which then does not begin at its start event; inside a
    #: multi-instance activity its instances, entries of the same element with their `run`
    inside: tuple[Entry, ...] | None = None
    #: which instance of the multi-instance activity it is placed in, from 0
    run: int | None = None
    #: of a multi-instance activity: how many instances it has; None: asked anew
    total: int | None = None
    #: timers on its edge that have fired already, and so do not start with it
    fired: tuple[str, ...] = ()
    #: the visits that led to this one, for `passed`
    cause: tuple[str, ...] = ()


def elements_of(entries: Iterable[Entry]) -> Iterator[str]:
    """The elements at which entries place tokens, those inside others included."""
    for entry in entries:
        yield entry.element_id
        yield from elements_of(entry.inside or ())


def place(marking: Marking, entry: Entry, scope: Token) -> list[str]:
    """Place a token, and what is to be inside it; the tokens placed, the outer ones first."""
    node = _node_for(marking, entry, scope)
    if (entry.flow or isinstance(node, Join)) and entry.flow not in node.element.incoming:
        raise ImpossibleMove(element=entry.element_id, flow=entry.flow)
    if entry.hold and not isinstance(node, StartEvent):
        raise ImpossibleMove(element=entry.element_id, reason="only the start can be held")
    token = marking.new_token(node, scope)
    if entry.run is not None:
        _number(marking, token, entry.run)
    token.flow, token.fired = entry.flow, entry.fired
    if entry.flow:
        marking.note_flow(token, *entry.cause)
    else:
        marking.note(token, *entry.cause)
    placed = [str(token.id)]
    if entry.hold:
        token._set_state(READY)
    elif entry.inside is None:
        node._update(token)
    else:
        if entry.flow:
            marking.note(token)
        placed += _fill(marking, token, entry)
    return placed


def _node_for(marking: Marking, entry: Entry, scope: Token) -> Node:
    name, nodes = entry.element_id, marking.specification.nodes
    if entry.run is not None and name == scope.node.name:
        name = scope.node.each
    node = nodes.get(name)
    # What waits on an edge or behind a gateway begins with it, never by itself.
    if node is None or node.attached_to is not None or node.home != scope.node.name:
        raise ImpossibleMove(element=entry.element_id, scope=scope.id)
    if (entry.run is None) is (node.name == scope.node.each):
        raise ImpossibleMove(element=entry.element_id, run=entry.run)
    return node


def _number(marking: Marking, token: Token, run: int) -> None:
    """Make a token an instance; one that was done before is done no longer."""
    activity = token.parent
    others = [other for other in marking.inside(activity) if other is not token]
    if (
        not 0 <= run < activity.total
        or any(other.index == run for other in others)
        or (others and activity.node.is_sequential)
    ):
        raise ImpossibleMove(element=activity.node.name, run=run)
    marking.number(token, run)
    if activity.node.is_sequential:
        activity.done = run
    else:
        activity.done = min(activity.done, activity.total - activity.active)


def _fill(marking: Marking, token: Token, entry: Entry) -> list[str]:
    """Place what is to be inside a sub-process or multi-instance activity, instead of its start."""
    node, placed, inside = token.node, list[str](), entry.inside or ()
    if isinstance(node, MultiInstance):
        token.total = node.count(token) if entry.total is None else entry.total
        # Those that are not placed have been done.
        token.done = token.total
    elif not isinstance(node, SubProcess):
        raise ImpossibleMove(element=entry.element_id, reason="nothing can be inside")
    node.open(token)
    for inner in inside:
        if inner.scope is not None:
            raise ImpossibleMove(element=inner.element_id, scope=inner.scope)
        placed += place(marking, inner, token)
    return placed


def is_empty_scope(marking: Marking, token: Token) -> bool:
    """Whether a sub-process or activity is busy with nothing: it would never end."""
    is_scope = isinstance(token.node, (SubProcess, MultiInstance))
    return is_scope and token._state == STARTED and not marking.inside(token)


def entries_for(marking: Marking, tokens: Iterable[str]) -> tuple[Entry, ...]:
    """Entries that would place equivalents of living tokens; see `Execution.held_entries`."""
    wanted = set(tokens)
    if missing := wanted - {token.id for token in marking.living()}:
        raise NoSuchWork(token=min(missing))
    entries = []
    for token in marking.living():
        if token.id in wanted and not wanted.intersection(_around(token)):
            scope = None if token._parent == ROOT else token._parent
            entries += [replace(one, scope=scope) for one in _equivalents(marking, [token])]
    return tuple(entries)


def _equivalents(marking: Marking, tokens: Iterable[Token]) -> tuple[Entry, ...]:
    entries = []
    for token in tokens:
        node = token.node
        if node.attached_to is not None:
            continue
        is_scope = isinstance(node, (SubProcess, MultiInstance))
        entry = Entry(
            node.element.id,
            token.flow if isinstance(node, Join) else "",
            hold=isinstance(node, StartEvent),
            inside=_equivalents(marking, marking.inside(token)) if is_scope else None,
            run=token.index,
            total=token.total if isinstance(node, MultiInstance) else None,
            fired=_fired(token),
            cause=(str(token.id),),
        )
        entries.append(entry)
    return tuple(entries)


def _fired(token: Token) -> tuple[str, ...]:
    """The timers on a token's edge that wait no more, though it does."""
    waiting = {child.node.name for child in token.children if child.is_alive}
    return tuple(name for name in token.node.timers if name not in waiting)


def _around(token: Token) -> Iterator[str]:
    """The tokens a token is inside of or sits on, innermost first."""
    while token._parent != ROOT:
        token = token.parent
        yield token.id
