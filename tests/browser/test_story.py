"""One case from application to receipt and follow-up, by clicking, as the demonstration's people would."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from engine import bankfile
from tests.browser.hands import Hands
from tests.browser.serving import served

pytestmark = pytest.mark.browser

TITLE = "重大疾病帮扶 · 陈静"
FINDINGS = (
    "到场了解治疗经过，查看病历、费用票据和医保结算单的原件，与申请表所填病情、费用和家庭情况逐项核对，"
    "情况属实，家庭负担较重，建议给予帮扶。"
)
APPLICATION = {
    "身份证号": "329900198104125026",
    "手机": "13900000017",
    "病种": "恶性肿瘤",
    "诊断病名": "左肺腺癌",
    "确诊日期": "2026-08-10",
    "确诊医院": "省人民医院",
    "首次确诊": "是",
    "费用起始日期": "2026-08-15",
    "费用截止日期": "2026-10-20",
    "医疗总费用": "98000",
    "医保已报销": "55000",
    "其他报销（互助、商业保险等）": "8000",
    "当年已从其他工会获得的帮扶": "0",
    "家庭人口": "3",
    "家庭年收入": "180000",
    "家庭住房套数": "1",
    "有商铺或者雇工经营": "否",
    "子女就读高收费私立学校或者自费留学": "否",
    "关系": "配偶",
    "姓名": "周明",
    "年收入": "72000",
    "困难说明": "出院后需要长期服药和定期复查，药费大部分要自己承担，家里孩子还在上学。",
    "开户银行": "工商银行省府支行",
    "银行账号": "6299999900000012340",
    "户名": "陈静",
    "同意工会为办理帮扶处理我的身份证号、病情和银行账号": True,
    "同意把申请材料提供给省直机关工会，把姓名和账号提供给付款银行": True,
    "同意公示我的姓名、单位、帮扶类别和金额": True,
    "授权核对家庭经济状况": True,
    "承诺以上情况真实；虚报的，取消资格并退回帮扶金": True,
}


def bank_answer(downloaded: Path, amount_fen: int) -> bytes:
    """What the bank would answer to the batch file that was downloaded: everything paid."""
    rows = [line.split(",") for line in downloaded.read_text("utf-8-sig").splitlines()]
    head = next(row for row in rows if row[0] == "H")
    order = next(row for row in rows if row[0] == "D")
    made_on = date.fromisoformat(
        next(cell for cell in head if re.fullmatch(r"\d{4}-\d\d-\d\d", cell))
    )
    batch = bankfile.Batch(
        head[3], made_on, (bankfile.Order(order[1], "", "", "", amount_fen, ""),)
    )
    paid = bankfile.Reply(order[1], "paid", made_on, "HD20260001", "")
    return bankfile.make_reply(batch, [paid])


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A demonstration of its own: others begin cases of the same title."""
    with served(tmp_path_factory.mktemp("story")) as address:
        yield address


