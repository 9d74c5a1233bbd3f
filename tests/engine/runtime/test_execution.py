"""What a call tells its caller, and the marking changed by hand."""

import pytest

from engine.runtime import Entry, Execution, Passed
from engine.runtime.errors import (
    BrokenExecution,
    ConditionFailed,
    ImpossibleMove,
    NeverRests,
    NoSuchWork,
    NotSupported,
)
from tests.engine.runtime.drawing import compiled
from tests.engine.runtime.playing import Play, nothing_to_evaluate, say

FORK = compiled(
    "start s", "parallel p", "user a", "user b", "parallel j", "user c", "end e",
    "s > p > a > j > c > e", "p > b > j",
)  # fmt: skip


def test_what_was_passed_tells_which_visit_led_to_which() -> None:
    execution = Execution.start(FORK, nothing_to_evaluate)
    a, b = (work.token for work in execution.open_work())
    assert execution.passed() == [
        Passed("element", "s", "1"),
        Passed("flow", "s__p", "2", ("1",)),
        Passed("element", "p", "2"),
        Passed("flow", "p__a", a, ("2",)),
        Passed("element", "a", a),
        Passed("flow", "p__b", b, ("2",)),
        Passed("element", "b", b),
    ]
    execution.complete(a)
    execution.complete(b)
    arrivals = [passed for passed in execution.passed() if passed.id in ("a__j", "b__j", "j")]
    first, last, joined = arrivals
    assert (first.cause, last.cause) == ((a,), (b,))
    # At the join the last arrival goes on, and names those that waited for it.
    assert joined == Passed("element", "j", last.token, (first.token,))


def test_end_events_are_told_in_the_order_they_were_reached() -> None:
    two = compiled(
        "start s", "parallel p", "user a", "user b", "end e", "end f", "s > p > a > e", "p > b > f",
    )  # fmt: skip
    execution = Execution.start(two, nothing_to_evaluate)
    a, b = (work.token for work in execution.open_work())
    execution.complete(b)
    execution.complete(a)
    assert execution.finished
    assert execution.end_events == ["f", "e"]


def test_tokens_are_short_and_never_used_twice() -> None:
    ring = compiled(
        "start s", "exclusive m", "user a", "exclusive x", "end e", "s > m > a > x",
        "x > m : again", "x > e *",
    )  # fmt: skip
    play = Play(ring, say(again=True))
    seen = [play.token("a")]
    for _ in range(20):
        seen.append(play.complete("a").token("a"))
    assert len(set(seen)) == len(seen)
    assert max(map(len, seen)) < 36


def test_completing_twice_is_refused_and_moves_nothing() -> None:
    play = Play(FORK)
    token = play.token("a")
    play.execution.complete(token)
    with pytest.raises(NoSuchWork):
        play.execution.complete(token)
    assert play.open == ["b"]


def test_cancelling_leaves_no_token() -> None:
    execution = Execution.start(FORK, nothing_to_evaluate)
    execution.cancel()
    assert execution.finished
    assert execution.open_work() == []
    assert execution.end_events == []


def test_an_execution_that_stopped_halfway_can_neither_be_saved_nor_used() -> None:
    fails = compiled(
        "start s", "user a", "exclusive x", "end e", "end f", "s > a > x", "x > e : one",
        "x > f : two",
    )  # fmt: skip
    execution = Execution.start(fails, say(one=None))
    (work,) = execution.open_work()
    before = execution.snapshot()
    with pytest.raises(ConditionFailed):
        execution.complete(work.token)
    with pytest.raises(BrokenExecution):
        execution.snapshot()
    with pytest.raises(BrokenExecution):
        execution.cancel()
    again = Execution.restore(fails, before, say(one=True))
    again.complete(work.token)
    assert again.finished


def test_a_circle_in_which_nobody_acts_is_an_error_and_not_an_endless_loop() -> None:
    ring = compiled(
        "start s", "exclusive m", "exclusive x", "end e", "s > m > x", "x > m : again", "x > e *",
    )  # fmt: skip
    with pytest.raises(NeverRests):
        Execution.start(ring, say(again=True))


def test_a_long_process_runs_without_deep_calls() -> None:
    names = [f"g{number}" for number in range(1900)]
    long = compiled(
        "start s", *(f"exclusive {name}" for name in names), "user a", "end e",
        " > ".join(["s", *names, "a", "e"]),
    )  # fmt: skip
    assert Play(long).complete("a").finished


def test_a_diagram_with_findings_is_not_compiled() -> None:
    with pytest.raises(NotSupported) as caught:
        compiled("start s", "user a", "s > a")
    assert {found.rule for found in caught.value.findings} == {"no_end", "no_way_out"}
    assert caught.value.parts["count"] == 2


def test_a_token_can_be_put_back_to_an_earlier_element() -> None:
    play = Play(FORK).complete("a", "b")
    (placed,) = play.execution.move([play.token("c")], [Entry("b")])
    assert play.open == ["b"]
    assert play.token("b") == placed


def test_an_arrival_can_be_put_back_at_its_join() -> None:
    play = Play(FORK).complete("a", "b")
    play.execution.move([play.token("c")], [Entry("j", flow="a__j"), Entry("b")])
    assert play.open == ["b"]
    assert play.complete("b").open == ["c"]


def test_moving_a_token_ends_what_hangs_on_it() -> None:
    timed = compiled(
        "start s", "user first", "user a", "timer t on a", "end e", "end f", "s > first > a > e",
        "t > f",
    )  # fmt: skip
    play = Play(timed).complete("first")
    assert play.open == ["a", "t"]
    play.execution.move([play.token("a")], [Entry("first")])
    assert play.open == ["first"]


def test_tokens_are_placed_only_where_they_belong() -> None:
    box = compiled(
        "start s", "sub box", "start s2", "user a", "user b", "end e2", "s2 > a > b > e2", "close",
        "end e", "s > box > e",
    )  # fmt: skip
    play = Play(box).complete("a")
    scope = next(held.token for held in play.execution.tokens() if held.kind == "scope")
    play.execution.move([play.token("b")], [Entry("a", scope=scope)])
    assert play.open == ["a"]
    for entry in (Entry("a"), Entry("box", scope=scope), Entry("nowhere")):
        with pytest.raises(ImpossibleMove):
            Play(box).execution.move([], [entry])
    with pytest.raises(ImpossibleMove):
        play.execution.move([play.token("a")], [])
