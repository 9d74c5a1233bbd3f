"""Multi-instance activities: how many, who sees which number, and when the whole is done."""

from decimal import Decimal
from typing import Any

import pytest

from engine.runtime import Entry, Execution, Run
from engine.runtime.errors import ConditionFailed, ImpossibleMove, LoopFailed, NoSuchWork
from tests.engine.runtime.drawing import compiled
from tests.engine.runtime.playing import Play, say

THREE = say(three=3, many=["x", "y", "z"])
ASKED = compiled("start s", "user a times=three", "user b", "end e", "s > a > b > e")
IN_TURN = compiled("start s", "user a each=many in_turn", "user b", "end e", "s > a > b > e")
BOXES = compiled(
    "start s", "sub box each=many as=one", "start s2", "user a", "exclusive x", "user c", "end e2",
    "s2 > a > x", "x > c : again", "x > e2 *", "c > e2", "close", "user b", "end e", "s > box > b > e",
)  # fmt: skip


def runs(play: Play) -> list[tuple[str, int | None]]:
    return [(work.element_id, work.run) for work in play.execution.open_work()]


def test_every_instance_is_open_at_once_and_the_whole_is_done_with_the_last() -> None:
    play = Play(ASKED, THREE)
    assert runs(play) == [("a", 0), ("a", 1), ("a", 2)]
    assert play.complete("a", "a").open == ["a"]
    assert play.complete("a").open == ["b"]


def test_one_after_the_other_only_one_instance_is_open() -> None:
    play = Play(IN_TURN, THREE)
    assert runs(play) == [("a", 0)]
    assert runs(play.complete("a")) == [("a", 1)]
    assert runs(play.complete("a")) == [("a", 2)]
    assert play.complete("a").open == ["b"]


def test_outside_the_runtime_an_instance_is_called_like_its_element() -> None:
    play = Play(ASKED, THREE)
    whole, first, *_ = play.execution.tokens()
    assert (whole.element_id, whole.kind, whole.run) == ("a", "scope", None)
    assert (first.element_id, first.kind, first.scope, first.run) == ("a", "user", whole.token, 0)
    assert {p.id for p in play.execution.passed() if p.kind == "element"} == {"s", "a"}
    assert {work.scope for work in play.execution.open_work()} == {whole.token}


def test_a_multi_instance_sub_process_gives_every_instance_a_scope_of_its_own() -> None:
    play = Play(BOXES, say(many=["x", "y"], again=True))
    whole, first, second = (t for t in play.execution.tokens() if t.kind == "scope")
    assert (first.scope, second.scope, first.run, second.run) == (whole.token, whole.token, 0, 1)
    assert [(w.element_id, w.scope, w.run) for w in play.execution.open_work()] == [
        ("a", first.token, 0),
        ("a", second.token, 1),
    ]
    assert play.complete("a").open == ["a", "c"]
    assert play.complete("a", "c").open == ["c"]
    assert play.complete("c").open == ["b"]


@pytest.mark.parametrize("specification", [ASKED, IN_TURN, BOXES], ids=["all", "turn", "boxes"])
def test_with_nothing_to_do_the_case_goes_on_at_once(specification: Any) -> None:
    play = Play(specification, say(three=0, many=[]))
    assert play.open == ["b"]
    assert "a" not in play.way or play.way.count("a") == 1


def test_an_expression_is_asked_with_the_numbers_of_its_instance() -> None:
    asked: list[tuple[str, tuple[Run, ...]]] = []

    def evaluate(text: str, seen: tuple[Run, ...]) -> object:
        asked.append((text, seen))
        return ["x", "y"] if text == "many" else False

    play = Play(BOXES, evaluate)
    assert asked == [("many", ())]
    play._restore().complete(play.execution.open_work()[1].token)
    assert asked[1:] == [("again", (Run("box", 1, 2, 0, 2),))]


def test_instances_inside_instances_know_both_numbers() -> None:
    nested = compiled(
        "start s", "sub outer times=two", "start s2", "user a times=two", "end e2", "s2 > a > e2",
        "close", "end e", "s > outer > e",
    )  # fmt: skip
    play = Play(nested, say(two=2))
    seen = [tuple((r.element_id, r.index) for r in w.runs) for w in play.execution.open_work()]
    assert seen == [
        (("outer", 0), ("a", 0)),
        (("outer", 0), ("a", 1)),
        (("outer", 1), ("a", 0)),
        (("outer", 1), ("a", 1)),
    ]
    assert play.complete("a", "a", "a").open == ["a"]
    assert play.complete("a").finished


