"""A view model for every page: what its template is promised, filled with a small made-up story."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parents[2] / "processes" / "illness_aid"
NOW = datetime(2026, 11, 23, 9, 30)


def ago(days: int = 0, hours: int = 0) -> datetime:
    return NOW - timedelta(days=days, hours=hours)


def ahead(days: int) -> datetime:
    return NOW + timedelta(days=days)


ME = {
    "name": "陆远山",
    "initial": "陆",
    "unit": "省直机关工会",
    "roles": ["分管副主席"],
    "counts": {"todo": 6, "stuck": 2, "unread": "3"},
    "can": {"start", "cases", "payments", "admin", "audit"},
}

STORY = [
    {
        "step": 1,
        "username": "chen_jing",
        "name": "陈静",
        "role": "会员",
        "unit": "省农林厅工会",
        "does": "提出重大疾病帮扶申请，上传诊断证明和票据",
    },
    {
        "step": 2,
        "username": "clerk_wang",
        "name": "王海燕",
        "role": "单位工会经办人",
        "unit": "省农林厅工会",
        "does": "审查材料，受理，指定三名调查核实人",
    },
    {
        "step": 3,
        "username": "diaocha_liu",
        "name": "刘国栋",
        "role": "调查核实人",
        "unit": "省农林厅工会",
        "does": "入户走访，各自签字（另两位：周小梅、徐文斌）",
    },
    {
        "step": 4,
        "username": "weiyuan_guo",
        "name": "郭永强",
        "role": "单位工会委员",
        "unit": "省农林厅工会",
        "does": "委员会研究表决",
    },
    {
        "step": 5,
        "username": "chair_han",
        "name": "韩立新",
        "role": "单位工会主席",
        "unit": "省农林厅工会",
        "does": "签署意见",
    },
    {
        "step": 6,
        "username": "zhi_clerk_gao",
        "name": "高明月",
        "role": "省直工会经办人",
        "unit": "省直机关工会",
        "does": "审核，参考测算的建议额，拟定帮扶金额",
    },
    {
        "step": 7,
        "username": "fu_zhuxi_lu",
        "name": "陆远山",
        "role": "分管副主席",
        "unit": "省直机关工会",
        "does": "审批；随后系统自动公示五个工作日",
    },
    {
        "step": 8,
        "username": "chuna_shi",
        "name": "施雅琴",
        "role": "出纳",
        "unit": "省直机关工会",
        "does": "公示期满后生成银行文件，导入回执",
    },
]

DEMO = {
    "now": NOW,
    "people": [
        {
            "username": p["username"],
            "name": p["name"],
            "role": p["role"],
            "unit": p["unit"],
            "is_me": p["username"] == "fu_zhuxi_lu",
        }
        for p in STORY
    ],
}


def row(**values: Any) -> dict[str, Any]:
    return {
        "id": "t1",
        "url": "/tasks/t1",
        "who": "陈静",
        "where": "省农林厅工会",
        "process": "重大疾病帮扶",
        "step": "分管副主席审批",
        "amount_fen": None,
        "due": None,
        "at": ago(hours=1),
        "state": None,
        "state_text": "",
        "can_claim": False,
        "can_release": False,
        "marks": [],
        "unread": False,
        "urges": 0,
        "pick": "t1",
        **values,
    }


INBOX = {
    "box": "todo",
    "q": "",
    "boxes": [
        {"id": "todo", "count": 6},
        {"id": "pool", "count": 3},
        {"id": "done", "count": "999+"},
        {"id": "started", "count": 2},
        {"id": "cc", "count": 0},
        {"id": "drafts", "count": 1},
    ],
    "items": [
        row(what="重大疾病帮扶 · 陈静", amount_fen=1_200_000, due=ahead(-1), unread=True, urges=2),
        row(
            id="t2",
            what="重大疾病帮扶 · 赵敏行",
            who="赵敏行",
            amount_fen=600_000,
            due=ahead(0),
            at=ago(hours=2),
        ),
        row(
            id="t3",
            what="支出申请 · 秋季岗位技能竞赛场地费",
            who="方秀英",
            step="经费审批",
            amount_fen=4_860_000,
            due=ahead(2),
            at=ago(days=1),
        ),
        row(
            id="t4",
            what="五一劳动奖章推荐 · 唐建国",
            who="省农林厅工会",
            where="第一活动片",
            step="征求意见",
            due=ahead(8),
            at=ago(days=2),
            can_release=True,
            marks=["代韩立新", "征求意见"],
        ),
        row(
            id="t5",
            what="会员评家 · 省文旅厅工会 2026 年度",
            who="白晓芸",
            where="省文旅厅工会",
            step="核定等次",
            at=ago(days=3),
        ),
        row(
            id="t6",
            what="入会申请 · 林晓雨",
            who="林晓雨",
            where="办公室工会小组",
            step="审批",
            due=ahead(3),
            at=ago(days=3),
        ),
    ],
    "more_url": "/inbox?box=todo&after=x",
    "actions": [{"id": "agree", "label": "同意"}, {"id": "release", "label": "退回待认领"}],
}

BATCH = {
    "action": {"id": "agree", "label": "同意"},
    "box": "todo",
    "key": "k1",
    "possible": 2,
    "with_opinion": True,
    "opinion_required": False,
    "items": [
        {
            "id": "t1",
            "what": "领用 羽毛球拍 · 陈静",
            "who": "陈静",
            "step": "核对库存",
            "url": "/tasks/t1",
            "possible": True,
            "why": None,
            "outcome": "建议同意",
            "then": "下一步：主席审批（韩立新）",
            "needs_confirmation": False,
            "needs_opinion": False,
        },
        {
            "id": "t2",
            "what": "支出申请 · 场地费",
            "who": "方秀英",
            "step": "付款",
            "url": "/tasks/t2",
            "possible": True,
            "why": None,
            "outcome": "同意付款",
            "then": "办件办结",
            "needs_confirmation": True,
            "needs_opinion": False,
        },
        {
            "id": "t3",
            "what": "重大疾病帮扶 · 赵敏行",
            "who": "赵敏行",
            "step": "受理",
            "url": "/tasks/t3",
            "possible": False,
            "why": "需要先填写表单：会员名册在籍、材料齐全",
            "outcome": None,
            "then": None,
            "needs_confirmation": False,
            "needs_opinion": False,
        },
    ],
}

BATCH_DONE = {
    "action": {"id": "agree", "label": "同意"},
    "box": "todo",
    "done": 1,
    "refused": 1,
    "items": [
        {
            "id": "t1",
            "what": "领用 羽毛球拍 · 陈静",
            "who": "陈静",
            "step": "核对库存",
            "url": "/cases/c1",
            "done": True,
            "why": None,
        },
        {
            "id": "t2",
            "what": "找不到",
            "who": "",
            "step": "",
            "url": None,
            "done": False,
            "why": "这里没有内容，或者您无权查看。",
        },
    ],
}

TALK = {
    "case": "c1",
    "task": "t1",
    "key": "k1",
    "remarks": [
        {
            "id": "r1",
            "by": "陈静",
            "unit": "省农林厅工会",
            "at": ago(1),
            "text": "@王海燕 出院小结补上了。\n请看附件。",
            "names": ["王海燕"],
            "files": [{"name": "出院小结.pdf", "url": "/files/f9"}],
        },
        {
            "id": "r2",
            "by": "王海燕",
            "unit": "省农林厅工会",
            "at": ago(hours=2),
            "text": "收到。",
            "names": [],
            "files": [],
        },
    ],
    "with_files": True,
    "may_copy": True,
    "people_url": "/api/v1/instances/c1/people",
    "sent": {"form": "", "text": "", "names": "", "note": "", "error": None},
}

COPIES = [
    {
        "id": "tian_ye",
        "name": "田野",
        "unit": "省文旅厅工会",
        "by": "陈静",
        "note": "供参考",
        "at": ago(1),
        "read_at": ago(hours=3),
    },
    {
        "id": "dangan_ou",
        "name": "欧阳清",
        "unit": "省直机关工会",
        "by": None,
        "note": "",
        "at": ago(1),
        "read_at": None,
    },
]

URGING = [
    {"task": "t1", "name": "主席审批", "count": 2},
    {"task": "t2", "name": "付款", "count": 0},
]

ATTACHMENTS = [
    {
        "name": "出院小结.pdf",
        "url": "/files/f9",
        "size": "120 KB",
        "by": "陈静",
        "at": ago(1),
        "note": "出院小结补上了。",
        "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    }
]

TASK = {
    "id": "t1",
    "urges": 2,
    "name": "分管副主席审批",
    "version": 7,
    "key": "k1",
    "is_mine": True,
    "can_claim": False,
    "can_release": True,
    "due": ahead(1),
    "irreversible": False,
    "irreversible_text": "",
    "outcomes": [
        {
            "id": "agree",
            "label": "同意",
            "kind": "positive",
            "opinion": "optional",
            "validate": "all",
            "confirm": None,
        },
        {
            "id": "refuse",
            "label": "不同意",
            "kind": "negative",
            "opinion": "required",
            "validate": "none",
            "confirm": {
                "question": "不同意这项帮扶？",
                "detail": "申请人将收到不予帮扶的决定和您的理由。",
            },
        },
        {
            "id": "return",
            "label": "退回",
            "kind": "neutral",
            "opinion": "required",
            "validate": "none",
            "confirm": None,
        },
    ],
    "next_line": "同意后：在省农林厅工会公示 5 个工作日，无异议则由施雅琴付款。",
    "opinion": "",
    "opinion_error": None,
    "phrases": ["同意。", "情况属实，同意帮扶。", "请补充材料后再报。"],
    "sign_off": None,
    "why_not": None,
    "verbs": [
        {
            "id": "transfer",
            "label": "转办",
            "help": "交给另一位同角色的人办理，您不再办理此件。",
            "danger": False,
            "fields": [
                {
                    "name": "to",
                    "label": "转给",
                    "type": "person",
                    "required": True,
                    "options": [{"value": "zhuxi_jiang", "label": "蒋文涛", "note": "主席"}],
                    "help": None,
                },
                {
                    "name": "reason",
                    "label": "原因",
                    "type": "textarea",
                    "required": True,
                    "options": [],
                    "help": None,
                },
            ],
        },
        {
            "id": "add_signers",
            "label": "加签",
            "help": "请其他人一并签署意见。",
            "danger": False,
            "fields": [
                {
                    "name": "who",
                    "label": "请谁加签",
                    "type": "persons",
                    "required": True,
                    "options": [
                        {"value": "bangonghui_cao", "label": "曹玉兰", "note": "主席办公会"},
                        {"value": "bangonghui_peng", "label": "彭振华", "note": "主席办公会"},
                    ],
                    "help": None,
                },
            ],
        },
        {
            "id": "send_back",
            "label": "退回到…",
            "help": "退回之前的环节；之后的办理作废，会留痕。",
            "danger": True,
            "fields": [
                {
                    "name": "to",
                    "label": "退回到",
                    "type": "choice",
                    "required": True,
                    "options": [
                        {"value": "propose_amount", "label": "拟定帮扶金额", "note": "高明月"},
                        {"value": "zh_accept", "label": "省直工会审核", "note": "高明月"},
                    ],
                    "help": None,
                },
                {
                    "name": "reason",
                    "label": "原因",
                    "type": "textarea",
                    "required": True,
                    "options": [],
                    "help": "办理人会看到这段话。",
                },
            ],
        },
    ],
}

SIGN_OFF = {
    "rule_text": "委员会表决，到会委员过半数同意即通过。",
    "progress_text": "已签 2 人，共 4 人",
    "veto_text": None,
    "signers": [
        {
            "name": "郭永强",
            "unit": "委员",
            "state": "signed",
            "outcome": "同意",
            "kind": "positive",
            "at": ago(hours=3),
            "note": "代理（韩立新代郭永强）",
        },
        {
            "name": "罗春生",
            "unit": "委员",
            "state": "signed",
            "outcome": "不同意",
            "kind": "negative",
            "at": ago(hours=2),
            "note": None,
        },
        {
            "name": "谢慧敏",
            "unit": "委员",
            "state": "open",
            "outcome": None,
            "kind": None,
            "at": None,
            "note": None,
        },
        {
            "name": "邓志刚",
            "unit": "委员",
            "state": "not_needed",
            "outcome": None,
            "kind": None,
            "at": None,
            "note": None,
        },
        {
            "name": "曹玉兰",
            "unit": "主席办公会",
            "state": "waiting",
            "outcome": None,
            "kind": None,
            "at": None,
            "note": "在谢慧敏之后 · 由谢慧敏加签",
        },
    ],
}

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


def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        (PACKAGE / "forms" / f"{name}.json").read_text(encoding="utf-8")
    )
    return found


def island(form: str, **values: Any) -> dict[str, Any]:
    return {
        "schema": schema(form),
        "data": {},
        "context": {"applicant": {"name": "陈静"}},
        "readonly": False,
        "persons": {},
        "files": [],
        "upload_url": "/files",
        "max_bytes": 10 * 1024 * 1024,
        "kinds": {"pdf": ".pdf", "jpg": ".jpg,.jpeg", "png": ".png", "ofd": ".ofd"},
        "draft_url": "/tasks/t1/draft",
        "errors": [],
        **values,
    }


PEOPLE = [
    {"id": "diaocha_liu", "name": "刘国栋", "unit": "办公室工会小组", "role": "调查核实人"},
    {"id": "diaocha_zhou", "name": "周小梅", "unit": "种植业处工会小组", "role": "调查核实人"},
    {"id": "diaocha_xu", "name": "徐文斌", "unit": "办公室工会小组", "role": "调查核实人"},
    {"id": "diaocha_ma", "name": "马兰花", "unit": "种植业处工会小组", "role": "调查核实人"},
    {"id": "shuang_ren", "name": "任双全", "unit": "办公室工会小组", "role": "委员、调查核实人"},
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
    "diagram": diagram(),
    "working": False,
    "warnings": [],
}

TASK_PAGE = {
    **WHOLE_CASE,
    "task": TASK,
    "warnings": [
        {
            "text": "本年度第二次申请",
            "detail": "2026年3月已获帮扶 ¥ 3,000.00；本次测算已扣除。",
            "severity": "warn",
        },
        {
            "text": "金额接近分管审批上限",
            "detail": "上限 ¥ 20,000.00，超过须提交主席办公会。",
            "severity": "info",
        },
    ],
    "suggestion": {
        "title": "测算的帮扶金额",
        "amount_fen": 1_200_000,
        "text": "建议按四至五万元档帮扶。",
        "because": [
            "个人自付 ¥ 49,140.00，在 4 万元至 5 万元之间",
            "病种“恶性肿瘤”在帮扶目录内，首次确诊",
            "扣除本年度已获帮扶 ¥ 3,000.00",
        ],
        "table": "重大疾病帮扶金额表（2026）",
        "source": "参照三明市总工会标准，2026年起执行",
    },
    "form": None,
    "form_title": None,
    "errors": 0,
}

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
}

NOTICE = {
    "notice": {
        "id": "n1",
        "title": "关于陈*重大疾病帮扶的公示",
        "unit": "省农林厅工会",
        "number": "GS-2026-0042",
        "intro": "经本人申请、调查核实和研究决定，拟对下列会员给予帮扶，现予公示。",
        "scope": "省农林厅工会",
        "starts": date(2026, 11, 23),
        "ends": date(2026, 11, 27),
        "provisional": False,
        "phone": "010-5550 0101",
        "published_at": NOW,
        "state": "running",
        "state_text": "公示中",
        "withdrawn_reason": None,
        "withdrawn_at": None,
        "result_text": None,
    },
    "items": [
        {"label": "姓名", "value": "陈*"},
        {"label": "单位", "value": "省农林厅工会"},
        {"label": "类别", "value": "重大疾病帮扶"},
        {"label": "金额", "value": "¥ 12,000.00"},
    ],
    "table": None,
    "can_object": True,
    "why_not_object": None,
    "objection": None,
    "errors": {},
    "key": "k3",
    "my_objections": [],
}

ERROR: dict[str, Any] = {"code": 409, "detail": None, "ref": None, "back_url": "/back"}


def choices(channels: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Kinds of notifications with what is wanted of each channel."""
    options = [
        {"value": "now", "label": "立即发送"},
        {"value": "digest", "label": "汇总发送"},
        {"value": "never", "label": "不发送"},
    ]
    return [
        {
            "id": kind,
            "name": name,
            "channels": {
                one["id"]: {
                    "value": None if (kind, one["id"]) == ("task_opened", "app") else "now",
                    "options": options,
                }
                for one in channels
            },
        }
        for kind, name in (("task_opened", "新任务"), ("returned", "办件被退回"))
    ]


