"""The pages in a real browser, under the policy the application sends, with their sample models."""

from __future__ import annotations

import json
import mimetypes
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from markupsafe import Markup
from playwright.sync_api import Browser, Page

from tests.browser.chromium import find_chromium
from tests.browser.looking import check
from tests.frontend import samples
from tests.frontend.rendering import render, url_for
from webapp import assets

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium"),
    pytest.mark.skipif(
        not (assets.DIST / "manifest.json").exists(), reason="the front end is not built"
    ),
]

POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:"
WHOLE_PAGES = sorted(
    name for name, (template, _, _) in samples.PAGES.items() if not template.startswith("partials")
)


def tags(entry: str) -> str:
    return Markup("").join(
        assets._TAGS[kind].format(f"/static/dist/{path}") for kind, path in assets.needs(entry)
    )


def address(endpoint: str, **values: object) -> str:
    return f"/static/{values['filename']}" if endpoint == "static" else url_for(endpoint, **values)


class Pages(BaseHTTPRequestHandler):
    received: list[dict[str, Any]]

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path.startswith("/static/dist/"):
            path = assets.DIST / url.path.removeprefix("/static/dist/")
            kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            self.answer(
                path.read_bytes() if path.is_file() else b"", kind, 200 if path.is_file() else 404
            )
            return
        name = url.path.removeprefix("/p/")
        if name not in samples.PAGES:
            self.answer(b"", "text/plain", 404)
            return
        template, model, further = samples.PAGES[name]
        page = render(
            template,
            model,
            query.get("lang", "zh"),
            **{
                **further,
                "asset_tags": tags,
                "url_for": address,
                "theme": query.get("theme", "light"),
            },
        )
        self.answer(page.encode(), "text/html; charset=utf-8")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        path = urlsplit(self.path).path
        if path == "/files":
            self.answer(
                json.dumps({"id": "file-1", "name": "诊断证明.pdf", "size": 9}).encode(),
                "application/json",
            )
        elif self.headers["Content-Type"].startswith("application/json"):
            self.received.append({"path": path, "json": json.loads(body)})
            self.answer(b"{}", "application/json")
        else:
            fields = {
                name: values[0]
                for name, values in parse_qs(body.decode(), keep_blank_values=True).items()
            }
            self.received.append({"path": path, "fields": fields})
            self.answer(b"<!doctype html><title>sent</title>", "text/html")

    def answer(self, body: bytes, kind: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadingHTTPServer]:
    Pages.received = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def page(browser: Browser, server: ThreadingHTTPServer) -> Iterator[Page]:
    Pages.received.clear()
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{server.server_address[1]}",
        viewport={"width": 1280, "height": 900},
    )
    page = context.new_page()
    page.add_init_script(
        "window.refused = [];"
        "addEventListener('securitypolicyviolation', e => refused.push(e.violatedDirective + ' ' + e.blockedURI))"
    )
    yield page
    context.close()


def opened(page: Page, name: str, query: str = "") -> Page:
    page.goto(f"/p/{name}?{query}")
    for island in page.locator("[data-island=form]").all():
        island.locator(".fjs-container").wait_for()
    return page


@pytest.mark.parametrize("name", WHOLE_PAGES)
def test_every_page_obeys_the_policy_and_fits_a_phone(page: Page, name: str) -> None:
    failures: list[str] = []
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.set_viewport_size({"width": 360, "height": 740})

    for query in ("lang=zh", "lang=en&theme=dark"):
        opened(page, name, query)
        assert page.evaluate("refused") == []
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, query

    assert not failures


#: What a walk through a demonstration does not come to: answers to forms, rare states.
RARE = [
    "batch",
    "batch_nothing",
    "batch_done",
    "webhook_secret",
    "task_errors",
    "task_vote",
    "error_409",
    "audit_broken",
    "notice_withdrawn",
    "person_left",
    "unit_merged",
    "incidents",
    "heat_cases",
    "incidents_retried",
    "migration",
    "migration_batch",
    "stuck",
]


