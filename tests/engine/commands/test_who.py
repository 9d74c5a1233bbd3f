"""Whom a step is for: heads, level by level, people chosen in a form; and what happens where nobody is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.commands.access import may_act
from engine.commands.claim import claim
from engine.errors import NobodyFound, NotAllowed, SeparationOfDuties
from engine.store.case import lock
from engine.store.unit_of_work import UnitOfWork
from tests.engine.organisation import Step, Union, in_a_row, package

CHOSEN = {
    "type": "persons",
    "key": "approver",
    "properties": {"candidates": "board @ applicant.unit"},
}


# --- who -------------------------------------------------------------------------------------------


def test_the_head_of_the_applicants_unit_is_asked_by_the_role_that_heads_it(union: Union) -> None:
    union.begin(package(in_a_row(Step("sign", "head @ applicant.unit"))))
    assert union.keys("sign") == ["chair@north"]
    union.agree("chan", "sign")


def test_who_heads_the_unit_today_may_act_not_who_did_when_the_task_opened(union: Union) -> None:
    union.begin(package(in_a_row(Step("sign", "head @ applicant.unit"))))
    union.take_role("chan", "chair")
    union.give_role("dee", "chair", "north")
    union.agree("dee", "sign")


@pytest.mark.parametrize(
    ("signers", "asked"),
    [
        ("heads(applicant.unit)", ["chan"]),
        ('heads("applicant.group")', ["lea"]),
        ('heads up("applicant.group", "root")', ["lea", "chan", "lin", "pres"]),
        ('heads up("applicant.group", applicant.unit)', ["lea", "chan"]),
        ("heads up(applicant.unit)", ["chan", "lin", "pres"]),
        ('holders("board", applicant.unit)', ["bea", "bob", "bo"]),
    ],
)
def test_level_by_level_up_the_organisation_nearest_first(
    union: Union, signers: str, asked: list[str]
) -> None:
    sign_off = f"rule=\"sequence\" signers='{signers}'"
    union.begin(package(in_a_row(Step("sign", sign_off=sign_off))))
    assert list(union.signers("sign")) == asked


def test_level_by_level_leaves_out_the_applicant_and_repeats(union: Union) -> None:
    union.give_role("chan", "liaison", "area")
    union.give_role("pres", "liaison", "area")
    sign_off = 'rule="sequence" signers="heads up(applicant.unit)"'
    union.begin(package(in_a_row(Step("sign", sign_off=sign_off))), by="chan")
    assert list(union.signers("sign")) == ["lin", "pres"]


def test_the_one_whom_the_starter_chose_within_the_limits_is_asked(union: Union) -> None:
    made = package(in_a_row(Step("sign", "= approver")), apply=(CHOSEN,))
    union.begin(made, approver=["bob"])
    assert union.keys("sign") == ["person:bob"]
    union.agree("bob", "sign")


def test_the_starter_cannot_choose_beyond_the_limits(union: Union) -> None:
    made = package(in_a_row(Step("sign", "= approver")), apply=(CHOSEN,))
    with pytest.raises(Exception, match="form does not hold"):
        union.begin(made, approver=["carl"])


def test_who_was_chosen_and_has_left_or_lost_the_role_is_not_asked(union: Union) -> None:
    steps = (Step("check"), Step("sign", "= approver"))
    union.begin(package(in_a_row(*steps), apply=(CHOSEN,)), approver=["bea", "bob", "bo"])
    union.directory.left.add("bea")
    union.take_role("bob", "board")
    union.agree("carl", "check")
    assert union.keys("sign") == ["person:bo"]


def test_of_the_signers_chosen_those_who_can_still_sign_do(union: Union) -> None:
    steps = (Step("check"), Step("sign", "= approver", 'rule="all" signers="approver"'))
    union.begin(package(in_a_row(*steps), apply=(CHOSEN,)), approver=["bea", "bob"])
    union.take_role("bea", "board")
    union.agree("carl", "check")
    assert list(union.signers("sign")) == ["bob"]


# --- nobody found ----------------------------------------------------------------------------------


def opened(union: Union, element: str) -> dict[str, object]:
    """What the record says of a step's opening."""
    found = [
        one
        for event in union.events()
        for one in (event.payload or {}).get("opened", ())
        if one["element"] == element
    ]
    return dict(found[-1])


