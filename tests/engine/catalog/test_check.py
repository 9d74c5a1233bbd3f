"""Checking packages: what is shipped is sound, and each broken one has exactly the finding it must."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from engine.catalog.check import check, refuse_errors
from engine.catalog.checks.services import CONTRACTS, known_abilities
from engine.catalog.package import Package
from engine.errors import InvalidPackage
from engine.proving.words import RULES as BEHAVIOUR_RULES
from engine.runtime.supported import RULES as DIAGRAM_RULES
from schemas.finding import FindingSchema
from schemas.scenario import STEPS, ScenarioSchema

ROOT = Path(__file__).resolve().parents[3]
PROCESSES = ROOT / "processes"
BROKEN = Path(__file__).parent / "broken"
NAMES = sorted(path.name for path in BROKEN.iterdir() if not path.name.startswith("_"))


def build(name: str, target: Path) -> tuple[Path, dict[str, Any]]:
    """The sound package with what a broken one replaces or removes, and what must be found."""
    folder = target / "sample"
    shutil.copytree(BROKEN / "_shared", target / "_shared")
    shutil.copytree(BROKEN / "_sound", folder)
    expected: dict[str, Any] = {}
    if name != "_sound":
        shutil.copytree(BROKEN / name, folder, dirs_exist_ok=True)
        expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
        for path in expected.pop("removed", ()):
            (folder / path).unlink()
    return folder, expected


def test_a_sound_package_has_no_findings_even_when_played(tmp_path):
    folder, _ = build("_sound", tmp_path)
    assert check(folder, play=True) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_broken_package_has_exactly_the_finding_it_must(name, tmp_path):
    folder, expected = build(name, tmp_path)
    says, play = expected.pop("says"), expected.pop("play", False)
    found = check(folder, play=play)
    assert [{key: getattr(one, key) for key in expected} for one in found] == [expected], found
    assert says in found[0].message
    assert FindingSchema().load(FindingSchema().dump(found[0])) == found[0]


def test_what_a_reference_to_a_file_outside_holds_is_never_read(tmp_path):
    folder, _ = build("xxe", tmp_path)
    assert "root:" not in str(check(folder))


@pytest.mark.parametrize("name", ["approve3", "illness_aid"])
def test_the_packages_shipped_have_no_errors(name):
    found = check(PROCESSES / name)
    assert [one for one in found if one.severity == "error"] == []


def test_the_smallest_package_has_every_flow_told(tmp_path):
    assert check(PROCESSES / "approve3", play=True) == []


def test_a_finding_about_a_flow_says_where_it_goes(tmp_path):
    folder, _ = build("flow_untested", tmp_path)
    assert check(folder, play=True)[0].trace == ("reviewed", "refused")


def test_a_package_is_not_played_while_it_has_errors(tmp_path):
    folder, expected = build("role_unknown", tmp_path)
    assert [one.rule for one in check(folder, play=True)] == [expected["rule"]]


def test_deploying_is_refused_for_errors_and_names_the_first(tmp_path):
    folder, _ = build("outcome_unknown", tmp_path)
    with pytest.raises(InvalidPackage, match="review has no outcome agreed") as refused:
        refuse_errors(Package.from_folder(folder))
    assert refused.value.parts["count"] == 1


def test_deploying_is_not_refused_for_warnings(tmp_path):
    folder, _ = build("english_missing", tmp_path)
    refuse_errors(Package.from_folder(folder))


def test_a_package_without_its_folder_is_played_where_somebody_says_who_the_people_are():
    package = Package.from_folder(PROCESSES / "approve3")
    assert check(package, play=True, shared=PROCESSES / "_shared") == []
    assert check(package) == []
    with pytest.raises(ValueError, match="cast"):
        check(package, play=True)


def test_a_folder_without_facts_is_no_package(tmp_path):
    assert [one.rule for one in check(tmp_path)] == ["unreadable_package"]


# --- what is checked is what is documented ----------------------------------------------------------


def test_abilities_and_their_arguments_are_those_of_the_documentation():
    rows = re.findall(
        r"^\| `([a-z_.]+)` \| ([^|]*)\| [^|]*\| [^|]*\|([^|]*)\|$",
        (ROOT / "docs" / "abilities.md").read_text(encoding="utf-8"),
        re.M,
    )
    assert {name for name, _, _ in rows} == set(CONTRACTS)
    for name, arguments, errors in rows:
        contract = CONTRACTS[name]
        assert set(re.findall(r"`([a-z_]+)`", arguments)) == contract.needs | contract.may, name
        assert set(re.findall(r"`([a-z_]+)`", errors)) - contract.facts == contract.errors, name


def test_every_ability_has_a_contract():
    assert known_abilities() <= set(CONTRACTS)


def test_every_rule_is_documented():
    text = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"`([a-z_.]+)`", text))
    sources = [
        *(ROOT / "engine/catalog/checks").glob("*.py"),
        *(ROOT / "engine/proving").glob("*.py"),
        ROOT / "engine/catalog/check.py",
        ROOT / "engine/catalog/foreign.py",
    ]
    used = {
        rule
        for path in sources
        for rule in re.findall(r'\b_?(?:error|warning|say)\(\s*"([a-z_]+)"', path.read_text())
    }
    assert used | set(DIAGRAM_RULES) | set(BEHAVIOUR_RULES) | {"bad_sign_off"} <= documented


# --- scenarios ------------------------------------------------------------------------------------


def scenario(*steps: Any, **facts: Any) -> dict[str, Any]:
    return {
        "says": "a story",
        "at": "2026-03-02T09:00",
        "starter": "anna",
        "steps": list(steps),
        "ends": {"state": "completed"},
        **facts,
    }


@pytest.mark.parametrize(
    "step",
    [
        {"start": {"item": "a ball"}},
        {"task": "review", "as": "carl"},
        {"task": "review", "as": "carl", "outcome": "agree", "opinion": "good", "form": {}},
        {"refused": {"task": "review", "as": "anna", "problem": "separation_of_duties"}},
        {"refused": {"withdraw": {"as": "anna"}, "problem": "too_late"}},
        {"wait": "10 working days"},
        {"wait": "P3D"},
        {"until": "2026-03-20T09:00"},
        {"bank": "returned", "reason": "wrong name"},
        {"object": {"as": "bea", "content": "no"}},
        {"withdraw": {"as": "anna", "reason": "no need"}},
        {"expect": {"open": ["review"], "document": {"a.b": 1}}},
    ],
)
def test_every_step_of_the_documentation_is_understood(step):
    assert ScenarioSchema().validate(scenario(step)) == {}


@pytest.mark.parametrize(
    "step",
    [
        {},
        {"task": "review"},
        {"task": "review", "as": "carl", "wait": "3 days"},
        {"task": "review", "as": "carl", "form": []},
        {"wait": "a while"},
        {"bank": "sleeps"},
        {"refused": {"task": "review", "as": "anna"}},
        {"refused": {"problem": "too_late"}},
        {"expect": {"closed": []}},
        "wait",
        None,
    ],
)
def test_a_step_that_says_something_else_is_refused(step):
    assert ScenarioSchema().validate(scenario(step))


@pytest.mark.parametrize(
    "facts", [{"at": "soon"}, {"steps": []}, {"ends": {"state": "won"}}, {"colour": "red"}]
)
def test_a_scenario_that_says_something_else_is_refused(facts):
    assert ScenarioSchema().validate({**scenario({"wait": "P1D"}), **facts})


def test_the_kinds_of_steps_are_those_of_the_documentation():
    text = (ROOT / "docs" / "package-format.md").read_text(encoding="utf-8")
    example = text[text.index("steps:\n") : text.index("ends:\n")]
    assert set(re.findall(r"^  - (\w+):", example, re.M)) == set(STEPS) - {"until"}
