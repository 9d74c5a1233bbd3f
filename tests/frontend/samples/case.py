"""A case: the dossier with everything that stands on its page."""

from typing import Any

from tests.frontend.samples.frame import Pages, ago
from tests.frontend.samples.progress import OPINIONS, STEPS, TIMELINE, diagram
from tests.frontend.samples.talk import ATTACHMENTS, COPIES, TALK, URGING

CASE = {
    "id": "c1",
    "title": "重大疾病帮扶 · 陈静",
    "number": "DB-2026-00017",
    "url": "/cases/c1",
    "person": "陈静",
    "unit": "省农林厅工会",
    "process": "重大疾病帮扶",
    "version_text": "按“重大疾病帮扶”第 3 版办理，2026年1月1日启用。",
    "version": 7,
    "amount_fen": 1_200_000,
    "amount_label": "拟帮扶",
    "started_at": ago(days=21),
    "state": "active",
    "state_text": "办理中",
    "ended_at": None,
    "end_text": "",
}


def fact(label: str, value: object, **more: Any) -> dict[str, Any]:
    return {
        "label": label,
        "value": value,
        "wide": False,
        "changed_from": None,
        "changed_by": None,
        "masked": None,
        "files": None,
        "table": None,
        **more,
    }


def file(name: str, kind: str, note: str = "") -> dict[str, Any]:
    return {
        "name": name,
        "url": "#file",
        "size": "1.2 MB",
        "kind": kind,
        "thumb_url": None,
        "note": note,
    }


SECTIONS = [
    {
        "title": "申请人",
        "note": "陈静填写，11月2日",
        "facts": [
            fact("姓名", "陈静"),
            fact("会员编号", "NL-00017"),
            fact("身份证号", "**************1249", masked={"field": "id_card_no"}),
            fact("手机", "139****0017", masked={"field": "mobile"}),
            fact("单位", "省农林厅工会 · 种植业处工会小组"),
            fact("入会时间", "2006年7月1日"),
        ],
    },
    {
        "title": "病情",
        "note": None,
        "facts": [
            fact("病种", "恶性肿瘤"),
            fact("诊断病名", "甲****", masked={"field": "disease_name"}),
            fact("确诊日期", "2026年8月14日"),
            fact("确诊医院", "省肿瘤医院"),
            fact(
                "证明材料",
                None,
                files=[
                    file("诊断证明.pdf", "pdf", "诊断证明 · 2 页"),
                    file("出院小结.jpg", "jpg", "1.4 MB"),
                ],
            ),
        ],
    },
    {
        "title": "费用",
        "note": "票据由王海燕复核，11月9日",
        "facts": [
            fact("医疗总费用", "¥ 128,400.00"),
            fact("医保已报销", "¥ 71,260.00"),
            fact("其他报销", "¥ 8,000.00"),
            fact("个人自付", "¥ 49,140.00", changed_from="¥ 52,140.00", changed_by="王海燕核减"),
            fact(
                "票据",
                None,
                files=[
                    file("住院收费票据 1.pdf", "pdf"),
                    file("住院收费票据 2.pdf", "pdf"),
                    file("医保结算单.jpg", "jpg"),
                ],
            ),
        ],
    },
    {
        "title": "家庭情况",
        "note": None,
        "facts": [
            fact("家庭年收入", "¥ 96,000.00"),
            fact("家庭人口", "3"),
            fact(
                "家庭成员",
                None,
                table={
                    "head": ["关系", "姓名", "情况", "年收入"],
                    "rows": [
                        ["配偶", "李*", "在岗", "¥ 54,000.00"],
                        ["女儿", "李**", "高中在读", "¥ 0.00"],
                    ],
                },
            ),
            fact(
                "困难说明",
                "八月确诊后先后住院三次，后续仍需靶向治疗，每月自付约六千元。配偶收入不高，女儿明年高考，家庭积蓄已基本用完。",
                wide=True,
            ),
        ],
    },
    {
        "title": "调查核实",
        "note": "三人一致",
        "facts": [
            fact("核实人", "刘国栋、周小梅、徐文斌"),
            fact("方式", "入户、电话"),
            fact("核定自付", "¥ 49,140.00"),
            fact("情况", "走访所见与申请一致，单位同事知情。", wide=True),
        ],
    },
]

