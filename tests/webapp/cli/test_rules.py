"""Expressions, decisions and the test kit from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.webapp.cli.conftest import one_line

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


@pytest.mark.parametrize("home", ["sqlite"], indirect=True)
class TestWithoutDatabase:
    """Commands that touch no database are tried once."""

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
