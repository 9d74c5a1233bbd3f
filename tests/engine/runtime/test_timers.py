"""Timers fire when they are told to, never by a clock."""

import pytest

from engine.runtime.errors import NoSuchWork
from tests.engine.runtime.drawing import compiled
from tests.engine.runtime.playing import Play

PAUSE = compiled("start s", "timer t", "user a", "end e", "s > t > a > e")
DEADLINE = compiled(
    "start s", "user a", "timer t on a", "user late", "end e", "s > a > e", "t > late > e",
)  # fmt: skip
REMINDER = compiled(
    "start s", "user a", "timer t on a stays", "user nudge", "end e", "end f",
    "s > a > e", "t > nudge > f",
)  # fmt: skip


def test_an_intermediate_timer_waits_and_hands_out_its_expression() -> None:
    play = Play(PAUSE)
    (work,) = play.execution.open_work()
    assert (work.kind, work.expression, work.attached_to) == ("timer", "due_t", None)
    assert play.fire("t").open == ["a"]


def test_an_interrupting_boundary_timer_ends_the_activity() -> None:
    play = Play(DEADLINE)
    host, timer = play.execution.open_work()
    assert timer.attached_to == host.token
    assert play.fire("t").open == ["late"]
    with pytest.raises(NoSuchWork):
        play.execution.complete(host.token)


def test_a_boundary_timer_dies_with_its_activity() -> None:
    play = Play(DEADLINE)
    timer = play.token("t")
    assert play.complete("a").finished
    with pytest.raises(NoSuchWork):
        play.execution.fire(timer)


def test_a_timer_that_does_not_interrupt_leaves_the_activity_open_and_fires_once() -> None:
    play = Play(REMINDER)
    assert play.fire("t").open == ["a", "nudge"]
    with pytest.raises(NoSuchWork):
        play.execution.fire("t")
    assert play.complete("nudge").open == ["a"]
    assert play.complete("a").finished


def test_what_a_reminder_started_outlives_the_activity() -> None:
    play = Play(REMINDER).fire("t").complete("a")
    assert play.open == ["nudge"]
    assert not play.finished
    assert play.complete("nudge").finished


def test_an_activity_entered_again_has_new_timers() -> None:
    ring = compiled(
        "start s", "exclusive m", "user a", "timer t on a", "end e", "s > m > a > e", "t > m",
    )  # fmt: skip
    play = Play(ring)
    first = play.token("t")
    assert play.fire("t").open == ["a", "t"]
    assert play.token("t") != first


def test_a_person_cannot_complete_a_timer_nor_a_clock_fire_a_task() -> None:
    play = Play(DEADLINE)
    with pytest.raises(NoSuchWork):
        play.execution.complete(play.token("t"))
    with pytest.raises(NoSuchWork):
        play.execution.fire(play.token("a"))
    # Neither attempt did any harm.
    assert play.complete("a").finished
