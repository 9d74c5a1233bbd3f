"""Every command: what it answers, and what it says when it is used wrongly."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from engine.actors import SYSTEM
from engine.catalog.package import Package
from engine.catalog.versions import STUDIO, deploy
from engine.studio.archives import pack
from webapp.cli.opening import opened_engine

PROCESSES = Path(__file__).parents[3] / "processes"

TABLE = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d"
    namespace="urn:test">
  <inputData id="i" name="amount"><variable name="amount" typeRef="number"/></inputData>
  <decision id="route" name="route">
    <variable name="route" typeRef="string"/>
    <informationRequirement><requiredInput href="#i"/></informationRequirement>
    <decisionTable hitPolicy="UNIQUE">
      <input><inputExpression><text>amount</text></inputExpression></input>
      <output/>
      <rule id="r1"><inputEntry><text>&lt; 100</text></inputEntry>
        <outputEntry><text>"clerk"</text></outputEntry></rule>
      <rule id="r2"><inputEntry><text>&gt;= 100</text></inputEntry>
        <outputEntry><text>"chair"</text></outputEntry></rule>
    </decisionTable>
  </decision>
</definitions>
"""


@pytest.fixture
def ready(home: Path, gongban: Any) -> Path:
    assert gongban("init").code == 0
    return home


def one_line(text: str) -> bool:
    return len(text.strip().splitlines()) == 1


def test_init_makes_a_home_once_and_leaves_it_as_it_is(home: Path, gongban: Any) -> None:
    assert gongban("init").code == 0
    secret = (home / "secret_key").read_text()
    again = gongban("init", "--json")
    assert again.code == 0
    assert json.loads(again.out)["demo"] is False
    assert (home / "secret_key").read_text() == secret


def test_a_database_in_use_does_not_become_a_demonstration(ready: Path, gongban: Any) -> None:
    gongban("user", "add", "anna", "--name", "Anna", "--root", "The house")
    answer = gongban("init", "--demo")
    assert answer.code == 1
    assert one_line(answer.err)


def test_before_init_a_command_says_what_to_do(home: Path, gongban: Any) -> None:
    for command in (["process", "list"], ["audit", "verify"], ["upgrade"]):
        answer = gongban(*command)
        assert answer.code == 1
        assert "gongban init" in answer.err
        assert one_line(answer.err)


def test_a_user_is_added_with_a_role_and_a_password(ready: Path, gongban: Any) -> None:
    first = gongban("user", "add", "anna", "--name", "Anna", "--root", "The house", "--json")
    assert first.code == 0, first.err
    made = json.loads(first.out)
    assert len(made["password"]) >= 10
    second = gongban("user", "add", "ben", "--name", "Ben", "--role", "sys_admin", "--json")
    assert json.loads(second.out)["unit"] == made["unit"]
    again = gongban("user", "add", "ben", "--name", "Ben")
    assert again.code == 1
    assert one_line(again.err)


def test_a_person_has_an_address_for_mail_as_long_as_they_want(ready: Path, gongban: Any) -> None:
    wrong = gongban("user", "add", "eva", "--name", "E", "--root", "The house", "--email", "eva")
    assert wrong.code == 1
    assert one_line(wrong.err)
    added = gongban(
        "user", "add", "eva", "--name", "E", "--root", "The house", "--email", "eva@union.example"
    )
    assert added.code == 0
    assert gongban("user", "email", "eva", "eva@elsewhere.example").code == 0
    assert gongban("user", "email", "eva").code == 0
    assert gongban("user", "email", "nobody", "a@b.example").code == 1


def test_an_unknown_role_or_unit_is_refused_in_words(ready: Path, gongban: Any) -> None:
    gongban("user", "add", "anna", "--name", "Anna", "--root", "The house")
    for wrong, word in (
        (("--role", "king"), "king"),
        (("--role", "sys_admin@nowhere"), "nowhere"),
        (("--unit", "nowhere"), "nowhere"),
    ):
        answer = gongban("user", "add", "ben", "--name", "Ben", *wrong)
        assert answer.code == 1
        assert word in answer.err
        assert one_line(answer.err)
    # Nothing of a refused one was kept.
    assert gongban("user", "add", "ben", "--name", "Ben").code == 0


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


