"""Random and mutated expressions: no exception that is not ours, and no hang."""

import random
import time

import pytest

from engine.feel import Limits, compile_expression, to_json
from engine.feel.builtins import BUILTINS
from scripts.feel_fuzz import VALUES, as_cell, as_expression, texts

LIMITS = Limits(steps=10_000)
#: `python -m scripts.feel_fuzz` holds each to 100 ms; a loaded machine that runs the tests gets more.
SECONDS = 5.0


def _survives(text: str) -> None:
    begin = time.process_time()
    as_expression(text)
    as_cell(text)
    assert time.process_time() - begin < SECONDS, text


@pytest.mark.parametrize("seed", range(4))
def test_random_and_mutated_expressions_end_well(seed: int) -> None:
    for text in texts(seed, 750):
        _survives(text)


def test_the_same_seed_makes_the_same_texts() -> None:
    assert list(texts(7, 50)) == list(texts(7, 50))


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
