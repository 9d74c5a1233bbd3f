"""Every package that is shipped is sound: no errors, and a reason for each warning."""

from __future__ import annotations

from typing import Any

from engine.catalog.check import check, unexplained


def test_nothing_is_found_wrong(package: Any) -> None:
    found = check(package.path)
    assert [one for one in found if one.severity == "error"] == []
    assert unexplained(found) == []
