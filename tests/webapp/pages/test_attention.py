"""Copies, remarks, urging and batches by plain forms: everything here works without JavaScript."""

from __future__ import annotations

import html
import re
from io import BytesIO

from sqlalchemy import func, select

from engine.store.tables import comment, copy, document_file, event, task
from engine.testing.files import small_pdf
from tests.builders import House
from tests.webapp.test_secrets_at_rest import start_illness_case


def key_of(page: str) -> str:
    found = re.search(r'name="idempotency_key" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def with_a_form(house: House) -> str:
    """A task whose form has required fields."""
    case = start_illness_case(house)
    house.run_jobs()
    return house.open_task(case)


def states(house: House) -> dict[str, str]:
    return {row.id: row.state for row in house.rows(select(task.c.id, task.c.state))}


def test_a_remark_with_a_file_is_shown_to_both_sides(house: House) -> None:
    case = house.start()
    member = house.browser("chen_jing", "zh")
    form = {
        "text": "请 @王海燕 看看\n<b>第二行</b>",
        "file": (BytesIO(small_pdf("x")), "出院小结.pdf"),
        "idempotency_key": "k",
    }
    sent = member.post(f"/cases/{case}/comment", form)
    assert sent.status_code == 302, sent.text
    page = house.browser("clerk_wang", "zh").get(f"/tasks/{house.open_task(case)}").text
    assert "请 @王海燕 看看\n&lt;b&gt;第二行&lt;/b&gt;" in page
    assert "已提醒：王海燕" in page
    row = house.rows(select(document_file.c.digest, document_file.c.instance_id))[0]
    assert row.instance_id == case
    assert row.digest in page
    assert "陈静留言" in page


def test_two_clicks_make_one_remark(house: House) -> None:
    case = house.start()
    page = house.browser("chen_jing").get(f"/cases/{case}").text
    form = {"text": "收到", "idempotency_key": key_of(page)}
    answers = [house.browser("chen_jing").post(f"/cases/{case}/comment", form) for _two in range(2)]
    assert [one.status_code for one in answers] == [302, 302]
    assert house.rows(select(func.count()).select_from(comment))[0][0] == 1


def test_naming_an_outsider_asks_for_a_copy_and_keeps_what_was_written(house: House) -> None:
    case = house.start()
    member = house.browser("chen_jing", "zh")
    refused = member.post(f"/cases/{case}/comment", {"text": "@田野 请看"})
    assert refused.status_code == 422
    assert "@田野 请看" in refused.text
    assert "请同时抄送给他" in refused.text
    sent = member.post(f"/cases/{case}/comment", {"text": "@田野 请看", "copy": "yes"})
    assert sent.status_code == 302
    assert "请看" in house.browser("tian_ye", "zh").get(f"/cases/{case}").text
    empty = member.post(f"/cases/{case}/comment", {"text": "  "})
    assert empty.status_code == 422


def test_a_name_that_nobody_has_is_said_and_tells_nobody(house: House) -> None:
    case = house.start()
    member = house.browser("chen_jing", "zh")
    member.post(f"/cases/{case}/comment", {"text": "@没有这人 你好"})
    assert "无法确定“没有这人”是谁" in member.get(f"/cases/{case}").text
    assert house.rows(select(comment.c.mentions))[0].mentions == []


def test_copies_are_sent_by_name_and_the_page_says_who_has_read(house: House) -> None:
    case = house.start()
    member, reader = house.browser("chen_jing", "zh"), house.browser("tian_ye", "zh")
    sent = member.post(f"/cases/{case}/copy", {"names": "田野、WL-00011", "note": "供参考"})
    assert sent.status_code == 302, sent.text
    people = sorted(row.person_id for row in house.rows(select(copy.c.person_id)))
    assert people == ["clerk_bai", "tian_ye"]
    box = reader.get("/inbox?box=cc").text
    assert f"/cases/{case}" in box
    assert ">新</span>" in box
    reader.get(f"/cases/{case}")
    assert ">新</span>" not in reader.get("/inbox?box=cc").text
    page = member.get(f"/cases/{case}").text
    assert page.split("</header>")[-1].count("未读") == 1
    assert page.count("已读") == 1
    unclear = member.post(f"/cases/{case}/copy", {"names": "某某某 田野"})
    assert unclear.status_code == 422
    assert 'value="某某某 田野"' in unclear.text


def test_urging_is_one_form_and_says_when_it_may_come_again(house: House) -> None:
    case = house.start()
    task_id = house.open_task(case)
    member = house.browser("chen_jing", "zh")
    assert f"/tasks/{task_id}/urge" in member.get(f"/cases/{case}").text
    member.post(f"/tasks/{task_id}/urge", {"note": "急用", "idempotency_key": "a"})
    member.post(f"/tasks/{task_id}/urge", {"note": "急用", "idempotency_key": "b"})
    assert "之后可以再次催办" in member.get(f"/cases/{case}").text
    clerk = house.browser("clerk_wang", "zh")
    assert f"/tasks/{task_id}/urge" not in clerk.get(f"/tasks/{task_id}").text
    assert "催办 1 次" in clerk.get(f"/tasks/{task_id}").text
    assert "催办 1 次" in clerk.get("/inbox?box=pool").text


# --- several at once ------------------------------------------------------------------------------


def test_a_batch_shows_what_will_happen_before_anything_does(house: House) -> None:
    plain = house.open_task(house.start())
    form = with_a_form(house)
    foreign = house.open_task(house.start(by="tian_ye"))
    clerk = house.browser("clerk_wang", "zh")
    events = house.rows(select(func.count()).select_from(event))[0][0]
    ticked = {"action": "agree", "box": "pool", "item": [plain, form, foreign, "x" * 26]}
    page = clerk.post("/inbox/batch", ticked)
    assert page.status_code == 200
    text = html.unescape(page.text)
    assert "4 件中的 1 件" in text
    assert "下一步：主席审批（韩立新）" in text
    assert "需要先填写表单：" in text
    # Of what is none of her business not even the title is told.
    assert "田野" not in re.sub(r"<select.*?</select>", "", text, flags=re.S)
    assert set(states(house).values()) == {"open"}
    assert house.rows(select(func.count()).select_from(event))[0][0] == events


def test_a_batch_does_what_it_showed_once_and_says_what_became_of_each(house: House) -> None:
    one, two = (house.open_task(house.start()) for _two in range(2))
    form = with_a_form(house)
    clerk = house.browser("clerk_wang", "zh")
    ticked = {"action": "agree", "box": "pool", "item": [one, two, form]}
    key = key_of(clerk.post("/inbox/batch", ticked).text)
    # Sent by hand: a line that the page did not offer.
    sent = {**ticked, "opinion": "库存充足", "idempotency_key": key}
    first = clerk.post("/inbox/batch/done", sent)
    assert "办成 2 件，未办 1 件" in first.text
    found = states(house)
    assert (found[one], found[two], found[form]) == ("completed", "completed", "open")
    events = house.rows(select(func.count()).select_from(event))[0][0]
    second = clerk.post("/inbox/batch/done", sent)
    assert "办成 2 件，未办 1 件" in second.text
    assert house.rows(select(func.count()).select_from(event))[0][0] == events
    opinions = house.rows(select(task.c.opinion).where(task.c.id.in_([one, two])))
    assert [row.opinion for row in opinions] == ["库存充足"] * 2


def test_taking_on_several_puts_them_into_ones_own_list(house: House) -> None:
    one, two = (house.open_task(house.start()) for _two in range(2))
    clerk = house.browser("clerk_wang", "zh")
    clerk.post("/inbox/batch/done", {"action": "claim", "box": "pool", "item": [one, two]})
    todo = clerk.get("/inbox?box=todo").text
    assert f"/tasks/{one}" in todo
    assert f"/tasks/{two}" in todo
    clerk.post("/inbox/batch/done", {"action": "release", "box": "todo", "item": [one]})
    assert f"/tasks/{one}" not in clerk.get("/inbox?box=todo").text


def test_a_batch_of_nothing_goes_back_to_the_list(small_house: House) -> None:
    clerk = small_house.browser("clerk_wang", "zh")
    for path in ("/inbox/batch", "/inbox/batch/done"):
        answer = clerk.post(path, {"action": "agree", "box": "pool"})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/inbox?box=pool")
    assert clerk.post("/inbox/batch", {"action": "fly", "box": "pool"}).status_code == 404
