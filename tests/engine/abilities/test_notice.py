from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from engine.abilities.notice_dates import recompute_notices
from engine.actors import SYSTEM
from engine.commands.notices import object_to_notice
from engine.jobs.timers import recompute_provisional
from engine.queries.notices import (
    NoticeDetail,
    count_open,
    notices_of,
    read_notice,
    visible_notices,
)
from engine.store.tables import event, job, notice, objection, working_day
from tests.engine.abilities.workshop import ACCOUNT, ID_CARD, ZONE, House, Service, Until, User

ITEMS = '{"姓名": applicant.name, "单位": applicant.unit_name, "类别": category}'
ARGUMENTS = {
    "title": '"帮扶公示"',
    "scope": '"unit"',
    "items": ITEMS,
    "days": "5",
    "include_start_day": "false",
    "phone": '"025-83390000"',
}
CLOSE = Service("close", "notice.close", into="result")


def publish(**changed: str) -> Service:
    return Service("publish", "notice.publish", ARGUMENTS | changed, into="notice")


def start(house: House, *nodes: Any, who: str = "anna", **form: Any) -> str:
    house.deploy(*(nodes or (publish(), User("wait"))))
    return house.start(who, **({"category": "重大疾病"} | form))


def object_as(house: House, notice_id: str, who: str = "ben") -> str:
    with house.engine.command(house.engine.directory.actor(who)) as uow:
        found = object_to_notice(
            uow, notice_id, real_name="王小本", contact="13900000001", content="情况不实"
        )
        uow.commit()
        return found


def seen_by(house: House, who: str) -> list[str]:
    with house.engine.database.read() as connection:
        actor = house.engine.directory.actor(who)
        return [
            one.title for one in visible_notices(connection, house.engine, actor, limit=10).items
        ]


def detail(house: House, notice_id: str, who: str) -> NoticeDetail:
    with house.engine.database.read() as connection:
        return read_notice(connection, house.engine, house.engine.directory.actor(who), notice_id)


def test_a_notice_runs_for_the_working_days_after_today(house: House) -> None:
    case = start(house)
    published = house.document(case)["notice"]
    row = house.row(notice)
    assert published == {
        "id": row["id"],
        "starts": "2026-03-02",
        "ends": "2026-03-09",
        "provisional": False,
    }
    assert (row["state"], row["place"]) == ("open", "north")


@pytest.mark.parametrize(
    ("day", "ends"), [(date(2024, 3, 12), date(2024, 3, 18)), (date(2024, 1, 31), date(2024, 2, 5))]
)
def test_both_real_notices_end_on_the_day_their_paper_says(
    house: House, day: date, ends: date
) -> None:
    house.clock.set(datetime(day.year, day.month, day.day, 8, tzinfo=ZONE))
    start(house, publish(include_start_day="true"), User("wait"))
    assert house.row(notice)["ends_on"] == ends


def test_names_are_masked_unless_the_package_asks_for_another_way(house: House) -> None:
    start(house)
    assert house.row(notice)["items"]["姓名"] == "陈*娜"


@pytest.mark.parametrize(("names", "shown"), [("surname", "陈**"), ("full", "陈安娜")])
def test_a_package_chooses_how_names_are_shown(house: House, names: str, shown: str) -> None:
    start(house, publish(names=f'"{names}"'), User("wait"))
    assert house.row(notice)["items"]["姓名"] == shown


@pytest.mark.parametrize(
    "items",
    [
        '{"身份证": "x"}',
        '{"姓名": applicant.name, "病种": category}',
        '{"类别": id_card_no}',
        '{"类别": bank_account}',
        '{"类别": "1390000 0001"}',
        '{"类别": "１３９００００００００１"}',
        '{"类别": "6222-0202-0011-2233"}',
        '{"类别": "患 " + illness + " 一年"}',
        '{"类别": {"a": 1}}',
        '{"类别": [1, 2]}',
        '{"类别": true}',
        '{"类别": null}',
        '{"类别": ""}',
        '{"类别": "一\\n二"}',
        "{}",
        "[]",
        '"类别"',
    ],
)
def test_hostile_items_are_refused_and_nothing_of_them_is_kept(house: House, items: str) -> None:
    start(
        house,
        publish(items=items),
        User("wait"),
        id_card_no=ID_CARD,
        bank_account=ACCOUNT,
        illness="恶性肿瘤",
    )
    (problem,) = house.problems()
    assert "argument=items" in problem
    assert house.rows(notice) == []
    assert all(secret not in house.everything() for secret in (ID_CARD, ACCOUNT, "恶性肿瘤"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("days", "0"),
        ("days", "2.5"),
        ("days", "9999"),
        ("scope", '"mars"'),
        ("phone", "null"),
        ("title", "illness"),
    ],
)
def test_other_arguments_that_do_not_hold_are_named(house: House, name: str, value: str) -> None:
    start(house, publish(**{name: value}), User("wait"), illness="恶性肿瘤")
    assert f"argument={name}" in house.problems()[0]


