"""What is wrong with a package is said in the reader's language, each rule of the check in a sentence of its own."""

from __future__ import annotations

import re

from engine.proving.words import RULES as BEHAVIOUR
from engine.runtime.supported import RULES as DIAGRAM
from tests.architecture.sources import ROOT
from tests.builders import House
from tests.webapp.studio.drafting import Drafter
from webapp.studio.rules import rule_sentence, rule_sentences


def documented() -> set[str]:
    text = (ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ((?:`[a-z_]+`(?:, )?)+) \| (?:error|warning)", text, re.MULTILINE)
    return {rule for row in rows for rule in re.findall(r"`([a-z_]+)`", row)}


def test_every_rule_has_a_sentence_and_every_sentence_a_rule() -> None:
    assert set(DIAGRAM) | set(BEHAVIOUR) <= documented()
    assert documented() == set(rule_sentences())


def test_the_sentence_says_what_it_is_about() -> None:
    told = rule_sentence("duplicate_id", {"count": "3"})
    assert "3" in told
    assert "{" not in rule_sentence("deadlock", {})
    assert rule_sentence("no_such_rule", {}) == ""


def test_a_reader_of_chinese_is_told_in_chinese(small_house: House) -> None:
    for language, text in (("zh", "没有这个角色：nobody"), ("en", "there is no role")):
        admin = Drafter.of(small_house, language=language)
        draft = admin.begin(f"tea_{language}")
        facts = admin.read(draft, "process.toml").json
        admin.save(draft, "process.toml", facts["text"].replace("unit_clerk", "nobody"), 1)
        form = admin.read(draft, "forms/apply.json").json
        admin.save(draft, "forms/apply.json", form["text"].replace('"number"', '"html"', 1), 1)
        found = {one["rule"]: one for one in admin.check(draft)}
        assert text in found["unknown_role"]["said"]
        assert found["unknown_role"]["url"] == f"/studio/drafts/{draft}/facts"
        assert text in admin.page(draft)
    assert re.search(r"[\u4e00-\u9fff]", rule_sentence("x", {"zh": "内容"}))


def test_a_counterexample_is_told_in_the_readers_language(small_house: House) -> None:
    """Whoever is refused goes on to the joint end by a gateway that waits for both."""
    admin = Drafter.of(small_house, language="zh")
    draft = admin.begin("tea_join")
    seen = admin.read(draft, "process.bpmn").json
    text = seen["text"].replace(
        'sourceRef="approve" targetRef="approve_gate" />',
        'sourceRef="approve" targetRef="both" />'
        '<bpmn:parallelGateway id="both"><bpmn:incoming>approve__approve_gate</bpmn:incoming>'
        "<bpmn:incoming>again</bpmn:incoming><bpmn:outgoing>on</bpmn:outgoing></bpmn:parallelGateway>"
        '<bpmn:sequenceFlow id="on" sourceRef="both" targetRef="approve_gate" />'
        '<bpmn:sequenceFlow id="again" sourceRef="approve_gate" targetRef="both">'
        '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">quantity &gt; 99'
        "</bpmn:conditionExpression></bpmn:sequenceFlow>",
    )
    text = text.replace(
        "<bpmn:incoming>approve__approve_gate</bpmn:incoming>",
        "<bpmn:incoming>on</bpmn:incoming><bpmn:outgoing>again</bpmn:outgoing>",
        1,
    )
    admin.save(draft, "process.bpmn", text, seen["version"])
    (dead,) = [one for one in admin.check(draft) if one["rule"] == "deadlock"]
    steps = [step["text"] for step in dead["steps"]]
    assert steps[0].startswith("办件开始；现在到：")
    assert all(step.startswith(("办件开始", "“")) for step in steps), steps
