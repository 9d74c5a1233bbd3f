"""What somebody can do at a marking."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.proving.marking import Scope, Token, frozen_instance, frozen_token
from engine.proving.net import Net


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does: a verb, an element, and which of the tokens there."""

    verb: str
    element: str
    #: the error of `fail`
    code: str = ""
    #: positions of the token and of those around it, outermost first
    at: tuple[int, ...] = ()


START = Act("start", "")


def acts(net: Net, top: Scope) -> list[Act]:
    """Everything somebody could do now; of equals only one, for they go on alike."""
    return list(_inside(net, top, ()))


def _inside(net: Net, scope: Scope, around: tuple[int, ...]) -> Iterator[Act]:
    seen: set[Any] = set()
    for index, token in enumerate(scope.tokens):
        shape = frozen_token(token)
        if shape not in seen:
            seen.add(shape)
            yield from _of(net, token, (*around, index))


def _of(net: Net, token: Token, at: tuple[int, ...]) -> Iterator[Act]:
    place = token.place
    if place.manner == "event_gateway":
        for name in place.awaited:
            yield Act(net.places[name].verb, name, at=at)
        return
    if token.instances:
        equal: set[Any] = set()
        for index, one in enumerate(token.instances):
            shape = frozen_instance(one)
            if shape not in equal:
                equal.add(shape)
                yield from _own(net, one, (*at, index))
    else:
        yield from _own(net, token, at)
    for name in (*place.deadlines, *place.reminders):
        if name not in token.fired:
            yield Act("fire", name, at=at)


def _own(net: Net, token: Token, at: tuple[int, ...]) -> Iterator[Act]:
    place = token.place
    if token.inside is not None:
        yield from _inside(net, token.inside, at)
    elif place.manner == "rest" or token.whole is not None:
        yield Act(place.verb, place.id, at=at)
        for code in place.codes:
            yield Act("fail", place.id, code, at)


def token_at(top: Scope, at: tuple[int, ...]) -> Token:
    """The token an act is about."""
    scope, index = top, 0
    while True:
        token = scope.tokens[at[index]]
        index += 1
        if index < len(at) and token.instances:
            token = token.instances[at[index]]
            index += 1
        if index >= len(at):
            return token
        assert token.inside is not None
        scope = token.inside
