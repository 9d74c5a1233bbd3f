"""A demonstration served by the real command, and a Chromium to look at it with."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import find_chromium

_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The machine's Chromium."""
    found = find_chromium()
    if found is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=_ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a served demonstration, made and stopped for this session."""
    with served(tmp_path_factory.mktemp("demo")) as address:
        yield address


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The address of a demonstration of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GONGBAN_")},
        "GONGBAN_HOME": str(home),
        "GONGBAN_PORT": str(port),
        # Stories of many steps do not wait for each; who clears a queue chooses the seconds.
        "GONGBAN_HOLD_SECONDS": "0",
    }
    command = [sys.executable, "-m", "webapp.cli"]
    subprocess.run([*command, "init", "--demo"], env=environment, check=True, capture_output=True)
    log = (home / "server.log").open("wb")
    server = subprocess.Popen([*command, "serve"], env=environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(address, server, home / "server.log")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=20)
        log.close()


def _wait_until_ready(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(150):
        if server.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{address}/health/live", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.2)
    raise AssertionError(f"the server did not start: {log.read_text()}")


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
