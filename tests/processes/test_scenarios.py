"""Every scenario comes out as written, and together they take every sequence flow."""

from __future__ import annotations

from typing import Any

from engine.catalog.check import check, unexplained
from engine.testing import ScenarioFailed, play, scenarios_of


def test_nothing_is_found_wrong(package: Any) -> None:
    found = check(package.path)
    assert [one for one in found if one.severity == "error"] == []
    assert unexplained(found) == []


def test_all_stories_come_out_and_take_every_flow(package: Any) -> None:
    failed: dict[str, str] = {}
    taken: set[str] = set()
    for scenario in scenarios_of(package.path):
        try:
            taken |= play(package.path, scenario).flows
        except ScenarioFailed as error:
            failed[scenario.stem] = str(error)
    assert failed == {}
    assert set(package.flows) - taken == set()
