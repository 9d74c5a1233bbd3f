"""What an instance of a multi-instance activity knows besides the case: its item and its number.

The runtime keeps numbers only; the list an instance belongs to is read from the case each time, so
that no copy of it can grow old.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engine.catalog.bpmn import Diagram
from engine.runtime import Run

LOOP_COUNTER = "loop counter"
INSTANCES = "number of instances"
DONE = "number of completed instances"
ACTIVE = "number of active instances"
#: names that every instance knows, beside its item
LOOP_NAMES = frozenset({LOOP_COUNTER, INSTANCES, DONE, ACTIVE})


def names_seen(
    diagram: Diagram,
    runs: Sequence[Run],
    facts: Mapping[str, Any],
    evaluate: Callable[[Mapping[str, Any], str], Any],
) -> dict[str, Any]:
    """The names an instance adds to the facts of its case; inner instances hide the names of outer ones."""
    seen: dict[str, Any] = {}
    for run in runs:
        loop = diagram.elements[run.element_id].loop
        if loop is not None and loop.item:
            items = evaluate({**facts, **seen}, loop.collection)
            # A list that has become shorter meanwhile has no item for the instance any more.
            known = isinstance(items, list) and run.index < len(items)
            seen[loop.item] = items[run.index] if known else None
        seen |= {
            LOOP_COUNTER: run.index + 1,
            INSTANCES: run.total,
            DONE: run.done,
            ACTIVE: run.active,
        }
    return seen


def path_of(runs: Sequence[Run]) -> str:
    """The name of an instance within its case, e.g. `visit:0/room:2`."""
    return "/".join(f"{run.element_id}:{run.index}" for run in runs)


def result_seen(noted: Mapping[str, Any], runs: Sequence[Run]) -> Mapping[str, Any]:
    """An element's latest result as an instance sees it: its own, never that of a sibling."""
    by_path: Mapping[str, Any] = noted.get("runs", {})
    root = f"{runs[0].element_id}:" if runs else ""
    if not runs or not any(path.startswith(root) for path in by_path):
        return noted
    here = path_of(runs)
    own = [
        result
        for path, result in by_path.items()
        if path == here or path.startswith(f"{here}/") or here.startswith(f"{path}/")
    ]
    return max(own, key=lambda result: str(result["at"]), default={})