def test_an_amount_in_yuan_may_be_published(house: House) -> None:
    start(house, publish(items='{"金额": "1,234,567.00 元"}'), User("wait"))
    assert house.row(notice)["items"] == {"金额": "1,234,567.00 元"}


def test_a_notice_is_shown_in_its_unit_and_nowhere_else(house: House) -> None:
    case = start(house)
    assert seen_by(house, "ben") == ["帮扶公示"]
    assert seen_by(house, "cora") == []
    with house.engine.database.read() as connection:
        assert count_open(connection, house.engine, house.engine.directory.actor("ben")) == 1
    with pytest.raises(Exception, match="no such thing"):
        detail(house, house.document(case)["notice"]["id"], "cora")


def test_a_notice_of_the_root_is_shown_to_everybody(house: House) -> None:
    start(house, publish(scope='"root"'), User("wait"))
    assert seen_by(house, "cora") == ["帮扶公示"]


def test_a_case_shows_its_notices_and_who_is_outside_cannot_object_there(house: House) -> None:
    case = start(house)
    with house.engine.database.read() as connection:
        for who, may in (("ben", True), ("cora", False), ("anna", False)):
            actor = house.engine.directory.actor(who)
            (one,) = notices_of(connection, house.engine, actor, case)
            assert one.may_object is may


def test_notices_come_in_pages(house: House) -> None:
    start(house)
    house.start("ben", category="二")
    with house.engine.database.read() as connection:
        actor = house.engine.directory.actor("ben")
        first = visible_notices(connection, house.engine, actor, limit=1)
        second = visible_notices(connection, house.engine, actor, limit=1, after=first.next)
    assert first.items[0].items["类别"] == "二"
    assert not first.items[0].may_object
    assert second.items[0].may_object
    assert second.next is None


def test_without_objections_the_notice_closes_with_none(house: House) -> None:
    case = start(house, publish(), Until("end", "notice.ends"), CLOSE, User("wait"))
    house.clock.set(datetime(2026, 3, 9, 23, 59, tzinfo=ZONE))
    house.run()
    assert house.row(notice)["state"] == "open"
    house.clock.set(datetime(2026, 3, 10, 0, 0, tzinfo=ZONE))
    house.run()
    assert house.document(case)["result"] == {"objections": 0, "upheld": 0, "result": "无异议"}
    assert house.row(notice)["state"] == "closed"


def test_a_notice_cannot_be_closed_before_its_last_day_is_over(house: House) -> None:
    start(house, publish(), CLOSE, User("wait"))
    assert "last day" in house.problems()[0]
    assert house.row(notice)["state"] == "open"


@pytest.mark.parametrize(
    ("upheld", "result"), [(True, "异议成立"), (False, "异议不成立")], ids=["upheld", "dismissed"]
)
def test_an_objection_is_reviewed_and_settled_as_the_reviewer_found(
    house: House, upheld: bool, result: str
) -> None:
    again = Service("again", "notice.close", into="result")
    case = start(
        house, publish(), Until("end", "notice.ends"), CLOSE, User("review"), again, User("wait")
    )
    notice_id = house.document(case)["notice"]["id"]
    object_as(house, notice_id)
    house.clock.advance(timedelta(days=10))
    house.run()
    assert house.document(case)["result"] == {"objections": 1, "upheld": 0, "result": "复核中"}
    house.write(case, objection_upheld=upheld)
    house.complete(case, "review", "clerk")
    assert house.document(case)["result"] == {
        "objections": 1,
        "upheld": int(upheld),
        "result": result,
    }
    assert house.row(notice)["result"] == result
    assert house.row(objection)["state"] == ("upheld" if upheld else "dismissed")


