"""Counts follow what happens elsewhere, and the server is asked seldom: by one page that is looked at."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect

from tests.browser.hands import Hands
from tests.browser.test_attention import start_cases

pytestmark = pytest.mark.browser


def asked(context: BrowserContext) -> list[str]:
    """The questions of a browser, as they are asked from now on."""
    questions: list[str] = []

    def note(request: Request) -> None:
        if request.url.endswith("/live"):
            questions.append(request.url)

    context.on("request", note)
    return questions


def test_a_new_case_is_said_and_no_line_moves(page: Page, demo: str) -> None:
    page.clock.install()
    Hands(page).become("wanghaiyan")
    page.goto("/inbox?box=pool")
    lines = page.locator("tr[data-row]").count()
    count = page.locator("[data-live=pool]")
    before = int(count.inner_text() or 0)
    start_cases(demo, 2)
    page.clock.fast_forward("01:00")
    expect(count).to_have_text(str(before + 2))
    expect(page.locator("[data-live-news]")).to_have_text("有 2 件新办件：点此显示")
    assert page.locator("tr[data-row]").count() == lines
    page.locator("[data-live-news] a").click()
    expect(page.locator("[data-live-news]")).to_be_empty()
    expect(page.locator("[data-live=pool]")).to_have_text(str(before + 2))


def test_one_page_asks_for_all_and_a_hidden_one_asks_nothing(page: Page) -> None:
    page.clock.install()
    Hands(page).become("wanghaiyan")
    page.goto("/inbox")
    questions = asked(page.context)
    page.clock.fast_forward("00:30")
    assert questions == []
    for _minute in range(10):
        page.clock.fast_forward("01:00")
        page.wait_for_timeout(100)
    assert 5 <= len(questions) <= 11
    # Another page of this browser has just heard: this one need not ask.
    questions.clear()
    page.evaluate(
        """setInterval(() => {
          const told = { person: "wanghaiyan", counts: { todo: "7", pool: "", unread: "" } };
          new BroadcastChannel("gongban-live").postMessage(told);
        }, 20000)"""
    )
    for _quarter in range(12):
        page.clock.run_for(15_000)
        page.wait_for_timeout(50)
    assert questions == []
    expect(page.locator(".mainnav [data-live=todo]")).to_have_text("7")


def test_a_page_nobody_looks_at_asks_nothing(page: Page) -> None:
    page.add_init_script(
        "Object.defineProperty(document, 'hidden', { get: () => window.nobodyLooks === true })"
    )
    page.clock.install()
    Hands(page).become("wanghaiyan")
    page.goto("/inbox")
    questions = asked(page.context)
    page.evaluate(
        "window.nobodyLooks = true; document.dispatchEvent(new Event('visibilitychange'))"
    )
    page.clock.fast_forward("30:00")
    page.wait_for_timeout(300)
    assert questions == []
    page.evaluate(
        "window.nobodyLooks = false; document.dispatchEvent(new Event('visibilitychange'))"
    )
    page.clock.fast_forward("00:05")
    page.wait_for_timeout(300)
    assert len(questions) == 1


def test_a_server_that_does_not_answer_is_asked_less_and_less(page: Page) -> None:
    page.clock.install()
    Hands(page).become("wanghaiyan")
    page.route("**/live", lambda route: route.fulfill(status=429))
    page.goto("/inbox")
    questions = asked(page.context)
    for _minute in range(30):
        page.clock.fast_forward("01:00")
        page.wait_for_timeout(30)
    assert 2 <= len(questions) <= 7
