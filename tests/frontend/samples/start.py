"""Starting a case."""

from typing import Any

from tests.frontend.samples.forms import island
from tests.frontend.samples.frame import Pages, ago

START_FORM = {
    "process": {
        "key": "illness_aid",
        "title": "重大疾病帮扶",
        "summary": "会员本人患重大疾病、个人自付医疗费用较高的，可以申请帮扶。",
        "steps": [
            "受理审查",
            "三人调查核实",
            "单位工会研究签署",
            "省直工会审批",
            "公示 5 个工作日",
            "银行转账",
        ],
        "needs": ["诊断证明、出院小结", "住院收费票据和医保结算单", "本人银行卡", "本人身份证"],
        "duration": "一般 20 个工作日",
        "basis": "依据《省直机关工会重大疾病帮扶办法》",
    },
    "form": island("apply", draft_url="/start/illness_aid/draft"),
    "key": "k2",
    "draft": None,
    "draft_at": None,
    "errors": 0,
    "next_line": "提交后由王海燕（省农林厅工会）受理，3 个工作日内答复。",
    "copy": None,
    "earlier": [
        {
            "id": "c9",
            "title": "重大疾病帮扶 · 陈静",
            "number": "DB-2025-00031",
            "started_at": ago(400),
        }
    ],
}
COPIED_FROM = {
    "title": "重大疾病帮扶 · 陈静",
    "number": "DB-2025-00031",
    "url": "/cases/c9",
    "left_out": [
        {"why": "附件", "labels": ["诊断证明", "医保结算单"]},
        {"why": "敏感信息，需重新填写", "labels": ["身份证号", "银行账号"]},
    ],
}


def process(key: str, title: str, summary: str, *, may: bool = True) -> dict[str, Any]:
    return {
        "key": key,
        "title": title,
        "summary": summary,
        "point": None,
        "may": may,
        "who": "可发起：会员",
        "why_not": None if may else "您不能发起：仅限单位工会主席。",
    }


CATALOGUE = {
    "q": "",
    "none": False,
    "groups": [
        {
            "title": "帮扶与送温暖",
            "processes": [
                process(
                    "illness_aid", "重大疾病帮扶", "本人患重大疾病、自付费用较高的，可以申请帮扶。"
                ),
                process("condolence", "会员慰问", "婚丧、生育、住院、退休等慰问。"),
                process("hardship", "困难职工建档", "家庭困难的会员申请建档，建档后可获帮扶。"),
            ],
        },
        {
            "title": "劳模与荣誉",
            "processes": [
                process("model", "五一劳动奖章推荐", "单位工会推荐，逐级公示。", may=False)
            ],
        },
    ],
    "drafts": [{"key": "illness_aid", "title": "重大疾病帮扶", "saved_at": ago(1)}],
    "recent": [
        {
            "title": "重大疾病帮扶 · 陈静",
            "number": "DB-2025-00031",
            "at": ago(400),
            "url": "/cases/c9",
            "again_url": "/start/illness_aid?copy=c9",
        }
    ],
}
_NAV = {"nav_active": "start"}

PAGES: Pages = {
    "start": ("start.html", CATALOGUE, _NAV),
    "start_nothing_found": ("start.html", {**CATALOGUE, "q": "驾照", "groups": []}, _NAV),
    "start_nothing_there": (
        "start.html",
        {"q": "", "none": True, "groups": [], "drafts": [], "recent": []},
        _NAV,
    ),
    "start_form": ("start_form.html", START_FORM, _NAV),
    "start_again": (
        "start_form.html",
        {**START_FORM, "copy": COPIED_FROM, "earlier": [], "draft_at": ago(1)},
        _NAV,
    ),
    "start_bare": ("start_form.html", {**START_FORM, "form": None}, _NAV),
    "copied_from": (
        "partials/copied_from.html",
        {"copy": COPIED_FROM, "draft_at": None, "process": START_FORM["process"]},
        {},
    ),
    "again": ("partials/again.html", {"again_url": "/start/illness_aid?copy=c1"}, {}),
}
