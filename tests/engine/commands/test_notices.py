from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from engine.commands.notices import (
    AlreadyObjected,
    InvalidObjection,
    NoticeOver,
    object_to_notice,
)
from engine.commands.withdraw import check_withdrawable
from engine.errors import NotFound, SeparationOfDuties, TooLate
from engine.queries.case import CaseView, read_case
from engine.queries.notices import NoticeDetail, read_notice
from engine.store.tables import event, notice, objection
from tests.engine.abilities.workshop import ZONE, House, Service, User, house

__all__ = ["house"]

PUBLISH = Service(
    "publish",
    "notice.publish",
    {
        "title": '"公示"',
        "scope": '"unit"',
        "items": '{"姓名": applicant.name}',
        "days": "5",
        "phone": '"025-83390000"',
    },
    into="notice",
)
RULE = (
    '[[separation.rule]]\nid = "someone-else"\nwhy = "换人复核"\n'
    'groups = [["accept"], ["review"]]\n'
)


@pytest.fixture
def notice_id(house: House) -> str:
    house.deploy(User("accept"), PUBLISH, User("review", "clerk @ root, reviewer @ root"), separation=RULE)  # fmt: skip
    case = house.start("anna")
    house.complete(case, "accept", "clerk")
    return str(house.document(case)["notice"]["id"])


def object_as(house: House, notice_id: str, who: str, **texts: str) -> str:
    facts = {"real_name": "王小本", "contact": "13900000001", "content": "情况不实"}
    with house.engine.command(house.engine.directory.actor(who)) as uow:
        found = object_to_notice(uow, notice_id, **(facts | texts))
        uow.commit()
        return found


def detail(house: House, notice_id: str, who: str) -> NoticeDetail:
    with house.engine.database.read() as connection:
        return read_notice(connection, house.engine, house.engine.directory.actor(who), notice_id)


def test_a_colleague_objects_and_only_a_reviewer_reads_it(house: House, notice_id: str) -> None:
    object_as(house, notice_id, "ben")
    found = detail(house, notice_id, "reviewer").objections
    assert found is not None
    assert [(one.real_name, one.contact, one.content) for one in found] == [
        ("王小本", "13900000001", "情况不实")
    ]
    for who in ("anna", "ben"):
        assert detail(house, notice_id, who).objections is None


def test_whoever_accepted_the_case_does_not_review_its_objections(
    house: House, notice_id: str
) -> None:
    object_as(house, notice_id, "ben")
    with pytest.raises(NotFound):
        detail(house, notice_id, "clerk")


def test_whoever_objected_neither_reads_nor_reviews_the_objections(house: House) -> None:
    rule = (
        '[[separation.rule]]\nid = "objectors"\nwhy = "回避"\n'
        'groups = [["objectors"], ["review"]]\n'
    )
    house.deploy(
        User("accept"), PUBLISH, User("review", "member @ applicant.unit"), separation=rule
    )
    case = house.start("anna")
    house.complete(case, "accept", "clerk")
    notice = str(house.document(case)["notice"]["id"])
    object_as(house, notice, "ben")
    assert detail(house, notice, "ben").objections is None
    house.engine.clock.advance(timedelta(days=10))
    with pytest.raises(SeparationOfDuties):
        house.complete(case, "review", "ben")


def test_what_was_objected_and_by_whom_is_nowhere_in_the_clear(
    house: House, notice_id: str
) -> None:
    object_as(house, notice_id, "ben", content="与事实不符")
    everything = house.everything()
    assert "与事实不符" not in everything
    assert "13900000001" not in everything
    (entry,) = house.rows(event, type="notice.objected")
    assert entry["actor"] == "withheld"


def test_nobody_objects_twice(house: House, notice_id: str) -> None:
    object_as(house, notice_id, "ben")
    assert not detail(house, notice_id, "ben").notice.may_object
    with pytest.raises(AlreadyObjected):
        object_as(house, notice_id, "ben")
    assert len(house.rows(objection)) == 1


def test_the_applicant_does_not_object_to_the_own_case(house: House, notice_id: str) -> None:
    assert not detail(house, notice_id, "anna").notice.may_object
    with pytest.raises(SeparationOfDuties):
        object_as(house, notice_id, "anna")


def test_people_outside_the_scope_do_not_learn_of_the_notice(house: House, notice_id: str) -> None:
    with pytest.raises(NotFound):
        object_as(house, notice_id, "cora")
    with pytest.raises(NotFound):
        object_as(house, "no-such-notice", "ben")


def test_the_last_day_counts_and_the_day_after_is_too_late(house: House, notice_id: str) -> None:
    house.clock.set(datetime(2026, 3, 9, 23, 59, 59, tzinfo=ZONE))
    object_as(house, notice_id, "ben")
    house.clock.set(datetime(2026, 3, 10, 0, 0, tzinfo=ZONE))
    with pytest.raises(NoticeOver):
        object_as(house, notice_id, "ben")


def test_a_withdrawn_notice_takes_no_objections(house: House, notice_id: str) -> None:
    house.withdraw(house.row(notice)["instance_id"])
    with pytest.raises(NoticeOver):
        object_as(house, notice_id, "ben")


@pytest.mark.parametrize(
    "texts", [{"real_name": " "}, {"contact": ""}, {"content": ""}, {"content": "长" * 2001}]
)
def test_an_objection_needs_a_name_a_contact_and_a_reason(
    house: House, notice_id: str, texts: dict[str, str]
) -> None:
    with pytest.raises(InvalidObjection) as refused:
        object_as(house, notice_id, "ben", **texts)
    assert refused.value.parts["field"] == next(iter(texts))


def test_a_reader_is_told_that_it_is_too_late_to_withdraw_when_the_command_would_say_so(
    house: House,
) -> None:
    house.deploy(User("accept"), PUBLISH, User("review"), until='"publish"')
    case = house.start("anna")
    check_withdrawable(read(house, case))
    house.complete(case, "accept", "clerk")
    # The service task is long done; nothing that is open now says that it was there.
    with pytest.raises(TooLate):
        check_withdrawable(read(house, case))
    with pytest.raises(TooLate):
        house.withdraw(case)


def read(house: House, case: str) -> CaseView:
    with house.engine.database.read() as connection:
        return read_case(connection, house.engine, house.engine.directory.actor("anna"), case)
