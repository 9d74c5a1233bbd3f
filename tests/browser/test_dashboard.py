"""A head looks at the figures: the charts are drawn, say what the tables say, and lead to the cases."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import Hands
from tests.browser.test_attention import start_cases

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", ["page", "phone"])
def test_charts_say_what_their_tables_say_and_lead_to_the_cases(
    size: str, request: pytest.FixtureRequest, demo: str
) -> None:
    page: Page = request.getfixturevalue(size)
    start_cases(demo, 2)
    Hands(page).become("hanlixin")
    page.goto("/dashboard?period=months")
    expect(page.locator("[data-chart][data-ready=yes]")).to_have_count(4)
    loads = page.locator("section", has=page.locator("#loads-title"))
    numbers = loads.locator(".chart svg text").all_inner_texts()
    loads.locator("summary").click()
    cells = loads.locator("td a").all_inner_texts()
    # A bar of nothing is no bar.
    assert sorted(one for one in numbers if re.fullmatch(r"\d+", one)) == sorted(
        one for one in cells if one != "0"
    )
    link = loads.locator("td a").first
    number = int(link.inner_text())
    link.click()
    expect(page.locator("[data-total]")).to_have_attribute("data-total", str(number))
    expect(page.locator("tr[data-case]")).to_have_count(min(number, 30))
    wide = page.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    assert not wide


def test_a_bar_leads_to_its_cases_and_the_colours_follow_the_theme(page: Page, demo: str) -> None:
    start_cases(demo, 1)
    Hands(page).become("hanlixin")
    page.goto("/dashboard?period=months")
    units = page.locator("section", has=page.locator("#units-title"))
    expect(units.locator("[data-ready=yes]")).to_be_visible()
    bar = units.locator(".chart svg path[fill]:not([fill=none])").first
    light = bar.get_attribute("fill")
    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    expect(bar).not_to_have_attribute("fill", str(light))
    box = bar.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 3, box["y"] + box["height"] / 2)
    page.wait_for_url(re.compile(r"/cases\?scope=all.*"))
    expect(page.locator("tr[data-case]").first).to_be_visible()


def test_home_leads_to_what_is_due(page: Page, demo: str) -> None:
    start_cases(demo, 1)
    Hands(page).become("wanghaiyan")
    number = page.locator("[data-number=pool] b").inner_text()
    page.locator("[data-number=pool]").click()
    expect(page.locator("h1")).to_have_text("我的工作")
    shown = page.locator(".tabs [aria-current] .count").inner_text()
    assert shown == number