def test_where_nobody_holds_the_role_the_administrators_are_asked_and_told(union: Union) -> None:
    union.begin(package(in_a_row(Step("sign", "deputy @ root"))))
    assert union.keys("sign") == ["deputy@top", "admin@top"]
    assert union.told("nobody_found") == ["adam"]
    assert opened(union, "sign")["fallback"] is True
    assert opened(union, "sign")["fell_to"] == "administrators"
    union.agree("adam", "sign")
    assert union.task("sign").decided_how != "repeated"


def test_a_vacant_role_keeps_its_claim_on_the_task(union: Union) -> None:
    union.begin(package(in_a_row(Step("sign", "deputy @ root"))))
    union.give_role("dee", "deputy", "top")
    union.agree("dee", "sign")


def test_the_fallback_of_the_package_comes_before_the_administrators(union: Union) -> None:
    step = Step("sign", "deputy @ root", facts={"fallback": "head @ root"})
    union.begin(package(in_a_row(step)))
    assert union.keys("sign") == ["deputy@top", "president@top"]
    assert opened(union, "sign")["fell_to"] == "named"
    union.agree("pres", "sign")


def test_a_fallback_where_nobody_is_either_falls_to_the_administrators(union: Union) -> None:
    step = Step("sign", "deputy @ root", facts={"fallback": "leader @ applicant.unit"})
    union.begin(package(in_a_row(step)))
    assert opened(union, "sign")["fell_to"] == "administrators"
    union.agree("adam", "sign")


def test_an_applicant_without_a_group_is_no_dead_end(union: Union) -> None:
    union.begin(package(in_a_row(Step("sign", "head @ applicant.group"))), by="solo")
    assert union.keys("sign") == ["admin@top"]


def test_where_everyone_is_barred_by_a_rule_others_are_asked_and_the_barred_are_not(
    union: Union,
) -> None:
    rule = '[[separation.rule]]\nid = "two"\nwhy = "两人"\ndifferent = ["check", "sign"]\n'
    union.take_role("cleo", "clerk")
    union.begin(package(in_a_row(Step("check"), Step("sign")), rule))
    union.agree("carl", "check")
    assert union.keys("sign") == ["admin@top"]
    with pytest.raises(SeparationOfDuties):
        union.act("carl", claim, union.task("sign").id)
    union.agree("adam", "sign")


def test_the_head_who_applies_does_not_decide_the_own_case(union: Union) -> None:
    step = Step("sign", "head @ applicant.unit", facts={"fallback": "head @ applicant.cluster"})
    union.begin(package(in_a_row(step)), by="chan")
    assert union.keys("sign") == ["liaison@area"]
    union.agree("lin", "sign")


def test_a_form_field_that_names_nobody_falls_back(union: Union) -> None:
    union.begin(package(in_a_row(Step("sign", "= approver")), apply=(CHOSEN,)))
    assert union.keys("sign") == ["admin@top"]


def test_those_of_the_fallback_make_up_the_number_of_signers(union: Union) -> None:
    step = Step(
        "sign",
        "board @ applicant.unit",
        'rule="all" minimum="4"',
        facts={"fallback": "deputy @ applicant.unit"},
    )
    union.begin(package(in_a_row(step)))
    assert list(union.signers("sign")) == ["bea", "bob", "bo", "dee"]
    assert opened(union, "sign")["fell_to"] == "named"
    assert union.told("nobody_found") == ["adam"]


