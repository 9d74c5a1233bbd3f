"""Deciding from pages without any script: held, taken back, confirmed, and on to the next of the list."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import select

from engine.store.tables import held_decision, preference, task
from tests.builders import APPLICATION, Browser, House

STOCK = {"form_json": json.dumps({"stock_note": "库存十二副"})}


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the decision's form."""
    form = page.split('id="task-form"', 1)[1].split("</form>", 1)[0]
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in found}


def decide(browser: Browser, address: str, *, onward: bool = False, **sent: str) -> Any:
    """Open a task, and press one of its buttons."""
    page = browser.get(address)
    assert page.status_code == 200
    body = {**hidden(page.text), "outcome": "agree", **STOCK, **sent}
    path = urlsplit(address).path + "/complete" + ("?then=next" if onward else "")
    return browser.post(path, body)


def test_a_decision_is_held_and_every_page_offers_to_take_it_back(house: House) -> None:
    case = house.start()
    task_id, clerk = house.open_task(case), house.browser("clerk_wang", "zh")
    answer = decide(clerk, f"/tasks/{task_id}", opinion="库存充足")
    assert answer.status_code == 302
    assert house.rows(select(task.c.state).where(task.c.id == task_id))[0].state == "open"
    for page in ("/inbox", "/cases", "/profile"):
        text = clerk.get(page).text
        assert f"/tasks/{task_id}/undo" in text
        assert 'data-counts-in="8.0"' in text
    assert "/undo" not in house.browser("chair_han").get("/inbox").text
    seen = house.browser("chen_jing", "zh").get(f"/tasks/{task_id}").text
    assert "王海燕正在办理此件" in seen
    undone = clerk.post(f"/tasks/{task_id}/undo", {"idempotency_key": "u"})
    assert undone.headers["Location"] == f"/tasks/{task_id}"
    again = clerk.get(f"/tasks/{task_id}").text
    assert "库存充足" in again
    assert "库存十二副" in again.encode().decode("unicode_escape") or "库存十二副" in again
    assert house.rows(select(held_decision)) == []


def test_the_next_of_the_same_list_comes_after_it(house: House) -> None:
    other = {**APPLICATION, "item": "跳绳"}
    for form in (APPLICATION, other, APPLICATION):
        house.start(form=form)
    clerk = house.browser("clerk_wang", "zh")
    page = clerk.get("/inbox?box=pool&q=羽毛球").text
    links = re.findall(r'class="what" href="([^"]+)"', page)
    assert len(links) == 2
    links = [one.replace("&amp;", "&") for one in links]
    assert "同意并看下一件" in clerk.get(links[0]).text
    first = decide(clerk, links[0], onward=True)
    target = urlsplit(first.headers["Location"])
    assert target.path == urlsplit(links[1]).path
    assert parse_qs(target.query)["from"] == parse_qs(urlsplit(links[1]).query)["from"]
    last = decide(clerk, first.headers["Location"], onward=True)
    assert urlsplit(last.headers["Location"]).path == "/inbox"
    assert parse_qs(urlsplit(last.headers["Location"]).query)["q"] == ["羽毛球"]
    assert "这一列已办完，共办 2 件" in clerk.get(last.headers["Location"]).text


def test_a_list_that_is_none_is_no_place_to_go(house: House) -> None:
    task_id = house.open_task(house.start())
    clerk = house.browser("clerk_wang")
    for odd in ("box=admin", "box=done", "x" * 2000, "box=pool&url=//evil.example"):
        page = clerk.get(f"/tasks/{task_id}?from={odd}")
        assert page.status_code == 200
        assert "//evil" not in re.sub(r'value="[^"]*"', "", page.text)


def test_who_holds_nothing_decides_at_once(house: House) -> None:
    task_id, clerk = house.open_task(house.start()), house.browser("clerk_wang", "zh")
    chosen = clerk.post("/profile/clearing", {"hold_seconds": "0", "shortcuts": "yes"})
    assert chosen.status_code == 302
    decide(clerk, f"/tasks/{task_id}")
    assert house.rows(select(task.c.state).where(task.c.id == task_id))[0].state == "completed"
    assert clerk.post("/profile/clearing", {"hold_seconds": "99"}).status_code == 422


def test_shortcuts_are_off_where_nobody_wants_them(small_house: House) -> None:
    clerk = small_house.browser("clerk_wang")
    assert 'data-keys="on"' in clerk.get("/inbox").text
    clerk.post("/profile/clearing", {"hold_seconds": "8"})
    assert 'data-keys="on"' not in clerk.get("/inbox").text


def test_phrases_are_added_moved_and_removed_without_scripts(small_house: House) -> None:
    clerk = small_house.browser("clerk_wang", "zh")

    def kept() -> list[str]:
        return list(
            small_house.rows(select(preference.c.value).where(preference.c.name == "phrases"))[0][0]
        )

    clerk.post("/profile/phrases", {"phrase": ["同意。", "属实", ""], "act": ""})
    assert kept() == ["同意。", "属实"]
    clerk.post("/profile/phrases", {"phrase": ["同意。", "属实", ""], "act": "up:1"})
    assert kept() == ["属实", "同意。"]
    clerk.post("/profile/phrases", {"phrase": ["属实", "同意。", "同意。"], "act": "remove:0"})
    assert kept() == ["同意。"]
    clerk.post("/profile/phrases", {"phrase": ["x" * 200], "act": ""})
    assert kept() == ["同意。"]
    task_id = small_house.open_task(small_house.start())
    assert 'data-phrase="同意。"' in clerk.get(f"/tasks/{task_id}").text


def test_somebody_elses_seconds_are_told_in_plain_words(house: House) -> None:
    task_id = house.open_task(house.start())
    clerk = house.browser("clerk_wang", "zh")
    key = hidden(clerk.get(f"/tasks/{task_id}").text)
    decide(clerk, f"/tasks/{task_id}")
    late = clerk.post(f"/tasks/{task_id}/complete", {**key, "outcome": "agree", **STOCK})
    assert late.status_code == 409
    assert "此件刚刚已作出决定" in late.text
    house.let_count()
    gone = clerk.post(f"/tasks/{task_id}/undo", {"idempotency_key": "z"})
    assert gone.status_code == 409
    assert "没有可撤销的决定" in gone.text
