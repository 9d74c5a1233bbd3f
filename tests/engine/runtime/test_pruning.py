"""Forgetting finished tokens changes nothing, and keeps a step as cheap as the first."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.runtime import Execution
from engine.runtime.marking import Marking
from tests.engine.runtime.drawing import compiled
from tests.engine.runtime.playing import Play, say
from tests.engine.runtime.token_game import Coin, act, choices

DRAWINGS = {
    "loop": (
        "start s", "exclusive m", "user a", "exclusive x", "end e", "s > m > a > x",
        "x > m : again", "x > e *",
    ),
    "join in a loop": (
        "start s", "exclusive m", "parallel p", "user a", "user b", "parallel j", "exclusive x",
        "end e", "s > m > p > a > j > x", "p > b > j", "x > m : again", "x > e *",
    ),
    "inclusive": (
        "start s", "exclusive m", "inclusive i", "user a", "user b", "user c", "inclusive j",
        "exclusive x", "end e", "s > m > i", "i > a : one", "i > b : two", "i > c *", "a > j",
        "b > j", "c > j", "j > x", "x > m : again", "x > e *",
    ),
    "reminders": (
        "start s", "exclusive m", "user a", "timer r on a stays", "user n", "timer t on a",
        "exclusive x", "end e", "end f", "s > m > a > x", "r > n > f", "t > x", "x > m : again",
        "x > e *",
    ),
    "scopes": (
        "start s", "exclusive m", "sub box", "start s2", "parallel p", "user a", "user b",
        "parallel j", "end e2", "terminate stop", "exclusive y", "s2 > p > a > j > e2",
        "p > b > y", "y > j *", "y > stop : enough", "close", "timer t on box", "exclusive x",
        "end e", "s > m > box > x", "t > x", "x > m : again", "x > e *",
    ),
    "instances": (
        "start s", "exclusive m", "user u", "sub box times=count_box until=done_box", "start s2", "user a",
        "service pay each=list_pay in_turn", "error back on pay code=returned", "end e2", "end e3",
        "s2 > a > pay > e2", "back > e3", "close", "timer t on box", "exclusive x", "end e",
        "s > m > u > box > x", "t > x", "x > m : again", "x > e *",
    ),
    "events": (
        "start s", "exclusive m", "events g", "timer t", "message d", "receive r", "timer late on w",
        "user w", "exclusive x", "end e", "s > m > g", "g > t > x", "g > d > w > x", "g > r > x",
        "late > x", "x > m : again", "x > e *",
    ),
    "errors": (
        "start s", "exclusive m", "sub box", "start s2", "service pay", "user a", "end e2",
        "s2 > pay > a > e2", "close", "error back on box code=returned", "exclusive x", "end e",
        "s > m > box > x", "back > x", "x > m : again", "x > e *",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DRAWINGS)
@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**16), drive=st.lists(st.integers(0, 11), max_size=25))
def test_a_case_that_remembers_everything_offers_the_same_work(
    name: str, seed: int, drive: list[int]
) -> None:
    specification = compiled(*DRAWINGS[name])
    forgetful = Execution.start(specification, Coin(seed))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Marking, "forgets", False)
        thorough = Execution.start(specification, Coin(seed))
        for step in drive:
            if forgetful.finished:
                break
            offered = choices(forgetful)
            verb, token = offered[step % len(offered)]
            act(thorough, verb, token)
            patch.setattr(Marking, "forgets", True)
            act(forgetful, verb, token)
            patch.setattr(Marking, "forgets", False)
            assert thorough.open_work() == forgetful.open_work()
            assert thorough.tokens() == forgetful.tokens()
            assert thorough.snapshot() == forgetful.snapshot()
    assert thorough.finished == forgetful.finished
    assert thorough.passed() == forgetful.passed()


def test_after_a_thousand_rounds_the_case_is_found_and_its_snapshot_as_small() -> None:
    play = Play(compiled(*DRAWINGS["join in a loop"]), say(again=True))
    play.complete("a", "b")
    first = len(json.dumps(play.execution.snapshot()))
    for _ in range(1000):
        play.complete("b", "a")
    # Only the numbers of the tokens have grown.
    assert len(json.dumps(play.execution.snapshot())) <= first + 10
    assert sorted(play.open) == ["a", "b"]
    play.evaluate = say(again=False)
    assert play.complete("a", "b").finished


def test_a_thousand_rounds_without_saving_hold_no_more_tokens_than_one() -> None:
    execution = Execution.start(compiled(*DRAWINGS["loop"]), say(again=True))
    for _ in range(1500):
        (work,) = execution.open_work()
        execution.complete(work.token)
    assert len(execution._marking.tasks) == 2
