"""Finding, sorting and keeping lists of work by clicking and typing."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import Hands
from tests.browser.test_attention import start_cases

pytestmark = pytest.mark.browser

SEARCHED = re.compile("q=%E8%B7%B3%E7%BB%B3")
SORTED = re.compile("(?=.*sort=-amount)(?=.*q=%E8%B7%B3%E7%BB%B3)")


@pytest.mark.parametrize("size", ["page", "phone"])
def test_a_list_is_searched_sorted_and_kept_under_a_name(
    size: str, request: pytest.FixtureRequest, demo: str
) -> None:
    page: Page = request.getfixturevalue(size)
    start_cases(demo, 3)
    hands = Hands(page)
    hands.become("wanghaiyan")
    page.goto("/inbox?box=pool")
    rows = page.locator("tr[data-row]")
    expect(rows.filter(has_text="跳绳").first).to_be_visible()
    page.locator("#q").press_sequentially("跳绳")
    expect(page).to_have_url(SEARCHED)
    expect(rows.filter(has_not_text="跳绳")).to_have_count(0)
    page.locator("#sort").select_option("-amount")
    expect(page).to_have_url(SORTED)
    expect(rows.first).to_contain_text("跳绳")
    name = f"跳绳大额{size}"
    page.get_by_text("保存此列表").click()
    page.locator("#list-name").fill(name)
    page.locator("#list-role").select_option(label="所有单位工会经办人")
    page.locator(".list-form button").click()
    expect(page.locator(".flashes")).to_contain_text("已保存")
    page.goto("/inbox?box=pool")
    page.get_by_role("link", name=name).click()
    expect(page).to_have_url(SORTED)
    page.get_by_text("修改", exact=True).click()
    page.get_by_role("button", name="删除此列表").click()
    expect(page.locator(".flashes")).to_contain_text("已删除")
    expect(page.get_by_role("link", name=name)).to_have_count(0)
