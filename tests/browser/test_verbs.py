"""Sending a case back and handing it in again, by clicking, at a desk and on a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import Hands
from tests.browser.test_attention import start_cases

pytestmark = pytest.mark.browser


def fits(page: Page) -> bool:
    """Nothing of the page hangs over its edge."""
    return not page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )


@pytest.mark.parametrize("size", ["page", "phone"])
def test_the_chair_sends_back_and_gets_it_straight_from_the_clerk(
    size: str, request: pytest.FixtureRequest, demo: str
) -> None:
    page: Page = request.getfixturevalue(size)
    (case,) = start_cases(demo, 1)
    hands = Hands(page)

    def open_task() -> None:
        page.goto(f"/cases/{case}")
        page.get_by_role("link", name="去办理").first.click()

    hands.become("wanghaiyan")
    open_task()
    page.locator("#opinion").fill("库存充足")
    page.get_by_role("button", name="建议同意", exact=True).locator("visible=true").first.click()
    hands.become("hanlixin")
    open_task()
    page.locator("[data-opens=verb-send_back]").click()
    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("王海燕")
    dialog.get_by_label("直接回到我这里").check()
    dialog.locator("textarea").fill("请写明归还日期")
    assert fits(page)
    dialog.get_by_role("button", name="退回").click()
    expect(page.locator(".flashes")).to_contain_text("已退回")
    hands.become("wanghaiyan")
    open_task()
    expect(page.locator(".opinions")).to_contain_text("请写明归还日期")
    expect(page.locator(".opinions")).to_contain_text("已退回重办")
    assert fits(page)
    page.locator("#opinion").fill("已写明")
    page.get_by_role("button", name="建议同意", exact=True).locator("visible=true").first.click()
    hands.become("hanlixin")
    open_task()
    expect(page.locator(".case-meta").first).to_contain_text("主席审批")
    expect(page.locator(".opinions")).to_contain_text("已写明")
