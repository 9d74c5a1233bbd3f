"""The own page's recusals, and what the pages say of who would be next."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.store.tables import task
from tests.builders import PASSWORD, House


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_relative_is_declared_on_the_own_page_without_scripts(
    house: House, language: str
) -> None:
    clerk = house.browser("clerk_wang", language)
    relative = {"relative": "陈静", "member_no": "NL-00017", "reason": "姐妹"}
    assert clerk.post("/profile/recusals", relative).status_code == 302
    page = clerk.get("/profile").text
    assert "陈静" in page
    assert "姐妹" in page
    opened = house.open_task(house.start())
    assert clerk.get(f"/tasks/{opened}").status_code == 404
    mine = house.api("clerk_wang").get("/recusals").json["items"][0]["id"]
    assert clerk.post(f"/profile/recusals/{mine}/revoke").status_code == 302
    assert ("已撤销" if language == "zh" else "taken back") in clerk.get("/profile").text


@pytest.mark.parametrize(
    "wrong",
    [
        {"relative": "陈静", "member_no": "NL-00018"},
        {"relative": "孙丽", "member_no": "NL-00017"},
        {"relative": "王海燕", "member_no": "NL-00020"},
        {},
    ],
)
def test_name_and_number_must_be_of_one_other_person(
    small_house: House, wrong: dict[str, str]
) -> None:
    clerk = small_house.browser("clerk_wang")
    answer = clerk.post("/profile/recusals", wrong)
    assert answer.status_code == 422
    assert "is-invalid" in answer.text
    assert small_house.api("clerk_wang").get("/recusals").json["items"] == []


def test_a_colleague_recused_in_the_case_reads_why_they_do_not_decide(small_house: House) -> None:
    case = small_house.start()
    checked = small_house.open_task(case)
    clerk = small_house.browser("clerk_wang", "zh")
    small_house.api("clerk_wang").complete(checked, "agree", {"stock_note": "库存"})
    small_house.api("clerk_wang").post("/recusals", {"instance": case})
    page = clerk.get(f"/tasks/{small_house.open_task(case)}")
    assert "您已声明回避此件" in page.text
    assert "王海燕声明回避此件" in clerk.get(f"/cases/{case}").text


def test_the_pages_say_who_would_be_next(small_house: House) -> None:
    member = small_house.browser("chen_jing", "zh")
    assert "接下来：" in member.get("/start/approve3").text
    assert "王海燕" in member.get("/start/approve3").text
    assert "Next: " in small_house.browser("chen_jing", "en").get("/start/approve3").text
    opened = small_house.open_task(small_house.start())
    clerk = small_house.browser("clerk_wang", "zh")
    assert "接下来：主席审批（韩立新）" in clerk.get(f"/tasks/{opened}").text
    small_house.api("clerk_wang").complete(opened, "agree", {"stock_note": "库存"})
    approve = small_house.open_task(_case_of(small_house, opened))
    page = small_house.browser("chair_han", "zh").get(f"/tasks/{approve}").text
    assert "接下来，“" in page
    assert "办结（" in page


def _case_of(house: House, task_id: str) -> str:
    (row,) = house.rows(select(task.c.instance_id).where(task.c.id == task_id))
    return str(row.instance_id)


def test_a_page_that_cannot_say_what_follows_is_shown_all_the_same(small_house: House) -> None:
    answer = small_house.browser("chen_jing", "zh").get("/start/illness_aid")
    assert answer.status_code == 200
    assert "接下来：" in answer.text


def test_the_own_password_is_changed_on_the_own_page(small_house: House) -> None:
    clerk = small_house.browser("clerk_wang")
    new = "another-long-enough-one"
    wrong = clerk.post("/profile/password", {"current": "not-it", "new": new, "again": new})
    assert wrong.status_code == 422
    right = clerk.post("/profile/password", {"current": PASSWORD, "new": new, "again": new})
    assert right.status_code == 302
