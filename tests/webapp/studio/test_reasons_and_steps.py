"""What is wrong with a process is told in Chinese, its counterexamples too."""

from __future__ import annotations

import pytest

from engine.proving.words import ACTS, RULES
from engine.runtime.supported import WHY
from schemas.finding import PlayedStep
from webapp.studio.reasons import reason
from webapp.studio.rules import rule_sentence
from webapp.studio.steps import step_said

PARTS = {"name": "初审", "outcome": "同意", "code": "returned", "at": "复核, 付款"}


def step(act: str, **parts: str) -> PlayedStep:
    return PlayedStep("a", act, (), (), "in English", {**PARTS, **parts})


@pytest.mark.parametrize("act", sorted(ACTS))
def test_every_act_of_a_counterexample_is_told_in_chinese(act: str) -> None:
    assert "in English" not in step_said(step(act))
    assert step_said(step(act)).endswith("复核、付款。")
    assert step_said(step(act, stops="yes")).endswith("；停在：复核、付款。")
    assert "复核" not in step_said(step(act, at=""))


@pytest.mark.parametrize("why", sorted(set(WHY.values())))
def test_every_reason_for_a_refusal_is_told_in_chinese(why: str) -> None:
    assert reason(why) != why
    assert reason(why) in rule_sentence("not_supported", {"kind": "x", "why": why})


def test_every_failure_has_a_chinese_sentence() -> None:
    for rule, (_severity, sentence) in RULES.items():
        assert rule_sentence(rule, PARTS) not in ("", sentence)


def test_what_is_said_of_many_elements_says_of_how_many() -> None:
    assert rule_sentence("no_candidates", {"count": "4"}).endswith("（4 处）")