DOCUMENTS = [
    {
        "name": "受理通知书",
        "number": "DB-2026-00017-1",
        "at": ago(days=20),
        "url": "#doc1",
        "size": "84 KB",
        "state": None,
        "state_text": "",
    },
    {
        "name": "委员会会议纪要",
        "number": None,
        "at": ago(days=8),
        "url": "#doc2",
        "size": "120 KB",
        "state": None,
        "state_text": "",
    },
    {
        "name": "初次测算单",
        "number": None,
        "at": ago(days=6),
        "url": "#doc3",
        "size": "61 KB",
        "state": "withdrawn",
        "state_text": "已作废",
    },
]

ADMIN_FORMS = [
    {
        "id": "terminate",
        "label": "终止办理",
        "help": "本件对所有人结束，不能恢复。",
        "danger": True,
        "action": "#",
        "version": 7,
        "fields": [
            {
                "name": "effects",
                "label": "已办事项如何处理",
                "type": "choice",
                "required": True,
                "options": [{"value": "undo", "label": "撤销", "note": ""}],
                "help": "",
            },
            {
                "name": "task",
                "label": "环节",
                "type": "select",
                "required": True,
                "options": [{"value": "t1", "label": "主席审批", "note": "韩立新"}],
                "help": "",
            },
            {"name": "to", "label": "给谁", "type": "name", "required": True, "people_url": "#"},
            {"name": "sure", "label": "我已了解", "type": "check", "required": True},
        ],
    }
]

WHOLE_CASE = {
    "case": CASE,
    "sections": SECTIONS,
    "attachments": ATTACHMENTS,
    "talk": TALK,
    "copies": COPIES,
    "urging": URGING,
    "opinions": OPINIONS,
    "steps": STEPS,
    "timeline": TIMELINE,
    "documents": DOCUMENTS,
    "approval_form_url": "/api/v1/instances/c1/approval-form",
    "diagram": diagram(),
    "working": False,
    "warnings": [],
}

PAGES: Pages = {
    "case": (
        "case.html",
        {
            **WHOLE_CASE,
            "key": "k4",
            "admin": ADMIN_FORMS,
            "my_task": None,
            "why_not_withdraw": None,
            "again_url": "/start/illness_aid?copy=c1",
            "working": True,
            "verbs": [
                {
                    "id": "withdraw",
                    "label": "撤回申请",
                    "help": "撤回后本件结束；已编的号作废，预留的资金退回。需要时可以重新申请。",
                    "danger": True,
                    "fields": [
                        {
                            "name": "reason",
                            "label": "撤回原因",
                            "type": "textarea",
                            "required": True,
                            "options": [],
                            "help": None,
                        }
                    ],
                },
                {
                    "id": "urge",
                    "label": "催办",
                    "help": "提醒正在办理的人。",
                    "danger": False,
                    "fields": [],
                },
            ],
        },
        {"nav_active": "cases"},
    ),
    "case_ended": (
        "case.html",
        {
            **WHOLE_CASE,
            "case": {
                **CASE,
                "state": "completed",
                "state_text": "已办结",
                "ended_at": ago(days=1),
                "end_text": "帮扶金已到账并签收",
            },
            "key": "k4",
            "admin": ADMIN_FORMS,
            "my_task": {"url": "#", "name": "确认签收"},
            "why_not_withdraw": "已经付款，不能撤回。",
            "again_url": "/start/illness_aid?copy=c1",
            "verbs": [],
            "diagram": None,
        },
        {"nav_active": "cases"},
    ),
    "masked": (
        "partials/masked.html",
        {"value": "440102199001011249", "field": "id_card_no", "case_id": "c1", "revealed": True},
        {},
    ),
    "working": ("partials/working.html", {"case": CASE}, {}),
    "worked": ("partials/worked.html", {"case": CASE, "problem": None}, {}),
}
