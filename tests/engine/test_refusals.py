"""What commands refuse, on both databases: forged, late, forbidden; and what they leave."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from engine.audit.records import verify
from engine.catalog.package import Package
from engine.commands.claim import claim, release
from engine.commands.complete import complete
from engine.commands.start import start
from engine.commands.withdraw import withdraw
from engine.errors import (
    AlreadyClaimed,
    AlreadyDone,
    InvalidForm,
    NotAllowed,
    NotFound,
    OpinionRequired,
    SeparationOfDuties,
    TooLate,
    UnknownOutcome,
)
from engine.store.case import stream_of
from engine.store.tables import event_payload, instance, signer
from engine.testing import temporary_engine
from tests.engine.borrowing import FORM, MORNING, PROCESSES, VOTERS, House, house, people, sample

__all__ = ["house"]


@pytest.fixture(scope="module")
def quiet_house() -> Iterator[House]:
    """For what never gets as far as changing anything."""
    with temporary_engine(people(), MORNING) as engine:
        yield House(engine)


# --- who may know, and who may act ----------------------------------------------------------------


def test_a_forged_task_id_is_not_found(house):
    house.begin()
    for forged in ("01hzforged", "", "x" * 64, "' OR 1=1 --", "任务"):
        for verb in (claim, release, complete):
            with pytest.raises(NotFound):
                house.act("carl", verb, forged)


def test_a_task_of_another_unit_is_not_known_to_exist(house):
    case = house.begin()
    before = house.events(case)
    for verb in (claim, complete):
        with pytest.raises(NotFound):
            house.act("clerk_bai", verb, house.open_task(case, "check"))
    assert house.events(case) == before


def test_a_case_of_somebody_else_cannot_be_withdrawn(house):
    case = house.begin()
    with pytest.raises(NotFound):
        house.act("zhao_min", withdraw, case)
    with pytest.raises(NotFound):
        house.act("anna", withdraw, "01hzforged")


def test_what_the_package_does_not_allow_its_applicant_cannot_withdraw(house):
    with pytest.raises(TooLate):
        house.act("anna", withdraw, house.begin())


def test_somebody_without_the_role_cannot_start(house):
    definition = house.deploy(Package.from_folder(PROCESSES / "approve3"))
    with pytest.raises(NotAllowed):
        house.act("cleo", start, definition, FORM)
    assert house.all(select(instance.c.id)) == []


def test_a_claimed_task_is_nobody_elses(house):
    opened = house.open_task(house.begin(), "check")
    house.act("carl", claim, opened)
    for verb in (claim, release, complete):
        with pytest.raises(AlreadyClaimed):
            house.act("cleo", verb, opened)
    house.act("carl", release, opened)
    house.act("cleo", claim, opened)


# --- separation of duties -------------------------------------------------------------------------


def test_nobody_acts_on_their_own_case_and_the_attempt_is_on_the_record(house):
    case = house.begin(by="jack")
    opened = house.open_task(case, "check")
    for verb in (claim, complete):
        with pytest.raises(SeparationOfDuties):
            house.act("jack", verb, opened)
    refused = [one for one in house.events(case) if one[0] == "refused"]
    assert [(actor, said["problem"], said["rule"]) for _, actor, said in refused] == [
        ("jack", "separation_of_duties", "own_case")
    ] * 2
    assert verify(house.engine).findings == []


def test_who_checked_does_not_approve_and_the_attempt_is_on_the_record(house):
    case = house.begin()
    house.act("jack", complete, house.open_task(case, "check"), outcome="agree", form={})
    document, version = house.document(case), house.version(case)
    with pytest.raises(SeparationOfDuties):
        house.act("jack", complete, house.open_task(case, "approve"), outcome="agree", form={})
    type_, actor, said = house.events(case)[-1]
    assert (type_, actor) == ("refused", "jack")
    assert (said["rule"], said["element"], said["other"]) == (
        "who-checks-does-not-approve",
        "approve",
        "check",
    )
    why = select(event_payload.c.payload).where(event_payload.c.stream == stream_of(case))
    last = json.loads(house.all(why.order_by(event_payload.c.seq))[-1])
    assert last == {"name": "Jack", "why": "核对人不得审批"}
    # Apart from that the refused command left nothing.
    assert (house.document(case), house.version(case)) == (document, version)
    house.act("chair_han", complete, house.open_task(case, "approve"), outcome="agree", form={})
    assert verify(house.engine).findings == []


def test_who_reviewed_is_not_asked_to_vote(house):
    case = house.begin(sample('rule="all" form="each"'))
    house.act("jack", complete, house.open_task(case, "review"), outcome="agree", form={})
    vote = house.open_task(case, "vote")
    asked = house.all(select(signer.c.person_id).where(signer.c.task_id == vote))
    assert sorted(asked) == sorted(VOTERS)
    with pytest.raises(SeparationOfDuties):
        house.act("jack", complete, vote, outcome="yes", form={})


# --- what is handed in ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"colour": "red"}, "colour", "unknown"),
        ({"applicant": {"id": "boss"}}, "applicant", "unknown"),
        ({"outcomes": {}}, "outcomes", "unknown"),
        ({"item": None}, "item", "required"),
        ({"quantity": "eight"}, "quantity", ""),
        ({"quantity": True}, "quantity", ""),
        ({"value_fen": -1}, "value_fen", ""),
        ({"value_fen": 1.5}, "value_fen", ""),
        ({"needed_on": "2026-02-30"}, "needed_on", ""),
    ],
)
def test_a_start_form_with_an_unknown_missing_or_wrong_field_starts_nothing(
    quiet_house, change, path, code
):
    definition = quiet_house.deploy(Package.from_folder(PROCESSES / "approve3"))
    with pytest.raises(InvalidForm) as refused:
        quiet_house.act("anna", start, definition, {**FORM, **change})
    found = refused.value.parts["errors"]
    assert [one.path for one in found] == [path]
    assert code in found[0].code
    assert quiet_house.all(select(instance.c.id)) == []


@pytest.mark.parametrize("form", [None, {}, [], "item", 7, {"item": {"deep": [1]}}])
def test_a_form_that_is_no_form_starts_nothing(quiet_house, form):
    definition = quiet_house.deploy(Package.from_folder(PROCESSES / "approve3"))
    with pytest.raises(InvalidForm):
        quiet_house.act("anna", start, definition, form)
    assert quiet_house.all(select(instance.c.id)) == []


def test_an_unknown_or_missing_outcome_is_refused(house):
    opened = house.open_task(house.begin(), "check")
    for outcome in ("approve", "", None):
        with pytest.raises(UnknownOutcome):
            house.act("carl", complete, opened, outcome=outcome, form={})


def test_an_outcome_that_needs_an_opinion_is_refused_without_one(house):
    opened = house.open_task(house.begin(), "check")
    for opinion in ("", "   ", "\n\t"):
        with pytest.raises(OpinionRequired):
            house.act("carl", complete, opened, outcome="refuse", opinion=opinion, form={})
    house.act("carl", complete, opened, outcome="refuse", opinion="没有库存", form={})


def test_a_task_that_is_done_is_done(house):
    case = house.begin()
    opened = house.open_task(case, "check")
    house.act("carl", complete, opened, outcome="agree", form={})
    for person in ("carl", "cleo"):
        for verb in (claim, complete):
            with pytest.raises(AlreadyDone):
                house.act(person, verb, opened)
    assert [one[0] for one in house.events(case)].count("task.completed") == 1
