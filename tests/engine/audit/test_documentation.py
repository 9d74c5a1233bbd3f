from __future__ import annotations

import re
from pathlib import Path

from engine.audit import standalone_verifier

PAGE = Path(__file__).parents[3] / "docs" / "audit-format.md"


def test_every_finding_is_explained_and_none_is_invented():
    source = Path(standalone_verifier.__file__).read_text("utf-8")
    used = set(re.findall(r'report\.add\(\s*"([a-z_]+)"', source))
    table = PAGE.read_text("utf-8").partition("| finding | means |")[2]
    explained = {
        word
        for line in table.splitlines()
        if line.startswith("| `")
        for word in re.findall(r"`([a-z_]+)`", line.split("|")[1])
    }
    assert used == explained


def test_the_page_names_every_prefix_that_is_hashed():
    page = PAGE.read_text("utf-8")
    for prefix in ("gongban:stream:1", "gongban:event:1", "gongban:checkpoint:1"):
        assert prefix in page
