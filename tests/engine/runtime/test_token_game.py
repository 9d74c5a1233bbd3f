"""On random processes, driven at random, the runtime offers what the specification offers."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.catalog.bpmn import read_diagram
from engine.runtime import Execution, Specification, compile_process
from tests.engine.runtime.drawing import draw
from tests.engine.runtime.sketches import Sketch, blocks
from tests.engine.runtime.token_game import VERBS, Coin, Place, TokenGame, act, labelled


def offered(execution: Execution) -> list[tuple[Place, str, int]]:
    """The open work as the token game tells it; tokens are numbers, and older ones are smaller."""
    held = {token.token: token for token in execution.tokens()}

    def place(token: str) -> Place:
        above = held[token].attached_to or held[token].scope
        label = labelled(held[token].element_id, held[token].run)
        return (*(place(above) if above else ()), label)

    found = []
    for work in execution.open_work():
        found.append((place(work.token), VERBS.get(work.kind, "complete"), int(work.token)))
        if work.kind == "service":
            found.append((place(work.token), "fail", int(work.token)))
    return sorted(found)


def without_age(things: list[tuple[Place, str, int]]) -> list[tuple[Place, str]]:
    return [(place, verb) for place, verb, _ in things]


DRIVES = st.lists(st.integers(0, 23), min_size=6, max_size=20)


@settings(max_examples=250, deadline=None)
@given(block=blocks(), seed=st.integers(0, 2**16), drive=DRIVES)
def test_the_runtime_plays_the_token_game(block: Any, seed: int, drive: list[int]) -> None:
    play_both(block, seed, drive)


def play_both(block: Any, seed: int, drive: list[int]) -> None:
    diagram = read_diagram(draw(*Sketch(block).lines))
    specification = compile_process(diagram)
    coin = Coin(seed)
    game = TokenGame(diagram, coin)
    execution = Execution.start(specification, coin)
    compare(game, execution)
    for step in drive:
        open_here = game.open()
        if not open_here:
            break
        coin.turn += 1
        index = step % len(open_here)
        mine = offered(execution)[index]
        execution = saved_and_restored(specification, execution, coin)
        game.play(*open_here[index])
        act(execution, mine[1], str(mine[2]))
        compare(game, execution)


def compare(game: TokenGame, execution: Execution) -> None:
    assert without_age(offered(execution)) == without_age(game.open())
    assert execution.finished == game.top.is_empty
    if not any(name.startswith(("terminate", "error", "until")) for name in game.diagram.elements):
        # Where something is cut short, how far the others had come is a matter of order.
        flows = [passed.id for passed in execution.passed() if passed.kind == "flow"]
        assert sorted(flows) == sorted(game.taken)
        assert sorted(execution.end_events) == sorted(game.ended)


def saved_and_restored(specification: Specification, execution: Execution, coin: Coin) -> Execution:
    saved = json.loads(json.dumps(execution.snapshot()))
    return Execution.restore(specification, saved, coin)
