"""How far a case has come: opinions, steps, timeline, diagram."""

from typing import Any

from tests.frontend.samples.forms import PACKAGE
from tests.frontend.samples.frame import ago, ahead

OPINIONS = [
    {
        "by": "韩立新",
        "unit": "省农林厅工会",
        "task": "单位工会主席签署",
        "outcome": "同意",
        "kind": "positive",
        "at": ago(days=6),
        "text": "委员会研究通过，情况属实，请省直工会审定。",
        "note": None,
    },
    {
        "by": "高明月",
        "unit": "省直机关工会",
        "task": "省直工会审核",
        "outcome": "退回补充",
        "kind": "neutral",
        "at": ago(days=5),
        "text": "缺第二次住院的医保结算单，请补。",
        "note": "已于 11月19日 补齐",
    },
    {
        "by": "高明月",
        "unit": "省直机关工会",
        "task": "拟定帮扶金额",
        "outcome": "拟同意",
        "kind": "positive",
        "at": ago(days=1),
        "text": "按自付四至五万元档，拟帮扶 12,000 元。",
        "note": None,
    },
]

STEPS = [
    {
        "name": "提出申请",
        "state": "done",
        "who": "陈静",
        "at": ago(days=21),
        "due": None,
        "note": None,
    },
    {
        "name": "受理审查",
        "state": "done",
        "who": "王海燕",
        "at": ago(days=20),
        "due": None,
        "note": None,
    },
    {
        "name": "调查核实",
        "state": "done",
        "who": "刘国栋等 3 人",
        "at": ago(days=14),
        "due": None,
        "note": None,
    },
    {
        "name": "委员会研究表决",
        "state": "done",
        "who": "4 位委员",
        "at": ago(days=8),
        "due": None,
        "note": "3 同意",
    },
    {
        "name": "单位党组织签署",
        "state": "skipped",
        "who": None,
        "at": None,
        "due": None,
        "note": None,
    },
    {
        "name": "拟定帮扶金额",
        "state": "done",
        "who": "高明月",
        "at": ago(days=1),
        "due": None,
        "note": None,
    },
    {
        "name": "分管副主席审批",
        "state": "now",
        "who": "陆远山",
        "at": None,
        "due": ahead(1),
        "note": None,
    },
    {
        "name": "公示",
        "state": "next",
        "who": "省农林厅工会",
        "at": None,
        "due": None,
        "note": "5 个工作日",
    },
    {"name": "财务审核", "state": "next", "who": "钱守成", "at": None, "due": None, "note": None},
    {"name": "银行转账", "state": "next", "who": "施雅琴", "at": None, "due": None, "note": None},
    {"name": "确认签收", "state": "next", "who": "陈静", "at": None, "due": None, "note": None},
]

TIMELINE = [
    {"at": ago(hours=1), "text": "陆远山打开了办件", "said": None, "url": None},
    {
        "at": ago(days=1),
        "text": "高明月拟定帮扶 12,000 元，交陆远山审批",
        "said": "按自付四至五万元档，拟帮扶 12,000 元。",
        "url": "#e41",
    },
    {"at": ago(days=4), "text": "王海燕补充了第二次住院的医保结算单", "said": None, "url": "#e38"},
    {
        "at": ago(days=5),
        "text": "高明月退回给王海燕补充",
        "said": "缺第二次住院的医保结算单，请补。",
        "url": "#e36",
    },
    {
        "at": ago(days=6),
        "text": "韩立新签署同意",
        "said": "委员会研究通过，情况属实，请省直工会审定。",
        "url": None,
    },
    {"at": ago(days=21), "text": "陈静提出申请，编号 DB-2026-00017", "said": None, "url": None},
]


def diagram() -> dict[str, Any]:
    done = [
        "apply",
        "assign_number",
        "accept",
        "accept_gate",
        "lookup_register",
        "check_eligibility",
        "eligibility_gate",
        "name_investigators",
        "investigate",
        "check_bills",
        "unit_vote",
        "unit_vote_gate",
        "unit_chair_sign",
    ]
    return {
        "xml": (PACKAGE / "process.bpmn").read_text(encoding="utf-8"),
        "done": done,
        "flows": [],
        "current": ["zh_approve"],
        "labels": {"title": "重大疾病帮扶的流程图", "elements": {"zh_approve": "陆远山正在办理"}},
    }