@pytest.mark.parametrize("name", RARE)
def test_axe_finds_nothing_where_people_rarely_come(page: Page, name: str) -> None:
    opened(page, name, "lang=zh&theme=light")
    assert check(page) == []

    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, name, "lang=en&theme=dark")
    assert check(page) == []


def test_form_says_in_chinese_what_is_missing_and_keeps_the_page(page: Page) -> None:
    opened(page, "start_form")

    page.locator(".col-side button[value=send]").click()

    errors = page.locator(".fjs-form-field-error")
    errors.first.wait_for()
    assert errors.count() > 20
    assert set(errors.all_inner_texts()) <= {
        "请填写此项。",
        "请选择。",
        "请勾选后继续。",
        "请上传文件。",
    }
    # The first of them gets the focus once all are drawn.
    page.wait_for_function("document.activeElement.id.endsWith('apply_id_card_no')")
    assert Pages.received == []


def test_money_is_whole_fen_and_is_read_back_in_capitals(page: Page) -> None:
    opened(page, "start_form")
    amount = page.get_by_label("医疗总费用")

    amount.fill("128,400.5")
    amount.blur()
    page.get_by_label("医保已报销").fill("71260")
    page.get_by_label("其他报销").fill("0")
    page.get_by_text("大写：壹拾贰万捌仟肆佰元伍角整").wait_for()
    page.get_by_text("¥ 57,140.50").wait_for()
    page.locator(".col-side button[value=draft]").click()
    page.wait_for_url("**/pages.start_submit**")

    form = json.loads(Pages.received[-1]["fields"]["form_json"])
    assert form["total_cost_fen"] == 12_840_050
    assert "self_paid_fen" not in form


@pytest.mark.parametrize(
    ("label", "wrong", "right", "says"),
    [
        ("身份证号", "11010519491231002x1", "11010519491231002X", "身份证号有误"),
        ("手机", "12345678901", "13900000017", "手机号码应为 11 位"),
        ("银行账号", "6222020000000000001", "4111111111111111", "银行卡号有误"),
    ],
)
def test_numbers_that_cannot_be_are_said_at_once(
    page: Page, label: str, wrong: str, right: str, says: str
) -> None:
    opened(page, "start_form")
    field = page.get_by_label(label).first

    field.fill(wrong)
    field.blur()
    page.get_by_text(says).wait_for()
    field.fill(right)
    field.blur()

    page.get_by_text(says).wait_for(state="detached")


def test_hidden_fields_stay_home_and_files_go_by_their_ids(page: Page) -> None:
    opened(page, "start_form")
    page.get_by_label("由家属或者同事代办").check()
    page.get_by_label("代办人姓名").fill("李明")
    page.get_by_label("由家属或者同事代办").uncheck()
    files = page.locator(".fjs-form-field-attachments input[type=file]").first
    files.set_input_files(
        {"name": "诊断证明.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n"}
    )
    page.locator(".gb-files li:not(.gb-file-running)").first.wait_for()
    files.set_input_files({"name": "a.exe", "mimeType": "application/x-dosexec", "buffer": b"MZ"})
    page.get_by_text("文件内容不是这里能收的类型").wait_for()

    page.locator(".col-side button[value=draft]").click()
    page.wait_for_url("**/pages.start_submit**")

    form = json.loads(Pages.received[-1]["fields"]["form_json"])
    assert "agent_name" not in form
    assert form["diagnosis_files"] == ["file-1"]


def test_a_draft_is_kept_two_seconds_after_the_last_change(page: Page) -> None:
    opened(page, "start_form")

    page.get_by_label("职务").fill("处长")
    page.get_by_text("草稿已于").wait_for(timeout=6000)

    assert [entry["path"] for entry in Pages.received] == ["/start/illness_aid/draft"]
    assert Pages.received[0]["json"]["form"]["job_title"] == "处长"


