"""What running a case never changes: its definition, and the snapshot it goes on from."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.catalog.definition import compile_definition
from engine.catalog.package import Package
from engine.commands.complete import complete
from engine.runtime import Execution
from tests.engine.borrowing import PROCESSES, branching, house

__all__ = ["house"]


def pictured(value: Any, seen: frozenset[int] = frozenset()) -> Any:
    """Everything inside an object as plain data, however deep; circles are cut."""
    if isinstance(value, (str, int, float, bool, bytes, type(None))):
        return value
    if id(value) in seen:
        return "…"
    seen |= {id(value)}
    if isinstance(value, dict):
        return {str(key): pictured(item, seen) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [pictured(item, seen) for item in value]
    if isinstance(value, (set, frozenset)):
        return sorted(str(pictured(item, seen)) for item in value)
    if hasattr(value, "__dict__"):
        return {"": type(value).__name__, **pictured(vars(value), seen)}
    slots = getattr(type(value), "__slots__", ())
    return {"": type(value).__name__, **{n: pictured(getattr(value, n), seen) for n in slots}}


@pytest.mark.parametrize("outcome", ["agree", "refuse"])
def test_a_definition_is_the_same_after_a_case_as_before(house, outcome):
    definition = house.deploy(Package.from_folder(PROCESSES / "approve3"))
    before = pictured(definition.specification.nodes)
    case = house.begin()
    said = {"outcome": outcome, "opinion": "意见", "form": {}}
    house.act("carl", complete, house.open_task(case, "check"), **said)
    house.act("chair_han", complete, house.open_task(case, "approve"), **said)
    assert house.engine.catalog.get(definition.id) is definition
    assert pictured(definition.specification.nodes) == before


def test_going_on_from_a_snapshot_leaves_the_snapshot_as_it_was():
    definition = compile_definition(branching())
    execution = Execution.start(definition.specification, lambda *_: True)
    snapshot = execution.snapshot()
    before = json.dumps(snapshot, sort_keys=True)
    for number in (0, 1):
        again = Execution.restore(definition.specification, snapshot, lambda *_: True)
        work = sorted(again.open_work(), key=lambda item: item.element_id)
        again.complete(work[number].token)
        assert json.dumps(snapshot, sort_keys=True) == before