def test_a_completion_condition_ends_the_others() -> None:
    enough = compiled(
        "start s", "user a times=three until=enough", "user b", "end e", "s > a > b > e"
    )
    asked: list[Run] = []

    def evaluate(text: str, seen: tuple[Run, ...]) -> object:
        if text == "three":
            return 3
        asked.append(seen[-1])
        return seen[-1].done == 2

    play = Play(enough, evaluate)
    last = play.execution.open_work()[2].token
    play.complete("a")
    assert play.complete("a").open == ["b"]
    assert asked == [Run("a", 0, 3, 1, 2), Run("a", 1, 3, 2, 1)]
    with pytest.raises(NoSuchWork):
        play.execution.complete(last)


def test_a_completion_condition_keeps_the_next_in_turn_from_beginning() -> None:
    enough = compiled(
        "start s", "user a times=three in_turn until=enough", "user b", "end e", "s > a > b > e"
    )
    assert Play(enough, say(three=3, enough=True)).complete("a").open == ["b"]
    assert Play(enough, say(three=3, enough=False)).complete("a").open == ["a"]


def test_a_completion_condition_without_an_answer_stops_the_step() -> None:
    enough = compiled("start s", "user a times=three until=enough", "end e", "s > a > e")
    with pytest.raises(ConditionFailed) as caught:
        Play(enough, say(three=3, enough=None)).complete("a")
    assert caught.value.parts["element"] == "a"


@pytest.mark.parametrize("value", [None, "3", True, -1, Decimal("1.5"), [1], 1001], ids=str)
def test_a_number_of_times_that_is_none_stops_the_step_and_names_the_element(value: object) -> None:
    with pytest.raises(LoopFailed) as caught:
        Play(ASKED, say(three=value))
    assert caught.value.parts["element"] == "a"


@pytest.mark.parametrize(
    "value", [None, "xyz", 3, {"x": 1}, ["x"] * 1001], ids=lambda v: str(v)[:9]
)
def test_a_list_that_is_none_stops_the_step_and_names_the_element(value: object) -> None:
    with pytest.raises(LoopFailed):
        Play(IN_TURN, say(many=value))


def test_a_whole_number_may_be_written_with_decimals() -> None:
    assert len(Play(ASKED, say(three=Decimal("2.0"))).open) == 2


def test_a_timer_on_the_edge_belongs_to_the_whole_and_ends_every_instance() -> None:
    timed = compiled(
        "start s", "user a times=three", "timer t on a", "user late", "user b", "end e", "end f",
        "s > a > b > e", "t > late > f",
    )  # fmt: skip
    play = Play(timed, THREE)
    assert play.open == ["t", "a", "a", "a"]
    assert play.complete("a").fire("t").open == ["late"]
    play = Play(timed, THREE)
    assert play.complete("a", "a", "a").open == ["b"]


def test_a_reminder_on_the_edge_leaves_every_instance_open() -> None:
    timed = compiled(
        "start s", "user a times=three", "timer t on a stays", "user nudge", "end e", "end f",
        "s > a > e", "t > nudge > f",
    )  # fmt: skip
    play = Play(timed, THREE).fire("t")
    assert play.open == ["a", "a", "a", "nudge"]
    assert play.complete("a", "a", "a").open == ["nudge"]


def test_an_error_of_one_instance_ends_the_whole_by_the_boundary() -> None:
    paid = compiled(
        "start s", "service pay times=three", "error back on pay code=returned", "user again", "user b",
        "end e", "end f", "s > pay > b > e", "back > again > f",
    )  # fmt: skip
    play = Play(paid, THREE).complete("pay")
    assert play.fail("pay", "returned")
    assert play.open == ["again"]
    play = Play(paid, THREE)
    assert not play.fail("pay", "other")
    assert play.open == ["pay", "pay", "pay"]


def test_terminating_inside_ends_that_instance_only() -> None:
    stop = compiled(
        "start s", "sub box times=three", "start s2", "parallel p", "user a", "user c", "end e2",
        "terminate stop", "s2 > p > a > e2", "p > c > stop", "close", "user b", "end e", "s > box > b > e",
    )  # fmt: skip
    play = Play(stop, THREE).complete("c")
    assert play.open == ["a", "c", "a", "c"]
    assert play.complete("c", "c").open == ["b"]


