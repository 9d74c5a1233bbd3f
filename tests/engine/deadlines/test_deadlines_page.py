"""The page of deadlines names tests that exist, and each of its rows names one."""

import re
from itertools import pairwise
from pathlib import Path

from engine.catalog.extensions import descriptor
from engine.how_decided import WAYS

TESTS = Path(__file__).parents[2]
PAGE = (TESTS.parent / "docs" / "deadlines.md").read_text(encoding="utf-8")


def test_every_test_the_page_names_is_there() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) > 40
    assert {name for name in named if f"def {name}(" not in sources} == set()


def test_every_row_of_the_page_names_a_test() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("|")]
    heads = {one for one, below in pairwise(rows) if below.startswith("|---")}
    bare = [row for row in rows if "`test_" not in row and "---" not in row and row not in heads]
    assert bare == []


def test_every_kind_of_rung_and_every_way_to_decide_is_on_the_page() -> None:
    words = {*descriptor().enumerations["RungAction"], *WAYS}
    assert {word for word in words if f"| `{word}` |" not in PAGE} == set()
