"""Clearing a queue: by keyboard, beside the list, on a phone, in two tabs, with second thoughts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from engine.testing.files import small_pdf
from tests.browser.hands import Hands
from tests.browser.test_attention import start_cases

pytestmark = pytest.mark.browser

CLERK = "wanghaiyan"


def clerk_with(page: Page, demo: str, cases: int, seconds: int = 8) -> Hands:
    """The clerk at her desk, with so many cases to deal with more than before."""
    start_cases(demo, cases)
    hands = Hands(page)
    hands.become(CLERK)
    page.goto("/profile")
    page.locator("#hold-seconds").select_option(str(seconds))
    page.locator("#clearing button[type=submit]").click()
    expect(page.locator("#hold-seconds")).to_have_value(str(seconds))
    return hands


def queue(page: Page) -> Locator:
    """The lines of the case that these tests start."""
    return page.locator("#inbox tr[data-row]", has_text="领用 跳绳")


def ready(page: Page) -> None:
    """The case beside the list is there, with its form."""
    expect(page.locator("#work")).not_to_have_attribute("aria-busy", "true")
    expect(page.locator("#pane [data-island=form][data-ready=yes]")).to_be_visible()


def state_of(page: Page, task: str) -> str:
    """Where the task's address leads now."""
    answer = page.context.request.get(f"/tasks/{task}")
    return "open" if "/tasks/" in answer.url else "closed"


def wait_until(page: Page, true: Callable[[], bool]) -> None:
    for _turn in range(60):
        if true():
            return
        page.wait_for_timeout(250)
    raise AssertionError("it did not come about")


def test_ten_tasks_are_cleared_by_keyboard_alone(page: Page, demo: str) -> None:
    clerk_with(page, demo, 10)
    page.goto("/inbox?box=pool&q=跳绳")
    before = queue(page).count()
    assert before >= 10
    loads: list[str] = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    page.evaluate("window.neverLeft = true")
    page.keyboard.press("j")
    page.keyboard.press("o")
    tasks = []
    for number in range(10):
        ready(page)
        here = page.locator("#inbox tr.is-here")
        tasks.append(str(here.get_attribute("data-task")))
        assert f"task={tasks[-1]}" in page.url
        page.keyboard.press("a")
        expect(page.locator("#held form").first).to_contain_text("已办：")
        if number < 9:
            expect(page.locator(f"#inbox tr[data-task='{tasks[-1]}']")).to_have_count(0)
    assert len(set(tasks)) == 10
    # One page all the time: the list, the case and the bar came in without loading it anew.
    assert page.evaluate("window.neverLeft") is True
    wait_until(page, lambda: all(state_of(page, one) == "closed" for one in tasks))


def test_a_decision_is_taken_back_with_everything_that_was_typed(page: Page, demo: str) -> None:
    clerk_with(page, demo, 2, seconds=15)
    page.goto("/inbox?box=pool&q=跳绳")
    page.keyboard.press("j")
    page.keyboard.press("o")
    ready(page)
    task = str(page.locator("#inbox tr.is-here").get_attribute("data-task"))
    page.locator("#opinion").fill("库存不足，建议改期")
    page.locator("#pane button[data-kind=negative]").locator("visible=true").click()
    bar = page.locator("#held form").first
    expect(bar).to_contain_text("跳绳")
    expect(bar.locator("[data-left]")).to_have_text(re.compile(r"\(\d+\)"))
    # Reloading changes nothing: the seconds are the server's.
    page.reload()
    expect(page.locator("#held form")).to_have_count(1)
    page.keyboard.press("u")
    expect(page.locator("#flashes")).to_contain_text("已撤销")
    expect(page.locator("#inbox tr.is-here")).to_have_attribute("data-task", task)
    expect(page.locator("#opinion")).to_have_value("库存不足，建议改期")
    assert state_of(page, task) == "open"


def test_a_closed_tab_loses_no_decision(page: Page, demo: str) -> None:
    clerk_with(page, demo, 1, seconds=5)
    page.goto("/inbox?box=pool&q=跳绳")
    link = queue(page).first.locator("a.what").get_attribute("href")
    second = page.context.new_page()
    second.goto(str(link))
    task = second.url.split("/tasks/")[1].split("?")[0]
    expect(second.locator("[data-island=form][data-ready=yes]")).to_be_visible()
    second.get_by_role("button", name="建议同意", exact=True).locator("visible=true").first.click()
    expect(second.locator("#held form").first).to_be_visible()
    second.close()
    wait_until(page, lambda: state_of(page, task) == "closed")