def test_a_finished_round_begins_anew_with_new_instances() -> None:
    ring = compiled(
        "start s", "exclusive m", "user a times=count", "exclusive x", "end e", "s > m > a > x",
        "x > m : again", "x > e *",
    )  # fmt: skip
    play = Play(ring, say(count=2, again=True)).complete("a", "a")
    assert runs(play) == [("a", 0), ("a", 1)]


def test_the_snapshot_keeps_numbers_and_nothing_else() -> None:
    play = Play(ASKED, THREE).complete("a")
    assert play.execution.snapshot() == {
        "format": 2,
        "next": 6,
        "tokens": [
            ["2", "a", "", "", [3, 1]],
            ["4", "a(each)", "2", "", [1]],
            ["5", "a(each)", "2", "", [2]],
        ],
    }


def test_the_list_may_change_while_instances_are_open() -> None:
    values: dict[str, object] = {"many": ["x", "y"]}
    play = Play(BOXES, lambda text, _runs: values.get(text, False))
    values["many"] = []
    assert play.complete("a").open == ["a"]
    assert play.complete("a").open == ["b"]


def test_a_whole_is_placed_again_with_those_instances_that_were_open() -> None:
    play = Play(BOXES, say(many=["x", "y", "z"], again=True)).complete("a", "a").complete("c")
    whole = play.execution.tokens()[0].token
    (entry,) = play.execution.held_entries([whole])
    assert entry.total == 3
    assert [(one.run, one.inside[0].element_id) for one in entry.inside or () if one.inside] == [
        (1, "c"),
        (2, "a"),
    ]
    play.complete("c", "a").complete("c")
    play.execution.move([play.token("b")], [entry])
    assert runs(play) == [("c", 1), ("a", 2)]
    # One of the three was done before: the other two finish the whole.
    assert play.complete("c", "a").complete("c").open == ["b"]


def test_a_whole_in_turn_is_placed_again_where_it_was() -> None:
    play = Play(IN_TURN, THREE).complete("a")
    (entry,) = play.execution.held_entries([play.execution.tokens()[0].token])
    play.complete("a", "a")
    play.execution.move([play.token("b")], [entry])
    assert runs(play) == [("a", 1)]
    assert play.complete("a", "a").open == ["b"]


def test_one_instance_is_placed_again_beside_the_others() -> None:
    play = Play(ASKED, THREE)
    whole = play.execution.tokens()[0].token
    play.complete("a")
    play.execution.move([], [Entry("a", scope=whole, run=0)])
    assert runs(play) == [("a", 1), ("a", 2), ("a", 0)]
    assert play.complete("a", "a").open == ["a"]
    assert play.complete("a").open == ["b"]


def test_an_instance_ended_by_hand_is_not_waited_for() -> None:
    play = Play(ASKED, THREE)
    play.execution.move([play.token("a")], [])
    assert play.complete("a").open == ["a"]
    assert play.complete("a").open == ["b"]


@pytest.mark.parametrize(
    "entry",
    [
        Entry("a", scope="2"),
        Entry("a", scope="2", run=3),
        Entry("a", scope="2", run=-1),
        Entry("a", scope="2", run=1),
        Entry("a", run=0),
        Entry("b", run=0),
        Entry("a", inside=()),
        Entry("a", inside=(Entry("b"),)),
        Entry("a", inside=(Entry("a"),)),
        Entry("a", inside=(Entry("a", run=0), Entry("a", run=0))),
        Entry("a", inside=(Entry("a", run=2),), total=2),
    ],
    ids=str,
)
def test_an_instance_is_placed_only_where_it_belongs(entry: Entry) -> None:
    with pytest.raises(ImpossibleMove):
        Play(ASKED, THREE).execution.move([], [entry])


def test_in_turn_only_one_instance_can_be_placed() -> None:
    play = Play(IN_TURN, THREE)
    with pytest.raises(ImpossibleMove):
        play.execution.move([], [Entry("a", scope=play.execution.tokens()[0].token, run=2)])


def test_whoever_runs_the_case_is_told_before_the_instances_begin() -> None:
    told: list[object] = []

    def evaluate(text: str, _runs: tuple[Run, ...]) -> object:
        return 2

    decided = compiled(
        "start s", "sub box times=two", "start s2", "decide d", "end e2", "s2 > d > e2", "close",
        "end e", "s > box > e",
    )  # fmt: skip
    Execution.start(
        decided,
        evaluate,
        lambda element, seen: told.append((element, seen[-1].index)),
        lambda element, total, around: told.append((element, total, around)),
    )
    assert told == [("box", 2, ()), ("d", 0), ("d", 1)]
