"""A task of the case: its outcomes and verbs, its sign-off, its page."""

from tests.frontend.samples.case import WHOLE_CASE
from tests.frontend.samples.forms import PEOPLE, island
from tests.frontend.samples.frame import Pages, ago, ahead

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
    "words": [],
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

PAGES: Pages = {
    "confirm_decision": (
        "confirm_decision.html",
        {
            "case": {"title": "重大疾病帮扶 · 陈静"},
            "task": {"id": "t1", "name": "提交银行付款"},
            "outcome": {"id": "agree", "label": "提交"},
            "sent": [("opinion", "已核对"), ("version", "3")],
            "detail": "后续办理不可撤销。",
            "back": "#",
        },
        {"nav_active": "inbox"},
    ),
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
}
