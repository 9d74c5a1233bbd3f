"""A marking changed by hand is one like any other: saved, restored and played on."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.catalog.bpmn import Diagram, read_diagram
from engine.runtime import Entry, Execution, Held, compile_process
from engine.runtime.errors import ImpossibleMove
from tests.engine.runtime.drawing import draw
from tests.engine.runtime.sketches import Sketch, blocks
from tests.engine.runtime.token_game import Coin, act, choices


@settings(max_examples=100, deadline=None)
@given(
    block=blocks(),
    seed=st.integers(0, 2**16),
    drive=st.lists(st.tuples(st.booleans(), st.integers(0, 999)), min_size=4, max_size=15),
)
def test_tokens_put_back_anywhere_leave_a_marking_that_goes_on(
    block: Any, seed: int, drive: list[tuple[bool, int]]
) -> None:
    diagram = read_diagram(draw(*Sketch(block).lines))
    specification = compile_process(diagram)
    coin = Coin(seed)
    execution = Execution.start(specification, coin)
    for by_hand, number in drive:
        if execution.finished or not choices(execution):
            break
        coin.turn += 1
        if by_hand:
            put_back(diagram, execution, number)
        else:
            offered = choices(execution)
            act(execution, *offered[number % len(offered)])
        saved = json.loads(json.dumps(execution.snapshot()))
        restored = Execution.restore(specification, saved, coin)
        assert restored.tokens() == execution.tokens()
        execution = restored


def put_back(diagram: Diagram, execution: Execution, number: int) -> None:
    """End one token and place one on an element of the same scope."""
    held = execution.tokens()
    tokens = {token.token: token for token in held}
    going = [token for token in held if token.attached_to is None]
    token = going[number % len(going)]
    places = entries(diagram, token, tokens)
    placed = execution.move([token.token], [places[number % len(places)]])
    assert len(placed) == 1
    assert token.token not in {left.token for left in execution.tokens()}


def entries(diagram: Diagram, token: Held, tokens: dict[str, Held]) -> list[Entry]:
    scope = tokens[token.scope].element_id if token.scope else None
    places = []
    for element in diagram.inside(scope):
        if element.kind in ("parallelGateway", "inclusiveGateway"):
            places += [Entry(element.id, flow, token.scope) for flow in element.incoming]
        elif element.kind != "boundaryEvent":
            places.append(Entry(element.id, scope=token.scope))
    return places


def test_a_boundary_event_is_no_place_to_put_a_token() -> None:
    diagram = read_diagram(draw("start s", "user a", "timer t on a", "end e", "s > a > e", "t > e"))
    execution = Execution.start(compile_process(diagram), Coin(0))
    with pytest.raises(ImpossibleMove) as refused:
        execution.move([], [Entry("t")])
    assert refused.value.parts["element"] == "t"
