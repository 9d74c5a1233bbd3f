"""Markings as plain data, and the same while they move.

A *marking* is `(tokens, known)`: tokens in a fixed order, and what is known of the facts. A *token* is
`(element, flow, fired, inside)`: the flow by which it waits at a join, the reminders that have fired,
and what runs inside it. Inside a sub-process that is a marking; inside a multi-instance activity
`(left, markings)`, with the number of instances still to come. Equal markings go on alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.proving.facts import DOUBT
from engine.proving.net import Net, Place

#: (tokens, known)
Marking = tuple[tuple[Any, ...], tuple[tuple[str, Any], ...]]
#: by element, what may still be asked for
Live = Mapping[str, frozenset[str]]
EMPTY: Marking = ((), ())


@dataclass(slots=True, eq=False)
class Scope:
    """The process, a run of a sub-process or an instance, while it moves."""

    owner: Token | None
    tokens: list[Token] = field(default_factory=list)
    known: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Token:
    """A token while it moves."""

    place: Place
    scope: Scope
    flow: str = ""
    fired: set[str] = field(default_factory=set)
    inside: Scope | None = None
    #: of a multi-instance activity
    left: int = 0
    instances: list[Token] = field(default_factory=list)
    #: of an instance: its activity
    whole: Token | None = None
    alive: bool = True
    #: it was there before somebody acted
    is_old: bool = False


def thawed(net: Net, marking: Marking) -> Scope:
    """The process at a marking, so that it can move."""
    top = Scope(None)
    _thaw(net, marking, top)
    return top


def _thaw(net: Net, marking: Marking, scope: Scope) -> None:
    tokens, known = marking
    scope.known = dict(known)
    for name, flow, fired, inside in tokens:
        place = net.places[name]
        token = Token(place, scope, flow, set(fired), is_old=True)
        scope.tokens.append(token)
        if place.element.loop is not None:
            token.left, instances = inside
            for one in instances:
                instance = Token(place, scope, whole=token, is_old=True)
                token.instances.append(instance)
                _thaw_inside(net, one, instance)
        elif place.manner == "scope":
            _thaw_inside(net, inside, token)


def _thaw_inside(net: Net, marking: Marking, token: Token) -> None:
    if token.place.start:
        token.inside = Scope(token)
        _thaw(net, marking, token.inside)


def frozen(scope: Scope, live: Live | None = None) -> Marking:
    """A scope as plain data; with `live`, without what nobody will ask for any more."""
    tokens = sorted([frozen_token(token, live) for token in scope.tokens], key=_order)
    known = scope.known
    if known and live is not None:
        asked = {DOUBT}
        for token in _all(scope):
            asked |= live.get(token.place.id, frozenset())
        known = {key: value for key, value in known.items() if key in asked}
    return tuple(tokens), tuple(sorted(known.items())) if known else ()


def frozen_token(token: Token, live: Live | None = None) -> tuple[Any, ...]:
    """A token as plain data."""
    inside: Any = ()
    if token.instances:
        instances = [frozen_instance(one, live) for one in token.instances]
        inside = (token.left, tuple(sorted(instances, key=repr)))
    elif token.inside is not None:
        inside = frozen(token.inside, live)
    fired = tuple(sorted(token.fired)) if token.fired else ()
    return (token.place.id, token.flow, fired, inside)


def frozen_instance(instance: Token, live: Live | None = None) -> Marking:
    """What is inside one instance, as plain data."""
    return EMPTY if instance.inside is None else frozen(instance.inside, live)


def _all(scope: Scope) -> Iterator[Token]:
    for token in scope.tokens:
        yield token
        for one in token.instances or [token]:
            if one.inside is not None:
                yield from _all(one.inside)


def _order(token: tuple[Any, ...]) -> tuple[Any, ...]:
    return (token[0], token[1], repr(token[2:]) if token[2] or token[3] else "")


def places_of(marking: Marking) -> Iterator[str]:
    """The elements at which tokens are, those inside others included."""
    tokens: Any = marking[0]
    for token in tokens:
        yield token[0]
    for inside in insides(tokens):
        yield from places_of(inside)


def insides(tokens: Any) -> Iterator[Marking]:
    """The markings inside tokens, one level down."""
    for _name, _flow, _fired, inside in tokens:
        if not inside:
            continue
        if isinstance(inside[0], int):
            yield from (one for one in inside[1] if one[0])
        else:
            yield inside