def test_a_case_goes_from_application_to_follow_up_by_clicking(page: Page, tmp_path: Path) -> None:
    hands = Hands(page)

    hands.become("chenjing")
    page.goto("/start/illness_aid")
    expect(page.locator("[data-island=form][data-ready=yes]")).to_be_visible()
    hands.fill(APPLICATION)
    hands.attach("诊断证明、出院小结或者病理报告", "diagnosis.pdf")
    hands.attach("住院或者门诊收费票据", "bill.pdf")
    hands.attach("医保结算单", "settlement.pdf")
    page.get_by_role("button", name="提交申请").locator("visible=true").first.click()
    expect(page.locator("h1")).to_have_text(TITLE)
    expect(page.get_by_text("陈静提交了申请")).to_be_visible()
    expect(page.get_by_text("329900198104125026")).to_have_count(0)
    case_url = page.url

    hands.become("wanghaiyan")
    hands.open_work(TITLE)
    hands.fill({"会员名册在籍": "是", "近 6 个月会费已缴": "是", "材料齐全，已看过原件": True})
    hands.decide("受理", "材料齐全")
    hands.open_work(TITLE)
    hands.fill({"调查核实人": ["刘国栋", "周小梅", "徐文斌"], "走访安排": "本周入户"})
    hands.decide("完成")

    for username, method in (("liuguodong", "入户"), ("zhouxiaomei", "医院"), ("xuwenbin", "电话")):
        hands.become(username)
        hands.open_work(TITLE, "todo")
        hands.fill(
            {
                "走访日期": "2026-11-20",
                "方式": method,
                "地点": "申请人住处",
                "核实情况": FINDINGS,
                "看到的自付金额": "35000",
                "建议帮扶额": "3000",
                "本人不是申请人的亲属，以上属实": True,
            }
        )
        hands.decide("情况一致")

    hands.become("wanghaiyan")
    hands.open_work(TITLE)
    hands.fill(
        {
            "核定自付金额": "35000",
            "票据张数": "12",
            "有发票号重复使用": "否",
            "原件已退还，复印件已存档": True,
        }
    )
    hands.decide("票据一致")

    for username in ("guoyongqiang", "luochunsheng", "xiehuimin", "dengzhigang"):
        hands.become(username)
        page.goto("/inbox?box=todo")
        if not page.get_by_role("link", name=TITLE).count():
            break  # the vote is decided as soon as nobody can change it
        hands.open_work(TITLE, "todo")
        hands.decide("同意")

    hands.become("hanlixin")
    hands.open_work(TITLE)
    hands.fill({"会议名称": "工会委员会十一月会议", "会议日期": "2026-11-20"})
    hands.attach("会议纪要", "minutes.pdf")
    hands.decide("同意上报", "情况属实，同意上报")
    hands.become("shenhongxia")
    hands.open_work(TITLE)
    hands.decide("同意上报", "同意")

    hands.become("gaomingyue")
    hands.open_work(TITLE)
    hands.fill({"单位意见、表决和会议纪要齐全": True, "已与历史帮扶比对": True})
    hands.decide("受理")
    hands.open_work(TITLE)
    expect(page.locator(".suggestion")).to_contain_text("¥ 3,000.00")
    hands.fill({"拟定帮扶金额": "3000"})
    hands.decide("提交审批")

    hands.become("luyuanshan")
    hands.open_work(TITLE)
    hands.decide("同意", "同意帮扶")

    hands.become("wanghaiyan")
    hands.open_work(TITLE)
    hands.fill({"公示范围": "本单位", "监督电话": "025-83390000"})
    hands.decide("完成")
    page.goto("/notices")
    page.get_by_role("link", name="重大疾病帮扶公示").first.click()
    expect(page.locator("article")).to_contain_text("陈*")
    expect(page.locator("article")).to_contain_text("3000 元")
    expect(page.get_by_text("329900198104125026")).to_have_count(0)
    hands.let_pass("5w")
    hands.let_pass("P1D")

    hands.become("qianshoucheng")
    hands.open_work(TITLE)
    hands.fill(
        {
            "会计科目": "困难职工帮扶",
            "户名与申请人一致": True,
            "预算有余额，审批和公示手续齐全": True,
        }
    )
    hands.decide("同意付款")

    hands.become("shiyaqin")
    page.goto("/payments")
    page.get_by_role("button", name="生成银行文件").first.click()
    dialog = page.locator("dialog[open]")
    if dialog.count():
        dialog.get_by_role("button").last.click()
    with page.expect_download() as download:
        page.get_by_role("link", name="下载银行文件").first.click()
    bank_file = tmp_path / "batch.csv"
    download.value.save_as(bank_file)
    reply = bank_answer(bank_file, 300_000)
    page.locator("input[type=file][name=reply]").first.set_input_files(
        {"name": "reply.csv", "mimeType": "text/csv", "buffer": reply}
    )
    page.get_by_role("button", name="导入银行回执").first.click()
    expect(page.get_by_text("支付成功 1 笔，退回 0 笔。")).to_be_visible()

    hands.become("chenjing")
    hands.open_work(TITLE, "todo")
    hands.fill({"到账日期": _today(page), "已收到帮扶金，金额无误": True})
    hands.decide("确认收到")
    hands.look_again(case_url, page.get_by_role("link", name="审批表").first)
    hands.let_pass("P30D")
    hands.let_pass("P1D")

    hands.become("tangjianguo")
    hands.open_work(TITLE)
    hands.fill(
        {
            "回访日期": _today(page),
            "满意度": "5 非常满意",
            "近况": "恢复良好，已回单位上班，按时复查。",
            "需要转入困难职工档案": "否",
        }
    )
    hands.decide("完成")

    hands.become("chenjing")
    page.goto(case_url)
    expect(page.locator(".case-meta")).to_contain_text("已办结")


def _today(page: Page) -> str:
    """The day of the demonstration's clock, as the banner shows it."""
    text = page.locator(".demo").inner_text()
    match = re.search(r"(\d{4})年(\d{1,2})月(\d{1,2})日", text)
    assert match is not None
    return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}"
