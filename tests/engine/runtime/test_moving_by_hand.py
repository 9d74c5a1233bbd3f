"""A marking changed by hand is one like any other: saved, restored and played on."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.catalog.bpmn import Diagram, read_diagram
from engine.runtime import Entry, Execution, Held, compile_process
from engine.runtime.errors import ImpossibleMove, NoSuchWork
from tests.engine.runtime.drawing import compiled, draw
from tests.engine.runtime.playing import Play, nothing_to_evaluate, say
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
    if token.run is not None:
        return [Entry(token.element_id, scope=token.scope, run=token.run)]
    scope = tokens[token.scope].element_id if token.scope else None
    places = []
    for element in diagram.inside(scope):
        if element.kind in ("parallelGateway", "inclusiveGateway"):
            places += [Entry(element.id, flow, token.scope) for flow in element.incoming]
        elif element.kind != "boundaryEvent" and not diagram.gateway_before(element):
            places.append(Entry(element.id, scope=token.scope))
    return places


def test_a_boundary_event_is_no_place_to_put_a_token() -> None:
    diagram = read_diagram(draw("start s", "user a", "timer t on a", "end e", "s > a > e", "t > e"))
    execution = Execution.start(compile_process(diagram), Coin(0))
    with pytest.raises(ImpossibleMove) as refused:
        execution.move([], [Entry("t")])
    assert refused.value.parts["element"] == "t"


@settings(max_examples=100, deadline=None)
@given(
    block=blocks(),
    seed=st.integers(0, 2**16),
    drive=st.lists(st.tuples(st.booleans(), st.integers(0, 999)), min_size=4, max_size=15),
)
def test_what_is_ended_and_placed_again_leaves_the_marking_as_it_was(
    block: Any, seed: int, drive: list[tuple[bool, int]]
) -> None:
    specification = compile_process(read_diagram(draw(*Sketch(block).lines)))
    coin = Coin(seed)
    execution = Execution.start(specification, coin)
    for again, number in drive:
        if execution.finished or not choices(execution):
            break
        coin.turn += 1
        if again:
            held = [token.token for token in execution.tokens()]
            some = [token for index, token in enumerate(held) if (number >> index % 10) & 1]
            before = shape(execution)
            execution.move(some, execution.held_entries(some))
            assert shape(execution) == before
        else:
            offered = choices(execution)
            act(execution, *offered[number % len(offered)])
        saved = json.loads(json.dumps(execution.snapshot()))
        execution = Execution.restore(specification, saved, coin)


def shape(execution: Execution) -> list[tuple[str, ...]]:
    """Where tokens are, whatever their numbers; timers on edges begin anew, so they do not count."""
    held = {token.token: token for token in execution.tokens()}

    def place(token: Held) -> tuple[str, ...]:
        above = place(held[token.scope]) if token.scope else ()
        return (*above, token.element_id, token.flow, str(numbers[token.token]))

    numbers = {entry[0]: entry[4:] for entry in execution.snapshot()["tokens"]}
    return sorted(place(token) for token in held.values() if token.attached_to is None)


LETTER = compiled("start s", "user a", "user b", "end e", "s > a > b > e")
BOX = compiled(
    "start s", "sub box", "start s2", "parallel p", "user a", "user b", "parallel j", "user c",
    "end e2", "s2 > p > a > j > c > e2", "p > b > j", "close", "timer late on box", "user d",
    "end e", "end f", "s > box > d > e", "late > f",
)  # fmt: skip


def test_a_case_may_wait_at_its_start_event_until_somebody_lets_it_go_on() -> None:
    play = Play(LETTER).complete("a")
    (token,) = play.execution.move([play.token("b")], [Entry("s", hold=True)])
    (work,) = play.execution.open_work()
    assert (work.token, work.element_id, work.kind) == (token, "s", "user")
    (held,) = play.execution.tokens()
    assert (held.element_id, held.kind) == ("s", "user")
    # Completing goes through a saved and restored case.
    assert play.complete("s").open == ["a"]
    assert play.way == ["s__a", "a"]


def test_a_token_placed_at_the_start_event_without_holding_goes_on_at_once() -> None:
    play = Play(LETTER).complete("a")
    play.execution.move([play.token("b")], [Entry("s")])
    assert play.open == ["a"]


@pytest.mark.parametrize("element", ["a", "s2", "box"])
def test_only_the_start_of_the_process_can_be_held(element: str) -> None:
    play = Play(BOX)
    box, *_ = play.execution.tokens()
    scope = None if element == "box" else box.token
    with pytest.raises(ImpossibleMove):
        play.execution.move([], [Entry(element, scope=scope, hold=True)])


def test_a_sub_process_is_placed_with_what_was_inside_it() -> None:
    play = Play(BOX).complete("a")
    (entry,) = play.execution.held_entries([play.execution.tokens()[0].token])
    assert entry == Entry(
        "box", cause=("2",), inside=(Entry("b", cause=("7",)), Entry("j", "a__j", cause=("8",)))
    )
    play.complete("b").complete("c")
    placed = play.execution.move([play.token("d")], [entry])
    held = play.execution.tokens()
    assert [token.element_id for token in held] == ["box", "late", "b", "j"]
    assert placed == [token.token for token in held if token.element_id != "late"]
    assert {token.scope for token in held if token.element_id in "bj"} == {placed[0]}
    # `a` is not asked again: its arrival is back at the join.
    assert play.complete("b").open == ["late", "c"]


def test_tokens_inside_a_sub_process_are_placed_in_that_sub_process() -> None:
    play = Play(BOX)
    box, _, a, b = (token.token for token in play.execution.tokens())
    assert play.execution.held_entries([b, a]) == (
        Entry("a", scope=box, cause=(a,)),
        Entry("b", scope=box, cause=(b,)),
    )
    # Asked for the whole and a part of it, the whole is told; its timer starts by itself.
    (whole,) = play.execution.held_entries([box, "3", a])
    assert whole.inside == (Entry("a", cause=(a,)), Entry("b", cause=(b,)))


def test_a_held_start_is_placed_again_as_held() -> None:
    play = Play(LETTER)
    (token,) = play.execution.move([play.token("a")], [Entry("s", hold=True)])
    assert play.execution.held_entries([token]) == (Entry("s", hold=True, cause=(token,)),)


def test_nothing_repeats_a_token_that_is_gone() -> None:
    play = Play(LETTER)
    gone = play.token("a")
    play.complete("a")
    with pytest.raises(NoSuchWork):
        play.execution.held_entries([gone])


@pytest.mark.parametrize(
    "entry",
    [
        Entry("box", inside=()),
        Entry("box", inside=(Entry("d"),)),
        Entry("box", inside=(Entry("a", scope="2"),)),
        Entry("d", inside=(Entry("a"),)),
        Entry("d", "s__box"),
        Entry("a"),
    ],
    ids=str,
)
def test_what_cannot_be_inside_or_come_that_way_is_refused(entry: Entry) -> None:
    with pytest.raises(ImpossibleMove):
        Play(BOX).execution.move([], [entry])


def test_what_was_placed_by_hand_says_what_led_to_it() -> None:
    play = Play(BOX).complete("a")
    b = play.token("b")
    box = play.execution.tokens()[0].token
    execution = Execution.restore(BOX, play.execution.snapshot(), nothing_to_evaluate)
    inside = (Entry("b", cause=(b,)), Entry("j", "a__j", cause=("6",)))
    box2, b2, j2 = execution.move([box], [Entry("box", inside=inside, cause=(b,))])
    assert [(p.kind, p.id, p.token, p.cause, p.scope) for p in execution.passed()] == [
        ("element", "box", box2, (b,), "0"),
        ("element", "b", b2, (b,), box2),
        ("flow", "a__j", j2, ("6",), box2),
    ]


def test_a_token_may_come_to_a_task_by_one_of_its_flows() -> None:
    ring = compiled(
        "start s", "exclusive m", "user a", "exclusive x", "end e", "s > m > a > x",
        "x > m : again", "x > e *",
    )  # fmt: skip
    play = Play(ring, say(again=True))
    (token,) = play.execution.move([play.token("a")], [Entry("a", "m__a", cause=("3",))])
    last = play.execution.passed()[-2:]
    assert [(p.kind, p.id, p.token, p.cause) for p in last] == [
        ("flow", "m__a", token, ("3",)),
        ("element", "a", token, ()),
    ]
