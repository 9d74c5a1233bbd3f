"""The studio's editors in a real browser, without the application: nothing is lost, nothing stays English."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from playwright.sync_api import Browser, Page

from tests.browser.chromium import find_chromium
from tests.frontend.editing import Editing, serving
from webapp import assets

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(find_chromium() is None, reason="no Chromium"),
    pytest.mark.skipif(
        not (assets.DIST / "manifest.json").exists(), reason="the front end is not built"
    ),
]

ROOT = Path(__file__).parents[2]
PROCESSES = ROOT / "processes"
KIT = ROOT.parent / "shared" / "corpora" / "dmn-tck"
TABLES = sorted(PROCESSES.rglob("*.dmn"))
FORMS = sorted(PROCESSES.rglob("forms/*.json"))
ROUTE = PROCESSES / "illness_aid" / "approval_route.dmn"
APPLY = PROCESSES / "illness_aid" / "forms" / "apply.json"

#: Opens a text in the editor of the page, and says what it would write: as it is, and with a new description.
ROUND = """async (text) => {
  const { editor } = document.querySelector("[data-island]");
  await editor.load(text);
  const unchanged = await editor.written();
  const area = document.querySelector("#documentation");
  if (area) { area.value = "Y1"; area.dispatchEvent(new Event("input")); }
  const notice = document.querySelector(".source .notice");
  return { unchanged, changed: area ? await editor.current() : null, notice: notice && notice.textContent };
}"""


@pytest.fixture(scope="module")
def editing() -> Iterator[Editing]:
    with serving() as found:
        yield found


@pytest.fixture(scope="module")
def browsed(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.add_init_script(
        "window.refused = []; addEventListener('securitypolicyviolation', e => refused.push(e.violatedDirective))"
    )
    yield page
    context.close()


def opened(page: Page, editing: Editing, file: Path, **more: Any) -> Page:
    form = file.suffix == ".json"
    editing.island = editing.entry = "form-editor" if form else "dmn-editor"
    editing.entry = "form-editor" if form else "dmn"
    editing.path = f"forms/{file.name}" if form else file.name
    editing.text = file.read_text(encoding="utf-8")
    editing.version, editing.lang, editing.more = 1, "zh-CN", more
    editing.saved.clear()
    editing.findings.clear()
    editing.tried = lambda body: {
        **{"findings": [], "errors": [], "kept": [], "people": {}},
        **{"inputs": [], "value": "", "tables": [], "problems": [], "fault": ""},
    }
    page.goto(editing.address)
    page.evaluate("localStorage.clear()")
    page.locator("[data-ready]").wait_for()
    return page


def compared(text: str, *, drawing: bool = True) -> bytes:
    """Canonical, without descriptions, which the test changes, and without a drawing if there was none."""
    root = etree.fromstring(text.lstrip("\ufeff").encode())
    for pattern in ("{*}description", *([] if drawing else ["{*}DMNDI"])):
        for element in list(root.iter(pattern)):
            element.getparent().remove(element)  # type: ignore[union-attr]  # it has a parent
    etree.cleanup_namespaces(root)
    found = BytesIO()
    root.getroottree().write_c14n(found, with_comments=True)
    return re.sub(rb">\s+<", b"><", found.getvalue())


def rounds(page: Page, files: list[Path]) -> dict[str, dict[str, Any]]:
    return {str(file): page.evaluate(ROUND, file.read_text(encoding="utf-8")) for file in files}


def test_tables_of_the_packages_are_saved_as_they_were_but_for_what_was_changed(
    browsed: Page, editing: Editing
) -> None:
    page = opened(browsed, editing, ROUTE)

    for name, found in rounds(page, TABLES).items():
        text = Path(name).read_text(encoding="utf-8")
        assert found["unchanged"] == text, name
        assert found["changed"] != text, name
        assert compared(found["changed"]) == compared(text), name
        # Spaces, quotes and line ends as well: a change is as small in git as it was by hand.
        before, after = text.splitlines(), found["changed"].splitlines()
        assert len(set(after) - set(before)) <= 2, name
    assert page.evaluate("refused") == []


@pytest.mark.skipif(not KIT.exists(), reason="the test kit of DMN is not at hand")
def test_no_model_of_the_test_kit_loses_anything_or_it_is_edited_as_text(
    browsed: Page, editing: Editing
) -> None:
    page = opened(browsed, editing, ROUTE)
    as_text = []

    for name, found in rounds(page, sorted(KIT.rglob("*.dmn"))).items():
        text = Path(name).read_text(encoding="utf-8").replace("\r\n", "\n")
        drawn = "DMNDI>" in text
        before = compared(text, drawing=drawn)
        # A file that is not drawn gets a drawing as soon as somebody changes it; nothing goes.
        assert compared(found["unchanged"], drawing=drawn) == before, name
        if found["notice"]:
            as_text.append(Path(name).stem)
        elif found["changed"]:
            assert compared(found["changed"], drawing=drawn) == before, name
    # Models of DMN 1.4 and 1.5 with elements the editor does not know.
    assert as_text == ["1150-boxed-conditional", "1151-boxed-filter", "1152-boxed-for"]


def test_forms_of_the_packages_are_saved_as_they_were(browsed: Page, editing: Editing) -> None:
    page = opened(browsed, editing, APPLY)

    for file in FORMS:
        text = file.read_text(encoding="utf-8")
        written = page.evaluate(
            "async (text) => { const { editor } = document.querySelector('[data-island]');"
            " await editor.load(text); return [editor.current(), editor.written()]; }",
            text,
        )
        assert written[0] == text, file
        assert json.loads(written[1]) == json.loads(text), file


def test_rules_can_be_added_moved_and_removed(browsed: Page, editing: Editing) -> None:
    page = opened(browsed, editing, ROUTE)

    page.locator("td.add-rule-add, .add-rule-add").first.click()
    cells = page.locator("tbody tr").nth(4).locator("td[data-row-id]")
    cells.nth(1).click()
    page.keyboard.type("> 9000000")
    page.locator("tbody tr").nth(0).locator("td").first.click(button="right")
    page.get_by_text("删规则", exact=True).click()
    saved = wait_for_save(
        page, editing, lambda text: "9000000" in text and "rule_1_in_1" not in text
    )

    root = etree.fromstring(saved.encode())
    rules = root.findall(".//{*}rule")
    assert len(rules) == 4
    assert rules[0].get("id") == "approval_route_rule_2"
    assert rules[3].findtext("{*}inputEntry/{*}text") == "> 9000000"
    # The file keeps its own look: the new rule stands indented among the others.
    assert re.search(r'\n      <rule id="[^"]+">\n        <inputEntry id="', saved)


def wait_for_save(page: Page, editing: Editing, holds: Any) -> str:
    for _ in range(60):
        if editing.saved and holds(editing.saved[-1]):
            return editing.saved[-1]
        page.wait_for_timeout(100)
    raise AssertionError(f"not saved: {editing.saved[-1:]}")


def test_what_the_check_says_stands_in_the_cells(browsed: Page, editing: Editing) -> None:
    page = opened(browsed, editing, ROUTE)
    editing.findings = [
        {
            **{"rule": "table_gap", "severity": "error", "element": "approval_route"},
            **{"file": ROUTE.name, "message": "有空隙", "cells": [{"row": 2, "column": 1}]},
        },
        {**{"rule": "other", "severity": "error", "element": ""}, "file": "x", "message": "别处"},
    ]

    page.get_by_role("button", name="检查", exact=True).click()
    page.get_by_text("有空隙").wait_for()

    assert page.get_by_text("别处").count() == 0
    style = "el => getComputedStyle(el).boxShadow"
    row = page.locator("tbody tr").nth(1).locator("td[data-row-id]")
    assert "inset" in row.nth(1).evaluate(style)
    assert row.nth(2).evaluate(style) == "none"


def test_somebody_elses_words_are_not_overwritten(browsed: Page, editing: Editing) -> None:
    page = opened(browsed, editing, ROUTE)
    theirs = editing.text.replace("&gt; 2000000", "&gt; 7000000")
    editing.version, editing.text = 2, theirs

    page.locator("#documentation").fill("年度：2027。来源：我。")
    dialog = page.locator("dialog[open]")
    dialog.wait_for()
    dialog.get_by_role("button", name="采用").click()

    page.get_by_text("> 7000000").wait_for()
    assert editing.text == theirs


def test_a_new_field_of_our_own_is_added_and_described(browsed: Page, editing: Editing) -> None:
    page = opened(browsed, editing, APPLY)
    before = json.loads(editing.text)

    page.locator("button[data-field-type=money]").focus()
    page.keyboard.press("Enter")
    page.locator(".form-canvas .fjs-element[data-field-type=money]").last.click()
    page.get_by_label("名称", exact=True).fill("护理费")
    page.get_by_label("在办件中的名字").fill("care_fee_fen")
    page.get_by_label("最高金额").fill("20000")
    saved = json.loads(wait_for_save(page, editing, lambda text: "2000000" in text))

    added = saved["components"].pop()
    assert saved == before
    assert added["type"] == "money"
    assert (added["label"], added["key"]) == ("护理费", "care_fee_fen")
    assert added["validate"] == {"max": 2_000_000}


#: Words that a page shows to people: its texts, and what is read out or hovered.
SHOWN = """() => {
  const found = new Set();
  const kinds = NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT;
  const walk = document.createTreeWalker(document.body, kinds);
  while (walk.nextNode()) {
    const node = walk.currentNode;
    if (node.nodeType === Node.ELEMENT_NODE) {
      for (const name of ["title", "aria-label", "placeholder", "alt"]) found.add(node.getAttribute(name) ?? "");
    } else if (!node.parentElement.closest("script, style, textarea, .cm-content")) found.add(node.textContent.trim());
  }
  return [...found];
}"""
#: Names, not words.
NAMES = {"Powered", "Gongban"}


def english(page: Page) -> list[str]:
    texts = page.evaluate(SHOWN)
    return sorted(
        text
        for text in texts
        if set(re.findall(r"\b[A-Z][a-z]{2,}\b", text)) - NAMES and "bpmn.io" not in text.lower()
    )


def test_the_table_editor_says_nothing_in_english(browsed: Page, editing: Editing) -> None:
    page = opened(browsed, editing, ROUTE)
    found = set(english(page))

    page.locator("th.input-cell").first.hover()
    page.locator("th.input-cell .edit-button, th.input-cell").first.click()
    found |= set(english(page))
    page.keyboard.press("Escape")
    page.locator("tbody tr").first.locator("td").nth(1).click(button="right")
    found |= set(english(page))
    page.keyboard.press("Escape")
    page.get_by_role("button", name="总图").first.click()
    page.locator(".djs-shape").first.click()
    page.locator(".djs-context-pad .entry").first.wait_for()
    found |= set(english(page))
    page.get_by_role("button", name="原文").click()
    found |= set(english(page))

    assert sorted(found) == []
    assert page.evaluate("[...withoutChinese]") == []


def test_the_form_editor_says_nothing_in_english(browsed: Page, editing: Editing) -> None:
    page = opened(browsed, editing, APPLY)
    found = set(english(page))

    for kind in page.locator("button[data-field-type]").all():
        kind.focus()
        page.keyboard.press("Enter")
    added = page.locator(".form-canvas .fjs-element[data-id^=Field_]").all()
    assert len(added) == 20
    for field in added:
        page.evaluate(
            "id => { const { editor } = document.querySelector('[data-island]');"
            " editor.editor.get('selection').set(editor.editor.get('formFieldRegistry').get(id)); }",
            field.get_attribute("data-id"),
        )
        found |= set(english(page))
    page.get_by_role("button", name="预览").click()
    page.locator(".preview .fjs-form-field").first.wait_for()
    found |= set(english(page))

    assert sorted(found) == []


@pytest.mark.parametrize("file", [ROUTE, APPLY], ids=["table", "form"])
def test_on_a_phone_a_file_is_read_and_says_that_editing_needs_a_wider_screen(
    browsed: Page, editing: Editing, file: Path
) -> None:
    browsed.set_viewport_size({"width": 390, "height": 844})
    try:
        page = opened(browsed, editing, file)
        page.get_by_text("编辑需要更宽的屏幕").wait_for()
        assert page.get_by_text("拟定金额" if file == ROUTE else "身份证号").count() > 0
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    finally:
        browsed.set_viewport_size({"width": 1440, "height": 900})
