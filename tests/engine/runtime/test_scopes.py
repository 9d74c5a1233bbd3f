"""Sub-processes are scopes: what is inside begins, ends and dies with them."""

from tests.engine.runtime.drawing import compiled
from tests.engine.runtime.playing import Play, say

PAIR = (
    "sub box", "start s2", "parallel p", "user a", "user b", "end e2", "end e3", "s2 > p > a > e2",
    "p > b > e3", "close",
)  # fmt: skip
BOX = compiled("start s", *PAIR, "user after", "end e", "s > box > after > e")


def test_a_sub_process_is_done_when_nothing_runs_in_it_any_more() -> None:
    play = Play(BOX)
    scope = play.execution.tokens()[0]
    assert (scope.element_id, scope.kind) == ("box", "scope")
    assert {work.scope for work in play.execution.open_work()} == {scope.token}
    assert play.complete("a").open == ["b"]
    assert play.complete("b").open == ["after"]
    assert play.complete("after").finished


def test_a_timer_on_a_sub_process_ends_everything_inside() -> None:
    timed = compiled(
        "start s", *PAIR, "timer t on box", "user late", "end e", "s > box > e", "t > late > e",
    )  # fmt: skip
    play = Play(timed)
    assert play.open == ["t", "a", "b"]
    assert play.complete("a").fire("t").open == ["late"]
    play = Play(timed)
    assert play.complete("a", "b").finished


def test_a_timer_that_does_not_interrupt_leaves_what_is_inside() -> None:
    timed = compiled(
        "start s", *PAIR, "timer t on box stays", "user nudge", "end e", "end f", "s > box > e",
        "t > nudge > f",
    )  # fmt: skip
    play = Play(timed).fire("t")
    assert play.open == ["a", "b", "nudge"]
    assert play.complete("a", "b").open == ["nudge"]
    assert play.complete("nudge").finished


def test_terminate_ends_its_own_scope_and_the_process_goes_on() -> None:
    stop = compiled(
        "start s", "sub box", "start s2", "parallel p", "user a", "user b", "end e2",
        "terminate stop", "s2 > p > a > e2", "p > b > stop", "close", "user after", "end e",
        "s > box > after > e",
    )  # fmt: skip
    assert Play(stop).complete("b").open == ["after"]


def test_terminate_at_the_top_ends_the_case() -> None:
    stop = compiled(
        "start s", "parallel p", "user a", "user b", "end e", "terminate stop", "s > p > a > e",
        "p > b > stop",
    )  # fmt: skip
    play = Play(stop).complete("b")
    assert play.finished
    assert play.execution.end_events == ["stop"]


def test_sub_processes_nest_and_loop() -> None:
    nest = compiled(
        "start s", "exclusive m", "sub outer", "start s2", "sub inner", "start s3", "user a",
        "end e3", "s3 > a > e3", "close", "end e2", "s2 > inner > e2", "close", "exclusive x",
        "end e", "s > m > outer > x", "x > m : again", "x > e *",
    )  # fmt: skip
    play = Play(nest, say(again=True)).complete("a").complete("a")
    assert play.open == ["a"]
    assert len(play.execution.tokens()) == 3
    play.evaluate = say(again=False)
    assert play.complete("a").finished


def test_two_instances_of_one_sub_process_keep_their_joins_apart() -> None:
    twice = compiled(
        "start s", "parallel p0", "exclusive m", "sub box", "start s2", "parallel p", "user a",
        "user b", "parallel j", "end e2", "s2 > p > a > j > e2", "p > b > j", "close", "end e",
        "s > p0 > m > box > e", "p0 > m",
    )  # fmt: skip
    play = Play(twice)
    first, second = (h.token for h in play.execution.tokens() if h.kind == "scope")
    work = {(w.element_id, w.scope): w.token for w in play.execution.open_work()}
    play.execution.complete(work["a", first])
    play.execution.complete(work["b", second])
    assert [h.kind for h in play.execution.tokens()].count("scope") == 2
    play.execution.complete(work["b", first])
    assert [h.token for h in play.execution.tokens() if h.kind == "scope"] == [second]
    play.execution.complete(work["a", second])
    assert play.finished