def test_two_tabs_on_one_task_make_one_decision(page: Page, demo: str) -> None:
    clerk_with(page, demo, 1, seconds=15)
    page.goto("/inbox?box=pool&q=跳绳")
    link = str(queue(page).first.locator("a.what").get_attribute("href"))
    tabs = [page, page.context.new_page()]
    for tab in tabs:
        tab.goto(link)
        expect(tab.locator("[data-island=form][data-ready=yes]")).to_be_visible()
    agree(tabs[0])
    expect(tabs[0].locator("#held form").first).to_be_visible()
    tabs[1].get_by_role("button", name="建议同意", exact=True).locator("visible=true").first.click()
    expect(tabs[1].locator("main")).to_contain_text("此件刚刚已作出决定")
    tabs[1].goto(link)
    expect(tabs[1].locator(".at-decision")).to_contain_text("您已作出决定")
    tabs[1].locator("#held button").first.click()
    expect(tabs[1].get_by_role("button", name="建议同意", exact=True).first).to_be_attached()


def agree(page: Page) -> None:
    page.get_by_role("button", name="建议同意", exact=True).locator("visible=true").first.click()


def test_agree_and_next_goes_through_the_list_and_says_when_it_is_done(
    page: Page, demo: str
) -> None:
    clerk_with(page, demo, 2)
    page.goto("/inbox?box=pool&q=跳绳")
    count = queue(page).count()
    page.goto(str(queue(page).first.locator("a.what").get_attribute("href")))
    for _turn in range(count):
        expect(page.locator("[data-island=form][data-ready=yes]")).to_be_visible()
        page.get_by_role("button", name="建议同意并看下一件").locator("visible=true").first.click()
        expect(page.locator("#held form").first).to_be_visible()
        page.wait_for_load_state()
    expect(page.locator("#flashes")).to_contain_text(f"这一列已办完，共办 {count} 件")


def test_keys_do_nothing_while_one_types_and_can_be_turned_off(page: Page, demo: str) -> None:
    clerk_with(page, demo, 1)
    page.goto("/inbox?box=pool&q=跳绳")
    page.keyboard.press("?")
    expect(page.locator("dialog[open]")).to_contain_text("撤销刚才的决定")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("#q")).to_be_focused()
    page.locator("#q").press_sequentially("jo?")
    expect(page.locator("#work")).not_to_have_class(re.compile("is-open"))
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.goto("/profile")
    page.locator("#shortcuts").uncheck()
    page.locator("#clearing button[type=submit]").click()
    page.goto("/inbox?box=pool&q=跳绳")
    page.keyboard.press("?")
    expect(page.locator("dialog[open]")).to_have_count(0)
    expect(page.locator(".keys-hint")).to_have_count(0)
    page.goto("/profile")
    page.locator("#shortcuts").check()
    page.locator("#clearing button[type=submit]").click()


def test_back_and_a_link_open_the_same_case_beside_the_list(page: Page, demo: str) -> None:
    clerk_with(page, demo, 2)
    page.goto("/inbox?box=pool&q=跳绳")
    lines = queue(page)
    titles = []
    for number in (0, 1):
        lines.nth(number).locator("a.what").click()
        ready(page)
        titles.append(page.url)
    page.go_back()
    ready(page)
    assert page.url == titles[0]
    expect(lines.nth(0)).to_have_class("is-here")
    page.reload()
    ready(page)
    expect(lines.nth(0)).to_have_class("is-here")
    page.keyboard.press("Escape")
    expect(page.locator("#work")).not_to_have_class(re.compile("is-open"))


