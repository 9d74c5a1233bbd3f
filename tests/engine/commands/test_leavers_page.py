"""Every row of docs/leavers.md names a test that exists, and every reason on the list of stuck work has a row."""

from __future__ import annotations

import re
from pathlib import Path

from engine.queries import stuck

TESTS = Path(__file__).parents[2]
PAGE = (TESTS.parent / "docs" / "leavers.md").read_text(encoding="utf-8")


def test_every_row_names_a_test_that_exists() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in TESTS.rglob("test_*.py"))
    named = set(re.findall(r"`(test_\w+)`", PAGE))
    assert len(named) > 40
    assert {name for name in named if f"def {name}(" not in sources} == set()
    rows = [line for line in PAGE.splitlines() if line.startswith("| ")]
    heads = [line for line in rows if line.endswith("| test |")]
    assert [line for line in rows if "`test_" not in line and line not in heads] == []


def test_every_reason_has_a_row() -> None:
    reasons = {
        stuck.NOBODY,
        stuck.BARRED,
        stuck.NO_SIGNER,
        stuck.HOLDER_GONE,
        stuck.INCIDENT,
        stuck.NOTHING_OPEN,
    }
    listed = set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) - {"why"}
    assert listed == reasons
