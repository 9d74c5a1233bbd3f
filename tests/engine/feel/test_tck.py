"""The OMG's test kit, where it is at hand: the score may rise, never fall."""

from pathlib import Path

import pytest

from engine.feel import tck

KIT = Path(__file__).parents[4] / "shared" / "corpora" / "dmn-tck"

# (folder, results that pass, results in all)
SCORES = [("compliance-level-2", 126, 126), ("compliance-level-3", 1386, 1396)]


@pytest.mark.parametrize(("level", "passed", "total"), SCORES)
def test_the_kit_passes_as_well_as_it_ever_did(level: str, passed: int, total: int) -> None:
    folder = KIT / level
    if not folder.is_dir():
        pytest.skip("the DMN test kit is not beside the project")

    report = tck.run(folder)

    assert len(report.outcomes) == total
    assert len(report.passed) >= passed, "\n".join(f"{o.case}: {o.reason}" for o in report.failed)
    assert all(outcome.unsupported for outcome in report.failed if "java" in outcome.case)


MODEL = """<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="n">
<decision id="d" name="d"><variable name="d"/>
<literalExpression><text>[1, {a: 2}]</text></literalExpression></decision></definitions>"""

CASES = """<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema">
<modelName>m.dmn</modelName>
<testCase id="1"><resultNode name="d" type="decision"><expected><list>
<item><value xsi:type="xsd:decimal">1</value></item>
<item><component name="a"><value xsi:type="xsd:decimal">{second}</value></component></item>
</list></expected></resultNode></testCase></testCases>"""


@pytest.mark.parametrize(("second", "passes"), [("2", True), ("3", False)])
def test_a_case_passes_only_if_every_part_of_its_value_agrees(
    tmp_path: Path, second: str, passes: bool
) -> None:
    (tmp_path / "m.dmn").write_text(MODEL, encoding="utf-8")
    cases = CASES.replace("{second}", second)
    (tmp_path / "m-test-01.xml").write_text(cases, encoding="utf-8")

    report = tck.run(tmp_path)

    assert [outcome.passed for outcome in report.outcomes] == [passes]
    assert report.summary == f"passed {int(passes)} of 1"
    if not passes:
        assert "expected [1, {a: 3}], got [1, {a: 2}]" in report.failed[0].reason


def test_a_model_that_does_not_load_fails_its_cases_and_says_why(tmp_path: Path) -> None:
    (tmp_path / "m.dmn").write_text("<definitions/>", encoding="utf-8")
    (tmp_path / "m-test-01.xml").write_text(CASES, encoding="utf-8")

    (outcome,) = tck.run(tmp_path).failed

    assert "does not load" in outcome.reason
