"""Every example of the administrator's page is true."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from engine.feel import evaluate_result, to_json, unary_test

PAGE = Path(__file__).parents[3] / "docs" / "feel.md"
_BLOCK = re.compile(r"```(\S+)\n(.*?)```", re.DOTALL)


def examples(kind: str) -> list[tuple[str, str, Any]]:
    """Each line of the blocks of a kind, split at its comment, with the data above it."""
    found = []
    data: Any = {}
    for match in _BLOCK.finditer(PAGE.read_text(encoding="utf-8")):
        if match[1] == "json":
            data = json.loads(match[2])
        elif match[1] == kind:
            for line in match[2].splitlines():
                text, _, said = line.rpartition("//")
                found.append((text.strip(), said.strip(), data))
    return found


@pytest.mark.parametrize(("text", "said", "data"), examples("feel"))
def test_an_expression_gives_what_the_page_says(text: str, said: str, data: Any) -> None:
    assert to_json(evaluate_result(text, data).value) == json.loads(said.removeprefix("=>"))


@pytest.mark.parametrize(("text", "said", "data"), examples("feel-cell"))
def test_a_cell_decides_as_the_page_says(text: str, said: str, data: Any) -> None:
    value, _, expected = said.partition("=>")

    assert unary_test(text, json.loads(value), data) is json.loads(expected)


@pytest.mark.parametrize(("text", "said", "data"), examples("feel-problem"))
def test_a_mistake_is_explained_as_the_page_says(text: str, said: str, data: Any) -> None:
    result = evaluate_result(text, data)

    assert result.value is None
    assert result.problems[0].message.startswith(said.removeprefix("=>").strip())


def test_the_page_has_examples_of_each_kind() -> None:
    assert all(len(examples(kind)) > 5 for kind in ("feel", "feel-cell", "feel-problem"))