def test_units_are_added_listed_renamed_and_merged(ready: Path, gongban: Any) -> None:
    gongban("user", "add", "anna", "--name", "Anna", "--root", "The house")
    root = json.loads(gongban("unit", "list", "--json").out)[0]["id"]
    for name in ("north", "south"):
        made = gongban("unit", "add", name.title(), "--below", root, "--id", name, "--json")
        assert json.loads(made.out)["id"] == name, made.err
    gongban("user", "add", "ben", "--name", "Ben", "--unit", "north", "--role", "judge")
    assert gongban("unit", "rename", "south", "The South").code == 0
    merged = gongban("unit", "merge", "north", "--into", "south", "--json")
    assert json.loads(merged.out) == {"unit": "north", "into": "south", "people": 1}
    again = gongban("unit", "merge", "north", "--into", "south")
    assert again.code == 1
    assert one_line(again.err)
    listed = {one["id"]: one for one in json.loads(gongban("unit", "list", "--json").out)}
    assert listed["north"]["merged_into"] == "south"
    assert listed["south"]["name"] == "The South"
    assert "The South" in gongban("unit", "list").out
    assert gongban("unit", "merge", "south", "--into", root, "--on", "tomorrow").code == 2


def test_roles_leaving_and_accounts_are_kept_from_the_command_line(
    ready: Path, gongban: Any
) -> None:
    gongban("user", "add", "anna", "--name", "Anna", "--root", "The house")
    gongban("user", "add", "ben", "--name", "Ben")
    assert gongban("user", "role", "add", "ben", "judge", "--until", "2100-01-01").code == 0
    assert gongban("user", "role", "end", "ben", "judge").code == 0
    ended = gongban("user", "role", "end", "ben", "judge")
    assert ended.code == 1
    assert "does not hold" in ended.err
    assert gongban("user", "role", "add", "ben", "king").code == 1
    for verb in ("disable", "enable"):
        assert json.loads(gongban("user", verb, "ben", "--json").out)["username"] == "ben"
    assert gongban("user", "leave", "ben", "--on", "2100-01-01", "--successor", "anna").code == 0
    assert gongban("user", "leave", "ben", "--take-back").code == 0
    assert gongban("user", "leave", "ben").code == 0
    assert gongban("user", "leave", "nobody").code == 1
    assert gongban("user", "leave", "anna", "--on", "soon").code == 2
    assert gongban("audit", "verify").code == 0


def test_a_new_key_seals_and_the_old_one_still_opens(ready: Path, gongban: Any) -> None:
    answer = json.loads(gongban("keys", "rotate", "--json").out)
    assert answer["key"] != answer["before"]
    assert {answer["key"], answer["before"]} <= set(answer["keys"])
    assert (ready / "keys" / "current").read_text().strip() == answer["key"]
    assert gongban("audit", "verify").code == 0


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


def test_the_trail_is_verified_and_exported(ready: Path, gongban: Any, tmp_path: Path) -> None:
    gongban("process", "deploy", PROCESSES / "approve3")
    assert gongban("audit", "verify").code == 0
    out = tmp_path / "trail.zip"
    assert gongban("audit", "export", "--out", out).code == 0
    answer = gongban("audit", "verify", out, "--json")
    assert json.loads(answer.out)["ok"] is True
    assert gongban("audit", "export", "--out", out).code == 2
    assert gongban("audit", "verify", tmp_path).code == 2


