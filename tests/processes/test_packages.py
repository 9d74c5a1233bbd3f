"""What a package's files must hold by themselves, before any case runs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml
from lxml import etree

from engine.catalog.bpmn import read_diagram
from engine.feel import compile_expression, load_dmn
from engine.forms import problems as form_problems
from engine.runtime.supported import problems as diagram_problems

PROCESSES = Path(__file__).parents[2] / "processes"
ABILITIES = Path(__file__).parents[2] / "docs" / "abilities.md"
SNAKE_CASE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
PLACES = {"applicant.unit", "applicant.group", "applicant.cluster", "root"}


def test_roles_are_complete(roles: dict[str, Any]) -> None:
    for name, facts in roles.items():
        assert SNAKE_CASE.fullmatch(name)
        assert set(facts) - {"rights", "heads"} == {"zh", "en", "level"}, name


def test_the_cast_fits_together(roles: dict[str, Any]) -> None:
    content = yaml.safe_load((PROCESSES / "_shared" / "cast.yaml").read_text(encoding="utf-8"))
    units = {unit["id"]: unit for unit in content["units"]}
    assert len({person["id"] for person in content["people"]}) == len(content["people"])
    assert len({person["member_no"] for person in content["people"]}) == len(content["people"])
    for unit in units.values():
        assert unit["parent"] is None or unit["parent"] in units
    for person in content["people"]:
        assert person["unit"] in units
        assert person["group"] is None or units[person["group"]]["parent"] == person["unit"]
        for held in person["roles"]:
            assert held["role"] in roles
            assert held["at"] in units


def test_elements_have_telling_ids(package: Any) -> None:
    for name in package.nodes:
        assert SNAKE_CASE.fullmatch(name), name
        assert name not in ("start", "end")


def test_the_diagram_is_supported(package: Any) -> None:
    diagram = read_diagram((package.path / "process.bpmn").read_bytes())
    assert list(diagram_problems(diagram)) == []


def test_every_form_holds(package: Any) -> None:
    for path in sorted((package.path / "forms").glob("*.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))
        assert schema["schemaVersion"] == 18
        assert form_problems(schema) == [], path.name
        ids = list(_ids(schema["components"]))
        assert len(ids) == len(set(ids)), path.name


def _ids(components: list[dict[str, Any]]) -> Any:
    for component in components:
        yield component["id"]
        yield from _ids(component.get("components", []))


def test_every_person_task_has_form_and_candidates(package: Any, roles: dict[str, Any]) -> None:
    forms = {path.stem for path in (package.path / "forms").glob("*.json")}
    used = set(package.of_kind("startEvent"))
    assert used <= forms
    for name in package.of_kind("userTask"):
        facts = package.properties(name)
        used.add(facts.get("form", name))
        assert facts.get("form", name) in forms, name
        candidates = facts["candidates"]
        if candidates.startswith("="):
            compile_expression(candidates[1:])
            continue
        for entry in candidates.split(","):
            if entry.strip() != "starter":
                role, place = (part.strip() for part in entry.split("@"))
                assert role in roles, name
                assert place in PLACES, name
    assert forms == used


def test_persons_fields_name_known_roles(package: Any, roles: dict[str, Any]) -> None:
    for path in (package.path / "forms").glob("*.json"):
        for found in re.findall(r'"candidates": "([^"]+)"', path.read_text(encoding="utf-8")):
            role, place = (part.strip() for part in found.split("@"))
            assert role in roles
            assert place in PLACES


def test_the_facts_name_what_exists(package: Any, roles: dict[str, Any]) -> None:
    facts = package.facts
    assert facts["id"] == package.path.name == package.bpmn.find("{*}process").get("id")
    assert facts["owner"] in roles
    assert set(facts["start"]["roles"]) <= set(roles)
    named = set(facts.get("withdraw", {}).get("until", ()))
    named.update(facts["separation"]["applicant_may"])
    for rule in facts["separation"].get("rule", ()):
        for group in rule["groups"]:
            named.update(group)
    assert named - {"objectors"} <= set(package.nodes)
    for name in facts["separation"]["applicant_may"]:
        assert package.properties(name)["candidates"] == "starter"


def test_all_feel_compiles(package: Any) -> None:
    compile_expression(package.facts["case_title"])
    for condition in package.bpmn.iter("{*}conditionExpression", "{*}timeDate", "{*}timeDuration"):
        compile_expression(condition.text)
    for name in package.nodes:
        for key, value in package.properties(name).items():
            if key == "due" or key.startswith("with."):
                compile_expression(value)


def test_service_tasks_name_abilities_and_letters(package: Any) -> None:
    known = set(re.findall(r"^\| `([a-z_.]+)` \|", ABILITIES.read_text(encoding="utf-8"), re.M))
    letters = {path.stem for path in (package.path / "letters").glob("*.typ")}
    used = set()
    for name in package.of_kind("serviceTask"):
        facts = package.properties(name)
        assert facts["ability"] in known, name
        if facts["ability"] == "letter.make":
            used.add(facts["with.letter"].strip('"'))
    assert used == letters


def test_rule_tasks_name_decisions(package: Any) -> None:
    tables = list(package.path.glob("*.dmn"))
    tables += [PROCESSES / "_shared" / f"{name}.dmn" for name in package.facts.get("use_dmn", ())]
    known = {decision.name for path in tables for decision in load_dmn(path.read_bytes()).decisions}
    for name in package.of_kind("businessRuleTask"):
        facts = package.properties(name)
        assert facts["decision"] in known, name
        assert facts["into"], name


def test_tables_say_where_their_numbers_come_from() -> None:
    for path in sorted(PROCESSES.rglob("*.dmn")):
        root = etree.parse(path).getroot()
        assert etree.QName(root).namespace == "https://www.omg.org/spec/DMN/20191111/MODEL/"
        ids = [element.get("id") for element in root.iter("{*}rule")]
        assert None not in ids
        assert len(ids) == len(set(ids))
        for decision in root.iter("{*}decision"):
            if decision.find("{*}decisionTable") is None:
                continue
            text = decision.findtext("{*}description")
            for word in ("年度", "辖区", "来源", "适用"):
                assert word in text, (path.name, decision.get("name"), word)


def test_every_flow_can_be_reached(package: Any) -> None:
    hosted: dict[str, list[str]] = {}
    for name, node in package.of_kind("boundaryEvent").items():
        hosted.setdefault(node.get("attachedToRef"), []).append(name)
    seen: set[str] = set()
    taken: set[str] = set()
    waiting = list(package.of_kind("startEvent"))
    while waiting:
        here = waiting.pop()
        if here in seen:
            continue
        seen.add(here)
        waiting += hosted.get(here, [])
        for name, flow in package.flows.items():
            if flow.get("sourceRef") == here:
                taken.add(name)
                waiting.append(flow.get("targetRef"))
    assert taken == set(package.flows)
    assert seen == set(package.nodes)


def test_every_element_can_end(package: Any) -> None:
    hosts = {
        name: node.get("attachedToRef") for name, node in package.of_kind("boundaryEvent").items()
    }
    ends = set(package.of_kind("endEvent"))
    able = set(ends)
    while True:
        more = {
            flow.get("sourceRef")
            for flow in package.flows.values()
            if flow.get("targetRef") in able
        } | {host for event, host in hosts.items() if event in able}
        if more <= able:
            break
        able |= more
    assert able == set(package.nodes)
