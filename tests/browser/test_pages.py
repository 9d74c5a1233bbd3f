"""Every page fits the screen it is on, in both languages, and complains of nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import Hands

pytestmark = pytest.mark.browser

FINDINGS = (
    "电话询问申请人和主管医生，治疗经过、费用和家庭情况与申请表一致，费用票据和结算单已由经办人核对原件，"
    "家庭负担较重，建议帮扶。"
)
PAGES = {
    "chenjing": ["/inbox", "/inbox?box=started", "/start", "/start/illness_aid", "/profile"],
    "liuguodong": ["/notifications", "/profile/notifications"],
    "wanghaiyan": ["/inbox?box=pool", "/cases", "/notices"],
    "shiyaqin": ["/payments"],
    "rendingyi": [
        "/admin/processes",
        "/admin/incidents",
        "/admin/calendar",
        "/admin/webhooks",
        "/admin/stuck",
        "/admin/people",
        "/admin/units",
    ],
    "yanzhengqing": ["/audit"],
}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", ["page", "phone"])
def test_every_page_fits_its_screen(
    size: str, language: str, request: pytest.FixtureRequest, demo: str
) -> None:
    page: Page = request.getfixturevalue(size)
    for username, paths in PAGES.items():
        Hands(page).become(username)
        page.context.add_cookies([{"name": "gongban_lang", "value": language, "url": demo}])
        for path in paths:
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == 200, path
            expect(page.locator("main")).to_be_visible()
            wide = page.evaluate(
                "document.documentElement.scrollWidth > document.documentElement.clientWidth"
            )
            assert not wide, path


def test_an_investigator_reads_and_signs_on_a_phone(phone: Page) -> None:
    hands = Hands(phone)
    hands.become("xuwenbin")
    hands.open_step("调查核实", "todo")
    expect(phone.get_by_text("身份证号", exact=True)).to_be_visible()
    masked = phone.locator(".reveal-place").first
    before = masked.locator(".masked").inner_text()
    masked.get_by_role("button").click()
    expect(phone.get_by_text("已留痕").first).to_be_visible()
    assert phone.locator(".reveal-place").first.locator(".masked").inner_text() != before
    hands.decide_without_leaving("情况一致")
    expect(phone.locator(".fjs-has-errors").first).to_be_visible()
    hands.fill(
        {
            "走访日期": "2026-11-20",
            "方式": "电话",
            "地点": "电话访问申请人",
            "核实情况": FINDINGS,
            "看到的自付金额": "44000",
            "建议帮扶额": "5000",
            "本人不是申请人的亲属，以上属实": True,
        }
    )
    hands.decide("情况一致")
    expect(phone.get_by_text("已签署，等待其他人签署。")).to_be_visible()


def test_the_mark_of_the_form_and_of_the_diagram_stands_free(page: Page) -> None:
    hands = Hands(page)
    hands.become("liuguodong")
    hands.open_step("调查核实", "todo")
    page.locator(".at-diagram summary").click()
    for mark in (".fjs-powered-by", ".bjs-powered-by"):
        seen = page.locator(mark).first
        seen.scroll_into_view_if_needed()
        expect(seen).to_be_visible()
        free = seen.evaluate(
            """(mark) => {
                const box = mark.getBoundingClientRect();
                const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
                return top !== null && (mark.contains(top) || top.contains(mark));
            }"""
        )
        assert free, mark