CHANNELS = [{"id": "app", "name": "页面消息"}, {"id": "mail", "name": "邮件"}]
FORMATS = [{"value": "plain", "label": "程序"}, {"value": "wecom", "label": "企业微信群机器人"}]
HOOKS = [
    {
        "id": "w1",
        "name": "经办群",
        "host": "10.1.2.3:8080",
        "format": "企业微信群机器人",
        "kinds": ["新任务", "催办"],
    },
    {"id": "w2", "name": "台账", "host": "10.1.2.4", "format": "程序", "kinds": None},
]
NO_HOOK = {"name": "", "url": "", "format": "plain", "secret": ""}
UNIT_CHOICES = [
    {"value": "nonglin", "label": "省农林厅工会"},
    {"value": "root", "label": "省直机关工会"},
]


def unit_line(id: str, name: str, kind: str, depth: int) -> dict[str, Any]:
    """A line of the units' page."""
    return {
        "id": id,
        "name": name,
        "kind_text": kind,
        "indent": "\u3000" * depth,
        "people": 12,
        "merged_into": None,
        "ended_on": None,
    }


def person_page(**further: Any) -> dict[str, Any]:
    """An administrator's page of one person."""
    role = {
        "id": "h1",
        "person_id": "p1",
        "name": "王海燕",
        "role": "单位工会经办人",
        "place": "省农林厅工会",
        "since": date(2020, 1, 1),
        "until": None,
        "over": False,
        "state": "ok",
        "state_text": "任职中",
    }
    ended = {**role, "id": "h2", "until": date(2026, 1, 1), "over": True, "state": "closed"}
    person = {
        "id": "p1",
        "name": "王海燕",
        "member_no": "NL-00020",
        "username": "clerk_wang",
        "where": "省农林厅工会",
        "state": "ok",
        "state_text": "在岗",
        "unit_id": "nonglin",
        "group_id": None,
        "left_on": None,
        "has_left": False,
        "successor": None,
        "has_account": True,
        "disabled": False,
        "roles": [role, ended],
        **further.pop("person", {}),
    }
    return {
        "person": person,
        "own": False,
        "units": UNIT_CHOICES,
        "groups": [],
        "places": UNIT_CHOICES,
        "roles": [{"value": "unit_clerk", "label": "单位工会经办人"}],
        "today": NOW.date(),
        "problem": None,
        "password": None,
        "key": "k8",
        **further,
    }