def test_a_sign_off_of_nobody_is_signed_by_the_administrators(union: Union) -> None:
    step = Step("sign", "deputy @ root", 'rule="ratio"')
    union.begin(package(in_a_row(Step("check"), step)))
    union.agree("carl", "check")
    assert list(union.signers("sign")) == ["adam"]
    union.agree("adam", "sign")
    assert union.open_steps() == []


def test_without_any_administrator_a_sign_off_of_nobody_does_not_open(union: Union) -> None:
    union.take_role("adam", "admin")
    step = Step("sign", "deputy @ root", 'rule="all"')
    union.begin(package(in_a_row(Step("check"), step)))
    with pytest.raises(NobodyFound):
        union.agree("carl", "check")
    union.give_role("dee", "deputy", "top")
    union.agree("carl", "check")
    assert list(union.signers("sign")) == ["dee"]


def test_without_any_administrator_a_task_of_nobody_waits_for_whoever_is_given_the_role(
    union: Union,
) -> None:
    union.take_role("adam", "admin")
    union.begin(package(in_a_row(Step("sign", "deputy @ root"))))
    union.give_role("dee", "deputy", "top")
    union.agree("dee", "sign")


# --- groups of different people ----------------------------------------------------------------------


def test_steps_that_must_all_be_different_people_are_one_line(union: Union) -> None:
    rule = '[[separation.rule]]\nid = "all"\nwhy = "各不相同"\ndifferent = ["a", "b", "c"]\n'
    for person in ("carl", "cleo", "dee"):
        union.give_role(person, "board", "north")
    steps = [Step(name, "board @ applicant.unit") for name in "abc"]
    union.begin(package(in_a_row(*steps), rule))
    union.agree("carl", "a")
    with pytest.raises(SeparationOfDuties, match="rule=all"):
        union.agree("carl", "b")
    union.agree("cleo", "b")
    for person in ("carl", "cleo"):
        with pytest.raises(SeparationOfDuties):
            union.agree(person, "c")
    union.agree("dee", "c")
    refused = [one for one in union.events() if one.type == "refused"]
    assert [one.actor for one in refused] == ["carl", "carl", "cleo"]


def test_a_refusal_without_a_rule_is_on_the_record_too(union: Union) -> None:
    union.begin(package(in_a_row(Step("check"), Step("sign", "head @ applicant.unit"))))
    union.agree("carl", "check")
    with pytest.raises(NotAllowed):
        union.agree("carl", "sign")
    assert union.events()[-1].type == "refused"


def test_who_acts_for_another_is_bound_together_with_that_person(union: Union) -> None:
    rule = '[[separation.rule]]\nid = "two"\nwhy = "两人"\ndifferent = ["check", "sign"]\n'
    union.begin(package(in_a_row(Step("check"), Step("sign")), rule))
    union.agree("carl", "check")

    def looked_at(uow: UnitOfWork, *people: str) -> bool:
        return may_act(lock(uow, union.case), "sign", *people)

    assert union.act("cleo", looked_at, "cleo")
    assert not union.act("cleo", looked_at, "cleo", "carl")
    assert not union.act("cleo", looked_at, "carl", "cleo")
    assert not union.act("cleo", looked_at, "cleo", "anna")


# --- what is documented is tested --------------------------------------------------------------------


def test_every_rule_of_the_documentation_names_a_test_that_is_there() -> None:
    root = Path(__file__).resolve().parents[3]
    rows = re.findall(
        r"^\| .* \| (`test_.*) \|$", (root / "docs" / "who.md").read_text(encoding="utf-8"), re.M
    )
    assert len(rows) > 45
    for row in rows:
        named, _, folder = row.partition(" in ")
        for file, test in re.findall(r"`(test_\w+\.py)::(test_\w+)`", named):
            path = root / (folder or "tests/engine/commands") / file
            assert f"def {test}(" in path.read_text(encoding="utf-8"), row
