"""Telling each other about a case, and dealing with several lines at once, by clicking."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import Hands

pytestmark = pytest.mark.browser

FORM = {
    "item": "跳绳",
    "quantity": 8,
    "purpose": "职工比赛",
    "needed_on": "2026-12-20",
    "return_on": "2026-12-23",
    "place": "厅机关活动室",
    "value_fen": 160000,
    "contact": "13900000017",
}


def start_cases(demo: str, count: int) -> list[str]:
    """A few small applications, handed in by a program."""

    def post(path: str, body: Any, token: str = "") -> Any:
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        address = f"{demo}/api/v1{path}"
        request = urllib.request.Request(address, json.dumps(body).encode(), headers)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.load(answer)

    person = {"username": "chenjing", "password": "gongban-demo"}
    token = post("/sessions", person)["token"]
    path = "/processes/approve3/instances"
    return [post(path, {"form": FORM}, token)["instance"]["id"] for _one in range(count)]


@pytest.mark.parametrize("size", ["page", "phone"])
def test_people_are_named_from_a_list_and_read_their_copy(
    size: str, request: pytest.FixtureRequest, demo: str
) -> None:
    page: Page = request.getfixturevalue(size)
    (case,) = start_cases(demo, 1)
    hands = Hands(page)
    hands.become("chenjing")
    page.goto(f"/cases/{case}")
    page.locator("#copies summary").click()
    page.locator("#copy-names").press_sequentially("欧阳")
    expect(page.locator("#people-list li").first).to_contain_text("欧阳清")
    page.keyboard.press("Enter")
    page.locator("#copies form button").click()
    expect(page.locator(".flashes")).to_contain_text("已抄送给欧阳清")
    page.locator("#remark").press_sequentially("@王海")
    page.locator("#people-list li", has_text="王海燕").click()
    page.locator("#remark").press_sequentially("请看")
    page.get_by_role("button", name="发表留言").click()
    expect(page.locator(".remarks")).to_contain_text("已提醒：王海燕")
    expect(page.locator(".copies")).to_contain_text("未读")
    hands.become("ouyangqing")
    page.goto("/inbox?box=cc")
    page.locator("a.what").first.click()
    expect(page.locator(".copies")).to_contain_text("已读")
    wide = page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    assert not wide


@pytest.mark.parametrize("size", ["page", "phone"])
def test_several_lines_are_agreed_to_with_one_opinion(
    size: str, request: pytest.FixtureRequest, demo: str
) -> None:
    page: Page = request.getfixturevalue(size)
    start_cases(demo, 2)
    hands = Hands(page)
    hands.become("wanghaiyan")
    page.goto("/inbox?box=pool")
    agree = page.locator("#batch button[value=agree]")
    expect(agree).to_be_disabled()
    for box in page.locator("tr", has_text="领用 跳绳").locator("input[name=item]").all():
        box.check()
    ticked = page.locator("input[name=item]:checked").count()
    expect(page.locator("[data-picked]")).to_have_text(f"已选 {ticked} 件")
    agree.click()
    expect(page.locator("h1")).to_have_text(f"同意：{ticked} 件中的 {ticked} 件")
    expect(page.locator(".batch-will").first).to_contain_text("主席审批（韩立新）")
    page.locator("#opinion").fill("库存充足")
    page.get_by_role("button", name="同意", exact=True).click()
    expect(page.locator("h1")).to_have_text(f"同意：办成 {ticked} 件，未办 0 件")