def test_upgrade_has_nothing_to_do_after_init(ready: Path, gongban: Any) -> None:
    assert gongban("upgrade").out == "engine: up to date\naccounts: up to date\n"


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

    def test_feel_evaluates_with_names_and_says_why_something_is_null(
        self, home: Path, gongban: Any
    ) -> None:
        context = '{"申请金额": 25000.5}'
        assert gongban("feel", "申请金额 > 20000", "--context", context).out == "true\n"
        assert gongban("feel", 'add working days(date("2026-03-02"), 5)').out == '"2026-03-09"\n'
        null = gongban("feel", "1 + missing")
        assert (null.code, null.out) == (0, "null\n")
        assert "missing" in null.err

    def test_feel_that_is_none_is_refused_in_one_line(self, home: Path, gongban: Any) -> None:
        answer = gongban("feel", "1 +")
        assert answer.code == 1
        assert one_line(answer.err)

    def test_a_decision_is_made_and_explained(
        self, home: Path, gongban: Any, tmp_path: Path
    ) -> None:
        file = tmp_path / "route.dmn"
        file.write_text(TABLE)
        arguments = ("decide", file, "--decision", "route", "--input", '{"amount": 120}')
        assert gongban(*arguments).out == '"chair"\n'
        explained = json.loads(gongban(*arguments, "--explain").out)
        assert explained["tables"][0]["matched"][0]["id"] == "r2"
        assert explained["tables"][0]["not_matched"][0]["id"] == "r1"

    def test_the_last_line_of_the_kit_counts(
        self, home: Path, gongban: Any, tmp_path: Path
    ) -> None:
        (tmp_path / "route.dmn").write_text(TABLE)
        (tmp_path / "route-test-01.xml").write_text(
            """<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase"
                xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
                xmlns:xsd="http://www.w3.org/2001/XMLSchema">
              <modelName>route.dmn</modelName>
              <testCase id="1"><inputNode name="amount"><value xsi:type="xsd:decimal">5</value>
              </inputNode><resultNode name="route"><expected><value xsi:type="xsd:string">clerk</value>
              </expected></resultNode></testCase></testCases>"""
        )
        answer = gongban("tck", tmp_path)
        assert (answer.code, answer.out.splitlines()[-1]) == (0, "passed 1 of 1")
        assert gongban("tck", tmp_path / "nowhere").code == 2

    @pytest.mark.parametrize(
        "arguments",
        [
            (),
            ("nonsense",),
            ("feel",),
            ("feel", "1", "--context", "{"),
            ("feel", "1", "--context", "[1]"),
            ("decide", "missing.dmn", "--decision", "x"),
            ("process", "check", "nowhere"),
            ("process", "play", "nowhere"),
        ],
    )
    def test_wrong_usage_is_two_without_a_traceback(
        self, home: Path, gongban: Any, arguments: tuple[str, ...]
    ) -> None:
        answer = gongban(*arguments)
        assert answer.code == 2
        assert "Traceback" not in answer.err

    def test_a_wrong_setting_is_one_line(
        self, home: Path, gongban: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("GONGBAN_PORT", "none")
        answer = gongban("serve")
        assert answer.code == 1
        assert one_line(answer.err)

    def test_a_worker_on_sqlite_is_told_that_the_server_does_it(
        self, home: Path, gongban: Any
    ) -> None:
        gongban("init")
        answer = gongban("worker")
        assert answer.code == 1
        assert "gongban serve" in answer.err


def test_whoever_runs_the_machine_helps_somebody_who_is_locked_out(
    ready: Path, gongban: Any
) -> None:
    gongban("user", "add", "anna", "--name", "Anna", "--root", "The house")
    said = gongban("user", "password", "anna").out
    assert re.search(r"^Password: \S{10,}$", said, re.MULTILINE)
    none = gongban("user", "second-factor", "anna", "--reset", "--reason", "phone lost")
    assert none.code == 1
    assert one_line(none.err)
    assert gongban("user", "password", "anna", "--none").code == 0
    answer = gongban("user", "add", "ben", "--name", "Ben", "--no-password", "--json")
    assert "password" not in json.loads(answer.out)
