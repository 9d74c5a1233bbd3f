"""The page about signing in names tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_every_row_of_the_page_names_a_test_that_is_there() -> None:
    text = (ROOT / "docs" / "sign-in.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_[a-z_0-9]+)`", text))
    known = {
        node.name
        for path in (ROOT / "tests").rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    }
    assert len(named) > 40
    assert named - known == set()


def test_every_event_of_an_account_is_on_the_page() -> None:
    text = (ROOT / "docs" / "sign-in.md").read_text(encoding="utf-8")
    recorded: set[str] = set()
    for name in ("sessions", "own_password", "second_factor"):
        source = (ROOT / "webapp" / "accounts" / f"{name}.py").read_text(encoding="utf-8")
        recorded |= set(re.findall(r'"account\.([a-z_]+)"', source))
    short = {
        one.removeprefix("second_factor") if "second_factor_r" in one else one for one in recorded
    }
    assert {one for one in short if one not in text} == set()
