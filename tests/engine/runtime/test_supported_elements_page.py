"""The page of supported elements names tests that exist, and everything that is refused."""

import re
from pathlib import Path

from engine.runtime.diagram import SUPPORTED
from engine.runtime.supported import RESERVED, WHY

TESTS = Path(__file__).parents[2]
PAGE = (TESTS.parent / "docs" / "supported-elements.md").read_text(encoding="utf-8")
RUNS, REFUSED = PAGE.split("## Refused, and why")


def test_every_test_the_page_names_exists() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) > 25
    assert {name for name in named if f"def {name}(" not in sources} == set()


def test_every_row_of_what_runs_names_a_test() -> None:
    rows = [line for line in RUNS.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 15
    assert [row for row in rows if "`test_" not in row] == []


def test_every_supported_kind_has_a_row() -> None:
    words = {re.sub("([A-Z])", r" \1", kind).lower() for kind in SUPPORTED}
    words -= {"intermediate catch event", "boundary event"}
    words |= {"intermediate timer event", "boundary timer", "boundary error event"}
    words |= {"intermediate message event", "multi-instance activity"}
    hyphens = {"sub process": "sub-process", "event based": "event-based"}
    for apart, joined in hyphens.items():
        words = {word.replace(apart, joined) for word in words}
    assert {word for word in words if word not in RUNS} == set()


def test_everything_refused_with_a_reason_is_on_the_page() -> None:
    assert {name for name in (*WHY, *RESERVED) if name not in REFUSED} == set()
