"""Random and mutated expressions: no exception that is not ours, and no hang."""

import random
import time
from contextlib import suppress

import pytest

from engine.feel import (
    FeelSyntaxError,
    Limits,
    compile_expression,
    compile_unary_tests,
    evaluate_result,
    to_json,
)
from engine.feel.builtins import BUILTINS

SEEDS = [
    'if 申请金额 > 20000 and kind = "illness" then 申请金额 * 0.8 else null',
    "for i in 1..5, j in [1, 2, i] return i + j * partial[-1]",
    "some x in items satisfies x.price between 1 and 5 or x in (1, > 3, [1..2))",
    '{a b: 1, "c": [1, {d: a b}], f: function(x: number) x ** 2}.f(x: 3)',
    'date("2024-05-01") + @"P1M2D" - duration("PT5H") instance of list<context<a: number>>',
    'replace(string([1, null]), "(a|b)+", "$1") + substring("中文", -1)',
    "sort(items[price > 3].price, function(a, b) a < b)[1]",
    "count(distinct values(flatten([[1], [1, [2]]]))) != -(-2) / 3.5e2",
    'time("10:00:00@Asia/Shanghai").time offset = ]1..5[ // end',
]
PIECES = [
    *"+-*/()[]{},.:<>=\"'@?\\|#；，", "**", "..", "!=", ">=", " and ", " or ", " in ", " of ",
    "not(", "null", "true", " instance of ", "-1", "0", "1e30", '""', '"P1D"', '@"P1Y"',
    "for i in ", " return ", "some ", " satisfies ", "if ", " then ", " else ", "function(a) ",
    "item", "partial", "申请金额", "items", "\n", "/*", "*/", *(f"{name}(" for name in BUILTINS),
]  # fmt: skip
CONTEXT = {"申请金额": 1, "kind": "x", "items": [{"price": 2}, None, {"price": "3"}], "t": "text"}
VALUES = [
    "null", "true", "0", "-1", "2.5", "1e40", "10**6000", '""', '"abc"', '"(a"', '"2024-05-01"',
    "[]", "[1, null]", '["a", "b"]', "[[1], 2]", "{}", "{a: 1}", '@"2024-02-29"', '@"10:00:00Z"',
    '@"2024-05-01T10:00:00"', '@"P1Y"', '@"PT1H"', "[1..5]", "(> 3)", "(!= 1)",
    "function(a) a", "function(a, b) true", "abs",
]  # fmt: skip
LIMITS = Limits(steps=20_000)


def _mutate(text: str, chance: random.Random) -> str:
    for _ in range(chance.randint(1, 5)):
        at, end = sorted((chance.randint(0, len(text)), chance.randint(0, len(text))))
        end = min(end, at + 6)
        match chance.randint(0, 3):
            case 0:
                text = text[:at] + chance.choice(PIECES) + text[at:]
            case 1:
                text = text[:at] + text[end:]
            case 2:
                text = text[:at] + text[at:end] * 2 + text[end:]
            case 3:
                other = chance.choice(SEEDS)
                text = text[:at] + other[chance.randint(0, len(other)) :][:20] + text[end:]
    return text


def _survives(text: str) -> None:
    begin = time.process_time()
    with suppress(FeelSyntaxError):
        to_json(evaluate_result(text, CONTEXT, limits=LIMITS).value)
        compile_unary_tests(text).test(5, CONTEXT, limits=LIMITS)
    assert time.process_time() - begin < 2, text


@pytest.mark.parametrize("seed", range(8))
def test_mutated_expressions_end_well(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(250):
        _survives(_mutate(chance.choice(SEEDS), chance))


@pytest.mark.parametrize("seed", range(4))
def test_heaps_of_tokens_end_well(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(250):
        _survives("".join(chance.choice(PIECES) for _ in range(chance.randint(1, 15))))


@pytest.mark.parametrize("name", sorted(BUILTINS))
def test_every_function_takes_anything(name: str) -> None:
    chance = random.Random(name)
    for count in (0, 1, 1, 2, 2, 2, 3, 3, 4):
        for _ in range(10):
            arguments = ", ".join(chance.choice(VALUES) for _ in range(count))
            _survives(f"{name}({arguments})")


@pytest.mark.parametrize(
    "op", ["+", "-", "*", "/", "**", "=", "<", ">=", " in ", " between 1 and "]
)
def test_every_operator_takes_anything(op: str) -> None:
    for left in VALUES:
        for right in VALUES:
            text = f"({left}){op}({right})"
            to_json(compile_expression(text).evaluate({}, limits=LIMITS).value)


@pytest.mark.parametrize("name", ["a", "year", "start included", "time offset", "seconds"])
def test_every_value_has_or_has_not_every_property(name: str) -> None:
    for value in VALUES:
        _survives(f"({value}).{name}")
        _survives(f"({value})[item.{name} = 1]")
        _survives(f"for i in ({value}) return i")
        _survives(f"string({value})")
