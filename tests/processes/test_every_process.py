"""Every scenario of every package comes out as written, and each rests on the rules it tells of.

Grows with the folders of `processes/`: nothing here names a package.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from lxml import etree
from sqlalchemy import Connection

from engine.catalog import versions
from engine.catalog.definition import Definition
from engine.commands import advance
from engine.commands.decisions import decide
from engine.errors import EngineError
from engine.store.case import Case
from engine.store.unit_of_work import UnitOfWork
from engine.testing import ScenarioFailed, Story, play, scenarios_of
from tests.conftest import DATABASES, MakeUrl
from tests.engine.runtime.fingerprint import fingerprint

PROCESSES = Path(__file__).parents[2] / "processes"
FOLDERS = sorted(path.parent for path in PROCESSES.glob("*/process.toml"))
SCENARIOS = [(folder, path) for folder in FOLDERS for path in scenarios_of(folder)]
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
DMN = "{https://www.omg.org/spec/DMN/20191111/MODEL/}"


@dataclass
class Played:
    """Stories played in this process, and the rules of decision tables that matched in them."""

    stories: dict[Path, Story] = field(default_factory=dict)
    rules: dict[Path, set[str]] = field(default_factory=dict)

    def play(self, folder: Path, scenario: Path, url: str | None = None) -> Story:
        """Play a scenario and remember it."""
        rules: set[str] = set()

        def noting(uow: UnitOfWork, case: Case, element: str) -> dict[str, Any]:
            made = decide(uow, case, element)
            rules.update(rule for table in made["rules"] for rule in table["rules"])
            return made

        with patch.object(advance, "decide", noting):
            self.stories[scenario] = play(folder, scenario, url=url)
        self.rules[scenario] = rules
        return self.stories[scenario]

    def all_of(self, folder: Path) -> list[Path]:
        """The scenarios of a package, each played by now."""
        for scenario in scenarios_of(folder):
            if scenario not in self.stories:
                self.play(folder, scenario)
        return scenarios_of(folder)


@pytest.fixture(scope="session")
def played() -> Played:
    return Played()


@pytest.mark.parametrize("kind", DATABASES)
@pytest.mark.parametrize(
    ("folder", "scenario"), SCENARIOS, ids=[f"{one.name}-{two.stem}" for one, two in SCENARIOS]
)
def test_a_scenario_comes_out_as_written(
    folder: Path,
    scenario: Path,
    kind: str,
    make_database: MakeUrl,
    played: Played,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compiled = _watch_definitions(monkeypatch)
    story = played.play(folder, scenario, url=make_database(kind))
    assert story.lines
    # A compiled specification is shared by every case: running one must not change it.
    assert len(compiled) == 1
    for definition, fresh in compiled:
        assert fingerprint(definition.specification) == fresh


def _watch_definitions(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Definition, object]]:
    """Every definition that is compiled from now on, with what its specification looks like fresh."""
    found: list[tuple[Definition, object]] = []
    load = versions._load

    def watched(connection: Connection, definition_id: str) -> Definition:
        definition = load(connection, definition_id)
        found.append((definition, fingerprint(definition.specification)))
        return definition

    monkeypatch.setattr(versions, "_load", watched)
    return found


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_flow_is_taken_by_some_scenario(folder: Path, played: Played) -> None:
    taken: set[str] = set()
    for scenario in played.all_of(folder):
        taken |= played.stories[scenario].flows
    bpmn = etree.parse(folder / "process.bpmn")
    drawn = {flow.get("id") for flow in bpmn.iter(f"{BPMN}sequenceFlow")}
    assert drawn - taken == set(), "no scenario takes these flows"
    assert taken - drawn == set()


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_without_a_flow_exactly_its_stories_fail(
    folder: Path, played: Played, tmp_path: Path
) -> None:
    users = {
        flow: {one for one in played.all_of(folder) if flow in played.stories[one].flows}
        for flow in _conditional_flows(folder)
    }
    flow = min((one for one in users if users[one]), key=lambda one: (len(users[one]), one))
    copy = _copy(folder, tmp_path)
    _remove_flow(copy / "process.bpmn", flow)
    asked = users[flow] | _some_of(folder, users[flow])
    # Where it was the only way in, the diagram is refused as a whole and no story can be told.
    right = users[flow] if _other_way_in(folder, flow) else asked
    assert _failing(copy, asked) == {one.stem for one in right}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_without_a_rule_exactly_its_stories_fail(
    folder: Path, played: Played, tmp_path: Path
) -> None:
    rules = {rule for one in played.all_of(folder) for rule in played.rules[one]}
    users = {
        rule: {one for one in scenarios_of(folder) if rule in played.rules[one]} for rule in rules
    }
    if not users:
        pytest.skip("this process decides nothing by table")
    for rule in sorted(users, key=lambda one: (len(users[one]), one))[:2]:
        copy = _copy(folder, tmp_path / rule)
        _remove_rule(copy, rule)
        asked = users[rule] | _some_of(folder, users[rule])
        assert _failing(copy, asked) == {one.stem for one in users[rule]}, rule


def _some_of(folder: Path, without: set[Path]) -> set[Path]:
    """A few other stories, which must not mind."""
    return set(sorted(set(scenarios_of(folder)) - without)[::8])


def _failing(folder: Path, scenarios: set[Path]) -> set[str]:
    failed = set()
    for scenario in scenarios:
        try:
            play(folder, scenario)
        except (ScenarioFailed, EngineError):
            failed.add(scenario.stem)
    return failed


def _copy(folder: Path, target: Path) -> Path:
    shutil.copytree(PROCESSES / "_shared", target / "_shared")
    shutil.copytree(folder, target / folder.name)
    return target / folder.name


def _conditional_flows(folder: Path) -> list[str]:
    """Flows whose removal leaves another way: with a condition, beside others."""
    bpmn = etree.parse(folder / "process.bpmn")
    return [
        flow.get("id")
        for flow in bpmn.iter(f"{BPMN}sequenceFlow")
        if flow.find(f"{BPMN}conditionExpression") is not None
    ]


def _other_way_in(folder: Path, flow: str) -> bool:
    flows = list(etree.parse(folder / "process.bpmn").iter(f"{BPMN}sequenceFlow"))
    target = next(one.get("targetRef") for one in flows if one.get("id") == flow)
    return sum(one.get("targetRef") == target for one in flows) > 1


def _remove_flow(path: Path, flow: str) -> None:
    tree = etree.parse(path)
    for element in list(tree.iter()):
        if not isinstance(element.tag, str):
            continue
        named = element.tag in (f"{BPMN}incoming", f"{BPMN}outgoing") and element.text == flow
        if element.get("id") == flow or element.get("bpmnElement") == flow or named:
            element.getparent().remove(element)
    tree.write(path, encoding="utf-8", xml_declaration=True)


def _remove_rule(folder: Path, rule: str) -> None:
    for path in [*folder.glob("*.dmn"), *(folder.parent / "_shared").glob("*.dmn")]:
        tree = etree.parse(path)
        found = [one for one in tree.iter(f"{DMN}rule") if one.get("id") == rule]
        for one in found:
            one.getparent().remove(one)
        if found:
            tree.write(path, encoding="utf-8", xml_declaration=True)
            return
    raise AssertionError(f"no table has the rule {rule}")
