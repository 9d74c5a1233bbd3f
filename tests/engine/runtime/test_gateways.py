"""Gateways split, choose and join."""

import pytest

from engine.runtime.errors import ConditionFailed, NoWayOut
from tests.engine.runtime.drawing import compiled
from tests.engine.runtime.playing import Play, say

CHOICE = compiled(
    "start s", "exclusive x", "user a", "user b", "end e",
    "s > x", "x > a : big", "x > b : small", "a > e", "b > e",
)  # fmt: skip
FORK = compiled(
    "start s", "parallel p", "user a", "user b", "parallel j", "user c", "end e",
    "s > p > a > j > c > e", "p > b > j",
)  # fmt: skip
SOME = compiled(
    "start s", "inclusive i", "user a", "user b", "user c", "inclusive j", "user d", "end e",
    "s > i", "i > a : one", "i > b : two", "i > c *", "a > j", "b > j", "c > j", "j > d > e",
)  # fmt: skip


def test_an_exclusive_gateway_takes_the_first_flow_of_the_file_whose_condition_holds() -> None:
    assert Play(CHOICE, say(big=True, small=True)).open == ["a"]
    assert Play(CHOICE, say(big=False, small=True)).open == ["b"]


def test_conditions_after_the_first_that_holds_are_not_asked() -> None:
    asked: list[str] = []

    def evaluate(text: str, _runs: object) -> object:
        asked.append(text)
        return True

    Play(CHOICE, evaluate)
    assert asked == ["big"]


def test_the_place_of_a_shape_in_the_picture_decides_nothing() -> None:
    flows = ["s > x", "x > b : small", "x > a : big", "a > e", "b > e"]
    other = compiled("start s", "exclusive x", "user a", "user b", "end e", *flows)
    assert Play(other, say(big=True, small=True)).open == ["b"]


def test_a_default_flow_is_taken_when_no_condition_holds() -> None:
    default = compiled(
        "start s", "exclusive x", "user a", "user b", "end e",
        "s > x", "x > a : big", "x > b *", "a > e", "b > e",
    )  # fmt: skip
    assert Play(default, say(big=False)).open == ["b"]


def test_no_condition_and_no_default_is_an_error_that_names_the_gateway() -> None:
    with pytest.raises(NoWayOut) as caught:
        Play(CHOICE, say(big=False, small=False))
    assert caught.value.parts["element"] == "x"


@pytest.mark.parametrize("value", [None, 1, 0, "true", []])
def test_a_condition_that_is_neither_true_nor_false_is_never_silently_false(value: object) -> None:
    with pytest.raises(ConditionFailed) as caught:
        Play(CHOICE, say(big=value, small=True))
    assert caught.value.parts["flow"] == "x__a"
    assert caught.value.parts["element"] == "x"


def test_an_error_in_a_condition_names_the_flow_and_keeps_its_cause() -> None:
    with pytest.raises(ConditionFailed) as caught:
        Play(CHOICE, say())
    assert caught.value.parts["condition"] == "big"
    assert isinstance(caught.value.__cause__, KeyError)


def test_a_parallel_join_waits_for_every_branch() -> None:
    play = Play(FORK)
    assert play.open == ["a", "b"]
    assert play.complete("b").open == ["a"]
    assert play.complete("a").open == ["c"]
    assert play.complete("c").finished


def test_a_second_token_on_one_branch_does_not_stand_for_the_other() -> None:
    twice = compiled(
        "start s", "parallel p", "exclusive m", "user a", "user b", "parallel j", "user c", "end e",
        "s > p", "p > m", "p > m", "p > b", "m > a > j > c > e", "b > j",
    )  # fmt: skip
    play = Play(twice)
    assert sorted(play.open) == ["a", "a", "b"]
    assert play.complete("a", "a").open == ["b"]
    assert play.complete("b").open == ["c"]
    # The excess token stays at the join, as BPMN says, and the case does not end.
    assert not play.complete("c").finished
    assert [held.element_id for held in play.execution.tokens()] == ["j"]


def test_a_parallel_join_in_a_loop_joins_every_round_anew() -> None:
    ring = compiled(
        "start s", "exclusive m", "parallel p", "user a", "user b", "parallel j", "exclusive x",
        "end e", "s > m > p > a > j > x", "p > b > j", "x > m : again", "x > e *",
    )  # fmt: skip
    play = Play(ring, say(again=True))
    for order in ("ab", "ba", "ab"):
        assert sorted(play.open) == ["a", "b"]
        play.complete(*order)
    play.evaluate = say(again=False)
    assert play.complete("a", "b").finished


def test_two_flows_between_the_same_two_elements_are_two_tokens() -> None:
    pair = compiled(
        "start s", "parallel p", "parallel j", "user a", "end e", "s > p > j > a > e", "p > j",
    )  # fmt: skip
    play = Play(pair)
    assert play.open == ["a"]
    assert play.way.count("p__j") == play.way.count("p__j__2") == 1


@pytest.mark.parametrize(
    ("one", "two", "expected"),
    [(True, True, "ab"), (True, False, "a"), (False, True, "b"), (False, False, "c")],
)
def test_an_inclusive_gateway_takes_every_flow_that_holds_and_else_the_default(
    one: bool, two: bool, expected: str
) -> None:
    assert "".join(Play(SOME, say(one=one, two=two)).open) == expected


def test_an_inclusive_gateway_without_a_way_out_is_an_error() -> None:
    some = compiled(
        "start s", "inclusive i", "user a", "user b", "end e",
        "s > i", "i > a : one", "i > b : two", "a > e", "b > e",
    )  # fmt: skip
    with pytest.raises(NoWayOut):
        Play(some, say(one=False, two=False))


def test_an_inclusive_join_waits_only_for_branches_that_were_started() -> None:
    play = Play(SOME, say(one=True, two=True))
    assert play.complete("b").open == ["a"]
    assert play.complete("a").open == ["d"]
    assert Play(SOME, say(one=True, two=False)).complete("a").open == ["d"]


def test_an_inclusive_join_goes_on_when_the_awaited_branch_ends_elsewhere() -> None:
    aside = compiled(
        "start s", "inclusive i", "user a", "user b", "exclusive x", "end aside", "inclusive j",
        "user d", "end e",
        "s > i", "i > a : one", "i > b : two", "a > j", "b > x", "x > j : back", "x > aside *",
        "j > d > e",
    )  # fmt: skip
    play = Play(aside, say(one=True, two=True, back=False))
    assert play.complete("a").open == ["b"]
    assert play.complete("b").open == ["d"]
    assert "aside" in play.way


def test_an_inclusive_join_waits_for_what_a_boundary_timer_may_bring() -> None:
    late = compiled(
        "start s", "parallel p", "user a", "user b", "timer t on b stays", "inclusive j", "user d",
        "end e", "end f",
        "s > p", "p > a > j", "p > b > f", "t > j", "j > d > e",
    )  # fmt: skip
    play = Play(late)
    assert play.complete("a").open == ["b", "t"]
    assert play.fire("t").open == ["b", "d"]
    play = Play(late).complete("a")
    assert play.complete("b").open == ["d"]