def test_a_finding_left_by_an_earlier_notice_settles_nothing(house: House) -> None:
    case = start(house, publish(), Until("end", "notice.ends"), CLOSE, User("review"))
    house.write(case, objection_upheld=True)
    object_as(house, house.document(case)["notice"]["id"])
    house.clock.advance(timedelta(days=10))
    house.run()
    assert house.document(case)["result"]["result"] == "复核中"


def test_a_second_notice_counts_its_own_objections_only(house: House) -> None:
    second = Service("second", "notice.publish", ARGUMENTS, into="notice")
    nodes = (
        publish(),
        Until("end", "notice.ends"),
        CLOSE,
        User("review"),
        Service("settle", "notice.close", into="result"),
        second,
        Until("end2", "notice.ends"),
        Service("close2", "notice.close", into="result"),
        User("wait"),
    )
    case = start(house, *nodes)
    object_as(house, house.document(case)["notice"]["id"])
    house.clock.advance(timedelta(days=10))
    house.run()
    house.write(case, objection_upheld=True)
    house.complete(case, "review", "clerk")
    house.clock.advance(timedelta(days=10))
    house.run()
    assert house.document(case)["result"] == {"objections": 0, "upheld": 0, "result": "无异议"}
    assert [row["result"] for row in house.rows(notice)] == ["异议成立", "无异议"]


def test_withdrawing_the_case_withdraws_the_notice_and_its_page_says_so(house: House) -> None:
    case = start(house)
    notice_id = house.document(case)["notice"]["id"]
    house.withdraw(case)
    assert house.effects(case) == {"notice.publish": "reversed reversed"}
    assert detail(house, notice_id, "ben").notice.state == "withdrawn"


def publish_calendar(house: House, **days: bool) -> None:
    with house.engine.command(SYSTEM) as uow:
        for day, working in days.items():
            value = date.fromisoformat(day.removeprefix("d").replace("_", "-"))
            uow.execute(insert(working_day).values(day=value, working=working, note=""))
        uow.commit()
    house.engine.forget_working_days()


def test_a_provisional_end_follows_the_calendar_once_it_is_published(house: House) -> None:
    house.clock.set(datetime(2040, 12, 27, 9, tzinfo=ZONE))
    case = start(house, publish(), Until("end", "notice.ends"), CLOSE, User("wait"))
    before = house.document(case)["notice"]
    assert (before["ends"], before["provisional"]) == ("2041-01-04", True)
    timer = house.row(job, kind="timer")["due_at"]
    december = {f"d2040_12_{day}": True for day in (28, 29, 30, 31)}
    january = {"d2041_01_01": False, "d2041_01_02": False, "d2041_01_03": False}
    publish_calendar(
        house, **december, **january, d2041_01_04=False, d2041_01_05=False, d2041_01_06=False,
        d2041_01_07=True,
    )  # fmt: skip
    with house.engine.command(SYSTEM) as uow:
        assert recompute_notices(uow, house.engine.working_days) == 1
        assert recompute_provisional(uow, house.engine.working_days) == 0
        uow.commit()
    row = house.row(notice)
    after = house.document(case)["notice"]
    assert after["ends"] == row["ends_on"].isoformat() > before["ends"]
    assert after["provisional"] is row["provisional"] is False
    assert house.row(job, kind="timer", state="due")["due_at"] - timer == timedelta(
        days=(row["ends_on"] - date(2041, 1, 4)).days
    )
    assert "notice.moved" in [row["type"] for row in house.rows(event)]


def test_computing_again_without_news_changes_nothing(house: House) -> None:
    house.clock.set(datetime(2040, 12, 27, 9, tzinfo=ZONE))
    start(house, publish(), Until("end", "notice.ends"), CLOSE, User("wait"))
    with house.engine.command(SYSTEM) as uow:
        assert recompute_notices(uow, house.engine.working_days) == 0
        uow.commit()
    assert "notice.moved" not in [row["type"] for row in house.rows(event)]
