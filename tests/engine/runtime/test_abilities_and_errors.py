"""Service tasks and decisions wait for the caller; errors look outwards for who catches them."""

import pytest

from engine.runtime.errors import NoSuchWork
from tests.engine.runtime.drawing import compiled
from tests.engine.runtime.playing import Play, nothing_to_evaluate, say

PAYMENT = compiled(
    "start s", "service pay", "error back on pay code=returned", "error any on pay", "user fix",
    "user look", "end e", "s > pay > e", "back > fix > e", "any > look > e",
)  # fmt: skip
NESTED = compiled(
    "start s", "sub outer", "start s2", "parallel p", "service pay", "user other", "parallel j",
    "end e2", "s2 > p > pay > j > e2", "p > other > j", "close",
    "error caught on outer code=returned", "user fix", "end e", "s > outer > e", "caught > fix > e",
)  # fmt: skip
THROWN = compiled(
    "start s", "sub work", "start s2", "user a", "exclusive x", "end fine", "end broken code=bad",
    "s2 > a > x", "x > broken : wrong", "x > fine *", "close",
    "error caught on work code=bad", "user fix", "end e", "s > work > e", "caught > fix > e",
)  # fmt: skip


def test_a_service_task_is_open_work_until_its_ability_has_answered() -> None:
    play = Play(PAYMENT)
    (work,) = play.execution.open_work()
    assert (work.kind, work.element_id) == ("service", "pay")
    assert play.complete("pay").finished


def test_an_error_goes_to_the_boundary_event_of_its_code_before_the_one_for_all() -> None:
    play = Play(PAYMENT)
    assert play.fail("pay", "returned")
    assert play.open == ["fix"]
    assert play.way == ["back", "back__fix", "fix"]
    play = Play(PAYMENT)
    assert play.fail("pay", "other")
    assert play.open == ["look"]


def test_an_error_that_nobody_catches_moves_nothing() -> None:
    plain = compiled("start s", "service pay", "end e", "s > pay > e")
    play = Play(plain)
    assert not play.fail("pay", "returned")
    assert play.open == ["pay"]
    assert play.complete("pay").finished


def test_an_error_looks_for_its_catcher_in_the_enclosing_sub_process() -> None:
    play = Play(NESTED)
    assert play.open == ["pay", "other"]
    assert play.fail("pay", "returned")
    assert play.open == ["fix"]


def test_an_error_end_event_leaves_its_sub_process_by_the_boundary() -> None:
    play = Play(THROWN, say(wrong=True)).complete("a")
    assert play.open == ["fix"]
    assert "broken" in play.way
    assert "work__e" not in play.way
    assert Play(THROWN, say(wrong=False)).complete("a").finished


def test_people_do_not_throw_errors() -> None:
    play = Play(THROWN, say(wrong=False))
    with pytest.raises(NoSuchWork):
        play.execution.fail(play.token("a"), "bad")


def test_a_decision_is_taken_at_once_where_the_caller_can() -> None:
    table = compiled(
        "start s", "decide d", "exclusive x", "user a", "end e", "s > d > x", "x > a : yes",
        "x > e *", "a > e",
    )  # fmt: skip
    facts: dict[str, object] = {}

    def decide(element: str, _runs: object) -> None:
        facts["yes"] = element == "d"

    assert Play(table, lambda text, _runs: facts[text], decide).open == ["a"]


def test_a_decision_is_open_work_where_the_caller_takes_it_later() -> None:
    play = Play(compiled("start s", "decide d", "end e", "s > d > e"), nothing_to_evaluate)
    (work,) = play.execution.open_work()
    assert work.kind == "decision"
    assert play.complete("d").finished
