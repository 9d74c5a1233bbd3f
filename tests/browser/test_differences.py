"""What a draft changes: a list that leads into both diagrams, on a desk and on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import Hands
from tests.browser.looking import check

pytestmark = pytest.mark.browser


def changed_draft(page: Page) -> str:
    """A draft of the small process in which a step is called otherwise; the address of what it changes."""
    Hands(page).become("rendingyi")
    page.goto("/studio/processes/approve3")
    page.get_by_role("button", name=re.compile("起草")).first.click()
    page.wait_for_url("**/studio/drafts/*")
    draft = page.url
    token = page.locator('meta[name="csrf-token"]').get_attribute("content") or ""
    address = f"{draft}/files/process.bpmn"
    seen = page.request.get(address).json()
    text = seen["text"].replace('name="核对库存"', 'name="清点"')
    saved = page.request.put(
        address,
        data={"text": text, "version": seen["version"]},
        headers={"X-CSRFToken": token},
    )
    assert saved.ok, saved.text()
    page.goto(f"{draft}/changes")
    return draft


@pytest.mark.parametrize("size", ["page", "phone"])
def test_a_line_of_the_list_shows_its_element_in_both_diagrams(
    size: str, request: pytest.FixtureRequest
) -> None:
    page: Page = request.getfixturevalue(size)
    draft = changed_draft(page)
    expect(page.locator(".diff-summary")).to_contain_text("环节“清点”：原名“核对库存”")
    fold = page.locator("details[data-diagrams]")
    if size == "phone":
        # The list first, the diagrams when they are wanted.
        expect(fold.locator(".diagram-stage")).to_have_count(0)
        fold.locator("summary").click()
    expect(page.locator('[data-island="differences"][data-ready=yes]')).to_be_visible()
    page.get_by_role("button", name="在图中查看").click()
    marked = page.locator(".djs-element.is-looked-at.marked-changed")
    expect(marked).to_have_count(2)
    if size == "phone":
        page.get_by_role("button", name="改前").click()
    expect(page.locator(".djs-element.is-looked-at:visible").first).to_contain_text("核对库存")
    assert check(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert wide <= 0
    page.goto(draft)
    page.get_by_role("link", name="我改了什么").click()
    page.wait_for_url("**/changes")
