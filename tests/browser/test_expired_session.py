"""The sign-in ends while somebody is typing: they sign in again in place and go on; nobody else does."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.hands import Hands
from tests.browser.test_attention import start_cases

pytestmark = pytest.mark.browser

PASSWORD = "gongban-demo"
OPINION = "库存充足，同意领用，请按期归还"


def end_sign_ins(demo: str, username: str, code: str = "") -> None:
    """End all of a person's sign-ins on the server, as an administrator would."""

    def call(method: str, path: str, body: Any, token: str = "") -> Any:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        content = json.dumps(body).encode()
        request = urllib.request.Request(f"{demo}/api/v1{path}", content, headers, method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read() or b"null")

    person = {"username": username, "password": PASSWORD, "code": code}
    token = call("POST", "/sessions", person)["token"]
    call("POST", "/sessions/end_others", {}, token)


def open_task(page: Page, demo: str) -> str:
    """The clerk opens a fresh task; its address."""
    (case,) = start_cases(demo, 1)
    hands = Hands(page)
    hands.become("wanghaiyan")
    page.goto(f"/cases/{case}")
    page.locator("a[href^='/tasks/']").first.click()
    expect(page.locator("#opinion")).to_be_visible()
    if page.locator("[data-island=form]").count():
        expect(page.locator("[data-island=form][data-ready=yes]")).to_be_visible()
    return f"/cases/{case}"


@pytest.mark.parametrize("size", ["page", "phone"])
def test_expired_session_the_decision_goes_through_with_what_was_typed(
    size: str, request: pytest.FixtureRequest, demo: str
) -> None:
    page: Page = request.getfixturevalue(size)
    case = open_task(page, demo)
    end_sign_ins(demo, "wanghaiyan")
    page.locator("#opinion").press_sequentially(OPINION)
    status = page.locator("[data-draft-status]")
    expect(status).to_contain_text("登录已过期")
    Hands(page).decide_without_leaving("建议同意")
    dialog = page.locator("dialog#again")
    expect(dialog).to_contain_text("王海燕，请重新登录")
    page.locator("#again-password").fill("not-the-password")
    dialog.get_by_role("button", name="登录并继续").click()
    expect(dialog).to_contain_text("用户名或密码")
    page.locator("#again-password").fill(PASSWORD)
    dialog.get_by_role("button", name="登录并继续").click()
    expect(page.locator("h1")).to_have_text("我的工作")
    page.goto(case)
    expect(page.locator("main")).to_contain_text(OPINION)


def test_expired_session_the_second_step_is_asked_for_in_place(page: Page, demo: str) -> None:
    Hands(page).become("wanghaiyan")
    page.goto("/profile")
    page.get_by_role("button", name="开始设置").click()
    secret = page.locator(".device-key").inner_text().replace(" ", "")
    page.locator("#factor_code").fill(pyotp.TOTP(secret).now())
    page.locator("#factor_password").fill(PASSWORD)
    page.get_by_role("button", name="开启", exact=True).click()
    expect(page.locator(".recovery-codes li")).to_have_count(10)
    codes = page.locator(".recovery-codes code").all_inner_texts()
    case = open_task(page, demo)
    end_sign_ins(demo, "wanghaiyan", codes[0])
    page.locator("#opinion").press_sequentially(OPINION)
    expect(page.locator("[data-draft-status]")).to_contain_text("登录已过期")
    Hands(page).decide_without_leaving("建议同意")
    dialog = page.locator("dialog#again")
    page.locator("#again-password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("#again-code").fill("000000")
    page.keyboard.press("Enter")
    expect(dialog).to_contain_text("验证码不对")
    page.locator("#again-code").fill(codes[1])
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("我的工作")
    page.goto(case)
    expect(page.locator("main")).to_contain_text(OPINION)
    page.goto("/profile")
    page.locator("#factor_password").fill(PASSWORD)
    page.locator("#factor_code").fill(codes[2])
    page.get_by_role("button", name="关闭", exact=True).click()
    page.locator("dialog[open]").get_by_role("button").last.click()
    expect(page.locator("#second-factor")).to_contain_text("未开启")


def test_expired_session_somebody_else_who_signs_in_there_sends_nothing(
    page: Page, demo: str
) -> None:
    case = open_task(page, demo)
    page.locator("#opinion").press_sequentially(OPINION)
    expect(page.locator("[data-draft-status]")).to_contain_text("草稿")
    # Meanwhile another person signs in in the same browser.
    other = page.context.new_page()
    Hands(other).become("hanlixin")
    page.locator("#opinion").press_sequentially("。")
    expect(page.locator("[data-draft-status]")).to_contain_text("还在本页")
    Hands(page).decide_without_leaving("建议同意")
    # At once or after the question: nothing of hers is sent in his name.
    dialog = page.locator("dialog#again")
    if dialog.count():
        expect(dialog).to_contain_text("现在登录的是别人")
        dialog.get_by_role("button", name="取消").click()
    other.goto(case)
    expect(other.locator("main")).not_to_contain_text(OPINION)
    Hands(page).become("wanghaiyan")
    page.goto(case)
    expect(page.locator("a[href^='/tasks/']").first).to_be_visible()


def test_expired_session_without_scripts_goes_on_after_the_sign_in_page(
    browser: Browser, demo: str
) -> None:
    (case,) = start_cases(demo, 1)
    context = browser.new_context(java_script_enabled=False, locale="zh-CN", base_url=demo)
    page = context.new_page()
    page.goto("/login")
    page.locator("#username").fill("chenjing")
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).last.click()
    page.goto(f"/cases/{case}")
    end_sign_ins(demo, "chenjing")
    page.locator("#remark").fill("请问何时可以领取？")
    page.get_by_role("button", name="发表留言").click()
    expect(page.locator(".notice-warn")).to_contain_text("内容没有丢失")
    page.locator("#username").fill("chenjing")
    page.locator("#password").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).last.click()
    expect(page.locator("h1")).to_have_text("继续刚才的办理")
    expect(page.locator("main")).to_contain_text("请问何时可以领取？")
    page.get_by_role("button", name="现在提交").click()
    expect(page.locator(".remarks")).to_contain_text("请问何时可以领取？")
    context.close()