#: page name → (template, view model, further globals)
PAGES: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "login": (
        "login.html",
        {
            "next": "",
            "username": "",
            "error": None,
            "story": STORY,
            "password_hint": "演示人物的密码都是 gongban-demo",
        },
        {"me": None},
    ),
    "login_plain": (
        "login.html",
        {
            "next": "",
            "username": "chen",
            "error": "用户名或密码不对，请重新输入。",
            "story": [],
            "password_hint": None,
        },
        {"me": None, "demo": None},
    ),
    "inbox": ("inbox.html", INBOX, {"nav_active": "inbox"}),
    "batch": ("batch.html", BATCH, {"nav_active": "inbox"}),
    "batch_nothing": (
        "batch.html",
        {**BATCH, "possible": 0, "items": BATCH["items"][2:]},  # type: ignore[index]
        {"nav_active": "inbox"},
    ),
    "batch_done": ("batch_done.html", BATCH_DONE, {"nav_active": "inbox"}),
    "talk": ("partials/talk.html", {"talk": TALK}, {}),
    "talk_again": (
        "partials/talk.html",
        {
            "talk": {
                **TALK,
                "sent": {
                    **TALK["sent"],
                    "form": "comment",
                    "text": "@田野",
                    "error": "请同时抄送给他。",
                },  # type: ignore[dict-item]
            }
        },
        {},
    ),
    "copies": ("partials/copies.html", {"talk": TALK, "copies": COPIES}, {}),
    "urging": ("partials/urging.html", {"talk": TALK, "urging": URGING}, {}),
    "attachments": ("partials/attachments.html", {"attachments": ATTACHMENTS}, {}),
    "inbox_pool": (
        "inbox.html",
        {
            **INBOX,
            "box": "pool",
            "more_url": None,
            "items": [
                row(
                    what="重大疾病帮扶 · 田野",
                    who="田野",
                    where="省文旅厅工会",
                    step="省直工会审核",
                    due=ahead(2),
                    can_claim=True,
                )
            ],
        },
        {"nav_active": "inbox"},
    ),
    "inbox_empty": (
        "inbox.html",
        {**INBOX, "items": [], "more_url": None},
        {"nav_active": "inbox", "demo": None},
    ),
    "notifications": (
        "notifications.html",
        {
            "items": [
                {
                    "id": "n1",
                    "text": "韩立新退回了“重大疾病帮扶 · 陈静”",
                    "step": "受理审查",
                    "kind": "办件被退回",
                    "at": ago(hours=1),
                    "unread": True,
                    "url": "/cases/c1",
                },
                {
                    "id": "n2",
                    "text": "系统设置了与您有关的代理",
                    "step": "",
                    "kind": "代理",
                    "at": ago(days=2),
                    "unread": False,
                    "url": "",
                },
            ],
            "more_url": "/notifications?after=x",
            "later": False,
        },
        {"nav_active": "notifications"},
    ),
    "notifications_empty": (
        "notifications.html",
        {"items": [], "more_url": None, "later": False},
        {"demo": None},
    ),
    "notification_choices": (
        "notification_choices.html",
        {
            "address": None,
            "mail_works": True,
            "channels": CHANNELS,
            "kinds": choices(CHANNELS),
            "digest": "08:30",
            "digests": [{"value": "08:30", "label": "每个工作日 08:30"}],
            "language": "zh",
            "may_have_webhooks": True,
            "webhooks": HOOKS,
            "formats": FORMATS,
            "form": NO_HOOK,
            "errors": {"url": "推送接口的地址须为公网地址。"},
            "key": "k9",
        },
        {},
    ),
    "admin_webhooks": (
        "admin_webhooks.html",
        {
            "webhooks": HOOKS,
            "formats": FORMATS,
            "kinds": [
                {"id": "task_opened", "name": "新任务", "chosen": True},
                {"id": "urged", "name": "催办", "chosen": False},
            ],
            "form": NO_HOOK,
            "errors": {},
            "people_may": True,
            "mail_works": False,
            "failures": [
                {
                    "id": "d1",
                    "what": "新任务",
                    "who": "王海燕",
                    "where": "邮件",
                    "attempts": 7,
                    "error": "550",
                    "since": ago(days=1),
                }
            ],
            "key": "k10",
        },
        {"nav_active": "webhooks"},
    ),
    "admin_webhooks_empty": (
        "admin_webhooks.html",
        {
            "webhooks": [],
            "formats": FORMATS,
            "kinds": [],
            "form": NO_HOOK,
            "errors": {"kinds": "请至少选择一项。"},
            "people_may": False,
            "mail_works": True,
            "failures": [],
            "key": "k11",
        },
        {},
    ),
    "webhook_secret": (
        "webhook_secret.html",
        {"secret": "0123456789", "back": "pages.webhooks"},
        {},
    ),
    "start": (
        "start.html",
        {
            "groups": [
                {
                    "title": "帮扶与慰问",
                    "processes": [
                        {
                            "key": "illness_aid",
                            "title": "重大疾病帮扶",
                            "summary": "本人患重大疾病、自付费用较高的，可以申请帮扶。",
                            "drafts": 1,
                        },
                        {
                            "key": "condolence",
                            "title": "会员慰问",
                            "summary": "婚丧、生育、住院、退休等慰问。",
                            "drafts": 0,
                        },
                        {
                            "key": "hardship",
                            "title": "困难职工建档",
                            "summary": "家庭困难的会员申请建档，建档后可获帮扶。",
                            "drafts": 0,
                        },
                    ],
                },
                {
                    "title": "评选与表彰",
                    "processes": [
                        {
                            "key": "model",
                            "title": "五一劳动奖章推荐",
                            "summary": "单位工会推荐，民主测评、征求意见、逐级公示。",
                            "drafts": 0,
                        }
                    ],
                },
            ]
        },
        {"nav_active": "start"},
    ),
    "start_form": ("start_form.html", START_FORM, {"nav_active": "start"}),
    "start_bare": ("start_form.html", {**START_FORM, "form": None}, {"nav_active": "start"}),
    "task": ("task.html", TASK_PAGE, {"nav_active": "inbox"}),
    "task_form": (
        "task.html",
        {
            **TASK_PAGE,
            "warnings": [],
            "suggestion": None,
            "task": {
                **TASK,
                "name": "指定调查核实人",
                "outcomes": [TASK["outcomes"][0] | {"id": "complete", "label": "完成"}],
            },
            "form": island("name_investigators", persons={"investigators": PEOPLE}),
        },
        {"nav_active": "inbox"},
    ),
    "task_errors": (
        "task.html",
        {
            **TASK_PAGE,
            "errors": 2,
            "form": island(
                "investigate",
                data={"findings": "已走访"},
                errors=[{"path": "findings", "message": "请写明走访所见，至少 50 字。"}],
            ),
            "task": {**TASK, "name": "调查核实", "opinion_error": "请说明理由。"},
        },
        {"nav_active": "inbox"},
    ),
    "task_vote": (
        "task.html",
        {
            **TASK_PAGE,
            "task": {
                **TASK,
                "sign_off": SIGN_OFF,
                "outcomes": [
                    *TASK["outcomes"][:2],
                    {
                        "id": "abstain",
                        "label": "弃权",
                        "kind": "abstain",
                        "opinion": "optional",
                        "validate": "all",
                        "confirm": None,
                    },
                ],
            },
        },
        {"nav_active": "inbox"},
    ),
    "task_pool": (
        "task.html",
        {
            **TASK_PAGE,
            "task": {
                **TASK,
                "is_mine": False,
                "can_claim": True,
                "can_release": False,
                "verbs": [],
            },
        },
        {"nav_active": "inbox"},
    ),
    "task_read": (
        "task.html",
        {
            **TASK_PAGE,
            "diagram": None,
            "task": {
                **TASK,
                "is_mine": False,
                "can_release": False,
                "verbs": [],
                "sign_off": SIGN_OFF,
                "why_not": "您是本件的调查核实人，依照回避规则不参与研究决定。",
            },
        },
        {"nav_active": "inbox"},
    ),
    "case": (
        "case.html",
        {
            **WHOLE_CASE,
            "key": "k4",
            "admin": ADMIN_FORMS,
            "my_task": None,
            "why_not_withdraw": None,
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
            "verbs": [],
            "diagram": None,
        },
        {"nav_active": "cases"},
    ),
    "cases": (
        "cases.html",
        {
            "q": "陈静",
            "state": "",
            "more_url": None,
            "items": [
                row(
                    what="重大疾病帮扶 · 陈静",
                    amount_fen=1_200_000,
                    state="active",
                    state_text="办理中",
                    step="分管副主席审批",
                ),
                row(
                    what="会员慰问 · 陈静",
                    amount_fen=100_000,
                    state="completed",
                    state_text="已办结",
                    step="—",
                    at=ago(days=200),
                ),
                row(
                    what="重大疾病帮扶 · 陈静",
                    state="withdrawn",
                    state_text="已撤回",
                    step="—",
                    at=ago(days=300),
                ),
            ],
        },
        {"nav_active": "cases"},
    ),
    "notices": (
        "notices.html",
        {
            "state": "running",
            "counts": {"running": 2, "ended": 14, "withdrawn": 1},
            "more_url": None,
            "items": [
                {
                    "id": "n1",
                    "url": "#",
                    "title": "关于陈*重大疾病帮扶的公示",
                    "unit": "省农林厅工会",
                    "scope": "本单位",
                    "starts": date(2026, 11, 23),
                    "ends": date(2026, 11, 27),
                    "state": "active",
                    "state_text": "公示中",
                    "left_text": "还剩 5 个工作日",
                },
                {
                    "id": "n2",
                    "url": "#",
                    "title": "五一劳动奖章拟推荐人选公示",
                    "unit": "省文旅厅工会",
                    "scope": "省直机关",
                    "starts": date(2026, 11, 19),
                    "ends": date(2026, 11, 25),
                    "state": "objected",
                    "state_text": "异议复核中",
                    "left_text": None,
                },
            ],
        },
        {"nav_active": "notices"},
    ),
    "notice": ("notice.html", NOTICE, {"nav_active": "notices"}),
    "notice_withdrawn": (
        "notice.html",
        {
            **NOTICE,
            "notice": {
                **NOTICE["notice"],
                "state": "withdrawn",
                "withdrawn_reason": "申请人撤回申请",
                "withdrawn_at": date(2026, 11, 24),
            },
            "can_object": False,
            "why_not_object": "公示已撤回，不再接受异议。",
            "items": None,
            "table": {
                "head": ["姓名", "单位", "类别"],
                "rows": [["陈*", "省农林厅工会", "重大疾病帮扶"]],
            },
        },
        {"nav_active": "notices"},
    ),
    "payments": (
        "payments.html",
        {
            "key": "k5",
            "funds": [
                {
                    "name": "困难职工帮扶",
                    "available_fen": 48_500_000,
                    "reserved_fen": 1_800_000,
                    "paid_fen": 9_700_000,
                }
            ],
            "ready": [
                {
                    "id": "p1",
                    "case_url": "#",
                    "payee": "陈静",
                    "purpose": "重大疾病帮扶 DB-2026-00017",
                    "bank": "中国建设银行省府支行",
                    "account": "**** 4321",
                    "amount_fen": 1_200_000,
                    "at": ago(hours=2),
                },
                {
                    "id": "p2",
                    "case_url": "#",
                    "payee": "赵敏行",
                    "purpose": "重大疾病帮扶 DB-2026-00019",
                    "bank": "中国工商银行",
                    "account": "**** 8810",
                    "amount_fen": 600_000,
                    "at": ago(days=1),
                },
            ],
            "ready_total_fen": 1_800_000,
            "batches": [
                {
                    "id": "b1",
                    "number": "FK-20261120-01",
                    "made_at": ago(days=3),
                    "made_by": "施雅琴",
                    "count": 2,
                    "total_fen": 900_000,
                    "sha256": "3f8a…c21d",
                    "download_url": "#",
                    "state": "sent",
                    "state_text": "等待银行回执",
                    "open": True,
                    "reply_error": None,
                    "orders": [
                        {
                            "payee": "何志远",
                            "amount_fen": 300_000,
                            "case_url": "#",
                            "state": "paid",
                            "state_text": "已到账",
                            "reason": None,
                        },
                        {
                            "payee": "孙丽",
                            "amount_fen": 600_000,
                            "case_url": "#",
                            "state": "returned",
                            "state_text": "已退回",
                            "reason": "户名不符",
                        },
                    ],
                }
            ],
        },
        {"nav_active": "payments"},
    ),
    "payments_empty": (
        "payments.html",
        {"key": "k", "funds": [], "ready": [], "ready_total_fen": 0, "batches": []},
        {"nav_active": "payments"},
    ),
    "incidents": (
        "incidents.html",
        {
            "more_url": None,
            "items": [
                {
                    "id": "i1",
                    "what": "生成帮扶决定书",
                    "case_title": "重大疾病帮扶 · 何志远",
                    "case_url": "#",
                    "error": "文书模板用到的“仿宋”字体没有安装。",
                    "advice": "请把字体放入字体目录，再点“重试”。",
                    "technical": "FontNotFound: FangSong (letters/decision_letter.typ:3)",
                    "attempts": 5,
                    "since": ago(hours=4),
                    "key": "k6",
                }
            ],
        },
        {"nav_active": "incidents"},
    ),
    "incidents_empty": (
        "incidents.html",
        {"more_url": None, "items": []},
        {"nav_active": "incidents"},
    ),
    "admin_calendar": (
        "admin_calendar.html",
        {
            "year": 2026,
            "years": [2025, 2026, 2027],
            "known_until": date(2026, 12, 31),
            "provisional": True,
            "key": "k7",
            "form": {"day": "", "kind": "holiday", "note": ""},
            "errors": {},
            "hours": {
                "ordinary": "08:30-12:00, 13:30-17:30",
                "weekdays": {"4": "08:30-12:00"},
            },
            "hours_error": None,
            "items": [
                {
                    "id": "d1",
                    "day": date(2026, 10, 1),
                    "kind": "holiday",
                    "kind_text": "放假",
                    "note": "国庆节",
                    "by": "",
                    "official": True,
                    "removable": False,
                },
                {
                    "id": "d2",
                    "day": date(2026, 10, 10),
                    "kind": "workday",
                    "kind_text": "上班",
                    "note": "国庆节调休",
                    "by": "",
                    "official": True,
                    "removable": False,
                },
                {
                    "id": "d3",
                    "day": date(2026, 12, 14),
                    "kind": "holiday",
                    "kind_text": "放假",
                    "note": "省直机关搬迁，按办公厅通知放假一天",
                    "by": "高明月",
                    "official": False,
                    "removable": True,
                },
            ],
        },
        {"nav_active": "calendar"},
    ),
    "admin_processes": (
        "admin_processes.html",
        {
            "processes": [
                {
                    "key": "illness_aid",
                    "title": "重大疾病帮扶",
                    "owner": "省直工会经办人",
                    "work_point": "21",
                    "versions": [
                        {
                            "number": "3",
                            "hash": "9c1b7f20aa31d0",
                            "deployed_at": ago(days=30),
                            "deployed_by": "高明月",
                            "state": "active",
                            "state_text": "启用中",
                            "running": 12,
                            "finished": 48,
                            "url": "#",
                        },
                        {
                            "number": "2",
                            "hash": "117acc80bb92e1",
                            "deployed_at": ago(days=300),
                            "deployed_by": "高明月",
                            "state": "closed",
                            "state_text": "不再发起",
                            "running": 1,
                            "finished": 96,
                            "url": None,
                        },
                    ],
                }
            ]
        },
        {"nav_active": "processes"},
    ),
    "audit": (
        "audit.html",
        {
            "verification": {
                "state": "ok",
                "checked_at": ago(hours=1),
                "streams": 214,
                "events": 5120,
                "until": ago(hours=2),
                "open_events": 7,
                "findings": [],
                "seconds": 3.1,
            },
            "checkpoints": [
                {
                    "number": 118,
                    "at": ago(hours=2),
                    "streams": 31,
                    "events": 402,
                    "root": "a91f" * 16,
                    "signed_by": "k1",
                    "sent_to": "省直经审会邮箱",
                    "state": "ok",
                    "state_text": "已送达",
                }
            ],
            "export_url": "#",
            "more_url": None,
        },
        {"nav_active": "audit"},
    ),
    "audit_broken": (
        "audit.html",
        {
            "verification": {
                "state": "failed",
                "checked_at": NOW,
                "streams": 214,
                "events": 5120,
                "until": None,
                "open_events": 0,
                "findings": [
                    {
                        "stream": "办件 DB-2026-00003",
                        "text": "第 14 条记录与其摘要不符",
                        "url": None,
                    }
                ],
                "seconds": 3.1,
            },
            "checkpoints": [],
            "export_url": None,
            "more_url": None,
        },
        {"nav_active": "audit"},
    ),
    "error_404": (
        "error.html",
        {**ERROR, "code": 404, "back_url": None},
        {"me": None, "demo": None},
    ),
    "error_409": ("error.html", {**ERROR, "detail": "韩立新已于 09:21 办理了这个环节。"}, {}),
    "error_500": ("error.html", {**ERROR, "code": 500, "ref": "e-7f3a91"}, {}),
    "error_csrf": ("error.html", {**ERROR, "code": "csrf"}, {}),
    "profile": (
        "profile.html",
        {
            "person": {
                "name": "陆远山",
                "username": "fu_zhuxi_lu",
                "unit": "省直机关工会",
                "group": None,
                "member_no": "SZ-00002",
                "email": None,
                "roles": [
                    {"name": "分管副主席", "place": "省直机关工会"},
                    {"name": "主席办公会成员", "place": "省直机关工会"},
                ],
                "last_login": ago(days=1),
            },
            "errors": {},
            "can_change_password": True,
            "recusals": [
                {
                    "id": "r1",
                    "about": "陈静",
                    "is_case": False,
                    "reason": "夫妻",
                    "at": ago(days=30),
                    "revoked_at": None,
                },
                {
                    "id": "r2",
                    "about": "重大疾病帮扶 · 田野",
                    "is_case": True,
                    "reason": "",
                    "at": ago(days=60),
                    "revoked_at": ago(days=2),
                },
            ],
            "key": "k1",
            "proxies": {
                "mine": [
                    {
                        "id": "p1",
                        "own": True,
                        "name": "蒋文涛",
                        "since": ago(days=1),
                        "until": ahead(8),
                        "processes": ["重大疾病帮扶"],
                        "reason": "出差",
                        "state": "active",
                        "state_text": "生效中",
                        "can_end": True,
                    }
                ],
                "others": [
                    {
                        "id": "p2",
                        "own": False,
                        "name": "曹玉兰",
                        "since": ago(days=9),
                        "until": None,
                        "processes": [],
                        "reason": "",
                        "state": "over",
                        "state_text": "已结束",
                        "can_end": False,
                    }
                ],
                "people": [{"id": "cao", "name": "曹玉兰", "unit": "省直机关工会"}],
                "processes": [{"value": "illness_aid", "label": "重大疾病帮扶"}],
                "who": "",
                "error": None,
                "sent": {},
                "today": "2026-11-25",
            },
        },
        {},
    ),
    "masked": (
        "partials/masked.html",
        {"value": "440102199001011249", "field": "id_card_no", "case_id": "c1", "revealed": True},
        {},
    ),
    "working": ("partials/working.html", {"case": CASE}, {}),
    "worked": ("partials/worked.html", {"case": CASE, "problem": None}, {}),
    "calendar_rows": ("partials/calendar_rows.html", {"items": []}, {}),
    "incident_items": ("partials/incident_items.html", {"items": [], "more_url": None}, {}),
    "inbox_rows": ("partials/inbox_rows.html", {"items": INBOX["items"], "more_url": None}, {}),
    "stuck": (
        "admin_stuck.html",
        {
            "count": 2,
            "more_url": "/admin/stuck?after=x",
            "items": [
                {
                    "id": "t1",
                    "case_title": "重大疾病帮扶 · 陈静",
                    "number": "SZ-2026-014",
                    "case_url": "/cases/c1",
                    "step": "签署意见",
                    "why": "能办理的人都不在岗：省农林厅工会 单位工会主席。",
                    "alarm": False,
                    "since": ago(days=3),
                    "action_url": "/cases/c1#admin",
                    "action": "改派",
                },
                {
                    "id": "c2",
                    "case_title": "借用器材 · 赵敏行",
                    "number": None,
                    "case_url": "/cases/c2",
                    "step": None,
                    "why": "事项在办，但没有任何待办环节。这不应发生，请上报。",
                    "alarm": True,
                    "since": ago(days=1),
                    "action_url": "/cases/c2#admin",
                    "action": "改派",
                },
            ],
        },
        {"nav_active": "stuck"},
    ),
    "stuck_empty": (
        "admin_stuck.html",
        {"count": 0, "more_url": None, "items": []},
        {"nav_active": "stuck"},
    ),
    "people": (
        "admin_people.html",
        {
            "q": "",
            "unit": "nonglin",
            "units": UNIT_CHOICES,
            "groups": [{"value": "g1", "label": "省农林厅工会 · 办公室工会小组"}],
            "items": [
                {
                    "id": "p1",
                    "name": "王海燕",
                    "member_no": "NL-00020",
                    "username": "clerk_wang",
                    "where": "省农林厅工会 · 办公室工会小组",
                    "state": "ok",
                    "state_text": "在岗",
                },
                {
                    "id": "p2",
                    "name": "何志远",
                    "member_no": "NL-00009",
                    "username": None,
                    "where": "省农林厅工会",
                    "state": "closed",
                    "state_text": "未开通账号",
                },
            ],
            "more_url": "/admin/people?after=x",
            "form": dict.fromkeys(("name", "member_no", "unit_id", "group_id", "username"), ""),
            "problem": "已有同名或同号的条目。",
            "key": "k8",
        },
        {"nav_active": "people"},
    ),
    "people_none": (
        "admin_people.html",
        {
            "q": "无",
            "unit": "",
            "units": UNIT_CHOICES,
            "groups": [],
            "items": [],
            "more_url": None,
            "form": dict.fromkeys(("name", "member_no", "unit_id", "group_id", "username"), ""),
            "problem": None,
            "key": "k8",
        },
        {"nav_active": "people"},
    ),
    "person": ("admin_person.html", person_page(), {"nav_active": "people"}),
    "person_left": (
        "admin_person.html",
        person_page(
            person={"left_on": date(2026, 11, 1), "has_left": True, "successor": "高明月"},
            password="Ab3dEf6hIj9k",
        ),
        {"nav_active": "people"},
    ),
    "person_own": ("admin_person.html", person_page(own=True), {"nav_active": "people"}),
    "person_without_account": (
        "admin_person.html",
        person_page(person={"has_account": False, "username": None, "roles": []}),
        {"nav_active": "people"},
    ),
    "units": (
        "admin_units.html",
        {
            "items": [
                unit_line("root", "省直机关工会", "最上级工会", 0),
                unit_line("nonglin", "省农林厅工会", "单位", 1),
            ],
            "merged": [
                {
                    **unit_line("wenlv", "省文旅厅工会", "单位", 0),
                    "merged_into": "省农林厅工会",
                    "ended_on": date(2026, 7, 1),
                }
            ],
        },
        {"nav_active": "units"},
    ),
    "unit": (
        "admin_unit.html",
        {
            "unit": {
                "id": "u1",
                "name": "省农林厅工会",
                "kind_text": "单位",
                "above": "第一活动片",
                "merged_into": None,
                "merged_into_name": None,
                "ended_on": None,
                "people": 18,
            },
            "roles": person_page()["person"]["roles"],
            "kinds": [{"value": "group", "label": "小组"}],
            "targets": UNIT_CHOICES,
            "problem": None,
            "key": "k9",
        },
        {"nav_active": "units"},
    ),
    "unit_merged": (
        "admin_unit.html",
        {
            "unit": {
                "id": "u2",
                "name": "省文旅厅工会",
                "kind_text": "单位",
                "above": "第一活动片",
                "merged_into": "nonglin",
                "merged_into_name": "省农林厅工会",
                "ended_on": date(2026, 7, 1),
                "people": 0,
            },
            "roles": [],
            "kinds": [],
            "targets": [],
            "problem": "没有这个单位。",
            "key": "k9",
        },
        {"nav_active": "units"},
    ),
}
