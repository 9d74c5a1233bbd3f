"""What is a list or a plain form works in a browser that runs no scripts, at a desk and on a phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.states import Office
from tests.browser.test_attention import start_cases

pytestmark = pytest.mark.browser


@pytest.fixture(params=[1280, 390], ids=["desk", "phone"])
def plain(request: pytest.FixtureRequest, browser: Browser, demo: str) -> Iterator[Page]:
    """A page in which no script runs."""
    context = browser.new_context(
        base_url=demo,
        locale="zh-CN",
        java_script_enabled=False,
        viewport={"width": request.param, "height": 844},
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    yield page
    context.close()


def sign_in(page: Page, username: str) -> None:
    page.goto("/login")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill("gongban-demo")
    page.locator("form.sheet button").click()
    expect(page.locator("h1")).to_have_text("今天")


def nothing_dead_is_shown(page: Page) -> None:
    """What only works with scripts is not there to be pressed."""
    page.wait_for_load_state()
    for place in ("[data-opens]", "[data-phrase]", "[data-copy]", "[data-print]", ".needs-js"):
        assert page.locator(place).locator("visible=true").count() == 0, place


def test_signing_in_with_a_wrong_password_says_so(plain: Page) -> None:
    plain.goto("/login?next=/cases")
    plain.get_by_label("用户名").fill("wanghaiyan")
    plain.get_by_label("密码").fill("falsch")
    plain.locator("form.sheet button").click()
    expect(plain.get_by_role("alert")).to_be_visible()
    plain.get_by_label("密码").fill("gongban-demo")
    plain.locator("form.sheet button").click()
    expect(plain.locator("h1")).to_have_text("办件")


def test_a_task_is_taken_on_and_put_back(plain: Page, demo: str) -> None:
    start_cases(demo, 1)
    sign_in(plain, "wanghaiyan")
    plain.goto("/inbox?box=pool")
    nothing_dead_is_shown(plain)
    row = plain.locator("tr[data-row]").filter(has_text="领用 跳绳").first
    row.get_by_role("button").click()
    expect(plain.get_by_role("region", name="您的决定")).to_be_visible()
    plain.goto("/inbox?box=todo")
    rows = plain.locator("tr[data-row]").filter(has_text="领用 跳绳")
    taken = rows.count()
    rows.first.get_by_role("button").click()
    plain.goto("/inbox?box=todo")
    expect(rows).to_have_count(taken - 1)


def test_several_are_agreed_to_with_one_opinion(plain: Page, demo: str) -> None:
    start_cases(demo, 2)
    sign_in(plain, "wanghaiyan")
    plain.goto("/inbox?box=pool")
    for box in plain.locator("tr", has_text="领用 跳绳").locator("input[name=item]").all():
        box.check()
    plain.locator("#batch button[value=agree]").click()
    nothing_dead_is_shown(plain)
    plain.locator("#opinion").fill("库存充足")
    plain.get_by_role("button", name="同意", exact=True).click()
    expect(plain.locator("h1")).to_contain_text("未办 0 件")


def test_a_decision_with_its_opinion(plain: Page, demo: str) -> None:
    office = Office(demo)
    (case,) = start_cases(demo, 1)
    office.decide("wanghaiyan", case, "agree", "库存充足")
    sign_in(plain, "hanlixin")
    plain.goto(f"/cases/{case}")
    nothing_dead_is_shown(plain)
    plain.get_by_role("link", name="去办理").first.click()
    nothing_dead_is_shown(plain)
    # A refusal needs its reason: the server says so where scripts cannot.
    plain.get_by_role("button", name="不同意", exact=True).locator("visible=true").first.click()
    expect(plain.locator("#opinion-error")).not_to_be_empty()
    plain.locator("#opinion").fill("本月已领过")
    plain.get_by_role("button", name="不同意", exact=True).locator("visible=true").first.click()
    expect(plain.locator("h1")).to_have_text("我的工作")
    plain.goto(f"/cases/{case}")
    expect(plain.locator(".opinions")).to_contain_text("本月已领过")


def test_a_task_is_sent_back_from_a_form_that_unfolds(plain: Page, demo: str) -> None:
    office = Office(demo)
    (case,) = start_cases(demo, 1)
    office.decide("wanghaiyan", case, "agree", "库存充足")
    sign_in(plain, "hanlixin")
    plain.goto(f"/cases/{case}")
    plain.get_by_role("link", name="去办理").first.click()
    fold = plain.locator("details.act", has=plain.locator("summary", has_text="退回"))
    fold.locator("summary").click()
    fold.locator("textarea").fill("请写明归还日期")
    fold.get_by_role("button", name="退回").click()
    expect(plain.locator(".flashes")).to_contain_text("已退回")


def test_lists_are_searched_and_gone_through(plain: Page, demo: str) -> None:
    start_cases(demo, 1)
    sign_in(plain, "wanghaiyan")
    plain.goto("/cases")
    plain.locator("main input[name=q]").fill("跳绳")
    plain.locator("main form button").first.click()
    expect(plain.locator("main")).to_contain_text("领用 跳绳")
    plain.goto("/inbox?box=pool&q=没有这样的办件")
    expect(plain.locator("main")).not_to_contain_text("领用 跳绳")
    plain.goto("/start")
    plain.get_by_role("link", name="重大疾病帮扶").first.click()
    expect(plain.locator("noscript .notice-warn, .notice-warn").first).to_be_visible()
    plain.goto("/notifications")
    nothing_dead_is_shown(plain)
    plain.locator(".messages button").first.click()
    expect(plain.locator("main")).to_be_visible()


def test_the_own_page_and_the_language_are_plain_forms(plain: Page) -> None:
    sign_in(plain, "liuguodong")
    plain.goto("/profile")
    nothing_dead_is_shown(plain)
    plain.locator("details.usermenu summary").click()
    plain.locator("#look").get_by_role("button", name="English").click()
    expect(plain.locator("html")).to_have_attribute("lang", "en")
    plain.goto("/profile/notifications")
    nothing_dead_is_shown(plain)
    plain.locator("main form button[type=submit]").first.click()
    expect(plain.locator(".flashes")).to_be_visible()
