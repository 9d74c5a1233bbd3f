"""A demonstration served by the real command, and pages of Chromium to look at it with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.serving import served


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a served demonstration, made and stopped for this session."""
    with served(tmp_path_factory.mktemp("demo")) as address:
        yield address


@pytest.fixture
def page(browser: Browser, demo: str) -> Iterator[Page]:
    """A page on a desk."""
    yield from _page(browser, demo, 1280, 900)


@pytest.fixture
def phone(browser: Browser, demo: str) -> Iterator[Page]:
    """A page on a phone."""
    yield from _page(browser, demo, 390, 844)


def _page(browser: Browser, demo: str, width: int, height: int) -> Iterator[Page]:
    """A fresh browser session; whatever a script complains about fails the test."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="zh-CN", base_url=demo
    )
    complaints: list[str] = []
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    opened = context.new_page()
    opened.set_default_timeout(15_000)
    opened.on(
        "console",
        lambda message: (
            complaints.append(message.text)
            if message.type == "error" and "status of 4" not in message.text
            else None
        ),
    )
    yield opened
    context.close()
    assert complaints == []
