"""Every rule of every decision table is hit by a case, and gives what the rule's source says."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.feel import DmnModel, load_dmn, to_python

PROCESSES = Path(__file__).parents[2] / "processes"
TABLES = sorted(PROCESSES.rglob("*.dmn"))


def model(path: str) -> DmnModel:
    """A DMN file of `processes/`."""
    return load_dmn((PROCESSES / path).read_bytes())


def decide(path: str, decision: str, **inputs: Any) -> Any:
    """The decision's value in plain Python; a problem on the way fails the test."""
    result = model(path).decide(decision, inputs)
    assert result.problems == ()
    return to_python(result.value)


def day(text: str) -> dt.date:
    """A date as the case document gives it to FEEL."""
    return dt.date.fromisoformat(text)


# -- eligibility --------------------------------------------------------------------------

ELIGIBILITY = "illness_aid/eligibility.dmn"
FACTS: dict[str, Any] = {
    "membership_active": "yes",
    "dues_paid": "yes",
    "applicant": {"join_date": "2006-07-01"},
    "applied_on": "2026-03-02",
    "housing_count": 1,
    "runs_business": "no",
    "costly_schooling": "no",
    "check_authorised": True,
    "diagnosed_on": day("2025-12-10"),
    "cost_from": day("2026-01-05"),
    "cost_to": day("2026-02-20"),
    "self_paid_fen": 3500000,
    "prior_aid_fen": 0,
    "register_history": {"count": 0, "total_fen": 0, "latest": None, "same_account_others": 0},
}
EXCLUDED: list[tuple[dict[str, Any], str]] = [
    ({"membership_active": "no"}, "不在会员名册"),
    ({"dues_paid": "no"}, "近 6 个月会费未缴齐"),
    ({"applicant": {"join_date": "2025-12-03"}}, "申请时入会未满 3 个月"),
    ({"housing_count": 2}, "家庭有两套以上住房"),
    ({"runs_business": "yes"}, "有商铺或者雇工经营"),
    ({"costly_schooling": "yes"}, "子女就读高收费私立学校或者自费留学"),
    ({"check_authorised": False}, "没有授权核对家庭经济状况"),
    ({"diagnosed_on": day("2024-03-01")}, "确诊超过 24 个月"),
    ({"cost_from": day("2025-12-30")}, "费用期间跨年"),
    ({"self_paid_fen": 0, "prior_aid_fen": -1}, "没有自付费用"),
    ({"prior_aid_fen": 3500000}, "当年已获帮扶不少于自付费用"),
]


def test_nothing_against_it_is_eligible() -> None:
    found = decide(ELIGIBILITY, "eligibility", **FACTS)
    assert found == {"reasons": [], "eligible": True}


@pytest.mark.parametrize(("change", "reason"), EXCLUDED, ids=[reason for _, reason in EXCLUDED])
def test_each_exclusion_alone(change: dict[str, Any], reason: str) -> None:
    found = decide(ELIGIBILITY, "eligibility", **{**FACTS, **change})
    assert found == {"reasons": [reason], "eligible": False}


def test_all_reasons_are_told_at_once() -> None:
    found = decide(ELIGIBILITY, "eligibility", **{**FACTS, "dues_paid": "no", "housing_count": 3})
    assert found["reasons"] == ["近 6 个月会费未缴齐", "家庭有两套以上住房"]


@pytest.mark.parametrize(
    "change",
    [
        {"applicant": {"join_date": "2025-12-02"}},
        {"diagnosed_on": day("2024-03-02")},
        {"housing_count": 0},
        {"prior_aid_fen": 3499999},
        {"register_history": {"total_fen": 3499999}},
    ],
    ids=str,
)
def test_the_last_eligible_value(change: dict[str, Any]) -> None:
    assert decide(ELIGIBILITY, "eligibility", **{**FACTS, **change})["eligible"] is True


def test_earlier_aid_in_the_register_counts() -> None:
    history = {"register_history": {"total_fen": 3500000}}
    assert decide(ELIGIBILITY, "eligibility", **{**FACTS, **history})["eligible"] is False


