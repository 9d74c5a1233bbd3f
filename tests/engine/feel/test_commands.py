"""`gongban feel`, `decide` and `tck`: what they say, and with which exit code."""

import json
from pathlib import Path
from typing import Any

import pytest

from webapp.cli import main

TABLE = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="rules"
 namespace="urn:test">
<inputData id="i" name="amount"><variable name="amount" typeRef="number"/></inputData>
<decision id="route" name="route"><variable name="route"/>
<informationRequirement><requiredInput href="#i"/></informationRequirement>
<decisionTable hitPolicy="UNIQUE">
<input><inputExpression><text>amount</text></inputExpression></input><output/>
<rule id="r1"><inputEntry><text>&lt; 100</text></inputEntry>
<outputEntry><text>"clerk"</text></outputEntry></rule>
<rule id="r2"><inputEntry><text>&gt;= 50</text></inputEntry>
<outputEntry><text>"chair"</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


@pytest.fixture
def gongban(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Any:
    monkeypatch.setenv("GONGBAN_HOME", str(tmp_path / "home"))

    def run(*arguments: object) -> tuple[int, str, str]:
        try:
            code = main([str(each) for each in arguments])
        except SystemExit as error:
            code = int(error.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "route.dmn"
    file.write_text(TABLE, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("申情金额 > 1", "--context", '{"申请金额": 1}'), 0, 'did you mean "申请金额"?'),
        (("1 + null",), 0, "line 1, column 3: cannot add number and null"),
        (("1 +\n* 2",), 1, "line 2, column 1"),
        (("1 == 1",), 1, 'equality is one "="'),
        (("1", "--context", "{"), 2, "--context"),
    ],
)
def test_feel_says_what_is_wrong_and_where(
    gongban: Any, arguments: tuple[str, ...], code: int, said: str
) -> None:
    found, _, err = gongban("feel", *arguments)

    assert found == code
    assert said in err


def test_explain_names_the_rules_that_match_and_the_cells_that_fail(
    gongban: Any, table: Path
) -> None:
    code, out, _ = gongban(
        "decide", table, "--decision", "route", "--input", '{"amount": 120}', "--explain"
    )
    (told,) = json.loads(out)["tables"]

    assert code == 0
    assert [rule["id"] for rule in told["matched"]] == ["r2"]
    assert told["not_matched"][0]["failed"] == [{"input": "amount", "value": 120, "cell": "< 100"}]


def test_a_unique_table_where_two_rules_match_names_them(gongban: Any, table: Path) -> None:
    code, out, err = gongban("decide", table, "--decision", "route", "--input", '{"amount": 70}')

    assert (code, out) == (0, "null\n")
    assert "the rules 1, 2 match, but at most one may" in err


def test_a_decision_that_is_not_there_is_refused_with_a_hint(gongban: Any, table: Path) -> None:
    code, _, err = gongban("decide", table, "--decision", "rout")

    assert code == 1
    assert 'did you mean "route"?' in err


@pytest.mark.parametrize(("expected", "code"), [("clerk", 0), ("chair", 1)])
def test_the_kit_ends_with_its_score(gongban: Any, table: Path, expected: str, code: int) -> None:
    (table.parent / "route-test-01.xml").write_text(
        f"""<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
<modelName>route.dmn</modelName><testCase id="1">
<inputNode name="amount"><value xsi:type="xsd:decimal">5</value></inputNode>
<resultNode name="route"><expected><value xsi:type="xsd:string">{expected}</value></expected>
</resultNode></testCase></testCases>""",
        encoding="utf-8",
    )
    found, out, _ = gongban("tck", table.parent, "--failures")

    assert found == code
    assert out.splitlines()[-1] == f"passed {1 - code} of 1"
    assert ("expected chair, got clerk" in out) is bool(code)
    assert gongban("tck", table.parent / "nowhere")[0] == 2
