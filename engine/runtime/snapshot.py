"""Our own snapshot of the tokens: a format number, the next token's number, and the tokens.

    {"format": 2, "next": 9,
     "tokens": [["4", "check"], ["5", "reminder", "4"], ["7", "join", "", "f3"],
                ["8", "visit", "", "", [3, 1]], ["9", "visit(each)", "8", "", [1]]]}

A token is its id, its node, the token it is inside of or sits on ("" at the top), the sequence flow
it came by where a join needs it, and the numbers of a multi-instance activity (how many instances,
how many done) or of one of its instances (which one). Nodes are called like their elements, an
instance's with `(each)` after it. States follow from the elements, specifications come
from the definition, and the case's data live in their own table: none of them is here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.runtime.errors import BadSnapshot
from engine.runtime.marking import ROOT, Marking, Run, Token
from engine.runtime.nodes import Join
from engine.runtime.scopes import EACH, MultiInstance

FORMAT = 2


def _with_numbers(old: dict[str, Any]) -> dict[str, Any]:
    """Format 2 knows multi-instance activities, which no case of format 1 has."""
    return old | {"format": 2}


#: UPGRADES[n] turns a snapshot of format n + 1 into one of format n + 2
UPGRADES: list[Callable[[dict[str, Any]], dict[str, Any]]] = [_with_numbers]


def save(marking: Marking) -> dict[str, Any]:
    """The marking as JSON-able data."""
    tokens = []
    for token in marking.living():
        parent = "" if token._parent == ROOT else token._parent
        flow = token.flow if isinstance(token.node, Join) else ""
        entry: list[Any] = [token.id, token.node.name, parent, flow, _numbers(token)]
        while not entry[-1]:
            entry.pop()
        tokens.append(entry)
    return {"format": FORMAT, "next": marking.next_number, "tokens": tokens}


def load(marking: Marking, snapshot: dict[str, Any]) -> None:
    """Put the tokens of a snapshot into an empty marking."""
    snapshot = upgraded(snapshot)
    try:
        marking.next_number = snapshot["next"]
        for token_id, element, *rest in snapshot["tokens"]:
            parent, flow = (*rest, "", "")[:2]
            numbers = rest[2] if len(rest) > 2 else []
            scope = marking.tasks[parent or ROOT]
            node = marking.specification.nodes[element]
            if node.rests_in is None or node.home != scope.node.name:
                raise ValueError(f"{element} inside {scope.node.name}")
            token = Token(marking, node, scope, token_id)
            token._state = node.rests_in
            token.flow = flow
            _set_numbers(token, numbers)
            if isinstance(node, Join) and flow not in node.element.incoming:
                raise ValueError(f"{element} by {flow}")
    except (KeyError, TypeError, ValueError) as error:
        raise BadSnapshot(reason="it does not fit the definition", at=str(error)) from error


def _numbers(token: Token) -> list[int]:
    if isinstance(token.node, MultiInstance):
        return [token.total, token.done]
    return [] if token.index is None else [token.index]


def _set_numbers(token: Token, numbers: list[int]) -> None:
    if isinstance(token.node, MultiInstance):
        token.total, token.done = numbers
    elif token.node.name == token.parent.node.each:
        (index,) = numbers
        if not 0 <= index < token.parent.total:
            raise ValueError(f"{token.node.name} number {index}")
        token.workflow.number(token, index)
    elif numbers:
        raise ValueError(f"{token.node.name} has no numbers")


def runs_at(snapshot: dict[str, Any], token_id: str) -> tuple[Run, ...]:
    """The instances a token of a snapshot is in or is, the outermost first; none for a token that is gone."""
    tokens = {entry[0]: entry for entry in snapshot["tokens"]}
    found: list[Run] = []
    entry = tokens.get(token_id)
    while entry is not None:
        above = tokens.get(entry[2]) if len(entry) > 2 else None
        if above is not None and entry[1] == EACH.format(above[1]):
            active = sum(other[1:3] == entry[1:3] for other in tokens.values())
            total, done = above[4]
            found.insert(0, Run(above[1], entry[4][0], total, done, active))
        entry = above
    return tuple(found)


def upgraded(snapshot: dict[str, Any]) -> dict[str, Any]:
    """The snapshot in today's format."""
    number = snapshot.get("format")
    if not isinstance(number, int) or not 1 <= number <= FORMAT:
        raise BadSnapshot(format=number, known=FORMAT)
    for upgrade in UPGRADES[number - 1 : FORMAT - 1]:
        snapshot = upgrade(snapshot)
    return snapshot