# -- disease list -------------------------------------------------------------------------

LISTED = [
    "malignant_tumor",
    "renal_failure",
    "aplastic_anemia",
    "acute_infarction",
    "valve_replacement",
    "stroke_sequela",
    "brain_tumor_surgery",
    "organ_transplant",
    "encephalitis_sequela",
    "aortic_surgery",
    "lupus",
    "aids",
]


@pytest.mark.parametrize("code", LISTED)
def test_a_listed_disease(code: str) -> None:
    found = decide("illness_aid/disease_list.dmn", "disease_list", disease_code=code)
    assert found == {"listed": True, "list_id": "S5-12", "reason": "在重大疾病目录内"}


def test_another_disease_keeps_the_list_id() -> None:
    found = decide("illness_aid/disease_list.dmn", "disease_list", disease_code="other")
    assert (found["listed"], found["list_id"]) == (False, "S5-12")


# -- amount -------------------------------------------------------------------------------

AMOUNT = "illness_aid/aid_amount.dmn"


def amount(self_paid: int, *, before: int = 0, prior: int = 0, listed: bool = True) -> Any:
    """What is suggested for a verified self-paid amount, in 分."""
    return decide(
        AMOUNT,
        "aid_amount",
        verified_self_paid_fen=self_paid,
        cost_to=day("2026-02-20"),
        register_history={"total_fen": before},
        prior_aid_fen=prior,
        disease={"listed": listed},
    )


@pytest.mark.parametrize(
    ("yuan", "ladder"),
    [
        (9_999, 0),
        (10_000, 1_500),
        (20_000, 1_500),
        (20_001, 3_000),
        (30_000, 3_000),
        (30_001, 6_000),
        (40_000, 6_000),
        (40_001, 10_000),
        (50_000, 10_000),
        (50_001, 20_000),
        (80_000, 20_000),
        (80_001, 30_000),
        (100_000, 30_000),
        (100_001, 50_000),
    ],
)
def test_half_of_the_ladder(yuan: int, ladder: int) -> None:
    found = amount(yuan * 100)
    assert found["suggested_fen"] == ladder * 100 / 2
    assert found["cap_fen"] == yuan * 100


def test_one_fen_below_ten_thousand_yuan_is_still_below() -> None:
    assert amount(999_999)["suggested_fen"] == 0


def test_the_cap_takes_off_what_was_received() -> None:
    found = amount(3_500_000, before=3_000_000, prior=300_000)
    assert (found["suggested_fen"], found["cap_fen"]) == (200_000, 200_000)


def test_the_cap_is_never_negative() -> None:
    assert amount(1_000_000, before=2_000_000)["cap_fen"] == 0


def test_an_unlisted_disease_gets_no_suggestion_but_a_cap() -> None:
    found = amount(3_500_000, listed=False)
    assert (found["suggested_fen"], found["cap_fen"]) == (0, 3_500_000)


def test_there_is_no_rate_before_2011() -> None:
    assert model(AMOUNT).decide("aid_rate", {"cost_to": day("2010-12-31")}).value is None
    assert decide(AMOUNT, "aid_rate", cost_to=day("2011-01-01")) == 0.5


def test_the_reason_says_which_rule_it_was() -> None:
    assert amount(900_000)["reason"] == "核定自付不满 10,000 元，没有建议额"
    assert amount(3_500_000, listed=False)["reason"] == "病种不在目录内，没有建议额"
    assert amount(3_500_000, prior=3_300_000)["reason"].startswith("按档折算后超过上限")
    assert amount(3_500_000)["reason"] == "按核定自付所在档的 50% 测算"


# -- route, final amount, notice ----------------------------------------------------------


