"""Whoever declares not to be impartial acts in no such case, and what was held finds others."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.audit.records import verify
from engine.commands.claim import claim, release
from engine.commands.recusals import declare, revoke
from engine.errors import Invalid, NotAPossiblePerson, NotFound, SeparationOfDuties
from engine.queries.recusals import recusals_of
from engine.store.tables import event, recusal
from tests.engine.organisation import Step, Union, in_a_row, package

BOARD = "board @ applicant.unit"


def forbidden(union: Union, person: str, element: str) -> None:
    with pytest.raises(SeparationOfDuties, match="rule=recusal"):
        union.act(person, claim, union.task(element).id)
    with pytest.raises(SeparationOfDuties, match="rule=recusal"):
        union.agree(person, element)


def test_a_relative_of_the_applicant_acts_in_none_of_the_cases_new_or_running(union: Union) -> None:
    made = package(in_a_row(Step("check")))
    running = union.begin(made)
    union.act("carl", declare, about="anna", reason="夫妻")
    new = union.begin(made)
    for case in (running, new):
        union.case = case
        forbidden(union, "carl", "check")
        refused = union.events()[-1]
        assert (refused.type, refused.actor, refused.subject["rule"]) == (
            "refused",
            "carl",
            "recusal",
        )
        union.agree("cleo", "check")


def test_in_other_peoples_cases_a_relative_acts_as_before(union: Union) -> None:
    union.act("carl", declare, about="anna")
    union.begin(package(in_a_row(Step("check"))), by="chan")
    union.agree("carl", "check")


def test_a_recusal_in_one_case_holds_in_that_case_alone(union: Union) -> None:
    made = package(in_a_row(Step("check")))
    other, concerned = union.begin(made), union.begin(made)
    union.act("carl", declare, instance_id=concerned, reason="利害关系")
    assert union.events()[-1].type == "recusal.declared"
    forbidden(union, "carl", "check")
    union.case = other
    union.agree("carl", "check")


def test_a_claimed_task_goes_back_to_the_others(union: Union) -> None:
    union.begin(package(in_a_row(Step("check"))))
    union.act("carl", claim, union.task("check").id)
    union.act("carl", declare, about="anna")
    assert union.task("check").claimed_by is None
    assert union.events()[-1].type == "task.recused"
    union.act("cleo", claim, union.task("check").id)
    union.act("cleo", release, union.task("check").id)
    forbidden(union, "carl", "check")


def test_what_somebody_else_has_claimed_stays_theirs(union: Union) -> None:
    union.begin(package(in_a_row(Step("check"))))
    union.act("cleo", claim, union.task("check").id)
    union.act("carl", declare, about="anna")
    assert union.task("check").claimed_by == "cleo"


def test_a_task_that_nobody_else_can_do_falls_to_the_administrators(union: Union) -> None:
    union.begin(package(in_a_row(Step("sign", "head @ applicant.unit"))))
    union.act("chan", declare, about="anna")
    assert union.keys("sign") == ["admin@top"]
    assert union.told("nobody_found") == ["adam"]
    union.agree("adam", "sign")


def test_a_step_that_opens_later_knows_of_the_recusal(union: Union) -> None:
    step = Step("sign", "head @ applicant.unit", facts={"fallback": "head @ root"})
    union.begin(package(in_a_row(Step("check"), step)))
    union.act("chan", declare, about="anna")
    union.agree("carl", "check")
    assert union.keys("sign") == ["president@top"]


def test_the_first_step_of_a_new_case_knows_of_the_recusal(union: Union) -> None:
    union.act("chan", declare, about="anna")
    union.begin(package(in_a_row(Step("sign", "head @ applicant.unit"))))
    assert union.keys("sign") == ["admin@top"]


def test_who_is_recused_is_not_asked_to_sign(union: Union) -> None:
    union.act("bob", declare, about="anna")
    union.begin(package(in_a_row(Step("sign", BOARD, 'rule="all"'))))
    assert list(union.signers("sign")) == ["bea", "bo"]
    opened = union.events()[-1].payload["opened"]  # type: ignore[index]
    assert opened[0]["recused"] == ["bob"]


def test_an_open_signer_is_taken_off_and_the_votes_of_the_others_decide(union: Union) -> None:
    union.begin(package(in_a_row(Step("sign", BOARD, 'rule="all"'), Step("last"))))
    union.agree("bea", "sign")
    union.agree("bo", "sign")
    union.act("bob", declare, about="anna")
    assert union.signers("sign") == {"bea": "voted", "bob": "removed", "bo": "voted"}
    row = union.task("sign")
    assert (row.outcome, row.completed_by, row.tally["entitled"]) == ("agree", "system", 2)
    assert union.open_steps() == ["last"]
    with pytest.raises(NotFound):
        union.agree("bob", "last")


def test_where_votes_are_missing_the_sign_off_goes_on_without_the_one_who_left(
    union: Union,
) -> None:
    union.begin(package(in_a_row(Step("sign", BOARD, 'rule="ratio"'))))
    union.act("bob", declare, about="anna")
    assert union.task("sign").tally["entitled"] == 2
    assert union.open_steps() == ["sign"]
    union.agree("bea", "sign")
    union.agree("bo", "sign")
    assert union.open_steps() == []


def test_in_a_sequence_the_next_one_is_asked(union: Union) -> None:
    signers = 'rule="sequence" signers="heads up(applicant.unit)"'
    union.begin(package(in_a_row(Step("sign", sign_off=signers))))
    union.act("chan", declare, about="anna")
    assert union.signers("sign") == {"chan": "removed", "lin": "open", "pres": "waiting"}
    union.agree("lin", "sign")
    union.agree("pres", "sign")
    assert union.open_steps() == []


def test_a_vote_that_was_cast_stands(union: Union) -> None:
    union.begin(package(in_a_row(Step("sign", BOARD, 'rule="all"'))))
    union.agree("bob", "sign")
    union.act("bob", declare, about="anna")
    assert union.signers("sign")["bob"] == "voted"
    assert union.task("sign").tally["entitled"] == 3


def test_a_sign_off_that_everybody_leaves_falls_to_one_of_the_administrators(union: Union) -> None:
    union.begin(package(in_a_row(Step("sign", BOARD, 'rule="all"'))))
    for person in ("bea", "bob", "bo"):
        union.act(person, declare, about="anna")
    assert union.signers("sign") == {"bea": "removed", "bob": "removed", "bo": "removed"}
    assert union.keys("sign") == ["admin@top"]
    assert union.told("nobody_found") == ["adam"]
    union.agree("adam", "sign")
    assert union.open_steps() == []


def test_a_recusal_is_revoked_by_its_own_person_alone_and_then_holds_no_more(union: Union) -> None:
    made = union.act("carl", declare, about="anna")
    with pytest.raises(NotFound):
        union.act("cleo", revoke, made)
    union.begin(package(in_a_row(Step("check"))))
    union.act("carl", revoke, made)
    with pytest.raises(NotFound):
        union.act("carl", revoke, made)
    union.agree("carl", "check")
    kinds = select(event.c.type).where(event.c.stream == "account:carl").order_by(event.c.seq)
    assert [row.type for row in union.rows(kinds)] == ["recusal.declared", "recusal.revoked"]
    assert verify(union.engine).findings == []


def test_declaring_twice_is_the_same_as_once(union: Union) -> None:
    first = union.act("carl", declare, about="anna")
    assert union.act("carl", declare, about="anna") == first
    assert len(union.rows(select(recusal.c.id))) == 1


def test_what_cannot_be_declared(union: Union) -> None:
    case = union.begin(package(in_a_row(Step("check"))))
    with pytest.raises(Invalid):
        union.act("carl", declare)
    with pytest.raises(Invalid):
        union.act("carl", declare, about="anna", instance_id=case)
    with pytest.raises(NotAPossiblePerson):
        union.act("carl", declare, about="carl")
    with pytest.raises(NotFound):
        union.act("carl", declare, about="nobody")
    with pytest.raises(NotAPossiblePerson):
        union.act("anna", declare, instance_id=case)
    with pytest.raises(NotFound):
        union.act("solo", declare, instance_id=case)


def test_everybody_sees_the_own_declarations_those_that_stand_first(union: Union) -> None:
    old = union.act("carl", declare, about="anna", reason="同学")
    union.act("carl", revoke, old)
    union.act("carl", declare, about="chan", reason="夫妻")
    union.act("cleo", declare, about="anna")
    with union.engine.database.read() as connection:
        mine = recusals_of(connection, "carl")
    assert [(one.about_id, one.reason) for one in mine] == [("chan", "夫妻"), ("anna", "同学")]
    assert [one.revoked_at is None for one in mine] == [True, False]
