"""Our own snapshot of the tokens: a format number, the next token's number, and the tokens.

    {"format": 1, "next": 9,
     "tokens": [["4", "check"], ["5", "reminder", "4"], ["7", "join", "", "f3"]]}

A token is its id, its element, the token it is inside of or sits on ("" at the top), and the
sequence flow it came by where a join needs it. States follow from the elements, specifications come
from the definition, and the case's data live in their own table: none of them is here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.runtime.errors import BadSnapshot
from engine.runtime.marking import ROOT, Marking, Token
from engine.runtime.nodes import Join

FORMAT = 1
#: UPGRADES[n] turns a snapshot of format n + 1 into one of format n + 2
UPGRADES: list[Callable[[dict[str, Any]], dict[str, Any]]] = []


def save(marking: Marking) -> dict[str, Any]:
    """The marking as JSON-able data."""
    tokens = []
    for token in marking.living():
        parent = "" if token._parent == ROOT else token._parent
        entry = [token.id, token.node.name, parent, ""]
        if isinstance(token.node, Join):
            entry[3] = token.flow
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
            scope = marking.tasks[parent or ROOT]
            node = marking.specification.nodes[element]
            if node.rests_in is None or node.home != scope.node.name:
                raise ValueError(f"{element} inside {scope.node.name}")
            token = Token(marking, node, scope, token_id)
            token._state = node.rests_in
            token.flow = flow
            if isinstance(node, Join) and flow not in node.element.incoming:
                raise ValueError(f"{element} by {flow}")
    except (KeyError, TypeError, ValueError) as error:
        raise BadSnapshot(reason="it does not fit the definition", at=str(error)) from error


def upgraded(snapshot: dict[str, Any]) -> dict[str, Any]:
    """The snapshot in today's format."""
    number = snapshot.get("format")
    if not isinstance(number, int) or not 1 <= number <= FORMAT:
        raise BadSnapshot(format=number, known=FORMAT)
    for upgrade in UPGRADES[number - 1 : FORMAT - 1]:
        snapshot = upgrade(snapshot)
    return snapshot
