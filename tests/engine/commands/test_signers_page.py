"""Every row about who signs, the last table of docs/sign-off.md, has a test beside this one."""

from __future__ import annotations

import re
from pathlib import Path

from tests.engine.commands.signing import DOCUMENT


def test_every_row_has_a_test() -> None:
    rows = set(re.findall(r"^\| (J\d+) \|", DOCUMENT.read_text(encoding="utf-8"), re.MULTILINE))
    sources = "".join(
        path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_signers_*.py")
    )
    tested = {row.upper() for row in re.findall(r"^def test_(j\d+)_", sources, re.MULTILINE)}
    assert tested == rows
