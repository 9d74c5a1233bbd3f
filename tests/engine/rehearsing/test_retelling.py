"""A past case told again under its own version goes as it went; under another, the difference is named."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.engine.rehearsing.retold import Retold, replaced, retold

#: Returns, take-backs, straight back, second rounds, timers, failed abilities, people who did nothing.
GOING_THEIR_WAYS = (
    "returned_twice",
    "sent_back_to_the_clerk",
    "supplement_missed",
    "payment_bounced",
    "receipt_not_confirmed",
    "second_round",
    "reminded",
    "objection_reduced",
    "revised",
)


@pytest.mark.parametrize("scenario", GOING_THEIR_WAYS)
def test_a_case_goes_again_as_it_went(scenario: str) -> None:
    with retold("illness_aid", scenario) as case:
        verdict = case.as_it_was()
        assert verdict.kinds == ["same"], verdict


@pytest.fixture(scope="module")
def granted() -> Iterator[Retold]:
    with retold("illness_aid", "granted") as case:
        yield case


def test_a_dearer_table_costs_more_because_who_signed_the_suggestion_signs_the_new_one(
    granted: Retold,
) -> None:
    verdict = granted.under(replaced("aid_amount.dmn", "<text>0.5</text>", "<text>0.6</text>"))
    assert verdict.kinds == ["costs_more"], verdict
    then, now = verdict.facts["amount"]["then"], verdict.facts["amount"]["now"]
    assert now == then * 6 // 5
    assert verdict.cost_fen == now - then
    assert verdict.facts["followed"] == ["proposed_amount_fen"]


def test_who_was_granted_would_have_been_refused() -> None:
    with retold("approve3", "agreed") as case:
        verdict = case.under(
            replaced("process.bpmn", 'outcomes.approve = "agree"', 'outcomes.approve = "refuse"')
        )
    assert "refused" in verdict.kinds, verdict
    assert verdict.facts["ends"] == {"then": "ended_agreed", "now": "ended_refused"}


def test_a_step_that_review_has_not_seen_is_taken_to_agree_and_named(granted: Retold) -> None:
    verdict = granted.under(
        replaced(
            "process.bpmn", "eligibility.eligible = true<", "eligibility.eligible = 1 and false<"
        )
    )
    assert verdict.kinds == ["other_way", "asked_anew"], verdict
    assert verdict.facts["asked_anew"] == ["ineligible_review"]


def test_a_longer_notice_lets_the_case_take_longer(granted: Retold) -> None:
    verdict = granted.under(
        lambda files: files.update(
            {
                "_shared/publicity_period.dmn": files["_shared/publicity_period.dmn"]
                .replace(b"<text>5</text>", b"<text>10</text>")
                .replace(b"<text>7</text>", b"<text>10</text>")
            }
        )
    )
    assert verdict.kinds == ["longer"], verdict
    assert verdict.seconds >= 3 * 86_400


def test_a_field_that_is_newly_asked_for_would_have_been_missing(granted: Retold) -> None:
    def ask_more(files: dict[str, bytes]) -> None:
        form = json.loads(files["forms/apply.json"])
        form["components"].append(
            {
                "type": "textfield",
                "key": "witness",
                "label": "证明人",
                "validate": {"required": True},
            }
        )
        files["forms/apply.json"] = json.dumps(form, ensure_ascii=False).encode()

    verdict = granted.under(ask_more)
    assert verdict.kinds == ["not_taken"], verdict
    assert verdict.facts["not_taken"] == [["apply", "证明人", "required", "{}"]]


def test_a_new_step_asks_somebody_who_was_not_asked(granted: Retold) -> None:
    def add_step(files: dict[str, bytes]) -> None:
        text = files["process.bpmn"].decode()
        old = '<bpmn:sequenceFlow id="apply__assign_number" sourceRef="apply" targetRef="assign_number" />'
        assert text.count(old) == 1
        text = text.replace(
            old,
            '<bpmn:sequenceFlow id="apply__assign_number" sourceRef="greet" targetRef="assign_number" />'
            '<bpmn:sequenceFlow id="apply__greet" sourceRef="apply" targetRef="greet" />'
            '<bpmn:userTask id="greet" name="接待"><bpmn:extensionElements><spiffworkflow:properties>'
            '<spiffworkflow:property name="candidates" value="zh_clerk @ root" />'
            '<spiffworkflow:property name="form" value="greet" />'
            "</spiffworkflow:properties></bpmn:extensionElements>"
            "<bpmn:incoming>apply__greet</bpmn:incoming>"
            "<bpmn:outgoing>apply__assign_number</bpmn:outgoing></bpmn:userTask>",
        )
        text = text.replace(
            "<bpmn:outgoing>apply__assign_number</bpmn:outgoing>",
            "<bpmn:outgoing>apply__greet</bpmn:outgoing>",
            1,
        )
        files["process.bpmn"] = text.encode()
        files["forms/greet.json"] = b'{"type": "default", "schemaVersion": 18, "components": []}'

    verdict = granted.under(add_step)
    assert verdict.kinds == ["other_way", "asked_anew"], verdict
    assert verdict.facts["asked_anew"] == ["greet"]
    assert verdict.facts["more"] == ["greet"]


def test_a_condition_nothing_answers_is_where_the_case_would_stand_still(granted: Retold) -> None:
    verdict = granted.under(
        replaced("process.bpmn", "eligibility.eligible = true<", "nowhere.eligible > 1<")
    )
    assert verdict.kinds[0] == "stopped", verdict
    assert verdict.facts["stopped"]["element"]


def test_a_verdict_repeats_no_value_of_a_form(granted: Retold) -> None:
    verdict = granted.under(replaced("aid_amount.dmn", "<text>0.5</text>", "<text>0.6</text>"))
    said = json.dumps(verdict.facts, ensure_ascii=False)
    applicant = granted.kept.content["applicant"]
    assert str(applicant["name"]) not in said
