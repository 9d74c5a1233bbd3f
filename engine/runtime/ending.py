"""Whether a marking can come to an end: looked for by trying, within a bound.

People may decide anything and conditions may come out either way, so every gateway is tried in every
direction. A way to the end that was found is a proof; not finding one within the bound is none, and
whoever asks has to treat it as a no.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.errors import EngineError
from engine.runtime.execution import Execution
from engine.runtime.specification import Specification

#: Markings looked at before giving up.
MOST_MARKINGS = 3_000
#: Ways the conditions of one step may come out that are tried.
MOST_BRANCHES = 64


def can_end(specification: Specification, snapshot: dict[str, Any]) -> bool:
    """True when a way from this marking to an empty one was found."""
    seen: set[Any] = set()
    todo = [snapshot]
    while todo and len(seen) < MOST_MARKINGS:
        marking = todo.pop()
        shape = shape_of(marking)
        if shape in seen:
            continue
        seen.add(shape)
        if not marking["tokens"]:
            return True
        todo += _followers(specification, marking)
    return False


def _followers(specification: Specification, snapshot: dict[str, Any]) -> list[dict[str, Any]]:
    """The markings one act leads to; what is likeliest to end comes last, to be looked at first."""
    works = imagine(specification, snapshot).open_work()
    found = []
    # Time before people, and people in the order of arrival: the last of them is tried first.
    for work in sorted(works, key=lambda one: one.kind != "timer"):
        for branch in _branches(specification, snapshot, work.token, work.kind):
            found.append(branch)
    return found


def _branches(
    specification: Specification, snapshot: dict[str, Any], token: str, kind: str
) -> Iterator[dict[str, Any]]:
    scripts: list[tuple[bool, ...]] = [()]
    for _ in range(MOST_BRANCHES):
        if not scripts:
            return
        script = scripts.pop()
        choices = Choices(script)
        execution = imagine(specification, snapshot, choices)
        try:
            act = {"timer": execution.fire, "message": execution.receive}
            act.get(kind, execution.complete)(token)
            yield execution.snapshot()
        except EngineError:
            # No condition held, or a circle in which nobody acts: this way leads nowhere.
            pass
        asked = choices.asked
        scripts += [
            (*asked[:place], True) for place in range(len(script), len(asked)) if not asked[place]
        ]


class Choices:
    """Answers conditions by a script, and with no where the script has ended; loops run once."""

    def __init__(self, script: tuple[bool, ...] = ()) -> None:
        self._script = script
        self.asked: tuple[bool, ...] = ()
        #: expressions of loops, which are no conditions
        self.lists: set[str] = set()
        self.numbers: set[str] = set()

    def __call__(self, expression: str, _runs: Any = ()) -> object:
        if expression in self.lists:
            return [None]
        if expression in self.numbers:
            return 1
        place = len(self.asked)
        answer = self._script[place] if place < len(self._script) else False
        self.asked += (answer,)
        return answer


def imagine(
    specification: Specification, snapshot: dict[str, Any], choices: Choices | None = None
) -> Execution:
    """The marking as an execution that asks nobody: conditions come out as the choices say."""
    choices = choices or Choices()
    loops = [one.loop for one in specification.diagram.elements.values() if one.loop is not None]
    choices.lists = {loop.collection for loop in loops} - {""}
    choices.numbers = {loop.cardinality for loop in loops} - {""}
    return Execution.restore(specification, snapshot, choices, _decide_nothing)


def _decide_nothing(_element: str, _runs: Any) -> None:
    """Tables only write what conditions read, and those come out as the choices say."""


def shape_of(snapshot: dict[str, Any]) -> Any:
    """The marking without the tokens' numbers: two that look alike go on alike."""
    inside: dict[str, list[Any]] = {}
    for token_id, element, *rest in snapshot["tokens"]:
        parent, *others = rest or [""]
        inside.setdefault(parent or "", []).append((token_id, element, str(others)))

    def inner(parent: str) -> Any:
        return tuple(
            sorted(
                (
                    (element, others, inner(token))
                    for token, element, others in inside.get(parent, ())
                ),
                key=repr,
            )
        )

    return inner("")
