"""Tables and forms of a draft edited in the browser, saved as one goes, checked and used by the server."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import find_chromium
from tests.browser.pages_of import become_in

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium"),
]
ADMINISTRATOR = "rendingyi"


@pytest.fixture(scope="module")
def draft(browser: Browser, demo: str) -> Iterator[tuple[Page, str]]:
    """A draft of the largest process, and a window of its administrator."""
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, locale="zh-CN", base_url=demo
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    refused: list[str] = []
    page.on(
        "console",
        lambda message: (
            refused.append(message.text) if "Content Security" in message.text else None
        ),
    )
    become_in(page, ADMINISTRATOR)
    page.goto("/studio")
    begin = page.locator("form[action$='/studio/begin']")
    page.locator("section, tr, li").filter(has=begin).filter(has_text="重大疾病帮扶").last.locator(
        begin
    ).get_by_role("button").click()
    page.wait_for_url("**/studio/drafts/*")
    yield page, page.url
    context.close()
    assert refused == []


def opened(draft: tuple[Page, str], path: str) -> Page:
    page, address = draft
    page.goto(f"{address}/{path}")
    page.locator("[data-ready]").wait_for()
    return page


def saved(page: Page) -> None:
    expect(page.locator(".bench-status")).to_contain_text("已于")


def test_a_cell_is_changed_saved_and_checked(draft: tuple[Page, str]) -> None:
    page = opened(draft, "tables/approval_route")
    page.locator("td[data-row-id=approval_route_rule_1]").nth(1).click()
    page.keyboard.press("Control+A")
    page.keyboard.type("> ; 1")
    page.locator("#documentation").click()
    saved(page)

    page.get_by_role("button", name="检查", exact=True).click()
    expect(page.locator(".bench-findings li")).not_to_have_count(0)
    # What is wrong stands at its cell.
    cell = page.locator("td[data-row-id=approval_route_rule_1]").nth(1)
    assert "inset" in cell.evaluate("cell => getComputedStyle(cell).boxShadow")

    page.reload()
    page.locator("[data-ready]").wait_for()
    expect(page.locator("td[data-row-id=approval_route_rule_1]").nth(1)).to_contain_text("> ; 1")
    page.locator("td[data-row-id=approval_route_rule_1]").nth(1).click()
    page.keyboard.press("Control+A")
    page.keyboard.type("> 3000000")
    page.locator("#documentation").click()
    saved(page)
    page.get_by_label("proposed_amount_fen").fill("2500000")
    page.get_by_label("disease.listed").fill("true")
    page.get_by_role("button", name="算一下").click()
    expect(page.locator(".trying-result")).to_contain_text("第 4 条规则")


def test_an_amount_is_added_to_a_form_and_the_server_can_use_it(draft: tuple[Page, str]) -> None:
    page = opened(draft, "forms/apply")
    page.locator("button[data-field-type=money]").focus()
    page.keyboard.press("Enter")
    page.locator(".form-canvas .fjs-element[data-field-type=money]").last.click()
    page.get_by_label("在办件中的名字").fill("care_fee")
    expect(page.locator(".bench-findings .is-bad")).to_contain_text("_fen")
    page.get_by_label("名称", exact=True).fill("护理费")
    page.get_by_label("在办件中的名字").fill("care_fee_fen")
    expect(page.get_by_text("表单可以使用")).to_be_visible()
    saved(page)

    page.get_by_role("button", name="预览").click()
    page.locator(".preview").get_by_label("护理费").fill("1,200.50")
    page.locator(".preview").get_by_label("职务").fill("科员")
    expect(page.locator(".bench-side")).to_contain_text("项会被拒绝")
    expect(page.locator(".preview")).to_contain_text("壹仟贰佰元伍角整")
    page.reload()
    page.locator("[data-ready]").wait_for()
    expect(page.locator(".form-canvas")).to_contain_text("护理费")


def test_two_people_at_one_table_are_told_of_each_other(
    draft: tuple[Page, str], browser: Browser
) -> None:
    page = opened(draft, "tables/final_amount")
    second = page.context.new_page()
    second.goto(page.url)
    second.locator("[data-ready]").wait_for()
    second.locator("#documentation").fill("年度：2028 年起。适用全省。来源：另一人。")
    saved(second)
    second.close()

    page.locator("#documentation").fill("年度：2027 年起。")
    page.locator("dialog[open]").get_by_role("button", name="采用").click()
    expect(page.locator("#documentation")).to_have_value(
        "年度：2028 年起。适用全省。来源：另一人。"
    )


def test_a_sentence_gets_its_english_as_one_types(draft: tuple[Page, str]) -> None:
    page = opened(draft, "english")
    page.locator("[data-text=重大疾病帮扶]").fill("Aid in serious illness")
    expect(page.locator("[data-status]")).to_contain_text("已于")
    page.reload()
    page.locator("[data-ready]").wait_for()
    expect(page.locator("[data-text=重大疾病帮扶]")).to_have_value("Aid in serious illness")


def test_a_story_is_told_what_is_wrong_at_its_line(draft: tuple[Page, str]) -> None:
    page = opened(draft, "scenarios/new_story")
    page.locator(".source-text").fill("says: 新故事\nat: [\n")
    expect(page.locator(".source-lines .is-error")).to_have_text("3")
    expect(page.locator(".source-remark")).to_have_count(1)
    saved(page)
