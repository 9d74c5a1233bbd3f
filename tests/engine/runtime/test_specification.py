"""A specification is shared by every case of its definition and never changes."""

import subprocess
import sys

import pytest

from engine.runtime import Execution, Specification
from engine.runtime.errors import ConditionFailed
from tests.engine.runtime.drawing import compiled
from tests.engine.runtime.fingerprint import fingerprint
from tests.engine.runtime.playing import Play, say

EVERYTHING = (
    "start s", "inclusive i", "user a", "timer t on a stays", "service pay",
    "error back on pay code=returned", "decide d", "inclusive j", "sub box", "start s2",
    "parallel p", "user b", "timer w", "parallel q", "end e2", "s2 > p > b > q > e2", "p > w > q",
    "close", "timer late on box", "exclusive x", "end e", "terminate stop",
    "sub each times=three until=enough", "start s3", "user c each=list in_turn", "end e3",
    "s3 > c > e3", "close", "events g", "message m", "timer w2", "receive r", "exclusive y",
    "s > i", "i > a : one", "i > pay : two", "i > d *", "a > j", "pay > j", "d > j", "t > stop",
    "back > stop", "j > box > each > g", "g > m > r > y", "g > w2 > y", "y > x",
    "late > stop", "x > i : again", "x > e *",
)  # fmt: skip


def test_the_fingerprint_sees_a_change() -> None:
    specification = compiled(*EVERYTHING)
    before = fingerprint(specification)
    specification.nodes["a"].timers += ("more",)
    assert fingerprint(specification) != before


def test_running_a_case_in_every_way_changes_nothing_in_the_specification() -> None:
    specification = compiled(*EVERYTHING)
    before = fingerprint(specification)
    values = {"three": 3, "list": ["x", "y"], "enough": False, "again": False}
    play = Play(specification, say(one=True, two=True, **values), lambda *_: None)
    play.fail("pay", "returned")
    assert play.finished
    values |= {"again": True}
    play = Play(specification, say(one=True, two=True, **values), lambda *_: None)
    play.complete("pay", "a", "b").fire("w").complete("c", "c", "c").execution.cancel()
    values |= {"again": False}
    play = Play(specification, say(one=True, two=False, **values), lambda *_: None)
    play.complete("a", "b").fire("w").complete(*"cccccc").receive("m").receive("r")
    assert play.finished
    play = Play(specification, say(one=True, two=False, **values), lambda *_: None)
    play.complete("a", "b").fire("w").complete(*"cccccc").fire("w2")
    assert play.finished
    play = Play(specification, say(one=False, two=False), lambda *_: None)
    play.fire("late")
    values |= {"enough": None}
    play = Play(specification, say(one=True, two=False, **values), lambda *_: None)
    with pytest.raises(ConditionFailed):
        play.complete("a", "b").fire("w").complete(*"cccc")
    assert fingerprint(specification) == before


def test_two_cases_of_one_specification_do_not_see_each_other() -> None:
    specification = compiled("start s", "user a", "user b", "end e", "s > a > b > e")
    one, two = Play(specification), Play(specification)
    one.complete("a")
    assert (one.open, two.open) == (["b"], ["a"])


def test_compiling_the_same_diagram_twice_gives_the_same_specification() -> None:
    assert fingerprint(compiled(*EVERYTHING)) == fingerprint(compiled(*EVERYTHING))


def test_a_condition_that_only_python_understands_goes_to_the_caller_like_any_other() -> None:
    text = "__import__('os').getpid() or True"
    python = compiled(
        "start s", "exclusive x", "user a", "user b", "end e", "s > x", f"x > a : {text}",
        "x > b *", "a > e", "b > e",
    )  # fmt: skip
    asked: list[str] = []

    def evaluate(condition: str, _runs: object) -> object:
        asked.append(condition)
        return False

    assert Play(python, evaluate).open == ["b"]
    assert asked == [text]


def test_the_part_of_spiffworkflow_that_evaluates_python_is_not_even_loaded() -> None:
    look = (
        "import sys, engine.runtime; print([name for name in sys.modules"
        " if name.startswith('SpiffWorkflow') and ('script' in name or 'bpmn' in name)])"
    )
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_specification_outlives_many_cases_without_growing() -> None:
    specification: Specification = compiled(*EVERYTHING)
    before = fingerprint(specification)
    for _ in range(50):
        Execution.start(specification, say(one=True, two=True), lambda *_: None)
    assert fingerprint(specification) == before
