"""The policies of the package that pays hold, and what is drawn wrongly into it is found."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from engine.catalog.check import check, unexplained
from engine.catalog.definition import compile_definition
from engine.catalog.package import Package
from engine.proving.policies import problems
from tests.engine.proving.policed import broken
from tests.engine.proving.small import (
    decision,
)

PROCESSES = Path(__file__).resolve().parents[3] / "processes"


def flow(source: str, target: str) -> str:
    return f'sourceRef="{source}" targetRef="{target}"'


@pytest.fixture(scope="module")
def shipped() -> Package:
    return Package.from_folder(PROCESSES / "illness_aid")


def changed(made: Package, *changes: tuple[str, str]) -> Package:
    drawn = re.sub(
        r"<bpmn:(incoming|outgoing)>.*?</bpmn:\1>", "", made.files["process.bpmn"].decode()
    )
    for old, new in changes:
        assert drawn.count(old) == 1, old
        drawn = drawn.replace(old, new)
    return Package({**made.files, "process.bpmn": drawn.encode()})


def test_every_way_of_the_package_shipped_holds_its_policies(shipped):
    assert broken(shipped) == []
    assert unexplained(check(shipped)) == []


MUTATIONS = {
    "money that was short is paid without a notice": (
        "policy_bypassed",
        "公示结束",
        [(flow("shortage_gate", "reserve_fund"), flow("shortage_gate", "finance_check"))],
    ),
    "a way leads around the vote": (
        "policy_bypassed",
        "委员会研究表决",
        [(flow("ineligible_gate", "name_investigators"), flow("ineligible_gate", "zh_accept"))],
    ),
    "who is refused is paid all the same": (
        "policy_bypassed",
        "主席办公会表决",
        [('outcomes.zh_vote = "agree"', 'outcomes.zh_vote != "abstain"')],
    ),
    "a second round goes past the signatures of the unit": (
        "policy_bypassed",
        "单位党组织签署",
        [(flow("again_gate", "unit_vote"), flow("again_gate", "zh_accept"))],
    ),
    "the amount is computed anew after it was signed": (
        "policy_unsigned",
        "approved_amount_fen",
        [
            (flow("finance_gate", "pay"), flow("finance_gate", "fix_again")),
            (
                '<bpmn:serviceTask id="pay" name="银行转账">',
                decision("fix_again", "approved_amount_fen").replace('"class"', '"final_amount"')
                + '<bpmn:sequenceFlow id="fix_again__pay" sourceRef="fix_again" targetRef="pay" />'
                + '<bpmn:serviceTask id="pay" name="银行转账">',
            ),
        ],
    ),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_what_is_drawn_wrongly_into_it_is_found_with_the_shortest_way(name, shipped):
    rule, missing, changes = MUTATIONS[name]
    found = [one for one in check(changed(shipped, *changes)) if one.severity == "error"]
    assert [one.rule for one in found if not one.rule.startswith("policy")] == []
    told_of = [one for one in found if one.rule == rule and missing in one.parts["missing"]]
    assert told_of, found
    assert all(one.steps and one.trace[-1] == one.element for one in found)


def test_an_approval_by_the_clock_is_refused(shipped):
    ladder = (
        '<gongban:rung at="add working hours(due, 1)" do="decide" outcome="agree" />'
        "</gongban:ladder>"
    )
    drawn = shipped.files["process.bpmn"].decode()
    at = drawn.index("</gongban:ladder>", drawn.index('<bpmn:userTask id="party_sign"'))
    drawn = drawn[:at] + ladder + drawn[at + len("</gongban:ladder>") :]
    facts = shipped.files["process.toml"].decode().replace('"party_sign", ', "")
    found = check(
        Package({**shipped.files, "process.bpmn": drawn.encode(), "process.toml": facts.encode()})
    )
    (one,) = [one for one in found if one.severity == "error"]
    assert (one.rule, one.element) == ("automatic_approval", "party_sign")
    assert "policy signed-by-the-unit asks for a person" in one.message


def test_a_shorter_notice_in_the_table_is_refused(shipped):
    path = "_shared/publicity_period.dmn"
    table = shipped.files[path].decode().replace("<text>5</text>", "<text>4</text>", 1)
    found = [
        one
        for one in check(Package({**shipped.files, path: table.encode()}))
        if one.severity == "error"
    ]
    assert [(one.rule, one.file, [tuple(cell) for cell in one.cells]) for one in found] == [
        ("policy_too_short", path, [(1, 3)])
    ]


def test_the_policies_of_a_large_package_are_proved_in_no_time(shipped):
    definition = compile_definition(shipped)
    before = time.perf_counter()
    assert list(problems(definition)) == []
    assert time.perf_counter() - before < 1
