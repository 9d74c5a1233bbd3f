"""Hostile expressions end quickly, with a clear problem, whatever they try."""

import time
from contextlib import suppress

import pytest

from engine.feel import (
    FeelError,
    FeelSyntaxError,
    Limits,
    ProblemKind,
    compile_expression,
    evaluate_result,
    to_json,
)

_DOUBLING = ", ".join(
    f"{name}: [{before}, {before}, {before}, {before}]"
    for before, name in zip("abcdefghijk", "bcdefghijkl", strict=True)
)

RUNAWAY = [
    "for i in 1..1000000000 return i",
    "every i in 1..1000000000 satisfies i > 0",
    "for a in 1..1000, b in 1..1000, c in 1..1000 return a",
    "(function(f) f(f))(function(f) f(f))",
    "{f: function(x) f(x), y: f(1)}.y",
    "for i in 1..100000 return partial",
    "for i in 1..900 return partial",
    "{a: [1, 1], " + _DOUBLING + ", s: string(l)}.s",
    "{a: [1, 1], " + _DOUBLING + ", s: flatten(l)}.s",
    "{a: [1, 1], " + _DOUBLING + ", m: [k, k, k, k], s: l = m}.s",
    "{a: [1, 1], " + _DOUBLING + "}.l",
    "{l: for i in 1..40000 return i, r: for j in 1..40000 return l = l}.r",
    "{l: for i in 1..40000 return i, r: for j in 1..40000 return reverse(l)}.r",
    "{l: for i in 1..40000 return i, r: for j in 1..40000 return -1 in (l)}.r",
    "{l: for i in 1..40000 return i, r: for j in 1..40000 return l instance of list<number>}.r",
    "distinct values(for i in 1..40000 return i)",
    '{s: "%s", t: replace(s, "a", s), u: replace(t, "a", s)}.u' % ("a" * 2000),
    'matches("%s!", "(a|aa)+$")' % ("a" * 40),
    'for i in 1..1000 return matches("%s!", "(a|aa)+$")' % ("a" * 40),
    'replace("%s", "(x+x+)+y", "z")' % ("x" * 3000),
]


@pytest.mark.parametrize("text", RUNAWAY, ids=range(len(RUNAWAY)))
def test_a_runaway_expression_is_stopped(text: str) -> None:
    begin = time.process_time()

    result = evaluate_result(text, {})

    assert result.value is None
    assert result.problems[-1].kind is ProblemKind.LIMIT
    assert time.process_time() - begin < 2


@pytest.mark.parametrize(
    "text",
    [
        "(" * 5000, "[" * 5000, "-" * 5000, "{a:" * 5000, "if " * 5000, "f(" * 5000,
        "a" + ".b" * 5000, "1 in (" * 3000, "a[" * 3000, "function(a) " * 3000,
        "a instance of " + "list<" * 2000, '"' + "a" * 70_000 + '"',
        "a" + ".b[c" * 60 + "]" * 60 + ".d" * 63,
    ],
    ids=range(13),
)  # fmt: skip
def test_deep_or_long_texts_are_refused_or_read_but_never_overflow(text: str) -> None:
    with suppress(FeelSyntaxError):
        evaluate_result(text, {})


def test_long_flat_texts_are_fine() -> None:
    assert evaluate_result(" + ".join(["1"] * 1900), {}).value == 1900
    assert evaluate_result(" and ".join(["true"] * 1900), {}).value is True


def test_the_limits_are_the_callers() -> None:
    expression = compile_expression("for i in 1..100 return i")

    assert expression.evaluate({}, limits=Limits(steps=50)).value is None
    assert expression.evaluate({}, limits=Limits(steps=500)).problems == ()


def test_a_deeply_nested_input_is_refused_in_words() -> None:
    deep: list[object] = []
    for _ in range(5000):
        deep = [deep]

    result = evaluate_result("count(deep)", {"deep": deep})

    assert result.problems[0].kind is ProblemKind.LIMIT
    with pytest.raises(FeelError, match="too deeply"):
        to_json(deep)
