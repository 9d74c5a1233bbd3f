"""Packages from the command line: begun, checked, compared, deployed, exported."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from engine.actors import SYSTEM
from engine.catalog.package import Package
from engine.catalog.versions import STUDIO, deploy
from engine.studio.archives import pack
from tests.webapp.cli.conftest import one_line
from webapp.cli.opening import opened_engine

PROCESSES = Path(__file__).parents[3] / "processes"


def test_a_package_is_checked_deployed_listed_and_exported(
    ready: Path, gongban: Any, tmp_path: Path
) -> None:
    package = PROCESSES / "approve3"
    assert gongban("process", "check", package).code == 0
    assert gongban("process", "deploy", package).code == 0
    assert "was deployed before" in gongban("process", "deploy", package).out
    listed = json.loads(gongban("process", "list", "--json").out)
    assert [(one["key"], one["version"], one["active"]) for one in listed] == [
        ("approve3", 1, True)
    ]
    out = tmp_path / "out" / "approve3"
    assert gongban("process", "export", out).code == 0
    assert (out / "process.toml").read_bytes() == (package / "process.toml").read_bytes()
    assert gongban("process", "export", out).code == 2


def test_deploying_waits_for_a_reason_where_the_people_there_cannot_do_it(
    ready: Path, gongban: Any
) -> None:
    package = PROCESSES / "approve3"
    gongban("user", "add", "anna", "--name", "Anna", "--root", "The house", "--role", "member")
    asked = gongban("process", "check", package, "--people")
    assert asked.code == 0
    assert "warning: nobody_for_step in process.bpmn check: The house: 0 of 1" in asked.out
    refused = gongban("process", "deploy", package)
    assert refused.code == 1
    assert "--reason nobody_for_step:check=…" in refused.err
    reasons = [f"--reason=nobody_for_step:{step}=chosen in May" for step in ("check", "approve")]
    accepted = gongban("process", "deploy", package, *reasons)
    assert accepted.code == 0
    assert "0 of 1 needed may do it" in accepted.out
    assert "(accepted: chosen in May)" in accepted.out
    for name, role in (("ben", "unit_clerk"), ("cleo", "unit_chair")):
        assert gongban("user", "add", name, "--name", name, "--role", role).code == 0
    assert "warning" not in gongban("process", "check", package, "--people").out
    assert "warning" not in gongban("process", "deploy", package).out


def test_a_package_whose_story_does_not_come_out_is_not_deployed(
    ready: Path, gongban: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "approve3"
    shutil.copytree(PROCESSES / "approve3", folder)
    story = next((folder / "scenarios").glob("*.yaml"))
    text = story.read_text(encoding="utf-8")
    story.write_text(text.replace("state: completed", "state: withdrawn"), encoding="utf-8")
    refused = gongban("process", "deploy", folder)
    assert refused.code == 1
    assert f"scenarios/{story.name}" in refused.err
    assert "is not deployed" in refused.err
    assert gongban("process", "deploy", folder, "--unplayed").code == 0


def test_a_folder_is_compared_with_what_is_deployed(
    ready: Path, gongban: Any, tmp_path: Path
) -> None:
    shutil.copytree(PROCESSES / "_shared", tmp_path / "_shared")
    folder = tmp_path / "approve3"
    shutil.copytree(PROCESSES / "approve3", folder)
    assert gongban("process", "deploy", folder).code == 0
    same = gongban("process", "diff", "approve3@active", folder)
    assert same.code == 0
    assert same.out.strip() == "Both say the same."
    text = (folder / "process.bpmn").read_text(encoding="utf-8")
    (folder / "process.bpmn").write_text(
        text.replace('name="核对库存"', 'name="核对"'), encoding="utf-8"
    )
    found = json.loads(gongban("process", "diff", "approve3@1", folder, "--json").out)
    assert found["summary"]["zh"] == ["环节“核对”：原名“核对库存”"]
    assert [file["path"] for file in found["files"]] == ["process.bpmn"]
    missing = gongban("process", "diff", "approve3@7", folder)
    assert missing.code == 1
    assert one_line(missing.err)


def test_a_folder_is_deployed_whole_or_not_at_all_and_never_over_the_studio(
    ready: Path, gongban: Any, tmp_path: Path
) -> None:
    shutil.copytree(PROCESSES / "_shared", tmp_path / "_shared")
    for name in ("approve3", "approve4"):
        shutil.copytree(PROCESSES / "approve3", tmp_path / name)
    facts = tmp_path / "approve4" / "process.toml"
    facts.write_text(facts.read_text("utf-8").replace("approve3", "approve4"), encoding="utf-8")
    assert gongban("process", "status", tmp_path).code == 1
    broken = tmp_path / "approve4" / "process.bpmn"
    sound = broken.read_bytes()
    broken.write_text("<x", encoding="utf-8")
    assert gongban("process", "deploy", tmp_path).code == 1
    assert json.loads(gongban("process", "list", "--json").out) == []
    broken.write_bytes(sound)
    assert gongban("process", "deploy", tmp_path).code == 0
    same = gongban("process", "status", tmp_path, "--json")
    assert same.code == 0
    assert {row["standing"] for row in json.loads(same.out)} == {"same"}

    package = Package.from_folder(tmp_path / "approve3")
    edited = dict(package.files)
    edited["process.bpmn"] = edited["process.bpmn"].replace("核对库存".encode(), "清点".encode())
    with opened_engine() as engine, engine.command(SYSTEM) as uow:
        deploy(uow, Package(edited, package.companions), origin=STUDIO, base=package.hash)
        uow.commit()
    assert "approve3" in gongban("upgrade").out
    status = gongban("process", "status", tmp_path, "--json")
    assert status.code == 1
    assert {row["process"]: row["standing"] for row in json.loads(status.out)} == {
        "approve3": "studio",
        "approve4": "same",
    }
    refused = gongban("process", "deploy", tmp_path)
    assert refused.code == 1
    assert "--over-studio" in refused.err
    assert one_line(refused.err)
    assert "核对库存" in refused.out
    assert gongban("process", "status", tmp_path / "approve3").code == 1
    out = tmp_path / "out" / "approve3"
    assert gongban("process", "export", out).code == 0
    assert gongban("process", "diff", out, "approve3@2").out.strip() == "Both say the same."
    assert gongban("process", "deploy", tmp_path, "--over-studio").code == 0
    assert gongban("process", "status", tmp_path).code == 0
    assert gongban("process", "status", tmp_path / "_shared").code == 2


def test_a_zip_is_compared_too(ready: Path, gongban: Any, tmp_path: Path) -> None:
    package = Package.from_folder(PROCESSES / "illness_aid")
    zipped = tmp_path / "aid.zip"
    zipped.write_bytes(pack(package, "illness_aid"))
    answer = gongban("process", "diff", PROCESSES / "illness_aid", zipped)
    assert answer.out.strip() == "Both say the same.", answer.err
    zipped.write_bytes(b"PK nothing")
    assert gongban("process", "diff", PROCESSES / "illness_aid", zipped).code == 1


@pytest.mark.parametrize("home", ["sqlite"], indirect=True)
class TestWithoutDatabase:
    """Commands that touch no database are tried once."""

    def test_a_new_package_runs_at_once(self, home: Path, gongban: Any, tmp_path: Path) -> None:
        parent = tmp_path / "processes"
        parent.mkdir()
        (parent / "_shared").symlink_to(PROCESSES / "_shared")
        assert gongban("process", "new", "tea_money", "--in", parent).code == 0
        assert gongban("process", "check", parent / "tea_money").code == 0
        played = gongban("process", "play", parent / "tea_money", "--json")
        assert played.code == 0, played.out
        answer = json.loads(played.out)
        assert len(answer["played"]) == 2
        assert answer["untaken_flows"] == []
        assert gongban("process", "new", "tea_money", "--in", parent).code == 2
        assert gongban("process", "new", "Tea Money", "--in", parent).code == 2

    def test_a_flow_that_no_scenario_takes_is_named(
        self, home: Path, gongban: Any, tmp_path: Path
    ) -> None:
        (tmp_path / "_shared").symlink_to(PROCESSES / "_shared")
        gongban("process", "new", "tea_money", "--in", tmp_path)
        (tmp_path / "tea_money" / "scenarios" / "refused.yaml").unlink()
        answer = gongban("process", "play", tmp_path / "tea_money")
        assert answer.code == 1
        assert "No scenario takes the flow" in answer.out

    def test_a_diagram_that_can_stand_still_is_told_step_by_step(
        self, home: Path, gongban: Any, tmp_path: Path
    ) -> None:
        (tmp_path / "_shared").symlink_to(PROCESSES / "_shared")
        gongban("process", "new", "tea_money", "--in", tmp_path)
        diagram = tmp_path / "tea_money" / "process.bpmn"
        text = diagram.read_text(encoding="utf-8")
        text = text.replace(' default="approve_gate__ended_refused"', "")
        flow = 'sourceRef="approve_gate" targetRef="ended_refused"'
        condition = 'outcomes.check = "agree" and outcomes.approve = "refuse"'
        inside = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>"
        text = text.replace(f"{flow} />", f"{flow}>{inside}</bpmn:sequenceFlow>")
        diagram.write_text(text, encoding="utf-8")
        answer = gongban("process", "check", tmp_path / "tea_money")
        assert answer.code == 1
        assert "error: no_choice in process.bpmn approve_gate" in answer.out
        steps = [line.strip() for line in answer.out.splitlines() if line.startswith("    ")]
        assert [step[:2] for step in steps] == ["1.", "2.", "3."]
        assert "with the outcome 不同意" in steps[2]

    def test_a_file_drawn_elsewhere_becomes_a_package_and_what_is_missing_is_said(
        self, home: Path, gongban: Any, tmp_path: Path
    ) -> None:
        file = tmp_path / "drawn.bpmn"
        file.write_text(
            '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">'
            '<process id="p" name="请假"><startEvent id="s"/><userTask id="a" name="批准"/>'
            '<endEvent id="e"/><sequenceFlow id="f" sourceRef="s" targetRef="a"/>'
            '<sequenceFlow id="g" sourceRef="a" targetRef="e"/></process></definitions>',
            encoding="utf-8",
        )
        order = ("process", "import", file, "--as", "leave", "--in", tmp_path)
        answer = gongban(*order)
        assert answer.code == 0, answer.err
        assert "error: no_candidates: nobody can do this task" in answer.out
        assert (tmp_path / "leave" / "process.bpmn").read_text("utf-8").count("批准") == 1
        checked = gongban("process", "check", tmp_path / "leave", "--json")
        assert {one["rule"] for one in json.loads(checked.out)} >= {"no_candidates", "no_form"}
        assert gongban(*order).code == 2
        file.write_text("no diagram", encoding="utf-8")
        refused = gongban("process", "import", file, "--as", "other", "--in", tmp_path)
        assert (refused.code, "is not imported" in refused.err) == (1, True)

    def test_a_broken_package_has_findings(self, home: Path, gongban: Any, tmp_path: Path) -> None:
        gongban("process", "new", "tea_money", "--in", tmp_path)
        diagram = tmp_path / "tea_money" / "process.bpmn"
        diagram.write_text(diagram.read_text().replace("bpmn:userTask", "bpmn:scriptTask"))
        answer = gongban("process", "check", tmp_path / "tea_money", "--json")
        assert answer.code == 1
        assert any(one["severity"] == "error" for one in json.loads(answer.out))