def test_what_the_server_refused_stands_at_its_field(page: Page) -> None:
    opened(page, "task_errors")

    page.get_by_text("请写明走访所见，至少 50 字。").wait_for()

    assert page.locator("#opinion-error").inner_text() == "请说明理由。"


def test_people_are_chosen_from_those_offered(page: Page) -> None:
    opened(page, "task_form")
    for name in ("刘国栋", "徐文斌"):
        page.get_by_label(name).check()
    page.locator(".col-side button[value=complete]").click()
    page.get_by_text("请至少选择 3 人。").wait_for()

    page.get_by_label("马兰花").check()
    page.locator(".col-side button[value=complete]").click()
    page.wait_for_url("**/pages.task_complete**")

    form = json.loads(Pages.received[-1]["fields"]["form_json"])
    assert form["investigators"] == ["diaocha_liu", "diaocha_xu", "diaocha_ma"]


def test_a_refusal_needs_its_reason_before_it_is_confirmed(page: Page) -> None:
    opened(page, "task")
    refuse = page.locator(".col-side button[value=refuse]")

    refuse.click()
    assert "需要说明理由" in page.locator("#opinion-error").inner_text()
    page.fill("#opinion", "不符合条件")
    refuse.click()
    page.locator("dialog[open] button[value=yes]").click()
    page.wait_for_url("**/pages.task_complete**")

    assert Pages.received[-1]["fields"] | {"csrf_token": ""} == {
        "csrf_token": "",
        "idempotency_key": "k1",
        "version": "7",
        "form_json": "",
        "opinion": "不符合条件",
        "outcome": "refuse",
        "confirm": "yes",
    }


def test_a_double_click_sends_once(page: Page) -> None:
    opened(page, "task")
    page.evaluate("document.querySelector('#task-form').target = 'elsewhere'")

    page.locator(".col-side button[value=agree]").dblclick()
    page.wait_for_timeout(400)

    assert len(Pages.received) == 1


MARK_IS_FREE = """(selector) => {
  const mark = document.querySelector(selector);
  mark.scrollIntoView({block: "end"});
  const box = mark.getBoundingClientRect();
  return [[.1, .1], [.9, .1], [.5, .5], [.1, .9], [.9, .9]].every(([x, y]) => {
    const hit = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
    return hit && (mark.contains(hit) || hit.contains(mark) && hit.closest(".fjs-container, .bjs-container"));
  });
}"""


@pytest.mark.parametrize("width", [1280, 390])
def test_the_mark_of_bpmn_io_is_never_covered(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    opened(page, "task_form")
    page.locator("details.at-diagram summary").click()
    page.locator("[data-island=viewer][data-ready]").wait_for()

    assert page.evaluate(MARK_IS_FREE, ".fjs-powered-by-link")
    assert page.evaluate(MARK_IS_FREE, ".bjs-powered-by")


def test_the_diagram_shows_where_the_case_is(page: Page) -> None:
    opened(page, "task")
    page.locator("details.at-diagram summary").click()
    page.locator("[data-island=viewer][data-ready]").wait_for()

    assert page.get_by_text("陆远山正在办理").is_visible()
    assert page.locator(".djs-shape.is-current").count() == 1
    assert page.locator(".djs-shape.is-done:not(.djs-label)").count() > 10


def test_lists_and_plain_forms_work_without_javascript(
    browser: Browser, server: ThreadingHTTPServer
) -> None:
    Pages.received.clear()
    context = browser.new_context(
        base_url=f"http://127.0.0.1:{server.server_address[1]}", java_script_enabled=False
    )
    page = context.new_page()

    page.goto("/p/start_form")
    assert page.locator("noscript .notice-warn").is_visible()
    page.goto("/p/task")
    page.fill("#opinion", "同意")
    page.get_by_role("button", name="同意", exact=True).first.click()
    page.wait_for_url("**/pages.task_complete**")

    assert Pages.received[-1]["fields"]["outcome"] == "agree"
    context.close()
