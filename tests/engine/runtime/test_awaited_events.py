"""Messages, and event-based gateways: the first event that happens is the way taken."""

import pytest

from engine.runtime import Entry
from engine.runtime.errors import ImpossibleMove, NoSuchWork
from tests.engine.runtime.drawing import compiled
from tests.engine.runtime.playing import Play, say

RACE = compiled(
    "start s", "events g", "timer t", "message m", "receive r", "user late", "user b", "user c",
    "end e", "end f", "end h", "s > g", "g > t > late > e", "g > m > b > f", "g > r > c > h",
)  # fmt: skip


def test_a_message_event_waits_and_names_its_message() -> None:
    play = Play(compiled("start s", "message m", "user a", "end e", "s > m > a > e"))
    (work,) = play.execution.open_work()
    assert (work.kind, work.message, work.attached_to) == ("message", "m_m", None)
    with pytest.raises(NoSuchWork):
        play.execution.complete(work.token)
    assert play.receive("m").open == ["a"]


def test_a_receive_task_is_done_with_its_message_and_may_have_a_deadline() -> None:
    timed = compiled(
        "start s", "receive r", "timer t on r", "user late", "user a", "end e", "end f",
        "s > r > a > e", "t > late > f",
    )  # fmt: skip
    assert Play(timed).receive("r").open == ["a"]
    assert Play(timed).fire("t").open == ["late"]


def test_the_first_event_wins_and_the_others_are_waited_for_no_more() -> None:
    play = Play(RACE)
    assert play.open == ["t", "m", "r"]
    timer, message = play.token("t"), play.token("m")
    assert play.receive("r").open == ["c"]
    for verb, token in (("fire", timer), ("receive", message)):
        with pytest.raises(NoSuchWork):
            getattr(play.execution, verb)(token)
    assert Play(RACE).fire("t").open == ["late"]
    assert Play(RACE).receive("m").open == ["b"]


def test_only_the_event_that_happened_was_passed() -> None:
    play = Play(RACE)
    assert play.way == ["s", "s__g", "g"]
    gateway = play.execution.tokens()[0].token
    play.receive("m")
    assert play.way == ["g__m", "m", "m__b", "b"]
    flow = play.execution.passed()[0]
    assert flow.cause == (gateway,)


def test_a_waiting_gateway_holds_its_events() -> None:
    play = Play(RACE)
    gateway, *events = play.execution.tokens()
    assert (gateway.element_id, gateway.kind) == ("g", "gateway")
    assert [(e.element_id, e.attached_to, e.scope) for e in events] == [
        ("t", gateway.token, None),
        ("m", gateway.token, None),
        ("r", gateway.token, None),
    ]


def test_a_gateway_is_placed_again_with_all_its_events() -> None:
    play = Play(RACE)
    gateway = play.execution.tokens()[0].token
    (entry,) = play.execution.held_entries([gateway, play.token("t")])
    assert entry == Entry("g", cause=(gateway,))
    play.receive("m").execution.move([play.token("b")], [entry])
    assert play.open == ["t", "m", "r"]
    assert play.fire("t").open == ["late"]


def test_one_event_of_a_gateway_is_no_place_for_a_token() -> None:
    with pytest.raises(ImpossibleMove):
        Play(RACE).execution.move([], [Entry("m")])


def test_two_tokens_at_one_gateway_wait_each_for_themselves() -> None:
    twice = compiled(
        "start s", "parallel p", "exclusive j", "events g", "message m", "timer t", "user a", "user b",
        "end e", "end f", "s > p", "p > j", "p > j", "j > g", "g > m > a > e", "g > t > b > f",
    )  # fmt: skip
    play = Play(twice)
    assert play.open == ["m", "t", "m", "t"]
    assert sorted(play.receive("m").open) == ["a", "m", "t"]
    assert sorted(play.fire("t").open) == ["a", "b"]


def test_an_inclusive_join_waits_for_what_a_gateway_may_bring() -> None:
    waits = compiled(
        "start s", "inclusive i", "user a", "events g", "message m", "timer t", "inclusive j", "user c",
        "end e", "end f", "s > i", "i > a : one", "i > g *", "i > g : two", "a > j", "g > m > j",
        "g > t > f", "j > c > e",
    )  # fmt: skip
    play = Play(waits, say(one=True, two=True)).complete("a")
    assert play.open == ["m", "t"]
    assert play.receive("m").open == ["c"]
    play = Play(waits, say(one=True, two=True)).complete("a")
    assert play.fire("t").open == ["c"]
