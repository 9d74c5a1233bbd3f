"""What the prover says, as sentences with parts; pages translate by rule, act and parts."""

from __future__ import annotations

from typing import Any, cast

from engine.proving.exploring import Move
from engine.proving.net import Net
from schemas.finding import ERROR, WARNING, PlayedStep

#: every rule, with its severity and its sentence
RULES: dict[str, tuple[str, str]] = {
    "deadlock": (
        ERROR,
        "the case stands still: {name} waits for {missing}, which cannot come any more",
    ),
    "no_choice": (
        ERROR,
        "the case stands still: no condition of {name} holds, and it has no default flow",
    ),
    "livelock": (ERROR, "from {name} on the case can never end, whatever anybody does"),
    "never_rests": (ERROR, "the case runs in a circle around {name} in which nobody acts"),
    "lost_synchronisation": (
        ERROR,
        "{name} is reached a second time while the first is still under way",
    ),
    "repeated_reminder": (
        WARNING,
        "what a reminder started reaches {name} a second time while the first is still under way",
    ),
    "improper_completion": (WARNING, "{name} ends work that is under way: {lost}"),
    "dead_element": (ERROR, "no case ever comes to {name}"),
    "not_proved": (
        WARNING,
        "not proved within the bound: {markings} situations were looked at, and there are more",
    ),
}
#: what is added where conditions on the way may hang together in a way that is not understood
PROVIDED = "{sentence}, provided that the conditions on the way can come out like that together"

#: every act of a counterexample
ACTS = {
    "start": "The case begins",
    "complete": "{name} is done",
    "decide": "{name} is done with the outcome {outcome}",
    "fire": "The time of {name} has come",
    "receive": "The message arrives that {name} waits for",
    "fail": "{name} fails with the error {code}",
}
THEN, ENDED, STOPPED = (
    "{act}; then it is at: {at}.",
    "{act}; then it has ended.",
    "{act}; it stops at: {at}.",
)


def step_of(net: Net, move: Move, tokens: tuple[str, ...]) -> PlayedStep:
    """One step of a counterexample, in words."""
    act, parts = move.act.verb, {}
    if act != "start":
        parts["name"] = net.name(move.act.element)
    if move.outcome:
        act, parts["outcome"] = "decide", _label(net, move)
    if move.act.code:
        parts["code"] = move.act.code
    sentence = ACTS[act].format_map(parts)
    parts["at"] = ", ".join(net.name(net.target.get(name, name)) for name in tokens)
    if move.broken:
        parts["stops"] = "yes"
    ending = STOPPED if move.broken else THEN if tokens else ENDED
    text = ending.format(act=sentence, at=parts["at"])
    return PlayedStep(move.act.element or net.start, act, move.flows, tokens, text, parts)


def _label(net: Net, move: Move) -> str:
    """What people call the outcome of a task."""
    element = net.diagram.elements[move.act.element]
    for one in cast("tuple[dict[str, Any], ...]", element.extensions.get("outcomes", ())):
        if one["id"] == move.outcome:
            return str(one.get("label") or move.outcome)
    return move.outcome
