"""Drawing a process in the browser: what is offered, what can be said of a step, how it is saved and checked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.hands import Hands
from tests.browser.looking import check
from tests.browser.studio import ADMINISTRATOR, Drawing

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
#: What the runtime refuses; none of it may be offered (docs/supported-elements.md).
REFUSED = re.compile("脚本|发送|信号|升级|补偿|条件.*事件|事务|自由|事件子流程|调用|复杂|链接|循环")


def step(text: str, id: str) -> str:
    """What a saved diagram says of a step."""
    found = re.search(rf'<bpmn:userTask id="{id}".*?</bpmn:userTask>', text, re.DOTALL)
    assert found, text[:2000]
    return found.group(0)


def titles(page: Page, selector: str) -> list[str]:
    return [str(one.get_attribute("title")) for one in page.locator(f"{selector} .entry").all()]


def test_only_what_can_run_is_offered_and_everything_is_in_the_readers_words(page: Page) -> None:
    drawing = Drawing.begin(page, "offered")
    offered = titles(page, ".djs-palette")
    assert {"人工办理", "自动办理", "判定表", "择一分支", "等待时间"} <= set(offered)

    for element in ("check", "approve_gate", "ended_agreed", "apply"):
        drawing.select(element)
        expect(page.locator(".djs-context-pad.open")).to_be_visible()
        offered += titles(page, ".djs-context-pad")
        change = page.locator(".djs-context-pad .entry[data-action=replace]")
        if change.count():
            change.click()
            expect(page.locator(".djs-popup")).to_be_visible()
            offered += [
                one.get_attribute("title") or one.inner_text()
                for one in page.locator(".djs-popup .entry").all()
            ]
            page.keyboard.press("Escape")

    assert [one for one in offered if REFUSED.search(one) or not re.search(r"[一-鿿]", one)] == []
    # Every text of the libraries was looked up on the way.
    assert page.evaluate("[...window.gongbanUntranslated]") == []
    page.get_by_role("button", name="模拟运行").click()
    expect(page.locator(".bts-palette .bts-entry").first).to_have_attribute("title", "继续或暂停")
    assert check(page) == []


def test_everything_a_step_says_has_its_field_and_every_change_can_be_undone(page: Page) -> None:
    drawing = Drawing.begin(page, "fields")
    drawing.select("check")
    drawing.unfold()
    drawing.field("fallback").get_by_role("button", name="添加").click()
    drawing.field("fallback").locator("select").nth(0).select_option("head")
    drawing.field("fallback").locator("select").nth(1).select_option("root")
    for name, value in {"hand_on": "unit", "skip_repeated": "any", "send_back": "none"}.items():
        drawing.field(name).locator("select").select_option(value)
    drawing.field("hides").locator("input").fill("contact")
    drawing.field("irreversible").locator("input").click()
    drawing.field("sign-rule").locator("select").select_option("ratio")
    for name, value in {"threshold": ">= 2/3", "quorum": "2/3", "minimum": "3"}.items():
        drawing.field(f"sign-{name}").locator("input").fill(value)
    drawing.field("sign-wait").locator("select").select_option("deadline")
    drawing.feel("sign-signers", 'holders("unit_clerk", applicant.unit)')
    drawing.add("outcomes")
    drawing.add("ladder")
    drawing.save()

    said = step(drawing.text, "check")
    for part in [
        'name="fallback" value="head @ root"',
        'name="hand_on" value="unit"',
        'name="skip_repeated" value="any"',
        'name="send_back" value="none"',
        'name="hides" value="contact"',
        'name="irreversible" value="true"',
        '<gongban:signOff rule="ratio" signers="holders(&quot;unit_clerk&quot;, applicant.unit)" minimum="3" '
        'threshold="&gt;= 2/3" quorum="2/3" wait="deadline" />',
        '<gongban:outcome id="outcome_1" label="另一个结果" />',
        '<gongban:rung at="due" do="remind" />',
    ]:
        assert part in said, said
    undo = page.locator(".tool[aria-label='撤销']")
    while undo.is_enabled():
        undo.click()
    drawing.save()
    assert step(drawing.text, "check") == step(drawing.begun, "check")


def test_a_step_done_for_each_of_a_list_keeps_the_list(page: Page) -> None:
    drawing = Drawing.begin(page, "loops")
    drawing.select("check")
    drawing.unfold()
    drawing.field("loop").locator("select").select_option("parallel")
    drawing.feel("loop-collection", "purposes")
    drawing.field("loop-item").locator("input").fill("one")
    drawing.save()
    drawing.open("check")

    expect(drawing.field("loop-item").locator("input")).to_have_value("one")
    assert "<bpmn:loopDataInputRef>purposes</bpmn:loopDataInputRef>" in drawing.text
    drawing.explain("每种用途各核一次")
    assert "<bpmn:loopDataInputRef>purposes</bpmn:loopDataInputRef>" in drawing.text


def test_a_finding_stands_on_its_element_and_goes_when_it_is_put_right(page: Page) -> None:
    drawing = Drawing.begin(page, "findings")
    drawing.select("approve_gate__ended_agreed")
    before = drawing.value("condition")
    drawing.feel("condition", 'outcomes.aprove = "agree"', clear=True)

    finding = page.locator(".check-error[data-element=approve_gate__ended_agreed]").first
    expect(finding).to_contain_text("aprove")
    page.locator(".modeler-canvas svg").first.click(position={"x": 400, "y": 20})
    finding.locator("button.check-where").click()
    expect(page.locator("[data-entry-id^=condition] .cm-content")).to_contain_text("aprove")
    expect(page.locator(".djs-overlay .check-badge").first).to_be_visible()

    drawing.feel("condition", before, clear=True)
    expect(page.locator(".check-error")).to_have_count(0)


def test_flows_are_tried_in_the_order_that_was_chosen_and_undoing_brings_it_back(
    page: Page,
) -> None:
    drawing = Drawing.begin(page, "order")
    drawing.select("approve_gate")
    page.get_by_role("button", name="推后判断“同意”").click()
    drawing.save()

    def order() -> list[str]:
        return re.findall(r'<bpmn:sequenceFlow id="(approve_gate__\w+)"', drawing.text)

    assert order() == ["approve_gate__ended_refused", "approve_gate__ended_agreed"]
    page.locator(".tool[aria-label='撤销']").click()
    drawing.save()
    assert drawing.text == drawing.begun


def test_what_a_crash_left_comes_back_and_nothing_is_saved_over_somebody_else(page: Page) -> None:
    drawing = Drawing.begin(page, "two_hands")
    # Another tab saves first.
    other = page.context.new_page()
    second = Drawing(other, drawing.draft)
    other.on("request", second._hear)
    second.open()
    second.explain("另一页写的")
    drawing.explain("这一页写的", saved=False)

    dialog = page.locator("dialog[open]")
    expect(dialog).to_contain_text("也修改了这个文件")
    dialog.get_by_role("button", name="采用对方的").click()
    expect(page.locator("[data-entry-id^=documentation] textarea")).to_have_value("另一页写的")

    # The server is away, the browser dies: the text is there again.
    page.route(
        "**/files/process.bpmn",
        lambda route: (
            route.fulfill(status=429) if route.request.method == "PUT" else route.continue_()
        ),
    )
    page.locator("[data-entry-id^=documentation] textarea").fill("没有送到的")
    expect(page.locator(".saving-line")).to_contain_text("未保存")
    page.on("dialog", lambda one: one.accept())
    drawing.open()
    expect(page.locator(".saving-recovered")).to_contain_text("已恢复")
    page.unroute_all()
    page.keyboard.press("Control+s")
    expect(page.locator("[data-entry-id^=documentation] textarea")).to_have_value("没有送到的")
    expect(page.locator(".saving-line")).to_contain_text("已于")


def test_on_a_phone_the_diagram_is_looked_at(phone: Page) -> None:
    Hands(phone).become(ADMINISTRATOR)
    phone.goto("/studio")
    phone.locator("form[action='/studio/new'] input[name=name]").fill("small")
    phone.locator("form[action='/studio/new'] button[type=submit]").click()
    phone.wait_for_url("**/studio/drafts/*")
    phone.goto(f"{phone.url}/diagram")

    expect(phone.locator("[data-island=modeler]")).to_have_attribute("data-ready", "looking")
    expect(phone.get_by_text("编辑需要更宽的窗口")).to_be_visible()
    expect(phone.locator(".djs-palette")).to_have_count(0)
    assert phone.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


def deadlocked() -> bytes:
    """A small process in which two ways, of which only one is taken, are waited for together."""
    text = (ROOT / "processes" / "approve3" / "process.bpmn").read_text(encoding="utf-8")
    for before, after in [
        ('<bpmn:endEvent id="ended_agreed"', '<bpmn:parallelGateway id="ended_agreed"'),
        (
            "<bpmn:incoming>approve_gate__ended_agreed</bpmn:incoming>\n    </bpmn:endEvent>",
            "<bpmn:incoming>approve_gate__ended_agreed</bpmn:incoming>\n"
            "      <bpmn:incoming>approve_gate__ended_refused</bpmn:incoming>\n"
            "      <bpmn:outgoing>both__ended_refused</bpmn:outgoing>\n    </bpmn:parallelGateway>",
        ),
        ("<bpmn:incoming>approve_gate__ended_refused</bpmn:incoming>\n    </bpmn:endEvent>", ""),
        (
            'sourceRef="approve_gate" targetRef="ended_refused"',
            'sourceRef="approve_gate" targetRef="ended_agreed"',
        ),
    ]:
        assert before in text, before
        text = text.replace(before, after, 1)
    end = '<bpmn:endEvent id="ended_refused" name="不同意领用">\n      '
    assert end in text
    text = text.replace(
        end, end + "<bpmn:incoming>both__ended_refused</bpmn:incoming>\n    </bpmn:endEvent>", 1
    )
    flow = '<bpmn:sequenceFlow id="both__ended_refused" sourceRef="ended_agreed" targetRef="ended_refused" />\n  '
    return text.replace("</bpmn:process>", flow + "</bpmn:process>", 1).encode()


def test_a_deadlock_is_watched_step_by_step_on_the_drawing(page: Page) -> None:
    drawing = Drawing.begin(page, "deadlock")
    drawing.read_file("dead.bpmn", deadlocked())
    watch = page.get_by_role("button", name="看看怎么会这样").first
    watch.click()

    player = page.locator(".player")
    expect(player.locator(".play-count")).to_contain_text("第 1 步")
    page.keyboard.press("End")
    expect(player.locator(".play-steps li").last).to_have_attribute("aria-current", "step")
    # The case waits on the one flow that was taken, before the element that waits for both.
    expect(page.locator(".djs-overlay .token-dot")).to_have_count(1)
    expect(page.locator(".djs-element.played").first).to_be_attached()
    assert re.search(r"[一-鿿]", player.locator(".play-told").inner_text())
    page.keyboard.press("Escape")
    expect(page.locator(".token-dot")).to_have_count(0)
    assert page.evaluate("[...window.gongbanUntranslated]") == []


def test_the_stories_of_a_draft_show_where_they_go(page: Page) -> None:
    Drawing.begin(page, "stories")
    page.get_by_role("button", name="演练情景").click()

    expect(page.locator(".mark-legend")).to_contain_text("经过", timeout=20_000)
    expect(page.locator(".djs-element.marked-covered").first).to_be_attached()
    expect(page.locator(".mark-list li").first).to_be_attached()
    page.get_by_role("button", name="演练情景").click()
    expect(page.locator(".djs-element.marked-covered")).to_have_count(0)
