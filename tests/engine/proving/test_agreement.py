"""On random diagrams, sound or not, the prover finds what the written token game finds."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, assume, given, settings

from engine.catalog.bpmn import Diagram, errors, read_diagram
from engine.proving import Bound, Explored, Facts, Net, explore
from engine.proving.marking import Marking, insides
from engine.runtime.diagram import PEOPLE
from tests.engine.proving.exhausting import Exhausted, TooMuch
from tests.engine.proving.wild import wild
from tests.engine.runtime.drawing import draw
from tests.engine.runtime.sketches import Sketch, blocks

MOST = 300
#: what ends others: how far they had come by then is a matter of order
CUTS = ("terminate", "error")
SLOWLY = {"deadline": None, "suppress_health_check": list(HealthCheck)}


def standing(marking: Marking) -> set[str]:
    """Joins at which a whole scope waits."""
    tokens: Any = marking[0]
    found = {name for name, *_ in tokens} if all(flow for _, flow, *_ in tokens) else set()
    return found.union(*(standing(inside) for inside in insides(tokens)))


def explored(diagram: Diagram, *, knows: bool = False) -> Explored:
    """What the prover sees; unless it `knows`, conditions come out either way each time."""
    facts = Facts(diagram)
    if not knows:
        facts.groups.clear()
        facts.classes = {name: [] for name in facts.classes}
        facts.live = {}
        for reading in facts.readings.values():
            reading.group = reading.tasks = None
    return explore(Net(diagram), facts, Bound(markings=4 * MOST, seconds=60))


def compare(diagram: Diagram, *, outcomes: bool = False) -> Explored:
    """Both look at everything, and must say the same."""
    found = explored(diagram, knows=outcomes)
    assume(found.complete and len(found.markings) < MOST)
    try:
        game = Exhausted(diagram, most=(20 if outcomes else 1) * MOST, follow_outcomes=outcomes)
    except TooMuch:
        assume(False)
    broken = [move.broken for move in found.moves if move.broken]
    cuts = any(_cuts(one) for one in diagram.elements.values())
    # In a circle that something else cuts short it is a matter of order who comes first.
    assume(not cuts or not (game.circles or any(rule == "never_rests" for rule, _ in broken)))
    assert game.standing == set().union(*(standing(one) for one in found.markings))
    assert game.doubled == {name for names in found.doubled.values() for name in names}
    assert game.no_choice == {name for rule, name in broken if rule == "no_choice"}
    assert game.circles == any(rule == "never_rests" for rule, _ in broken)
    assert game.killed == {
        end for move in found.moves for end, lost in move.killed if works(diagram, lost)
    }
    if not cuts:
        assert game.flows == found.flows
    if not outcomes:
        assert len(game.shapes) - game.piled == len(found.markings) - 2 - len(found.doubled)
    assert game.trapped == is_trapped(found)
    return found


def works(diagram: Diagram, lost: tuple[str, ...]) -> bool:
    """Whether people or services were at work there."""
    return any(diagram.elements[one].kind in PEOPLE | {"serviceTask"} for one in lost)


def _cuts(element: Any) -> bool:
    cuts = element.event is not None and element.event.kind in CUTS and element.kind == "endEvent"
    return cuts or (element.loop is not None and bool(element.loop.until))


def is_trapped(found: Explored) -> bool:
    """Whether some marking leads neither to the end nor to a failure."""
    from engine.proving import told

    return any(one.rule == "livelock" for one in told(found))


@settings(max_examples=60, **SLOWLY)
@given(lines=wild())
def test_wild_diagrams_fail_where_the_token_game_fails(lines: list[str]) -> None:
    diagram = read_diagram(draw(*lines))
    assume(not errors(diagram))
    compare(diagram)


@settings(max_examples=60, **SLOWLY)
@given(block=blocks())
def test_blocks_fail_where_the_token_game_fails(block: Any) -> None:
    compare(read_diagram(draw(*Sketch(block).lines)))


@settings(max_examples=60, **SLOWLY)
@given(lines=wild(size=5, outcomes=True))
def test_what_tasks_have_decided_is_known_where_it_is_asked(lines: list[str]) -> None:
    diagram = read_diagram(draw(*lines))
    assume(not errors(diagram))
    compare(diagram, outcomes=True)
