"""The approved outlines of pages that seldom change: what is on them, by role and name, in order.

`APPROVE=1 pytest tests/browser/test_outlines.py` writes them anew; read the difference before it is committed.
Why outlines and no pictures: docs/decisions/0010-outlines-not-pictures.md.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.pages_of import become_in

pytestmark = pytest.mark.browser

APPROVED = Path(__file__).parent / "approved"
#: Name → who looks, and where.
PAGES = {
    "sign-in": ("", "/login"),
    "not-found": ("panyulan", "/cases/00000000000000000000000000"),
    "empty-inbox": ("caoyulan", "/inbox?box=todo"),
    "start": ("panyulan", "/start"),
    "no-rights": ("chenjing", "/admin/processes"),
}
#: What is of the day or of the moment.
_PASSING = (
    (r"\d{4}年\d{1,2}月\d{1,2}日(?: 星期.)?|\w+, \d{1,2} \w+ \d{4}", "<day>"),
    (r"(今天|today) \d\d:\d\d", "<moment>"),
    (r"(/url: \S*/)[0-9a-z]{26}", r"\1<id>"),
)


def outline(page: Page) -> str:
    """What assistive technology is told of the page's main part."""
    text = page.locator("main").aria_snapshot()
    for pattern, instead in _PASSING:
        text = re.sub(pattern, instead, text)
    return text + "\n"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_is_as_it_was_approved(page: Page, demo: str, name: str, language: str) -> None:
    username, path = PAGES[name]
    page.context.add_cookies([{"name": "gongban_lang", "value": language, "url": demo}])
    if username:
        become_in(page, username)
    page.goto(path)
    found, file = outline(page), APPROVED / f"{name}.{language}.yaml"
    if os.environ.get("APPROVE"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(found, encoding="utf-8")
    assert found == file.read_text(encoding="utf-8"), (
        "look at the page; if it is right: APPROVE=1 pytest tests/browser/test_outlines.py"
    )


def test_no_outline_is_left_over() -> None:
    known = {f"{name}.{language}.yaml" for name in PAGES for language in ("zh", "en")}
    assert {one.name for one in APPROVED.iterdir()} == known