@pytest.mark.parametrize(
    ("fen", "special", "listed", "route"),
    [
        (2_000_000, False, True, "deputy"),
        (2_000_001, False, True, "meeting"),
        (100_000, True, True, "meeting"),
        (100_000, False, False, "meeting"),
    ],
)
def test_who_approves(fen: int, special: bool, listed: bool, route: str) -> None:
    found = decide(
        "illness_aid/approval_route.dmn",
        "approval_route",
        proposed_amount_fen=fen,
        special_case=special,
        disease={"listed": listed},
    )
    assert found["route"] == route


@pytest.mark.parametrize(
    ("reduced", "final"), [(None, 300_000), (200_000, 200_000), (400_000, 300_000)]
)
def test_the_final_amount(reduced: int | None, final: int) -> None:
    found = decide(
        "illness_aid/final_amount.dmn",
        "final_amount",
        proposed_amount_fen=300_000,
        reduced_amount_fen=reduced,
    )
    assert found == final


@pytest.mark.parametrize(
    ("scene", "year", "days"),
    [
        ("illness_aid", 2026, 5),
        ("hardship_aid", 2026, 5),
        ("honor_unit", 2024, 5),
        ("honor_province", 2024, 5),
        ("family_honor_unit", 2024, 3),
    ],
)
def test_how_long_a_notice_stays(scene: str, year: int, days: int) -> None:
    found = decide("_shared/publicity_period.dmn", "publicity_period", scene=scene, year=year)
    assert found == {"days": days, "include_start_day": True}


def test_an_unknown_scene_has_no_period() -> None:
    table = model("_shared/publicity_period.dmn")
    assert table.decide("publicity_period", {"scene": "elsewhere", "year": 2026}).value is None


# -- every rule is hit --------------------------------------------------------------------


def _cases() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The cases above once more, as inputs, to count the rules they hit."""
    for change, _ in EXCLUDED:
        yield ELIGIBILITY, "eligibility", {**FACTS, **change}
    for code in [*LISTED, "other"]:
        yield "illness_aid/disease_list.dmn", "disease_list", {"disease_code": code}
    for yuan in (9_999, 15_000, 25_000, 35_000, 45_000, 60_000, 90_000, 200_000):
        for before, listed, year in (
            (0, True, 2026),
            (yuan * 100 - 1, True, 2026),
            (0, False, 2026),
        ):
            facts = {
                "verified_self_paid_fen": yuan * 100,
                "cost_to": dt.date(year, 2, 20),
                "register_history": {"total_fen": before},
                "prior_aid_fen": 0,
                "disease": {"listed": listed},
            }
            yield AMOUNT, "aid_amount", facts
    yield (
        AMOUNT,
        "aid_amount",
        {
            "verified_self_paid_fen": 3_500_000,
            "cost_to": dt.date(2026, 2, 20),
            "register_history": {"total_fen": 3_400_000},
            "prior_aid_fen": 0,
            "disease": {"listed": True},
        },
    )
    for fen, special, listed in (
        (2_000_000, False, True),
        (2_000_001, False, True),
        (1, True, True),
        (1, False, False),
    ):
        facts = {
            "proposed_amount_fen": fen,
            "special_case": special,
            "disease": {"listed": listed},
        }
        yield "illness_aid/approval_route.dmn", "approval_route", facts
    for reduced in (None, 1):
        facts = {"proposed_amount_fen": 2, "reduced_amount_fen": reduced}
        yield "illness_aid/final_amount.dmn", "final_amount", facts
    for scene in (
        "illness_aid",
        "hardship_aid",
        "honor_unit",
        "honor_province",
        "family_honor_unit",
    ):
        facts = {"scene": scene, "year": 2026}
        yield "_shared/publicity_period.dmn", "publicity_period", facts


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_every_rule_is_hit(path: Path) -> None:
    name = path.relative_to(PROCESSES).as_posix()
    loaded = model(name)
    assert loaded.problems == []
    wanted = {rule.id for use in loaded.tables for rule in use.table.rules}
    hit: set[str] = set()
    for file, decision, inputs in _cases():
        if file == name:
            for explanation in loaded.decide(decision, inputs).explanations:
                hit |= {match.rule_id for match in explanation.matches}
    assert wanted - hit == set()
