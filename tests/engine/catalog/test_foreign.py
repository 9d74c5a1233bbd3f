"""Models of others are taken in whole, and what they lack is said in words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from lxml import etree

from engine.catalog.bpmn import UnreadableDiagram, read_diagram
from engine.catalog.foreign import MOST_NAMED, adopt
from engine.catalog.xml import BPMN
from schemas.finding import FindingSchema

CORPUS = Path(__file__).parents[4] / "shared" / "corpora" / "bpmn-miwg"
MODELS = [
    *("A.1.0", "A.2.0", "A.2.1", "A.3.0", "A.4.0", "A.4.1", "B.1.0", "B.2.0", "C.1.0", "C.1.1"),
    *("C.2.0", "C.3.0", "C.4.0", "C.5.0", "C.6.0", "C.7.0", "C.8.0", "C.8.1", "C.9.0", "C.9.1"),
    "C.9.2",
]
EXECUTABLE = re.compile(rb'\s+isExecutable\s*=\s*"(true|false)"')


def model(name: str) -> bytes:
    path = CORPUS / f"{name}.bpmn"
    if not path.is_file():
        pytest.skip("the reference models are not beside the project")
    return path.read_bytes()


@pytest.mark.parametrize("name", MODELS)
def test_a_reference_model_is_taken_in_and_what_it_lacks_is_said_once(name: str) -> None:
    adopted = adopt(model(name), "taken")
    assert adopted.package.manifest.id == "taken"
    assert adopted.package.manifest.title
    assert {one.rule for one in adopted.findings}, "none of them runs here as it is"
    assert not {"no_process", "several_processes", "unreadable"} & {
        one.rule for one in adopted.findings
    }
    said = [(one.rule, one.message.partition(" (")[0]) for one in adopted.findings]
    assert len(said) == len(set(said))
    for one in adopted.findings:
        assert "{" not in one.message
        assert FindingSchema().load(FindingSchema().dump(one)) == one
    # Every element that is refused can be found from the sentence about its kind.
    diagram = read_diagram(adopted.package.files["process.bpmn"])
    refused = {one.element for one in diagram.findings if one.rule == "not_supported"}
    named = {name for one in adopted.findings for name in (one.element, *one.trace)}
    assert refused <= named


@pytest.mark.parametrize("name", MODELS)
def test_nothing_of_a_reference_model_is_lost(name: str) -> None:
    source = model(name)
    kept = adopt(source, "taken").package.files["process.bpmn"]
    assert EXECUTABLE.sub(b"", kept) == EXECUTABLE.sub(b"", source)
    processes = etree.fromstring(kept).iterchildren(f"{{{BPMN}}}process")
    assert [one.get("isExecutable") for one in processes].count("true") == 1


def file(inside: str, before: str = "") -> bytes:
    return f'{before}<definitions xmlns="{BPMN}">\n{inside}\n</definitions>'.encode()


DRAWN = '<startEvent id="s"/><endEvent id="e"/><sequenceFlow id="f" sourceRef="s" targetRef="e"/>'


def rules(xml: bytes) -> list[tuple[str, str]]:
    return [(one.rule, one.message) for one in adopt(xml, "taken").findings]


def test_of_several_processes_the_executable_one_is_taken_and_it_says_so() -> None:
    xml = file(f'<process id="one">{DRAWN}</process><process id="two" isExecutable="true" name="二">'
               f'{DRAWN.replace("s", "x")}</process>')  # fmt: skip
    found = adopt(xml, "taken")
    assert found.package.manifest.title == "二"
    # Without a word a process is executable here, so the others are told that they are not.
    kept = found.package.files["process.bpmn"]
    assert kept.replace(b' id="one" isExecutable="false"', b' id="one"') == xml
    (chosen, *_) = found.findings
    assert (
        chosen.message
        == "of several processes 二 was taken; these stay in the file as a picture: one"
    )


def test_several_executable_processes_leave_only_the_first_executable() -> None:
    xml = file("".join(f"<process id='p{n}' isExecutable='1'>{DRAWN}</process>" for n in (1, 2)))
    kept = adopt(xml, "taken").package.files["process.bpmn"]
    assert b"id='p1' isExecutable='1'" in kept
    assert b"id='p2' isExecutable=\"false\"" in kept


def test_a_process_that_nobody_calls_executable_is_made_so() -> None:
    xml = file(f'<!-- <process id="no"> --><process id="p" name="请假">{DRAWN}</process>')
    found = adopt(xml, "taken")
    assert b'<!-- <process id="no"> --><process id="p" name=' in found.package.files["process.bpmn"]
    assert ("made_executable", "no process says that it can be run; 请假 was made executable") in [
        (one.rule, one.message) for one in found.findings
    ]


def test_an_empty_pool_is_passed_over() -> None:
    xml = file(f'<process id="empty"/><process id="p">{DRAWN}</process>')
    assert read_diagram(adopt(xml, "taken").package.files["process.bpmn"]).process_id == "p"


def test_a_file_without_any_process_says_so() -> None:
    assert [rule for rule, _ in rules(file('<message id="m" name="m"/>'))] == ["no_process"]


def test_a_file_in_utf_16_stays_in_utf_16() -> None:
    text = file(f'<process id="p">{DRAWN}</process>').decode()
    xml = f'<?xml version="1.0" encoding="UTF-16"?>{text}'.encode("utf-16")
    kept = adopt(xml, "taken").package.files["process.bpmn"]
    assert 'id="p" isExecutable="true"' in kept.decode("utf-16")


@pytest.mark.parametrize("xml", [b"", b"PK\x03\x04", b"<html/>", b"<definitions", b"\xff\xfe<\x00"])
def test_what_is_no_bpmn_is_refused_in_words(xml: bytes) -> None:
    with pytest.raises(UnreadableDiagram):
        adopt(xml, "taken")


def test_of_many_elements_some_are_named_and_all_are_told() -> None:
    tasks = "".join(f'<scriptTask id="t{n}" name="步骤{n}"/>' for n in range(MOST_NAMED + 3))
    (found,) = [
        one
        for one in adopt(file(f'<process id="p">{DRAWN}{tasks}</process>'), "taken").findings
        if one.rule == "not_supported"
    ]
    assert "(9 times: 步骤0, " in found.message
    assert found.message.endswith(", …)")
    assert len(found.trace) == MOST_NAMED + 3


def test_conditions_may_begin_with_an_equals_sign_as_editors_of_feel_write_them() -> None:
    flow = ('<sequenceFlow id="f" sourceRef="s" targetRef="e">'
            "<conditionExpression>= amount > 5</conditionExpression></sequenceFlow>")  # fmt: skip
    diagram = read_diagram(file(f'<process id="p" isExecutable="true">{flow}</process>'))
    assert diagram.flows["f"].condition == "amount > 5"
