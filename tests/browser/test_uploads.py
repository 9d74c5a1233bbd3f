"""Large files over connections that break: they arrive whole, from a desk and from a phone."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import socket
import threading
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from engine.testing.files import small_pdf
from tests.browser.hands import Hands
from tests.browser.test_attention import start_cases

pytestmark = pytest.mark.browser

SIZE = 20 * 1024 * 1024
#: After so many bytes of an upload the line is cut.
CUT_EVERY = 3_300_000


class BadLine:
    """A line to the server that breaks in the middle of what is sent, again and again."""

    def __init__(self, address: str, cuts: int) -> None:
        parts = urlsplit(address)
        self._there = (parts.hostname or "127.0.0.1", int(parts.port or 80))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._left = cuts
        self._carried = 0
        self._lock = threading.Lock()
        self.cut = 0
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._serve, daemon=True)]
        self._threads[0].start()

    def _serve(self) -> None:
        while True:
            try:
                caller, _from = self._listener.accept()
                server = socket.create_connection(self._there)
            except OSError:
                return
            with self._lock:
                self._open += [caller, server]
            for source, target, counted in ((caller, server, True), (server, caller, False)):
                thread = threading.Thread(target=self._carry, args=(source, target, counted))
                self._threads.append(thread)
                thread.start()

    def _carry(self, source: socket.socket, target: socket.socket, counted: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if counted and self._breaks(len(data)):
                    # Half of it still goes out: the server sees a request that ends in the middle.
                    target.sendall(data[: len(data) // 2])
                    break
                target.sendall(data)
        _hang_up(source, target)

    def _breaks(self, length: int) -> bool:
        with self._lock:
            self._carried += length
            if self._left and self._carried > CUT_EVERY:
                self._carried = 0
                self._left -= 1
                self.cut += 1
                return True
        return False

    def close(self) -> None:
        _hang_up(self._listener)
        self._listener.close()
        with self._lock:
            _hang_up(*self._open)
        for thread in self._threads:
            thread.join(20)
        for one in self._open:
            one.close()


def _hang_up(*ends: socket.socket) -> None:
    for one in ends:
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


def large_pdf(path: Path) -> str:
    """A PDF of 20 MB; its SHA-256."""
    small = small_pdf("large")
    head, _line, tail = small.partition(b"\n")
    filling = os.urandom(SIZE // 2).hex().encode()
    content = head + b"\n%" + filling[: SIZE - len(small) - 2] + b"\n" + tail
    path.write_bytes(content)
    assert len(content) == SIZE
    return hashlib.sha256(content).hexdigest()


@pytest.fixture(params=[(1280, 900), (390, 844)], ids=["page", "phone"])
def broken(
    request: pytest.FixtureRequest, browser: Browser, demo: str
) -> Iterator[tuple[Page, BadLine]]:
    """A page behind a bad line."""
    line = BadLine(demo, cuts=5)
    width, height = request.param
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="zh-CN", base_url=line.address
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page, line
    context.close()
    line.close()


def comments_of(demo: str, case: str) -> Any:
    def ask(path: str, body: Any = None, token: str = "") -> Any:
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        sent = urllib.request.Request(f"{demo}/api/v1{path}", data, headers)
        with urllib.request.urlopen(sent, timeout=20) as answer:
            return json.load(answer)

    token = ask("/sessions", {"username": "chenjing", "password": "gongban-demo"})["token"]
    return ask(f"/instances/{case}/comments", token=token)["items"]


def test_a_large_file_arrives_whole_over_a_line_that_breaks(
    broken: tuple[Page, BadLine], demo: str, tmp_path: Path
) -> None:
    page, line = broken
    (case,) = start_cases(demo, 1)
    digest = large_pdf(tmp_path / "CT.pdf")
    Hands(page).become("chenjing")
    page.goto(f"/cases/{case}")
    page.locator("#remark-file").set_input_files(tmp_path / "CT.pdf")
    sent = page.locator(".uploads li", has_text="CT.pdf")
    expect(sent.locator("progress")).to_be_visible()
    expect(sent.locator("input[name=uploaded]")).to_have_count(1, timeout=90_000)
    assert line.cut == 5
    page.locator("#remark").fill("补上 CT 报告")
    page.get_by_role("button", name="发表留言").click()
    expect(page.locator(".remarks")).to_contain_text("CT.pdf")
    (remark,) = comments_of(demo, case)
    assert remark["files"][0]["digest"] == digest
    assert remark["files"][0]["size"] == SIZE


def hang_after(page: Page, pieces: int) -> None:
    """Let so many pieces through; the next waits for ever."""
    through: list[str] = []

    def take(route: Route) -> None:
        if route.request.method != "PUT" or len(through) < pieces:
            through.extend([route.request.url] if route.request.method == "PUT" else [])
            route.continue_()

    page.route("**/files/parts/**", take)


def test_after_a_reload_the_same_file_goes_on_where_it_was(
    page: Page, demo: str, tmp_path: Path
) -> None:
    (case,) = start_cases(demo, 1)
    large_pdf(tmp_path / "CT.pdf")
    Hands(page).become("chenjing")
    page.goto(f"/cases/{case}")
    offsets: list[int] = []

    def note(request: Any) -> None:
        if request.method == "PUT":
            offsets.append(int(request.url.partition("offset=")[2]))

    page.on("request", note)
    hang_after(page, 6)
    page.locator("#remark-file").set_input_files(tmp_path / "CT.pdf")
    expect(page.locator(".uploads li")).to_contain_text("30%")
    page.unroute_all(behavior="ignoreErrors")
    page.reload()
    came_to = max(offsets)
    assert 0 < came_to < SIZE
    offsets.clear()
    page.locator("#remark-file").set_input_files(tmp_path / "CT.pdf")
    expect(page.locator(".uploads input[name=uploaded]")).to_have_count(1, timeout=60_000)
    assert min(offsets) >= came_to


def test_an_upload_can_be_cancelled_and_a_wrong_file_is_refused_before_it_is_sent(
    phone: Page, demo: str, tmp_path: Path
) -> None:
    page = phone
    (case,) = start_cases(demo, 1)
    large_pdf(tmp_path / "CT.pdf")
    Hands(page).become("chenjing")
    page.goto(f"/cases/{case}")
    puts: list[str] = []
    page.on("request", lambda one: puts.append(one.method) if "/parts" in one.url else None)
    (tmp_path / "really.pdf").write_bytes(b"MZ this is a program")
    page.locator("#remark-file").set_input_files(tmp_path / "really.pdf")
    expect(page.locator(".uploads li")).to_contain_text("文件内容不是这里能收的类型")
    assert puts == []
    page.locator(".uploads button", has_text="移除").click()
    hang_after(page, 2)
    page.locator("#remark-file").set_input_files(tmp_path / "CT.pdf")
    expect(page.locator(".uploads li")).to_contain_text("10%")
    with page.expect_request(lambda one: one.method == "DELETE"):
        page.locator(".uploads button", has_text="取消").click()
    expect(page.locator(".uploads li")).to_have_count(0)