def test_on_a_phone_a_line_opens_its_own_page_with_large_buttons(phone: Page, demo: str) -> None:
    clerk_with(phone, demo, 1)
    phone.goto("/inbox?box=pool&q=跳绳")
    queue(phone).first.locator("a.what").click()
    expect(phone.locator("h1")).to_contain_text("跳绳")
    expect(phone.locator("[data-island=form][data-ready=yes]")).to_be_visible()
    button = phone.locator(".decision-bar button[data-kind=positive]").first
    box = button.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    button.click()
    undo = phone.locator("#held button").first
    box = undo.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    undo.click()
    expect(phone.locator("#flashes")).to_contain_text("已撤销")
    wide = phone.evaluate(
        "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    )
    assert not wide


def test_phrases_are_a_persons_own(page: Page, demo: str) -> None:
    clerk_with(page, demo, 1)
    page.goto("/profile")
    page.locator("input[name=phrase]").last.fill("情况属实，拟同意")
    page.locator("#phrases").get_by_role("button", name="保存").last.click()
    for _turn in range(3):
        page.get_by_role("button", name="上移“情况属实，拟同意”").click()
    expect(page.locator("input[name=phrase]").first).to_have_value("情况属实，拟同意")
    page.goto("/inbox?box=pool&q=跳绳")
    page.goto(str(queue(page).first.locator("a.what").get_attribute("href")))
    page.locator(".phrase").first.click()
    expect(page.locator("#opinion")).to_have_value("情况属实，拟同意")
    page.goto("/profile")
    page.get_by_role("button", name="恢复默认").click()
    expect(page.locator("#phrases li")).to_have_count(4)


def test_on_a_phone_one_reads_what_is_attached_and_agrees(
    phone: Page, demo: str, tmp_path: Path
) -> None:
    (case,) = start_cases(demo, 1)
    hands = Hands(phone)
    hands.become("chenjing")
    phone.goto(f"/cases/{case}")
    (tmp_path / "报价单.pdf").write_bytes(small_pdf("报价单"))
    phone.locator("#remark-file").set_input_files(tmp_path / "报价单.pdf")
    expect(phone.locator(".uploads input[name=uploaded]")).to_have_count(1)
    phone.locator("#remark").fill("补上报价单")
    phone.get_by_role("button", name="发表留言").click()
    expect(phone.locator(".remarks")).to_contain_text("补上报价单")
    hands.become(CLERK)
    phone.goto(f"/cases/{case}")
    phone.get_by_role("link", name="去办理").first.click()
    file = phone.get_by_role("link", name="报价单.pdf").first
    expect(file).to_be_visible()
    read = phone.context.request.get(str(file.get_attribute("href")))
    assert read.status == 200
    assert read.headers["content-type"].startswith("application/pdf")
    phone.locator(".decision-bar button[data-kind=positive]").first.click()
    wait_until(
        phone, lambda: phone.goto(f"/cases/{case}") is not None and "主席审批" in steps(phone)
    )


def steps(page: Page) -> str:
    """The step that the case stands at."""
    return " ".join(page.locator(".step-now").all_inner_texts())


def test_of_twenty_at_once_the_two_that_fail_say_why(page: Page, demo: str) -> None:
    clerk_with(page, demo, 20, seconds=0)
    page.goto("/inbox?box=pool&q=跳绳&sort=-age")
    boxes = page.locator("#inbox input[name=item]")
    expect(boxes.nth(19)).to_be_attached()
    chosen = [str(boxes.nth(number).get_attribute("value")) for number in range(20)]
    for number in range(20):
        boxes.nth(number).check()
    page.locator("#batch button[value=agree]").click()
    expect(page.locator("h1")).to_have_text("同意：20 件中的 20 件")
    # Meanwhile, on another device, two of them are decided.
    other = page.context.new_page()
    for one in chosen[:2]:
        other.goto(f"/tasks/{one}")
        agree(other)
        expect(other.locator("h1")).to_have_text("我的工作")
    other.close()
    page.get_by_role("button", name="同意", exact=True).click()
    expect(page.locator("h1")).to_have_text("同意：办成 18 件，未办 2 件")
    expect(page.get_by_text("这一环节已经办完", exact=False).first).to_be_visible()


@pytest.fixture(autouse=True)
def as_before(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whoever comes after these tests finds the clerk deciding at once again."""
    # Asked for now, so that they are still there afterwards.
    used = [
        request.getfixturevalue(one) for one in ("page", "phone") if one in request.fixturenames
    ]
    yield
    for page in used:
        Hands(page).become(CLERK)
        page.goto("/profile")
        page.locator("#hold-seconds").select_option("0")
        page.locator("#clearing button[type=submit]").click()
        expect(page.locator("#hold-seconds")).to_have_value("0")
